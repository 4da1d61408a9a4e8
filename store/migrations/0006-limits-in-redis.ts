import type { Migration } from './migration';

/**
 * What the limits need when Redis counts them: reservations as Redis granted them, a row a batch, until somebody asks
 * for one; reservations a transaction changed since Redis last heard; and who counts.
 */
export const limitsInRedis: Migration = {
	id: 6,
	name: 'limits-in-redis',
	async up({ run, table, dialect }) {
		await run(`create table ${table('limit_journal')} (id text not null primary key, lapses_at bigint not null, reservations text not null)`);
		await run(`create index limit_journal_lapse on ${table('limit_journal')} (lapses_at)`);
		// Compressing a short-lived row costs more than it saves.
		if (dialect === 'postgres') await run(`alter table ${table('limit_journal')} alter column reservations set storage external`);
		await run(`create table ${table('limit_changes')} (workspace text not null, reservation_id text not null, drain bigint not null, changed_at bigint not null, primary key (workspace, reservation_id))`);
		await run(`create index limit_changes_drain on ${table('limit_changes')} (drain)`);
		await run(`insert into ${table('meta')} (key, value) values ('limits', 'sql:0')`);
	},
};
