import type { Migration } from './migration';

/** Which executions of n8n hold whom, which of them are to be deleted, and decisions about people that no other table keeps. */
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
		await run(`create table ${table('audit_events')} (workspace text not null, id text not null, contact_id text not null, kind text not null, at bigint not null, actor text not null,
			sentence text not null, detail text not null, primary key (workspace, id))`);
		await run(`create index audit_events_person on ${table('audit_events')} (workspace, contact_id, at)`);
	},
};
