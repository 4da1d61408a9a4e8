import type { Migration } from './migration';

/** Which executions of n8n hold whom, and which of them are to be deleted. */
export const privacy: Migration = {
	id: 20,
	name: 'privacy',
	async up({ run, table }) {
		await run(`create table ${table('execution_traces')} (workspace text not null, contact_id text not null, instance text not null, execution_id text not null, workflow_id text not null,
			at bigint not null, primary key (workspace, contact_id, instance, execution_id))`);
		await run(`create index execution_traces_age on ${table('execution_traces')} (workspace, at)`);
		await run(`create table ${table('execution_deletions')} (workspace text not null, instance text not null, execution_id text not null, workflow_id text not null, queued_at bigint not null,
			tries bigint not null, tried_at bigint, error text, primary key (workspace, instance, execution_id))`);
		await run(`create index execution_deletions_queue on ${table('execution_deletions')} (instance, execution_id)`);
	},
};
