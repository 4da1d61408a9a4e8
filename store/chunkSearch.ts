import { sql } from 'kysely';
import { cleanText, groupBy, keyOf } from './bulk';
import { allowedToBeFound, kindOf, loadChunks } from './chunkRows';
import type { Session } from './session';
import type { ChunkKey, LexicalQuery, LexicalResult, WeighTerms } from './store';
import { indexTerms } from './termSpace';

/** A term as a query of the index: quoted, so that it is one word and nothing else. */
const quoted = (session: Session, term: string): string => (session.dialect === 'sqlite' ? `"${term}"` : `'${term}'`);

/** Joins the rows of `asked` to what has the term of their column `query`: entries `f` of SQLite's index, or chunks `f`. */
function having(session: Session) {
	return session.dialect === 'sqlite' ? sql`cross join chunk_index as f on f.chunk_index match asked.query` : sql`join ${session.table('chunks')} as f on f.lexemes @@ cast(asked.query as tsquery)`;
}

// SQLite's index knows a chunk by its number, which spares reading the chunks that are not among the best.
const chunkNames = (session: Session) => (session.dialect === 'sqlite' ? sql`seq` : sql`document_id, place`);
const foundNames = (session: Session) => (session.dialect === 'sqlite' ? sql`f.rowid as seq` : sql`f.kind, f.document_id, f.place`);
const groupNames = (session: Session) => (session.dialect === 'sqlite' ? sql`f.rowid` : sql`f.kind, f.document_id, f.place`);
const sameChunk = (session: Session, workspace: string) =>
	session.dialect === 'sqlite' ? sql`c.seq = ranked.seq` : sql`c.workspace = ${workspace} and c.kind = ranked.kind and c.document_id = ranked.document_id and c.place = ranked.place`;

interface Frequency {
	kind: string;
	term: string;
	count: number;
}

/** How many chunks have each term, by kind; one statement for all. */
async function frequencies(session: Session, workspace: string, queries: readonly LexicalQuery[]): Promise<Map<string, Map<string, number>>> {
	const result = new Map<string, Map<string, number>>();
	const asked = [...groupBy(queries, ({ kind }) => kind)].flatMap(([kind, own]) =>
		[...new Set(own.flatMap(({ terms }) => terms))].flatMap((term) => indexTerms(workspace, kind, [term]).map((indexed) => ({ kind, term, query: session.dialect === 'sqlite' ? indexed : quoted(session, indexed) }))),
	);
	if (asked.length === 0) return result;
	const table = session.values('asked', { kind: 'text', term: 'text', query: 'text' }, asked);
	// SQLite's index keeps the numbers itself.
	const rows = await session.rows(
		session.dialect === 'sqlite'
			? sql<Frequency>`select asked.kind, asked.term, f.doc as count from ${table} cross join chunk_terms as f on f.term = asked.query`
			: sql<Frequency>`select asked.kind, asked.term, count(*) as count from ${table} ${having(session)} group by asked.kind, asked.term`,
	);
	for (const { kind, term, count } of rows) {
		const own = result.get(kind) ?? new Map<string, number>();
		result.set(kind, own.set(term, count));
	}
	return result;
}

async function totals(session: Session, workspace: string): Promise<Map<string, number>> {
	const rows = await session.rows(sql<{ kind: string; count: number }>`select kind, sum(chunk_count) as count from ${session.table('knowledge')} where workspace = ${workspace} group by kind`);
	return new Map(rows.map(({ kind, count }) => [kind, count]));
}

/** Word search for any number of queries in four statements: totals, frequencies, the best chunks of each, their texts. */
export async function searchChunks(session: Session, workspace: string, queries: readonly LexicalQuery[], weigh: WeighTerms, limit: number): Promise<LexicalResult[]> {
	const all = await totals(session, workspace);
	const asking = queries.filter(({ kind }) => (all.get(kind) ?? 0) > 0);
	const counts = await frequencies(session, workspace, asking);
	const weighed = queries.map(({ kind, terms }) => (all.has(kind) ? weigh(terms, counts.get(kind) ?? new Map<string, number>(), all.get(kind) ?? 0) : []));
	const asked = queries.flatMap(({ kind }, place) => weighed[place].flatMap(({ term, weight }) => indexTerms(workspace, kind, [term]).map((indexed) => ({ place, query: quoted(session, indexed), weight }))));
	if (asked.length === 0) return weighed.map((terms) => ({ terms, chunks: [] }));
	// Twice as many as wanted: the lead itself and those who object to profiling are taken out after.
	const rows = await session.rows(sql<{ query_place: number; kind: string; document_id: string; place: number }>`
		select ranked.query_place, c.kind, c.document_id, c.place from (
			select *, row_number() over (partition by query_place order by weight desc, ${chunkNames(session)}) as rank from (
				select asked.place as query_place, ${foundNames(session)}, sum(asked.weight) as weight
				from ${session.values('asked', { place: 'int', query: 'text', weight: 'real' }, asked)} ${having(session)} group by asked.place, ${groupNames(session)}
			) as summed
		) as ranked join ${session.table('chunks')} as c on ${sameChunk(session, workspace)}
		where ranked.rank <= ${limit * 2} and c.workspace = ${workspace} and ${allowedToBeFound(session)} order by ranked.query_place, ranked.rank`);
	const keyed = rows.map(({ query_place: queryPlace, kind, document_id: documentId, place }): ChunkKey & { queryPlace: number } => ({ queryPlace, kind: kindOf(kind), documentId, place }));
	const chunks = await loadChunks(session, workspace, keyed);
	const excluded = queries.map(({ exclude }) => (exclude === undefined ? undefined : cleanText(exclude)));
	const found = groupBy(keyed, ({ queryPlace }) => `${queryPlace}`);
	return weighed.map((terms, place) => ({
		terms,
		chunks: (found.get(`${place}`) ?? [])
			.filter(({ documentId }) => documentId !== excluded[place])
			.slice(0, limit)
			.flatMap(({ kind, documentId, place: at }) => chunks.get(keyOf(kind, documentId, at)) ?? []),
	}));
}
