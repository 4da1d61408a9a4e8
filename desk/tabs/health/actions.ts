import { z } from 'zod';
import { ChannelSchema } from '../../../engine/channels/channel';
import { decideRoute } from '../../../engine/message/route';
import { HOLD_KINDS } from '../../../engine/message/senderHold';
import { channelName } from '../../parts';
import { defineAction } from '../tab';
import type { HealthWords } from './en';

const ResumeSchema = z.object({ channel: ChannelSchema, accountId: z.string().min(1).max(320).optional(), kind: z.enum(HOLD_KINDS) });
type Resume = z.infer<typeof ResumeSchema>;

/** Ends what holds a sender back, once a person has mended the cause. */
export const resumeSender = defineAction<HealthWords, Resume>({
	role: 'reviewer',
	schema: ResumeSchema,
	invalid: (words) => words.nothingHeld,
	async run({ store, workspace, reviewer, language }, sender, words) {
		const { ended } = await store.senderHolds.lift(workspace, sender, decideRoute);
		if (ended.length === 0) return { refused: words.nothingHeld };
		const { channel, accountId, kind } = sender;
		return {
			notice: words.resumed([channelName(channel, language), accountId ?? words.noAccount].join(' · ')),
			decided: [{ kind: 'sender_resumed', workspace, facts: { channel, accountId, hold: kind }, sentence: `${reviewer.email} resumed ${accountId === undefined ? `messages of ${channel} that name no account` : `a ${channel} account`} (${kind}).` }],
		};
	},
});
