import type { Snippet } from '../../engine/classify/evidence';
import { SEARCH_POLICY, weighTerms } from '../../engine/retrieval/bm25';
import { rankChunks, type Candidate } from '../../engine/retrieval/rankChunks';
import { queryTerms } from '../../engine/retrieval/terms';
import type { Chunk, ChunkKey, KnowledgeKind, Store } from '../../store/store';

export interface KnowledgeQuery {
	kind: KnowledgeKind;
	text: string;
	/** The same as an embeddings model may see it. */
	shown: string;
	/** A document not to be found: the lead itself. */
	exclude?: string;
}
/** What vectors found for a query, the nearest first. */
export type Nearest = readonly { chunk: SnippetCandidate; cosine: number }[];

export type SnippetCandidate = Candidate & Omit<Snippet, 'similarity'>;

/** How a chunk is called as evidence: a past lead is one chunk, a document may be many. */
export function chunkId({ kind, documentId, place }: ChunkKey): string {
	return kind === 'lead' ? `lead:${documentId}` : `document:${documentId}#${place}`;
}

export function candidateOf(chunk: Chunk): SnippetCandidate {
	const { kind, text, title, label } = chunk;
	return { kind, id: chunkId(chunk), text, ...(title === undefined ? {} : { title }), ...(label === undefined ? {} : { label }) };
}

/** The best snippets for each query, in order, by words and what vectors found; one store call for all. */
export async function searchKnowledge(store: Store, workspace: string, queries: readonly Omit<KnowledgeQuery, 'shown'>[], nearest: readonly Nearest[], most: number): Promise<Snippet[][]> {
	if (queries.length === 0) return [];
	const lexical = await store.knowledge.search(
		workspace,
		queries.map(({ kind, text, exclude }) => ({ kind, terms: queryTerms(text), ...(exclude === undefined ? {} : { exclude }) })),
		weighTerms,
		Math.max(SEARCH_POLICY.candidates, most),
	);
	return lexical.map(({ terms, chunks }, place) => rankChunks({ terms, chunks: chunks.map(candidateOf) }, nearest[place] ?? [], most));
}
