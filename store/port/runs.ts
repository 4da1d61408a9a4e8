import type { Run, RunItemResult, RunKind, RunOptions, RunState } from '../../engine/runs/run';
import type { EpochMs } from '../../engine/time';

export interface RunRequest {
	workspace: string;
	kind: RunKind;
	/** The provider's id of the account; left out for the whole workspace. */
	accountId?: string;
	options: RunOptions;
	requestedBy: string;
}
export interface RunItem {
	/** The contact or conversation. The same again replaces what was said of it. */
	itemId: string;
	/** The channel or other source it is from. */
	platform?: string;
	result: RunItemResult;
	error?: string;
	/** The provider's code. */
	code?: string;
}
export interface RunError {
	platform?: string;
	id: string;
	error: string;
	code?: string;
	at: EpochMs;
}
/** Work that takes a while: asked for, done piece by piece, to be watched and stopped from anywhere. */
export interface Runs {
	/** Asks for runs. Of one workspace, kind and account one is open at a time: asking again returns it, with `created: false`. */
	request(requests: RunRequest[]): Promise<{ run: Run; created: boolean }[]>;
	/**
	 * Requested runs, and those whose worker has not been heard of for a whole lease, oldest first, now running under a
	 * lease. One that stopped without a word three times fails instead.
	 */
	claimRequested(options: { workspaces?: string[]; kinds?: RunKind[]; leaseMs: number; limit: number }): Promise<Run[]>;
	/** Claimed runs that could not be handed on become requested again. */
	release(runs: { workspace: string; id: string }[]): Promise<void>;
	/** Begins a requested run, or goes on with a running one, under a lease. Undefined when there is none, a run as it is when it has ended. */
	begin(workspace: string, id: string, leaseMs: number): Promise<Run | undefined>;
	/** Notes what became of items and renews the lease, in one transaction. A run that has ended is returned unchanged. `total` and `cursor` stay as they were when left out. */
	advance(workspace: string, id: string, progress: { items: RunItem[]; total?: number; cursor?: string; leaseMs: number }): Promise<Run | undefined>;
	/** Nobody is at the run until `until`; then it is handed out again. One that is to be stopped ends instead. */
	pause(workspace: string, id: string, wait: { until: EpochMs; /** Finishes "waits for …". */ reason: string; cursor?: string }): Promise<Run | undefined>;
	/** A requested or waiting run ends at once; a running one is told, and ends after the item it is at. */
	cancel(workspace: string, id: string, actor: string): Promise<Run | undefined>;
	/** Ends a run: cancelled when somebody asked for that, failed with `error`, else done. A run that has ended stays as it is. */
	finish(workspace: string, id: string, error?: string): Promise<Run | undefined>;
	find(workspace: string, ids: string[]): Promise<(Run | undefined)[]>;
	/** The newest first. */
	list(workspace: string, filter: { kinds?: RunKind[]; states?: RunState[]; accountId?: string; open?: boolean; limit: number }): Promise<Run[]>;
	/** What failed, the latest first. */
	errors(workspace: string, id: string, limit: number): Promise<RunError[]>;
	/**
	 * The next contacts of a run over a workspace, in the order of their ids: those it has not noted yet, after leaving out the
	 * run's `skip` and up to its `limit`. Renews the lease. Empty when all are noted, or the run has ended or is to be stopped.
	 */
	nextContacts(workspace: string, id: string, options: { size: number; leaseMs: number }): Promise<{ run?: Run; contactIds: string[] }>;
	/** Of these items, those the run has noted already, whatever became of them: a run that is begun again leaves them out. */
	seen(workspace: string, id: string, itemIds: string[]): Promise<string[]>;
}
