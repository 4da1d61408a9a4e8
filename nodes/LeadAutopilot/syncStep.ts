import type { IExecuteFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import { GRAPH_READING, type GraphFailure } from '../../engine/channels/graphReading';
import type { PageChannel } from '../../engine/message/intake/metaPage';
import { SYNC_POLICY, type SyncPosition } from '../../engine/runs/conversationSync';
import type { Run } from '../../engine/runs/run';
import { epochMs, later, SECOND, type EpochMs } from '../../engine/time';
import type { Account, RunItem, Store } from '../../store/store';
import type { GraphResult } from './graphConversations';
import { RUN_LEASE_MS } from './runLease';

/** A wait up to this long is sat out: the gap between two calls. */
const SHORT_WAIT_MS = 3 * SECOND;

/** What one step of a sync knows. */
export interface SyncStep {
	context: IExecuteFunctions;
	store: Store;
	run: Run;
	account: Account & { channel: PageChannel };
	callsAnHour: number;
	/** The token whose calls are counted, as a fingerprint. */
	token: string;
}
/** The sync goes on, or somebody else has to go on: it waits, or it is over. */
export type StepResult = { position: SyncPosition } | { waiting: Run } | { ended: Run };

export const startOf = ({ startedAt, requestedAt }: Run): EpochMs => epochMs(startedAt ?? requestedAt);

/** Saves where the run stands, with what became of items. */
export async function keep({ store, run }: SyncStep, position: SyncPosition, items: RunItem[] = []): Promise<SyncPosition> {
	await store.runs.advance(run.workspace, run.id, { items, cursor: JSON.stringify(position), leaseMs: RUN_LEASE_MS, ...(position.readAll ? { total: position.seen - (run.options.skip ?? 0) } : {}) });
	return position;
}

export async function failed(store: Store, run: Run, reason: string): Promise<Run> {
	return (await store.runs.finish(run.workspace, run.id, reason)) ?? run;
}

/** One call to Meta within its limits: counted first, then made. */
export async function call({ store, run, callsAnHour, token }: SyncStep, make: () => Promise<GraphResult>, position?: SyncPosition): Promise<{ result: GraphResult } | { over: StepResult }> {
	const rules = { limit: callsAnHour, windowMs: GRAPH_READING.hourMs, gapMs: GRAPH_READING.gapMs };
	for (;;) {
		const taken = await store.callAllowances.take({ provider: 'meta', subject: token }, rules);
		if (taken.taken) break;
		const wait = taken.at - (await store.clock.now());
		if (wait > SHORT_WAIT_MS) return { over: await pause(store, run, taken.at, taken.why === 'limit' ? "Meta's hourly limit" : "Meta's limit", position) };
		await sleep(Math.max(wait, 1));
	}
	const result = await make();
	const now = await store.clock.now();
	const usedUp = result.ok ? result.usedShare >= GRAPH_READING.usagePause : result.failure.kind === 'limit';
	if (usedUp) await store.callAllowances.block({ provider: 'meta', subject: token }, later(now, (result.ok ? undefined : result.failure.waitMs) ?? GRAPH_READING.pauseMs));
	return { result };
}

async function pause(store: Store, run: Run, until: EpochMs, reason: string, position?: SyncPosition): Promise<StepResult> {
	const paused = (await store.runs.pause(run.workspace, run.id, { until, reason, ...(position ? { cursor: JSON.stringify(position) } : {}) })) ?? run;
	return paused.state === 'waiting' ? { waiting: paused } : { ended: paused };
}

/** What an error means for the whole run: wait, or end with what to do. */
export async function trouble({ store, run, account }: SyncStep, position: SyncPosition | undefined, failure: GraphFailure): Promise<StepResult> {
	const { kind, code, message } = failure;
	const now = await store.clock.now();
	if (kind === 'limit') return await pause(store, run, later(now, failure.waitMs ?? GRAPH_READING.pauseMs), "Meta's limit", position);
	const troubles = (position?.troubles ?? 0) + 1;
	if (kind === 'passing' && troubles < SYNC_POLICY.mostTroubles) {
		return await pause(store, run, later(now, GRAPH_READING.passingMs * troubles), 'Meta to answer again', position && { ...position, troubles });
	}
	if (kind === 'token') {
		await store.senderHolds.reportToken(run.workspace, { channel: account.channel, accountId: account.externalId, code });
		return { ended: await failed(store, run, `Meta refuses the access token (code ${code}): renew it in the Facebook Graph API credential of the node Read Conversations, then start the sync again`) };
	}
	const what = kind === 'permission' ? `Meta does not allow it (code ${code}: ${message}): the token needs pages_messaging, for Instagram instagram_manage_messages` : `Meta refuses the request (code ${code}: ${message})`;
	return { ended: await failed(store, run, what) };
}
