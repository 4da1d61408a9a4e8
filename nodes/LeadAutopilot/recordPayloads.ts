import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { boundedRaw } from '../../engine/message/intake/cleaning';
import { toInbound, type Inbound } from '../../engine/message/intake/inbound';
import type { Echo, Fields, IncomingMessage, ParsedPayload, Preference } from '../../engine/message/intake/parsed';
import type { RecordedMessage, Store } from '../../store/store';
import { commitIsolated, failedJson, settled, type Settled } from '../shared/batch';
import { toNodeError } from '../shared/errors';
import { notingWhoIsHeld } from '../shared/noteWhoIsHeld';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readOptionalText, readText } from '../shared/readParameter';
import { applyPreferences } from './applyPreferences';
import { ownEcho } from './ownEcho';
import { ownMailboxes } from './ownMailboxes';
import { parsePayloads, payloadOf, PAYLOAD_PROVIDERS, type PayloadProvider } from './parsePayloads';
import { readTakeOver } from './readMessage';
import { bySender, mailsToContacts } from './sentMail';
import { recordedSentence } from './recordedSentence';
import { ALREADY_DECIDED, RECORDED, workspacesOfAccounts } from './recordMessages';

const STATUS = 2;
const FROM_US = 3;

interface PayloadItem {
	index: number;
	provider: PayloadProvider;
	payload: Fields;
	workspace: string;
	account?: string;
	keepRaw: boolean;
	ownAppIds: string[];
	takeOverMs: number;
}
/** One thing found in a payload, and the workspace it belongs to. */
interface Found<T> {
	from: PayloadItem;
	workspace: string;
	accountId?: string;
	thing: T;
}
interface Emitted {
	index: number;
	output: number;
	json: object;
	error?: unknown;
}

/**
 * Record Provider Payload: each message of each item is recorded, receipts are handed on, echoes of what a colleague wrote
 * take the conversation over. An item may hold several of each, so it may become several items; what is in it is kept
 * under `message.raw`.
 */
export async function recordPayloads(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await notingWhoIsHeld(context, async () => await recordItems(context));
}

async function recordItems(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const emitted: Emitted[] = [];
	const items: PayloadItem[] = [];
	context.getInputData().forEach((item, index) => {
		try {
			items.push(readItem(context, index, payloadOf(item.json)));
		} catch (error) {
			emitted.push({ index, output: ALREADY_DECIDED, json: item.json, error });
		}
	});
	const failing = (): void => throwFirst(context, emitted);
	failing();
	if (items.length > 0) emitted.push(...(await withStore(context, async (store) => await recordAll(store, items))));
	failing();
	hintWhenEmpty(context, items, emitted);
	const outputs: INodeExecutionData[][] = [[], [], [], []];
	for (const { index, output, json, error } of emitted.sort((a, b) => a.index - b.index)) {
		const failure = error === undefined ? undefined : toNodeError(context.getNode(), error, index);
		outputs[output].push({ json: failure ? failedJson(context, { ...json }, failure.message) : { ...json }, pairedItem: { item: index } });
	}
	return outputs;
}

function readItem(context: IExecuteFunctions, index: number, payload: Fields): PayloadItem {
	const chosen: unknown = context.getNodeParameter('provider', index);
	return {
		index,
		provider: PAYLOAD_PROVIDERS.find((name) => name === chosen) ?? 'whatsapp',
		payload,
		workspace: readText(context, 'messageWorkspace', index, 'Workspace'),
		account: readOptionalText(context, 'payloadOptions.account', index),
		keepRaw: context.getNodeParameter('payloadOptions.keepRaw', index, true) === true,
		ownAppIds: (readOptionalText(context, 'payloadOptions.ownAppIds', index) ?? '').split(/[\s,;]+/).filter((id) => id !== ''),
		takeOverMs: readTakeOver(context, index),
	};
}

async function recordAll(store: Store, items: PayloadItem[]): Promise<Emitted[]> {
	const now = await store.clock.now();
	const parsed = await parsePayloads(store, items, now);
	const parts = items.flatMap((from, place) => {
		const result = parsed[place];
		return result.ok ? [{ from, parts: result.value }] : [];
	});
	const failed = items.flatMap((from, place): Emitted[] => {
		const result = parsed[place];
		return result.ok ? [] : [{ index: from.index, output: ALREADY_DECIDED, json: from.payload, error: result.error }];
	});
	const messages = await bySender(store, await located(store, parts, ({ messages: list }) => list));
	const ours = await fromOwnMailboxes(store, messages);
	const byHand = await toKnownContacts(store, [...ours]);
	const echoes = await located(store, parts, ({ echoes: list }) => list);
	const preferences = await located(store, parts, ({ preferences: list }) => list);
	return [
		...failed,
		...(await recordLeads(store, messages.filter((entry) => !ours.has(entry)))),
		...[...ours].filter((entry) => !byHand.has(entry)).map((entry) => echoItem(entry, settled.ok(undefined))),
		...(await recordEchoes(store, [...echoes, ...byHand.values()])),
		...(await recordPreferences(store, preferences)),
		...(await statusItems(store, parts)),
	];
}

/** Finds each thing's workspace by the account it came in on: the node's own, then the payload's candidates. */
async function located<T extends IncomingMessage | Preference>(store: Store, parts: { from: PayloadItem; parts: ParsedPayload }[], pick: (parts: ParsedPayload) => T[]): Promise<Found<T>[]> {
	const things = parts.flatMap(({ from, parts: part }) => pick(part).map((thing) => ({ from, thing, candidates: from.account === undefined ? thing.accountCandidates : [from.account] })));
	const wanted = things.flatMap(({ thing, candidates }) => candidates.map((account) => ({ channel: thing.channel, account })));
	const workspaces = await workspacesOfAccounts(store, wanted);
	return things.map(({ from, thing, candidates }) => {
		const found = workspaces.splice(0, candidates.length);
		const known = found.findIndex((workspace) => workspace !== undefined);
		// A mailbox that is not known may be anybody's in the list of recipients; the other channels name exactly one account.
		const accountId = known >= 0 ? candidates[known] : thing.channel === 'email' && from.account === undefined ? undefined : candidates[0];
		return { from, thing, accountId, workspace: found[known] ?? from.workspace };
	});
}

/** The mails that came from a mailbox of the workspace's own. */
async function fromOwnMailboxes(store: Store, found: Found<IncomingMessage>[]): Promise<Set<Found<IncomingMessage>>> {
	const mails = found.filter(({ thing }) => thing.channel === 'email');
	const own = new Set<Found<IncomingMessage>>();
	for (const [workspace, entries] of Map.groupBy(mails, (entry) => entry.workspace)) {
		const isOwn = await ownMailboxes(store, workspace);
		for (const entry of entries) if (isOwn(entry.thing.address?.value)) own.add(entry);
	}
	return own;
}

/** The mails our own mailboxes sent to contacts, as the folder Sent holds them. */
async function toKnownContacts(store: Store, ours: Found<IncomingMessage>[]): Promise<Map<Found<IncomingMessage>, Found<Echo>>> {
	const written = new Map<Found<IncomingMessage>, Found<Echo>>();
	for (const [workspace, entries] of Map.groupBy(ours, (entry) => entry.workspace)) {
		const found = await mailsToContacts(store, workspace, entries);
		found.forEach((mail, place) => mail && written.set(entries[place], mail));
	}
	return written;
}

function inboundOf({ from, thing, workspace, accountId }: Found<IncomingMessage>, direction: 'inbound' | 'outbound'): Inbound {
	const { address } = thing;
	const who = address?.kind === 'phone' ? { phone: address.value } : address?.kind === 'email' ? { email: address.value } : { handle: address };
	return toInbound(workspace, { ...thing, ...who, accountId, source: 'channel', direction, ...(from.keepRaw ? { raw: boundedRaw(from.payload) } : {}) }, true);
}

async function recordLeads(store: Store, found: Found<IncomingMessage>[]): Promise<Emitted[]> {
	const prepared = found.map((entry) => ({ entry, inbound: inboundOf(entry, 'inbound') }));
	const results = await perWorkspace(prepared, ({ entry }) => entry.workspace, async (workspace, own) => {
		return await commitIsolated(own, async (batch) => await store.messages.record(workspace, batch.map(({ inbound: { message, contact } }) => ({ message, contact }))));
	});
	return results.map((result, place) => recordedItem(prepared[place].entry.from, result, prepared[place].inbound.reachable));
}

function recordedItem(from: PayloadItem, result: Settled<RecordedMessage>, reachable: boolean): Emitted {
	if (!result.ok) return { index: from.index, output: ALREADY_DECIDED, json: from.payload, error: result.error };
	const { message, contact, conversation, repeat } = result.value;
	const intake = { repeat, sentence: recordedSentence(message, repeat, { reachable, fromPerson: false }) };
	return { index: from.index, output: repeat === 'decided' ? ALREADY_DECIDED : RECORDED, json: { message, contact, conversation, intake } };
}

async function recordEchoes(store: Store, found: Found<Echo>[]): Promise<Emitted[]> {
	const results = await perWorkspace(found, ({ workspace }) => workspace, async (workspace, own) => {
		const marks = own.map(({ thing }) => thing.metadata ?? '');
		const rows = await store.outbound.find(workspace, marks);
		const ours = own.map(({ thing, from }, place) => ownEcho(thing, { ownAppIds: from.ownAppIds, sentByUs: rows[place] !== undefined }));
		const byHand = own.filter((_, place) => !ours[place]);
		const recorded = await commitIsolated(byHand, async (batch) => {
			const inputs = batch.map((entry) => ({ ...inboundOf(entry, 'outbound'), takeOverMs: entry.from.takeOverMs }));
			return await store.messages.recordFromPerson(workspace, inputs.map(({ message, contact, takeOverMs }) => ({ message, contact, takeOverMs })));
		});
		return own.map((_, place): Settled<RecordedMessage | undefined> => (ours[place] ? settled.ok(undefined) : (recorded.shift() ?? settled.ok(undefined))));
	});
	return results.map((result, place) => echoItem(found[place], result));
}

function echoItem({ from, workspace, thing }: Found<IncomingMessage>, result: Settled<RecordedMessage | undefined>): Emitted {
	if (!result.ok) return { index: from.index, output: FROM_US, json: from.payload, error: result.error };
	const recorded = result.value;
	if (recorded?.repeat !== 'new') {
		const sentence = 'An echo of what was sent from here, or of what is known already; nothing changed.';
		return { index: from.index, output: FROM_US, json: { message: { workspace, channel: thing.channel, providerId: thing.providerId }, intake: { from: 'us', sentence } } };
	}
	const { message, contact, conversation } = recorded;
	return { index: from.index, output: FROM_US, json: { message, contact, conversation, intake: { from: 'person', sentence: recordedSentence(message, 'new', { reachable: true, fromPerson: true, takenOver: contact.takenOverUntil !== undefined }) } } };
}

async function recordPreferences(store: Store, found: Found<Preference>[]): Promise<Emitted[]> {
	const results = await perWorkspace(found, ({ workspace }) => workspace, async (workspace, own) => await applyPreferences(store, workspace, own.map(({ thing }) => thing)));
	return results.map((result, place) => {
		const { from, workspace, thing } = found[place];
		return { index: from.index, output: STATUS, json: { message: { workspace, channel: thing.channel }, ...(result.ok ? { intake: { sentence: result.value } } : {}) }, ...(result.ok ? {} : { error: result.error }) };
	});
}

/** Receipts go on in the provider's own shape; the workspace rides along for Outcome Track. */
async function statusItems(store: Store, parts: { from: PayloadItem; parts: ParsedPayload }[]): Promise<Emitted[]> {
	const withReceipts = parts.flatMap(({ from, parts: { statuses } }) => (statuses ? [{ from, statuses }] : []));
	const accounts = withReceipts.map(({ from, statuses }) => ({ from, account: from.account ?? accountOfReceipt(statuses) }));
	const channels = ['whatsapp', 'instagram', 'messenger', 'sms', 'email'] as const;
	const found = await workspacesOfAccounts(store, accounts.flatMap(({ account }) => channels.map((channel) => ({ channel, account }))));
	return withReceipts.map(({ from, statuses }) => {
		const workspace = found.splice(0, channels.length).find((candidate) => candidate !== undefined) ?? from.workspace;
		return { index: from.index, output: STATUS, json: { ...statuses, message: { workspace } } };
	});
}

function accountOfReceipt(statuses: Fields): string | undefined {
	const metadata = statuses.metadata;
	const id = typeof metadata === 'object' && metadata !== null && 'phone_number_id' in metadata ? metadata.phone_number_id : statuses.id;
	return typeof id === 'string' ? id : undefined;
}

function throwFirst(context: IExecuteFunctions, emitted: Emitted[]): void {
	const failed = emitted.filter(({ error }) => error !== undefined).sort((a, b) => a.index - b.index)[0];
	if (failed && !context.continueOnFail()) throw toNodeError(context.getNode(), failed.error, failed.index);
}

function hintWhenEmpty(context: IExecuteFunctions, items: PayloadItem[], emitted: Emitted[]): void {
	const silent = items.filter(({ index }) => !emitted.some((entry) => entry.index === index)).length;
	if (silent === 0) return;
	const message = `${silent} ${silent === 1 ? 'item holds' : 'items hold'} no message, receipt or echo, so nothing was recorded for ${silent === 1 ? 'it' : 'them'}. Check that 'Provider' fits the trigger.`;
	context.addExecutionHints({ message, location: 'outputPane', type: 'info' });
}
