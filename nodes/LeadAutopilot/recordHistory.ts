import { toInbound } from '../../engine/message/intake/inbound';
import type { HistoricConversation } from '../../engine/message/intake/metaConversations';
import type { PageChannel } from '../../engine/message/intake/metaPage';
import { DEFAULT_MODEL_ACTIONS } from '../../engine/gate/modelCheck';
import type { Message } from '../../engine/message/message';
import { readReply } from '../../engine/reply/readReply';
import { SYNC_POLICY } from '../../engine/runs/conversationSync';
import { later, type EpochMs } from '../../engine/time';
import type { Account, HistoryInput, HistoryRecorded, Store } from '../../store/store';
import { commitIsolated, type Settled } from '../shared/batch';
import { gateInbound } from '../QualityGate/gateInbound';
import type { InboundParameters } from '../QualityGate/readGateParameters';

export type WithPerson = HistoricConversation & { person: NonNullable<HistoricConversation['person']> };

export interface HistoryScope {
	workspace: string;
	channel: PageChannel;
	account: Account;
	now: EpochMs;
	/** When the run began. */
	since: EpochMs;
}

/** Keeps what was said, then heeds who asked not to be written to. One result a conversation; one that fails, fails alone. */
export async function recordConversations(store: Store, scope: HistoryScope, conversations: readonly WithPerson[]): Promise<Settled<HistoryRecorded>[]> {
	const recorded = await commitIsolated([...conversations], async (batch) => await store.messages.recordHistory(scope.workspace, batch.map((one) => historyOf(one, scope)), scope.since));
	await heedWishes(store, scope, conversations.flatMap(({ person }, place) => {
		const result = recorded[place];
		return result.ok ? [{ person, result: result.value }] : [];
	}));
	return recorded;
}

function historyOf({ person, messages }: WithPerson, { workspace, channel, account, now }: HistoryScope): HistoryInput {
	const settled = messages.filter(({ timestamp }) => timestamp <= later(now, -SYNC_POLICY.settledMs));
	const contact = { handles: { [channel]: person.id } };
	return {
		contact,
		name: person.name,
		...(account.pipelineId === undefined ? {} : { pipelineId: account.pipelineId }),
		messages: settled.map(({ fromUs, ...message }) => {
			const direction = fromUs ? 'outbound' : 'inbound';
			const inbound = toInbound(workspace, { ...message, channel, accountId: account.externalId, source: 'channel', direction, handle: { kind: channel, value: person.id } }, true);
			return { message: inbound.message, fromUs };
		}),
	};
}

/** As the intake does with a message that comes in: certain wishes suppress, doubtful ones go to a person. */
async function heedWishes(store: Store, { workspace, channel, now }: HistoryScope, known: { person: WithPerson['person']; result: HistoryRecorded }[]): Promise<void> {
	const wishes = known.flatMap(({ person, result }) =>
		wishesIn(result.inbound).map((message): InboundParameters => ({
			kind: 'inbound', workspace, channel, reference: result.contactId, contact: { id: result.contactId }, address: person.id, message, text: message.text, record: true,
			modelActions: DEFAULT_MODEL_ACTIONS, redact: false, outOfOffice: 'pass', injection: 'off', spam: 'off', notInterestedIsOptOut: true,
		})),
	);
	if (wishes.length === 0) return;
	const lost = (await gateInbound(store, wishes, now, true)).find((result) => !result.ok);
	// The page is read again then: nobody who asked for silence is passed over.
	if (lost && !lost.ok) throw lost.error;
}

/** Messages that ask for silence. Who was not interested once and wrote again since is not held to it; who said stop is. */
function wishesIn(inbound: readonly Message[]): Message[] {
	const newest = inbound.reduce((latest, { timestamp }) => (timestamp > latest ? timestamp : latest), '');
	return inbound.filter(({ text, timestamp }) => {
		if (text.trim() === '') return false;
		const { optOut, intent } = readReply(text);
		return optOut.wanted || (intent === 'not_interested' && timestamp === newest);
	});
}
