import type { Migration } from './migration';

/** Calls made to a provider under one of its tokens, so that its limits hold over executions, workers and restarts. */
export const callAllowances: Migration = {
	id: 19,
	name: 'call allowances',
	async up({ run, table }) {
		// No workspace: the provider counts a token's calls whoever of its workspaces makes them.
		await run(`create table ${table('call_allowances')} (provider text not null, subject text not null, calls text not null, blocked_until bigint not null, primary key (provider, subject))`);
	},
};
