import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Channel } from '../../engine/channels/channel';
import { messageTime } from '../../engine/message/intake/cleaning';
import { toInbound, type Inbound } from '../../engine/message/intake/inbound';
import type { EpochMs } from '../../engine/time';
import type { RecordedMessage, Store } from '../../store/store';
import { commitIsolated, executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { withoutClaims } from './contractKeys';
import { recordedSentence } from './recordedSentence';
import { OWN_MAIL, ownMailboxes } from './ownMailboxes';
import { readMessage, type MessageParameters } from './readMessage';

export const RECORDED = 0;
export const ALREADY_DECIDED = 1;

interface Prepared {
	workspace: string;
	inbound: Inbound;
	/** The sender's address, where it may be a mailbox of our own. */
	mailFrom?: string;
	takeOverMs: number;
}
/** Undefined for mail of our own, of which nothing is recorded. */
type Result = { recorded: RecordedMessage; reachable: boolean } | undefined;

/** Record and Record From Person: one item, one message. */
export async function recordMessages(context: IExecuteFunctions, fromPerson: boolean): Promise<INodeExecutionData[][]> {
	return await executeBatch<MessageParameters, Result>(context, {
		outputs: fromPerson ? 1 : 2,
		failedOutput: fromPerson ? 0 : ALREADY_DECIDED,
		read: (index, item) => readMessage(context, index, item),
		decide: async (items) => await withStore(context, async (store) => await record(store, items, fromPerson)),
		write: (result, { item }) => {
			if (!result) return { output: ALREADY_DECIDED, json: { ...withoutClaims(item.json), intake: { from: 'us', sentence: OWN_MAIL } } };
			const { message, contact, conversation, repeat } = result.recorded;
			return {
				output: !fromPerson && repeat === 'decided' ? ALREADY_DECIDED : RECORDED,
				json: { ...withoutClaims(item.json), message, contact, conversation, intake: { repeat, sentence: recordedSentence(message, repeat, { reachable: result.reachable, fromPerson, takenOver: contact.takenOverUntil !== undefined }) } },
			};
		},
	});
}

async function record(store: Store, items: ReadItem<MessageParameters>[], fromPerson: boolean): Promise<Settled<Result>[]> {
	const now = await store.clock.now();
	const workspaces = await workspacesOfAccounts(store, items.map(({ params }) => ({ channel: params.channel, account: params.account })));
	const prepared = items.map(({ params }, place) => prepare(params, workspaces[place] ?? params.workspace, now, fromPerson));
	return await perWorkspace(prepared, ({ workspace }) => workspace, async (workspace, own) => {
		const isOurs = await ownSenders(store, workspace, own);
		const recorded = await commitIsolated(own.filter((entry) => !isOurs(entry)), async (batch) => {
			const results = fromPerson
				? await store.messages.recordFromPerson(workspace, batch.map(({ inbound: { message, contact }, takeOverMs }) => ({ message, contact, takeOverMs })))
				: await store.messages.record(workspace, batch.map(({ inbound: { message, contact } }) => ({ message, contact })));
			return results.map((result, place): Result => ({ recorded: result, reachable: batch[place].inbound.reachable }));
		});
		return own.map((entry) => (isOurs(entry) ? undefined : recorded.shift()) ?? settled.ok(undefined));
	});
}

async function ownSenders(store: Store, workspace: string, prepared: Prepared[]): Promise<(entry: Prepared) => boolean> {
	if (prepared.every(({ mailFrom }) => mailFrom === undefined)) return () => false;
	const isOwn = await ownMailboxes(store, workspace);
	return ({ mailFrom }) => isOwn(mailFrom);
}

function prepare(params: MessageParameters, workspace: string, now: EpochMs, fromPerson: boolean): Prepared {
	const { timestamp, takeOverMs, account, thread } = params;
	const at = messageTime(timestamp, now);
	const inbound = toInbound(workspace, { ...params, accountId: account, threadId: thread, timestamp: at, direction: fromPerson ? 'outbound' : 'inbound' }, at !== now);
	// A form may be filled in with any address; only mail that came in as mail comes from its sender.
	const mailFrom = !fromPerson && params.channel === 'email' && params.source === 'channel' ? params.email : undefined;
	return { workspace, inbound, takeOverMs, ...(mailFrom === undefined ? {} : { mailFrom }) };
}

/** The workspaces of channel accounts that are known and switched on; undefined for the others. One look-up. */
export async function workspacesOfAccounts(store: Store, wanted: { channel: Channel; account?: string }[]): Promise<(string | undefined)[]> {
	const keys = wanted.flatMap(({ channel, account }) => (account === undefined ? [] : [{ channel, externalId: account }]));
	const found = keys.length > 0 ? await store.accounts.byExternalId(keys) : [];
	return wanted.map(({ account }) => {
		if (account === undefined) return undefined;
		const owner = found.shift();
		return owner?.enabled ? owner.workspace : undefined;
	});
}
