import type { Run } from '../../../engine/runs/run';
import type { Account, RunError } from '../../../store/store';
import type { DeskContext } from '../tab';

export const RUNS_SHOWN = 50;
export const ERRORS_SHOWN = 100;

/** Done syncs looked at for the last of each account. */
const SYNCS_LOOKED_AT = 200;

export const isReadable = ({ channel, enabled }: Account): boolean => enabled && (channel === 'messenger' || channel === 'instagram');

export interface SyncModel {
	runs: readonly Run[];
	/** Whether there are more than are shown. */
	cut: boolean;
	/** The run whose errors were asked for. */
	opened?: { run: Run; errors: readonly RunError[] };
	/** All, to name a run's. */
	accounts: readonly Account[];
	/** Those in use whose conversations can be read, with the last sync that was done. */
	readable: readonly { account: Account; last?: Run }[];
}

export async function loadSync({ store, workspace }: DeskContext, query: URLSearchParams): Promise<SyncModel> {
	const asked = query.get('run');
	const [runs, synced, accounts, [opened]] = await Promise.all([
		store.runs.list(workspace, { limit: RUNS_SHOWN + 1 }),
		store.runs.list(workspace, { kinds: ['sync'], states: ['done'], limit: SYNCS_LOOKED_AT }),
		store.accounts.list(workspace),
		asked === null ? [] : store.runs.find(workspace, [asked]),
	]);
	return {
		runs: runs.slice(0, RUNS_SHOWN),
		cut: runs.length > RUNS_SHOWN,
		accounts,
		readable: accounts.filter(isReadable).map((account) => {
			const last = synced.find(({ accountId }) => accountId === account.externalId);
			return { account, ...(last && { last }) };
		}),
		...(opened && { opened: { run: opened, errors: await store.runs.errors(workspace, opened.id, ERRORS_SHOWN) } }),
	};
}
