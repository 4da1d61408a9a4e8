import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { GRAPH_READING } from '../../engine/channels/graphReading';
import { fieldsOf, textOf } from '../../engine/message/intake/parsed';
import { firstPosition, isWhole, readPosition, SYNC_POLICY, type SyncPosition } from '../../engine/runs/conversationSync';
import type { Run } from '../../engine/runs/run';
import type { Account, RunItem, Store } from '../../store/store';
import { failedJson } from '../shared/batch';
import { ItemInputError, toNodeError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readNumber, readText } from '../shared/readParameter';
import { ownFields } from './contractKeys';
import { askOwnPage, tokenFingerprint } from './graphConversations';
import { nextPage } from './nextConversations';
import { RUN_LEASE_MS } from './runLease';
import { call, failed, keep, startOf, trouble, type StepResult, type SyncStep } from './syncStep';

export const READ_OUTPUTS = ['Contacts', 'All Done', 'Waiting'] as const;
const CONTACTS = 0;
const ALL_DONE = 1;
const WAITING = 2;

const MOST_CONTACTS = 100;
/** Runs looked at for the last whole one. */
const RUNS_LOOKED_AT = 20;

/** The next contacts of a sync; see the operation's description. Runs once, for the first item. */
export async function readConversations(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	try {
		const workspace = readText(context, 'workspace', 0, 'Workspace');
		const runId = readText(context, 'runId', 0, 'Run ID');
		const size = wholeNumber(context, 'batchSize', 'Batch Size');
		const callsAnHour = wholeNumber(context, 'callsAnHour', 'Calls an Hour');
		return await withStore(context, async (store) => {
			const run = await store.runs.begin(workspace, runId, RUN_LEASE_MS);
			if (!run) throw new ItemInputError(`There is no run '${runId.slice(0, 60)}' in this workspace`, "Point 'Run ID' at the run that Autopilot Trigger gave, e.g. {{ $('Asked For').first().json.run.id }}.");
			const found = run.state === 'running' && !run.cancelRequested ? await advance(context, store, run, { size: Math.min(size, MOST_CONTACTS), callsAnHour: Math.min(callsAnHour, GRAPH_READING.callsAnHour) }) : { ended: run };
			const kept = { ...ownFields(context.getInputData()[0]?.json ?? {}), message: { workspace } };
			if ('contacts' in found) return outputs(CONTACTS, (await contactItems(store, found.run, found.account, found.contacts)).map((one) => ({ ...kept, ...one })));
			return 'waiting' in found ? outputs(WAITING, [{ ...kept, run: found.waiting }]) : outputs(ALL_DONE, [{ ...kept, run: found.ended }]);
		});
	} catch (error) {
		const failure = toNodeError(context.getNode(), error, 0);
		if (!context.continueOnFail()) throw failure;
		return outputs(ALL_DONE, [failedJson(context, context.getInputData()[0]?.json ?? {}, failure.message)]);
	}
}

function outputs(at: number, items: object[]): INodeExecutionData[][] {
	return READ_OUTPUTS.map((_, place) => (place === at ? items.map((json) => ({ json: { ...json } as IDataObject, pairedItem: { item: 0 } })) : []));
}

function wholeNumber(context: IExecuteFunctions, name: string, label: string): number {
	const value = readNumber(context, name, 0, label);
	if (!Number.isInteger(value) || value < 1) throw new ItemInputError(`'${label}' must be a whole number of at least 1, but is ${value}`);
	return value;
}

async function contactItems(store: Store, run: Run, account: Account, ids: string[]): Promise<object[]> {
	const contacts = await store.contacts.find(run.workspace, ids);
	const conversations = await store.contacts.conversations(run.workspace, ids);
	return ids.map((id, place) => ({ run, message: { workspace: run.workspace, channel: account.channel, accountId: account.externalId }, contact: contacts[place] ?? { id }, conversation: conversations[place] }));
}

type Advanced = { run: Run; account: Account; contacts: string[] } | { waiting: Run } | { ended: Run };

/** Hands out what waits to be handed out; else reads page after page until there is something. */
async function advance(context: IExecuteFunctions, store: Store, run: Run, { size, callsAnHour }: { size: number; callsAnHour: number }): Promise<Advanced> {
	const account = await accountOf(store, run);
	if (typeof account === 'string') return { ended: await failed(store, run, account) };
	const step: SyncStep = { context, store, run, account, callsAnHour, token: await tokenFingerprint(context) };
	let state: StepResult = await begin(step);
	while ('position' in state) {
		const handed = await handOut(step, state.position, size);
		if ('contacts' in handed) return { run: handed.run, account, contacts: handed.contacts };
		if ('ended' in handed) return handed;
		const { position } = handed;
		if (position.pending.length === 0 && position.readAll) return { ended: run };
		state = position.pending.length > 0 ? { position } : await nextPage(step, position);
	}
	return state;
}

async function accountOf(store: Store, { workspace, accountId, options }: Run): Promise<SyncStep['account'] | string> {
	if (accountId === undefined) return 'a conversation sync needs an account: choose one on the desk, or give Account ID';
	const all = (await store.accounts.list(workspace)).filter(({ externalId, channel }) => externalId === accountId && (options.channel === undefined || channel === options.channel));
	const account = all.find(({ channel }) => channel === 'messenger' || channel === 'instagram');
	if (!account) return all.length > 0 ? `conversations of ${all[0].channel} cannot be read: only those of Messenger and Instagram can` : `account ${accountId} is not known in this workspace: save it with Lead Autopilot → Setting → Set Account`;
	if (!account.enabled) return `account ${account.name ?? accountId} is switched off`;
	return { ...account, channel: account.channel === 'instagram' ? 'instagram' : 'messenger' };
}

/** Where the run stands; on its first step it is found out whose token it is and how far the last sync came. */
async function begin(step: SyncStep): Promise<StepResult> {
	const { store, run, account } = step;
	const known = readPosition(run.cursor);
	if (known) return { position: known };
	const asked = await call(step, async () => await askOwnPage(step.context));
	if ('over' in asked) return asked.over;
	if (!asked.result.ok) return await trouble(step, undefined, asked.result.failure);
	const page = fieldsOf(asked.result.body);
	const [pageId, instagramId] = [textOf(page.id), textOf(fieldsOf(page.instagram_business_account).id)];
	const own = [pageId, instagramId, account.externalId].filter((id) => id !== undefined);
	if (pageId === undefined || (account.channel === 'messenger' ? pageId : instagramId) !== account.externalId) {
		const owner = textOf(page.name) ?? pageId ?? 'nobody';
		return { ended: await failed(store, run, `the access token belongs to '${owner.slice(0, 80)}', not to ${account.channel} account ${account.externalId}: choose the credential with that page's own access token`) };
	}
	const done = await store.runs.list(run.workspace, { kinds: ['sync'], states: ['done'], accountId: account.externalId, limit: RUNS_LOOKED_AT });
	const last = done.flatMap(({ cursor, options }) => {
		const position = readPosition(cursor);
		return position && isWhole(position, options) ? [position] : [];
	})[0];
	const position = firstPosition({ pageId, own, size: GRAPH_READING.conversations, last, now: startOf(run) });
	return { position: await keep(step, { ...position, calls: 1 }) };
}

/** The contacts next in line. What was handed out and not noted, e.g. because n8n was stopped, is handed out again. */
async function handOut(step: SyncStep, position: SyncPosition, size: number): Promise<{ run: Run; contacts: string[] } | { position: SyncPosition } | { ended: Run }> {
	const { store, run } = step;
	if (position.pending.length === 0) return { position };
	const noted = new Set(await store.runs.seen(run.workspace, run.id, position.pending));
	const pending = position.pending.filter((id) => !noted.has(id));
	const lost = position.handed.filter((id) => !noted.has(id));
	const handOuts = lost.length > 0 ? position.handOuts + 1 : 1;
	if (handOuts > SYNC_POLICY.mostHandOuts) {
		const items = lost.map((itemId): RunItem => ({ itemId, platform: step.account.channel, result: 'failed', error: `Handed out ${SYNC_POLICY.mostHandOuts} times and never noted` }));
		return { position: await keep(step, { ...position, pending: pending.filter((id) => !lost.includes(id)), handed: [], handOuts: 0 }, items) };
	}
	if (pending.length === 0) return { position: { ...position, pending, handed: [], handOuts: 0 } };
	const contacts = lost.length > 0 ? lost.slice(0, size) : pending.slice(0, size);
	const updated = await store.runs.advance(run.workspace, run.id, { items: [], cursor: JSON.stringify({ ...position, pending, handed: contacts, handOuts }), leaseMs: RUN_LEASE_MS });
	if (updated && (updated.cancelRequested || updated.finishedAt !== undefined)) return { ended: updated };
	return { run: updated ?? run, contacts };
}
