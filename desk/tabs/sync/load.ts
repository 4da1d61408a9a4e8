import type { Run } from '../../../engine/runs/run';
import type { Account, RunError } from '../../../store/store';
import type { DeskContext } from '../tab';

export const RUNS_SHOWN = 50;
export const ERRORS_SHOWN = 100;

export interface SyncModel {
	runs: readonly Run[];
	/** Whether there are more than are shown. */
	cut: boolean;
	/** The run whose errors were asked for. */
	opened?: { run: Run; errors: readonly RunError[] };
	/** Those in use. */
	accounts: readonly Account[];
}

export async function loadSync({ store, workspace }: DeskContext, query: URLSearchParams): Promise<SyncModel> {
	const asked = query.get('run');
	const [runs, accounts, [opened]] = await Promise.all([
		store.runs.list(workspace, { limit: RUNS_SHOWN + 1 }),
		store.accounts.list(workspace),
		asked === null ? [] : store.runs.find(workspace, [asked]),
	]);
	return {
		runs: runs.slice(0, RUNS_SHOWN),
		cut: runs.length > RUNS_SHOWN,
		accounts: accounts.filter(({ enabled }) => enabled),
		...(opened && { opened: { run: opened, errors: await store.runs.errors(workspace, opened.id, ERRORS_SHOWN) } }),
	};
}
