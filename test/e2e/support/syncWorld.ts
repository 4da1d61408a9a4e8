import { DatabaseSync } from 'node:sqlite';
import type { Run, RunKind, RunOptions } from '../../../engine/runs/run';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox';
import { SANDBOX, type ModelReply, type ModelRequest } from '../../../sandbox/standins';
import { waitFor } from '../../../sandbox/waitFor';
import { closeAllStores } from '../../../store/openStore';
import type { Store } from '../../../store/store';

export const SYNC_WORKSPACE = 'default';
/** A loaded machine is slow; a sync of a hundred conversations takes seconds. */
const PATIENCE_MS = 180_000;

/** Workflow 08 in a real n8n, with the page's conversations and the model played by stand-ins. */
export interface SyncWorld {
	readonly sandbox: Sandbox;
	readonly store: Store;
	/** How many leads the model was asked about. */
	asked(): number;
	/** Milliseconds each answer of the model takes from now on. */
	slowModel(ms: number): void;
	/** No conversation was ever read, though contacts and messages are there; nothing is in the page's inbox. */
	startOver(): void;
	/** Asks for a run as the desk does. */
	request(kind: RunKind, accountId?: string, options?: RunOptions): Promise<string>;
	run(id: string): Promise<Run>;
	/** The run once it waits or is over. */
	settled(id: string): Promise<Run>;
	/** The run once it is over. */
	over(id: string): Promise<Run>;
	/** Changes the store's file as time would: every lease and wait is over, and the hour's calls lie further back. */
	muchLater(): void;
	/** Messages nobody has decided about. */
	undecided(): number;
	stop(): Promise<void>;
}

/** Milliseconds each model answer takes. */
export async function startSyncWorld({ modelMs = 0, settings = {} }: { modelMs?: number; settings?: Record<string, unknown> } = {}): Promise<SyncWorld> {
	const sandbox = await startSandbox({ workflows: ['08'], replacements: { '08': { 'Asked For': { 'parameters.options.pollSeconds': 0.2 }, Settings: settings } } });
	const store = await sandbox.openStore();
	await store.accounts.upsert([
		{ channel: 'messenger', externalId: SANDBOX.pageId, workspace: SYNC_WORKSPACE, name: 'Kitchens', enabled: true },
		{ channel: 'instagram', externalId: SANDBOX.instagramId, workspace: SYNC_WORKSPACE, name: 'kitchens', enabled: true },
	]);
	let asked = 0;
	let delayMs = modelMs;
	sandbox.standIns.script.model((request) => {
		asked += 1;
		return { json: answerTo(request), delayMs } satisfies ModelReply;
	});
	const run = async (id: string): Promise<Run> => {
		const [found] = await store.runs.find(SYNC_WORKSPACE, [id]);
		if (!found) throw new Error(`There is no run ${id}`);
		return found;
	};
	const file = sandbox.storeConfig.kind === 'sqlite' ? sandbox.storeConfig.file : '';
	const inFile = <T>(work: (database: DatabaseSync) => T): T => {
		const database = new DatabaseSync(file);
		try {
			database.exec('pragma busy_timeout = 5000');
			return work(database);
		} finally {
			database.close();
		}
	};
	return {
		sandbox,
		store,
		asked: () => asked,
		slowModel: (ms) => void (delayMs = ms),
		startOver() {
			inFile((database) => database.exec("delete from runs; delete from run_items; delete from call_allowances"));
			sandbox.standIns.meta.conversations.reset();
			delayMs = modelMs;
		},
		async request(kind, accountId, options = {}) {
			const channel = accountId === SANDBOX.instagramId ? { channel: 'instagram' as const } : accountId === undefined ? {} : { channel: 'messenger' as const };
			const [asked_] = await store.runs.request([{ workspace: SYNC_WORKSPACE, kind, options: { ...options, ...channel }, requestedBy: 'mia', ...(accountId === undefined ? {} : { accountId }) }]);
			return asked_.run.id;
		},
		run,
		settled: async (id) => await waitFor(async () => [await run(id)].find(({ state }) => state !== 'requested' && state !== 'running'), { what: `run ${id} to wait or end`, timeoutMs: PATIENCE_MS }),
		over: async (id) => await waitFor(async () => [await run(id)].find(({ finishedAt }) => finishedAt !== undefined), { what: `the end of run ${id}`, timeoutMs: PATIENCE_MS }),
		muchLater: () => inFile((database) => {
			database.exec("update runs set lease_until = 0 where lease_until is not null; update call_allowances set calls = '[]', blocked_until = 0");
		}),
		undecided: () => inFile((database) => Number(database.prepare("select count(*) as n from messages where state <> 'decided'").get()?.n)),
		async stop() {
			await store.close();
			await sandbox.stop();
			await closeAllStores();
		},
	};
}

function answerTo({ schema }: ModelRequest): object {
	const properties = Object.keys(schema?.properties ?? {});
	return { score: 70, status: 'QUALIFIED', confidence: 0.95, summary: 'The lead asks about kitchens.', reasons: ['asks about kitchens'], newestMessage: null, ...(properties.includes('recommendedStage') ? { recommendedStage: null } : {}) };
}
