import { SANDBOX } from '../../../sandbox/standins';
import { draftId } from '../../../engine/message/spine';
import { iso } from '../../../engine/time';
import type { InboundInput, PlanRequest, Store } from '../../../store/store';
import { draftOf, PASS, sendNow } from '../../store/fixtures';

/** Rows a transaction: a thousand at once would hold the embedded store for long. */
const BATCH = 100;

export interface DueJobs {
	count: number;
	workspace?: string;
	/** Whose number answers. Default the sandbox's. */
	phoneNumberId?: string;
}

/** The phone number of the lead with this number in a series. */
export const leadPhone = (number: number): string => `+49151${String(number).padStart(8, '0')}`;

/**
 * Puts checked replies to `count` WhatsApp leads, each of whom has just written, into the store: due at once.
 * Gives the draft ids, which the stand-in gets as correlation ids.
 */
export async function planDueReplies(store: Store, { count, workspace = 'default', phoneNumberId = SANDBOX.phoneNumberId }: DueJobs): Promise<string[]> {
	await store.settings.set(workspace, { kind: 'workspace' }, { mode: 'auto', replyDelaySeconds: 0 }, 'test');
	const ids: string[] = [];
	for (let from = 0; from < count; from += BATCH) {
		const numbers = Array.from({ length: Math.min(BATCH, count - from) }, (_, place) => from + place);
		ids.push(...(await planBatch(store, workspace, phoneNumberId, numbers)));
	}
	return ids;
}

async function planBatch(store: Store, workspace: string, phoneNumberId: string, numbers: readonly number[]): Promise<string[]> {
	const timestamp = iso(await store.clock.now());
	const inputs = numbers.map((number): InboundInput => ({
		message: { channel: 'whatsapp', direction: 'inbound', source: 'channel', accountId: phoneNumberId, threadId: leadPhone(number), text: 'How much is it?', attachments: [], timestamp, providerId: `wamid.${workspace}.${number}` },
		contact: { phone: leadPhone(number), name: `Lead ${number}` },
	}));
	const recorded = await store.messages.record(workspace, inputs);
	const requests = recorded.map(({ message, contact }, place): PlanRequest => {
		const id = draftId(workspace, message.id, contact.id);
		const draft = { workspace, id, contactId: contact.id, channel: message.channel, to: leadPhone(numbers[place]), accountId: phoneNumberId, threadId: message.threadId, inboundIds: [message.id], purpose: 'reply' as const, draft: { ...draftOf(id, `Answer ${numbers[place]}: it is 20 euros.`), confidence: 0.95 } };
		return { workspace, draftId: id, draft, gate: PASS };
	});
	await store.outbound.plan(requests, sendNow);
	return requests.map(({ draftId: id }) => id);
}
