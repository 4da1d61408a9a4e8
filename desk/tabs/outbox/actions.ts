import { z } from 'zod';
import { TransitionRefusedError } from '../../../store/errors';
import { defineAction } from '../tab';
import type { OutboxWords } from './en';
import { isStoppable } from './load';

/** Why a person stops a message, as it is kept with the message: decisions are kept in English. */
export const STOP_REASONS = { wrong_text: 'the text is wrong', wrong_person: 'wrong person', wrong_time: 'not at this time', by_hand: 'done by hand', other: 'another reason' } as const;
export type StopReason = keyof typeof STOP_REASONS;

const CancelSchema = z.object({ id: z.string().min(1).max(200), reason: z.enum(['wrong_text', 'wrong_person', 'wrong_time', 'by_hand', 'other']) });
type Cancel = z.infer<typeof CancelSchema>;

export const cancelSend = defineAction<OutboxWords, Cancel>({
	role: 'reviewer',
	schema: CancelSchema,
	invalid: (words, field) => (field === 'reason' ? words.chooseReason : words.unknown),
	async run({ store, workspace, reviewer }, { id, reason }, words) {
		const [row] = await store.outbound.find(workspace, [id]);
		if (!row) return { refused: words.unknown };
		if (!isStoppable(row.status)) return { refused: words.tooLate };
		const [contact] = await store.contacts.find(workspace, [row.contactId]);
		const sentence = `Cancelled by ${reviewer.email}: ${STOP_REASONS[reason]}.`;
		try {
			const [{ changed }] = await store.outbound.cancel(workspace, [id], sentence, 'person');
			if (!changed) return { refused: words.tooLate };
		} catch (error) {
			// It was handed to the channel between the look and the stop.
			if (error instanceof TransitionRefusedError) return { refused: words.tooLate };
			throw error;
		}
		return {
			notice: words.stopped(contact?.name ?? row.to),
			decided: [{ kind: 'send_cancelled', workspace, facts: { draftId: id, contactId: row.contactId, channel: row.channel, reason }, sentence }],
		};
	},
});
