import { sql, type RawBuilder } from 'kysely';
import { cleanText, keyOf } from './bulk';
import type { Session } from './session';
import type { Chunk, ChunkKey, KnowledgeKind } from './store';

const KINDS: readonly KnowledgeKind[] = ['document', 'lead'];
/** A stored kind as this version knows it. */
export const kindOf = (text: string): KnowledgeKind => KINDS.find((kind) => kind === text) ?? 'document';

/** Past leads who object to profiling are not found. Needs the chunk as `c`. */
export function allowedToBeFound(session: Session): RawBuilder<boolean> {
	return sql<boolean>`(c.kind <> 'lead' or exists (select 1 from ${session.table('contacts')} as p where p.workspace = c.workspace and p.id = c.document_id and p.profiling = 1))`;
}

/** A chunk's key as columns. */
export const chunkRow = (workspace: string, { kind, documentId, place }: ChunkKey) => ({ workspace, kind, document_id: cleanText(documentId), place });

/** Chunks by `keyOf(kind, document, place)`, with title and label of their documents. */
export async function loadChunks(session: Session, workspace: string, keys: readonly ChunkKey[]): Promise<Map<string, Chunk>> {
	if (keys.length === 0) return new Map();
	const distinct = [...new Map(keys.map((key) => [keyOf(key.kind, cleanText(key.documentId), key.place), chunkRow(workspace, key)])).values()];
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const rows = await session.rows(sql<{ kind: string; document_id: string; place: number; text: string; title: string | null; label: string | null }>`
		select c.kind, c.document_id, c.place, c.text, d.title, d.label
		from ${session.values('v', { workspace: 'text', kind: 'text', document_id: 'text', place: 'int' }, distinct)}
		${join} ${session.table('chunks')} as c on c.workspace = v.workspace and c.kind = v.kind and c.document_id = v.document_id and c.place = v.place
		join ${session.table('knowledge')} as d on d.workspace = c.workspace and d.kind = c.kind and d.id = c.document_id`);
	return new Map(
		rows.map(({ kind, document_id: documentId, place, text, title, label }) => [
			keyOf(kind, documentId, place),
			{ kind: kindOf(kind), documentId, place, text, ...(title === null ? {} : { title }), ...(label === null ? {} : { label }) },
		]),
	);
}
