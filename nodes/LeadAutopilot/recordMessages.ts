import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Channel } from '../../engine/channels/channel';
import { messageTime } from '../../engine/message/intake/cleaning';
import { toInbound, type Inbound } from '../../engine/message/intake/inbound';
import type { EpochMs } from '../../engine/time';
import type { RecordedMessage, Store } from '../../store/store';
import { commitIsolated, executeBatch, type ReadItem, type Settled } from '../shared/batch';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { withoutClaims } from './contractKeys';
import { recordedSentence } from './recordedSentence';
import { readMessage, type MessageParameters } from './readMessage';

export const RECORDED = 0;
export const ALREADY_DECIDED = 1;

interface Prepared {
	workspace: string;
	inbound: Inbound;
	takeOverMs: number;
}
interface Result {
	recorded: RecordedMessage;
	reachable: boolean;
}

/** Record and Record From Person: one item, one message. */
export async function recordMessages(context: IExecuteFunctions, fromPerson: boolean): Promise<INodeExecutionData[][]> {
	return await executeBatch<MessageParameters, Result>(context, {
		outputs: fromPerson ? 1 : 2,
		failedOutput: fromPerson ? 0 : ALREADY_DECIDED,
		read: (index, item) => readMessage(context, index, item),
		decide: async (items) => await withStore(context, async (store) => await record(store, items, fromPerson)),
		write: ({ recorded: { message, contact, conversation, repeat }, reachable }, { item }) => ({
			output: !fromPerson && repeat === 'decided' ? ALREADY_DECIDED : RECORDED,
			json: { ...withoutClaims(item.json), message, contact, conversation, intake: { repeat, sentence: recordedSentence(message, repeat, { reachable, fromPerson }) } },
		}),
	});
}

async function record(store: Store, items: ReadItem<MessageParameters>[], fromPerson: boolean): Promise<Settled<Result>[]> {
	const now = await store.clock.now();
	const workspaces = await workspacesOfAccounts(store, items.map(({ params }) => ({ channel: params.channel, account: params.account })));
	const prepared = items.map(({ params }, place) => prepare(params, workspaces[place] ?? params.workspace, now, fromPerson));
	return await perWorkspace(prepared, ({ workspace }) => workspace, async (workspace, own) => {
		return await commitIsolated(own, async (batch) => {
			const recorded = fromPerson
				? await store.messages.recordFromPerson(workspace, batch.map(({ inbound: { message, contact }, takeOverMs }) => ({ message, contact, takeOverMs })))
				: await store.messages.record(workspace, batch.map(({ inbound: { message, contact } }) => ({ message, contact })));
			return recorded.map((result, place) => ({ recorded: result, reachable: batch[place].inbound.reachable }));
		});
	});
}

function prepare(params: MessageParameters, workspace: string, now: EpochMs, fromPerson: boolean): Prepared {
	const { timestamp, takeOverMs, account, thread } = params;
	const at = messageTime(timestamp, now);
	const inbound = toInbound(workspace, { ...params, accountId: account, threadId: thread, timestamp: at, direction: fromPerson ? 'outbound' : 'inbound' }, at !== now);
	return { workspace, inbound, takeOverMs };
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
