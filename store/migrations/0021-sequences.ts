import type { Migration } from './migration';

/** Follow-up sequences, who goes through them, and what became of each step. */
export const sequences: Migration = {
	id: 21,
	name: 'sequences',
	async up({ run, table }) {
		await run(`create table ${table('sequences')} (workspace text not null, id text not null, version bigint not null, definition text not null, saved_at bigint not null,
			saved_by text not null, primary key (workspace, id, version))`);
		await run(`create table ${table('enrolments')} (workspace text not null, id text not null, sequence_id text not null, version bigint not null, contact_id text not null,
			round bigint not null, state text not null, code text, sentence text not null, since bigint not null, next_at bigint, not_before bigint, held_by text, held_since bigint,
			leases bigint not null, rev bigint not null, status_then text, enrolled_at bigint not null, enrolled_by text not null, ended_at bigint, primary key (workspace, id))`);
		await run(`create index enrolments_due on ${table('enrolments')} (next_at) where state = 'active'`);
		await run(`create index enrolments_of_contact on ${table('enrolments')} (workspace, contact_id)`);
		await run(`create index enrolments_of_sequence on ${table('enrolments')} (workspace, sequence_id, enrolled_at)`);
		await run(`create table ${table('enrolment_steps')} (workspace text not null, enrolment_id text not null, step_id text not null, contact_id text not null, outbound_id text not null,
			result text not null, sentence text not null, at bigint not null, primary key (workspace, enrolment_id, step_id))`);
		await run(`create unique index enrolment_steps_outbound on ${table('enrolment_steps')} (workspace, outbound_id)`);
	},
};
