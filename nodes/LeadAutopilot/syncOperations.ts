import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { CHANNELS } from '../../engine/channels/channel';
import { RUN_ITEM_RESULTS, RUN_KINDS, type Run, type RunItemResult, type RunKind } from '../../engine/runs/run';
import type { RunItem, RunRequest, Store } from '../../store/store';
import { commitIsolated, executeBatch, failedJson, settled, type Settled } from '../shared/batch';
import { ItemInputError, toNodeError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readNumber, readOptionalText, readText } from '../shared/readParameter';
import { ownFields } from './contractKeys';
import { READ_OUTPUTS } from './readConversations';
import { RUN_LEASE_MS } from './runLease';

const OPEN = 0;
const ENDED = 1;
/** Outputs of the operations that have several. */
export const SYNC_OUTPUTS = { 'sync.getContacts': ['Contacts', 'All Done'], 'sync.isCancelled': ['Go On', 'Cancelled'], 'sync.readConversations': READ_OUTPUTS, 'sync.start': ['Started', 'Already Running'] } as const;

interface RunParams {
	workspace: string;
	runId: string;
}

function oneOf<T extends string>(values: readonly T[], text: string, label: string): T {
	const found = values.find((value) => value === text);
	if (!found) throw new ItemInputError(`'${label}' is '${text.slice(0, 40)}', which is not known`, `Use one of: ${values.join(', ')}.`);
	return found;
}

function gone(runId: string): ItemInputError {
	return new ItemInputError(`There is no run '${runId.slice(0, 60)}' in this workspace`, "Point 'Run ID' at the run that Start or Autopilot Trigger gave, e.g. {{ $('Start').item.json.run.id }}.");
}

function readRun(context: IExecuteFunctions, index: number): RunParams {
	return { workspace: readText(context, 'workspace', index, 'Workspace'), runId: readText(context, 'runId', index, 'Run ID') };
}

const found = (run: Run | undefined, runId: string): Settled<Run> => (run ? settled.ok(run) : settled.failed(gone(runId)));

/** What the items of a batch say of one run, as one call. */
async function perRun<P extends RunParams>(items: readonly P[], work: (workspace: string, runId: string, own: P[]) => Promise<Run | undefined>): Promise<Settled<Run>[]> {
	const groups = Map.groupBy(items, ({ workspace, runId }) => JSON.stringify([workspace, runId]));
	const results = new Map<string, Settled<Run>>();
	for (const [key, own] of groups) {
		const [{ workspace, runId }] = own;
		const [result] = await commitIsolated([own], async () => [await work(workspace, runId, own)]);
		results.set(key, result.ok ? found(result.value, runId) : result);
	}
	return items.flatMap(({ workspace, runId }) => results.get(JSON.stringify([workspace, runId])) ?? []);
}

export type StartParams = RunRequest & { runId?: string };

/** A request for a run. `by`: who asks when nobody is named. */
export function readStart(context: IExecuteFunctions, index: number, by = 'workflow'): StartParams {
	const options = (name: string): unknown => context.getNodeParameter(`syncOptions.${name}`, index, '');
	const count = (name: string, label: string, least: number): number | undefined => {
		const given = options(name);
		if (given === '' || given === undefined) return undefined;
		const value = readNumber(context, `syncOptions.${name}`, index, label);
		if (!Number.isInteger(value) || value < least) throw new ItemInputError(`'${label}' must be a whole number of at least ${least}, but is ${value}`);
		return value;
	};
	const channel = options('channel');
	const limit = count('limit', 'Limit', 1);
	const skip = count('skip', 'Skip', 0);
	const accountId = readOptionalText(context, 'accountId', index);
	const runId = readOptionalText(context, 'runId', index);
	return {
		workspace: readText(context, 'workspace', index, 'Workspace'),
		kind: oneOf<RunKind>(RUN_KINDS, readText(context, 'work', index, 'Work'), 'Work'),
		...(accountId === undefined ? {} : { accountId }),
		options: {
			...(typeof channel === 'string' && channel !== '' ? { channel: oneOf(CHANNELS, channel, 'Channel') } : {}),
			...(limit === undefined ? {} : { limit }),
			...(skip === undefined ? {} : { skip }),
		},
		requestedBy: readOptionalText(context, 'syncOptions.requestedBy', index) ?? by,
		...(runId === undefined ? {} : { runId }),
	};
}

async function begin(store: Store, { runId, ...request }: StartParams): Promise<{ run: Run; started: boolean }> {
	if (runId !== undefined) {
		// Handed out by the trigger, which began it already.
		const run = await store.runs.begin(request.workspace, runId, RUN_LEASE_MS);
		if (!run) throw gone(runId);
		return { run, started: run.state === 'running' };
	}
	const [{ run, created }] = await store.runs.request([request]);
	if (!created && run.state === 'running') return { run, started: false };
	return { run: (await store.runs.begin(run.workspace, run.id, RUN_LEASE_MS)) ?? run, started: true };
}

/** Start: begins a run. One of the same kind and account that is under way already leaves on the second output. */
export async function startRun(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<StartParams, { run: Run; started: boolean }>(context, {
		outputs: SYNC_OUTPUTS['sync.start'].length,
		failedOutput: ENDED,
		read: (index) => readStart(context, index),
		decide: async (items) =>
			await withStore(context, async (store) => {
				const results: Settled<{ run: Run; started: boolean }>[] = [];
				for (const { params } of items) results.push(...(await commitIsolated([params], async ([one]) => [await begin(store, one)])));
				return results;
			}),
		write: ({ run, started }) => ({ output: started ? OPEN : ENDED, json: { run } }),
	});
}

type ProgressParams = RunParams & { item: RunItem; total?: number; cursor?: string };

function readProgress(context: IExecuteFunctions, index: number): ProgressParams {
	const option = (name: string): string | undefined => readOptionalText(context, `progressOptions.${name}`, index);
	const [error, code, platform, cursor, total] = [readOptionalText(context, 'error', index), option('code'), option('platform'), option('cursor'), option('total')];
	const chosen = readText(context, 'result', index, 'Result');
	const result = chosen === 'byError' ? (error === undefined ? 'done' : 'failed') : oneOf<RunItemResult>(RUN_ITEM_RESULTS, chosen, 'Result');
	return {
		...readRun(context, index),
		item: {
			itemId: readText(context, 'itemId', index, 'Item ID'),
			result,
			...(result === 'failed' && error !== undefined ? { error } : {}),
			...(code === undefined ? {} : { code }),
			...(platform === undefined ? {} : { platform }),
		},
		...(total === undefined ? {} : { total: readNumber(context, 'progressOptions.total', index, 'Total') }),
		...(cursor === undefined ? {} : { cursor }),
	};
}

/** Progress: notes what became of the items, in one call a run. */
export async function noteProgress(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<ProgressParams, Run>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => readProgress(context, index),
		decide: async (items) =>
			await withStore(context, async (store) =>
				await perRun(items.map(({ params }) => params), async (workspace, runId, own) => {
					const total = own.findLast((one) => one.total !== undefined)?.total;
					const cursor = own.findLast((one) => one.cursor !== undefined)?.cursor;
					return await store.runs.advance(workspace, runId, { items: own.map(({ item }) => item), leaseMs: RUN_LEASE_MS, ...(total === undefined ? {} : { total }), ...(cursor === undefined ? {} : { cursor }) });
				}),
			),
		write: (run) => ({ output: 0, json: { run } }),
	});
}

const MOST_CONTACTS = 500;

/** Get Contacts: one item a contact of the run that was not noted yet; when there is none left, the run on the second output. Runs once, for the first item. */
export async function contactsOfRun(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	try {
		const { workspace, runId } = readRun(context, 0);
		const size = readNumber(context, 'batchSize', 0, 'Batch Size');
		if (!Number.isInteger(size) || size < 1) throw new ItemInputError(`'Batch Size' must be a whole number of at least 1, but is ${size}`);
		return await withStore(context, async (store) => {
			const { run, contactIds } = await store.runs.nextContacts(workspace, runId, { size: Math.min(size, MOST_CONTACTS), leaseMs: RUN_LEASE_MS });
			if (!run) throw gone(runId);
			const contacts = await store.contacts.find(workspace, contactIds);
			const conversations = await store.contacts.conversations(workspace, contactIds);
			const kept = { ...ownFields(context.getInputData()[0]?.json ?? {}), run, message: { workspace } };
			const json = contactIds.map((id, place): IDataObject => ({ ...kept, contact: contacts[place] ?? { id }, conversation: conversations[place] }));
			const items = (json.length > 0 ? json : [kept]).map((one) => ({ json: one, pairedItem: { item: 0 } }));
			return json.length > 0 ? [items, []] : [[], items];
		});
	} catch (error) {
		const failure = toNodeError(context.getNode(), error, 0);
		if (!context.continueOnFail()) throw failure;
		return [[], [{ json: failedJson(context, context.getInputData()[0]?.json ?? {}, failure.message), pairedItem: { item: 0 } }]];
	}
}

/** Is Cancelled: on the second output once somebody asked to stop, or the run has ended. */
export async function isCancelled(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<RunParams, Run>(context, {
		outputs: SYNC_OUTPUTS['sync.isCancelled'].length,
		failedOutput: ENDED,
		read: (index) => readRun(context, index),
		decide: async (items) => await withStore(context, async (store) => await perRun(items.map(({ params }) => params), async (workspace, runId) => (await store.runs.find(workspace, [runId]))[0])),
		write: (run) => ({ output: run.cancelRequested || run.state !== 'running' ? ENDED : OPEN, json: { run } }),
	});
}

/** Finish: ends a run; with an error it has failed. */
export async function finishRun(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<RunParams & { error?: string }, Run>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => {
			const error = readOptionalText(context, 'error', index);
			return { ...readRun(context, index), ...(error === undefined ? {} : { error }) };
		},
		decide: async (items) =>
			await withStore(context, async (store) => await perRun(items.map(({ params }) => params), async (workspace, runId, own) => await store.runs.finish(workspace, runId, own.find(({ error }) => error !== undefined)?.error))),
		write: (run) => ({ output: 0, json: { run } }),
	});
}
