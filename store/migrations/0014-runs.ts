import type { Migration } from './migration';

/** Work that takes a while, and what became of each of its items. */
export const runs: Migration = {
	id: 14,
	name: 'runs',
	async up({ run, table }) {
		await run(`create table ${table('runs')} (workspace text not null, id text not null, kind text not null, subject text not null, state text not null, options text not null,
			requested_by text not null, requested_at bigint not null, started_at bigint, finished_at bigint, lease_until bigint, lease_count bigint not null, cancelled_by text,
			total bigint, position text, error text, primary key (workspace, id))`);
		// One open run of a kind and account: two would read the same conversations at once.
		await run(`create unique index runs_open on ${table('runs')} (workspace, kind, subject) where finished_at is null`);
		await run(`create index runs_times on ${table('runs')} (workspace, requested_at)`);
		await run(`create index runs_waiting on ${table('runs')} (requested_at) where finished_at is null`);
		await run(`create table ${table('run_items')} (workspace text not null, run_id text not null, item_id text not null, platform text, result text not null, error text, code text,
			at bigint not null, primary key (workspace, run_id, item_id))`);
		await run(`create index run_results on ${table('run_items')} (workspace, run_id, result, at)`);
	},
};
