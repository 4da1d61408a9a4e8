import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { epochMs } from '../engine/time';
import { cleanText, keyOf } from './bulk';
import { allowedToBeFound, chunkRow, kindOf, loadChunks } from './chunkRows';
import { searchChunks } from './chunkSearch';
import type { Database } from './database';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { Knowledge, KnowledgeInput, KnowledgeKind, KnowledgeRow } from './store';
import { indexTerms } from './termSpace';
import { vectorFromText, vectorToText } from './vectorText';

/** Vectors read at once: about 6 MB of a usual model. */
const PAGE = 1_000;

function toRow(row: RowOf<'knowledge'>): KnowledgeRow {
	return {
		kind: kindOf(row.kind),
		id: row.id,
		...(row.title === null ? {} : { title: row.title }),
		...(row.label === null ? {} : { label: row.label }),
		characters: row.characters,
		chunks: row.chunk_count,
		createdAt: epochMs(row.created_at),
		updatedAt: epochMs(row.updated_at),
	};
}

async function dropChunks(session: Session, workspace: string, documents: readonly { kind: string; id: string }[]): Promise<void> {
	if (documents.length === 0) return;
	const keys = session.values('v', { kind: 'text', id: 'text' }, documents.map(({ kind, id }) => ({ kind, id })));
	await sql`delete from ${session.table('chunks')} where workspace = ${workspace} and (kind, document_id) in (select v.kind, v.id from ${keys})`.execute(session.q);
}

async function replace(session: Session, workspace: string, documents: readonly KnowledgeInput[]): Promise<void> {
	await dropChunks(session, workspace, documents);
	await session.insert(
		'knowledge',
		documents.map(({ kind, id, title, label, hash, characters, chunks }) => ({
			workspace,
			kind,
			id,
			title: title ?? null,
			label: label ?? null,
			hash,
			characters,
			chunk_count: chunks.length,
			created_at: session.now,
			updated_at: session.now,
		})),
		sql`on conflict (workspace, kind, id) do update set title = excluded.title, label = excluded.label, hash = excluded.hash, characters = excluded.characters,
			chunk_count = excluded.chunk_count, updated_at = excluded.updated_at`,
	);
	await session.insert(
		'chunks',
		documents.flatMap(({ kind, id, chunks }) =>
			chunks.map(({ text, terms }, place) => ({ workspace, kind, document_id: id, place, text, terms: indexTerms(workspace, kind, terms).join(' '), embedding_model: null, embedding: null })),
		),
	);
}

export function createKnowledge(database: Database): Knowledge {
	return {
		async put(workspace, documents) {
			if (documents.length === 0) return [];
			return await database.write(async (session) => {
				// The last of several documents of one id is the one that stays.
				const last = new Map(documents.map((document) => [keyOf(document.kind, cleanText(document.id)), { ...document, id: cleanText(document.id) }]));
				await session.lock('knowledge', [...last.keys()].map((key) => keyOf(workspace, key)));
				const stored = await session.matching('knowledge', ['workspace', 'kind', 'id'], [...last.values()].map(({ kind, id }) => ({ workspace, kind, id })), true);
				const hashes = new Map(stored.map((row) => [keyOf(row.kind, row.id), row.hash]));
				const changed = new Set([...last].filter(([key, { hash }]) => hashes.get(key) !== hash).map(([key]) => key));
				await replace(session, workspace, [...last].flatMap(([key, document]) => (changed.has(key) ? [document] : [])));
				return documents.map(({ kind, id }) => ({ changed: changed.has(keyOf(kind, cleanText(id))) }));
			});
		},

		async remove(workspace, kind, ids) {
			if (ids.length === 0) return [];
			return await database.write(async (session) => {
				const wanted = [...new Set(ids.map(cleanText))].map((id) => ({ workspace, kind, id }));
				const stored = new Set((await session.matching('knowledge', ['workspace', 'kind', 'id'], wanted, true)).map(({ id }) => id));
				await dropChunks(session, workspace, wanted);
				await sql`delete from ${session.table('knowledge')} where workspace = ${workspace} and kind = ${kind} and ${session.among('id', ids)}`.execute(session.q);
				return ids.map((id) => stored.has(cleanText(id)));
			});
		},

		async hashes(workspace, kind, ids) {
			if (ids.length === 0) return [];
			return await database.read(async (session) => {
				const rows = await session.matchingOnly('knowledge', ['id', 'hash'], ['workspace', 'kind', 'id'], ids.map((id) => ({ workspace, kind, id: cleanText(id) })));
				const byId = new Map(rows.map(({ id, hash }) => [id, hash]));
				return ids.map((id) => byId.get(cleanText(id)));
			});
		},

		async list(workspace, { kind, limit }) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<RowOf<'knowledge'>>`select * from ${session.table('knowledge')} where workspace = ${workspace} and kind = ${kind} order by updated_at desc, id limit ${limit}`);
				return rows.map(toRow);
			});
		},

		async counts(workspace) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<{ kind: string; count: number }>`select kind, sum(chunk_count) as count from ${session.table('knowledge')} where workspace = ${workspace} group by kind`);
				const of = (kind: KnowledgeKind): number => rows.find((row) => row.kind === kind)?.count ?? 0;
				return { document: of('document'), lead: of('lead') };
			});
		},

		async search(workspace, queries, weigh, limit) {
			if (queries.length === 0) return [];
			return await database.read(async (session) => await searchChunks(session, workspace, queries, weigh, limit));
		},

		async chunks(workspace, keys) {
			if (keys.length === 0) return [];
			return await database.read(async (session) => {
				const found = await loadChunks(session, workspace, keys);
				return keys.map(({ kind, documentId, place }) => found.get(keyOf(kind, cleanText(documentId), place)));
			});
		},

		async withoutVector(workspace, model, limit) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<{ kind: string; document_id: string; place: number; text: string }>`
					select c.kind, c.document_id, c.place, c.text from ${session.table('chunks')} as c
					where c.workspace = ${workspace} and (c.embedding_model is null or c.embedding_model <> ${model}) and ${allowedToBeFound(session)}
					order by c.kind, c.document_id, c.place limit ${limit}`);
				return rows.map(({ kind, document_id: documentId, place, text }) => ({ kind: kindOf(kind), documentId, place, text }));
			});
		},

		async saveVectors(workspace, model, vectors) {
			if (vectors.length === 0) return;
			await database.write(async (session) => {
				// The text is part of the key: a document that was replaced meanwhile keeps waiting for its own vectors.
				await session.update(
					'chunks',
					['workspace', 'kind', 'document_id', 'place', 'text'],
					['embedding_model', 'embedding'],
					vectors.map(({ text, vector, ...key }) => ({ ...chunkRow(workspace, key), text, embedding_model: model, embedding: vectorToText(vector) })),
				);
			});
		},

		async scanVectors(workspace, model, visit) {
			let after = { kind: '', document_id: '', place: -1 };
			for (;;) {
				const page = await database.read(async (session) =>
					await session.rows(sql<{ kind: string; document_id: string; place: number; embedding: string }>`
						select c.kind, c.document_id, c.place, c.embedding from ${session.table('chunks')} as c
						where c.workspace = ${workspace} and (c.kind, c.document_id, c.place) > (${after.kind}, ${after.document_id}, ${after.place})
						and c.embedding_model = ${model} and ${allowedToBeFound(session)} order by c.kind, c.document_id, c.place limit ${PAGE}`),
				);
				const last = page.at(-1);
				if (!last) return;
				visit(page.map(({ kind, document_id: documentId, place, embedding }) => ({ kind: kindOf(kind), documentId, place, vector: vectorFromText(embedding) })));
				after = last;
				// The embedded store answers without waiting: others get their turn between pages.
				await nextTurn();
			}
		},
	};
}

