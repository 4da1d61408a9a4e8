import type { Migration } from './migration';

/** Knowledge with its search index, people's corrections, and what a learned score is fitted on. */
export const knowledge: Migration = {
	id: 2,
	name: 'knowledge',
	async up({ run, dialect, table }) {
		const ws = 'workspace text not null';
		await run(`create table ${table('knowledge')} (${ws}, kind text not null, id text not null, title text, label text, hash text not null, characters bigint not null,
			chunk_count bigint not null, created_at bigint not null, updated_at bigint not null, primary key (workspace, kind, id))`);

		const chunk = `${ws}, kind text not null, document_id text not null, place bigint not null, text text not null, terms text not null, embedding_model text, embedding text`;
		const key = 'workspace, kind, document_id, place';
		if (dialect === 'sqlite') {
			// The full-text index names a chunk by its seq. Terms come folded and cut already; the index only has to split them at blanks.
			await run(`create table chunks (seq integer primary key autoincrement, ${chunk}, unique (${key}))`);
			await run(`create virtual table chunk_index using fts5(terms, content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 0')`);
			await run('create virtual table chunk_terms using fts5vocab(chunk_index, row)');
			await run('create trigger chunks_added after insert on chunks begin insert into chunk_index(rowid, terms) values (new.seq, new.terms); end');
			await run('create trigger chunks_removed after delete on chunks begin delete from chunk_index where rowid = old.seq; end');
		} else {
			await run(`create table ${table('chunks')} (${chunk},
				lexemes tsvector generated always as (array_to_tsvector(array_remove(string_to_array(terms, ' '), ''))) stored, primary key (${key}))`);
			await run(`create index chunks_lexemes on ${table('chunks')} using gin (lexemes)`);
		}
		await run(`create index chunks_model on ${table('chunks')} (workspace, embedding_model)`);

		await run(`create table ${table('labels')} (${ws}, id text not null, contact_id text not null, message_id text, field text not null, from_value text, to_value text not null,
			actor text not null, at bigint not null, seq bigint not null, primary key (workspace, id))`);
		await run(`create index labels_contact on ${table('labels')} (workspace, contact_id, at)`);
		await run(`create index labels_at on ${table('labels')} (workspace, at)`);

		await run(`create table ${table('lead_snapshots')} (${ws}, contact_id text not null, at bigint not null, seen bigint not null, features text not null,
			base_score double precision not null, score double precision not null, primary key (workspace, contact_id))`);
		await run(`create index lead_snapshots_at on ${table('lead_snapshots')} (workspace, at)`);
		await run(`create table ${table('score_models')} (${ws}, model text, conversions bigint not null, examples bigint not null, fitted_at bigint, tried_at bigint not null, primary key (workspace))`);
		await run(`create index outcomes_event on ${table('outcomes')} (workspace, event, occurred_at)`);
	},
};
