import type { EpochMs } from '../../engine/time';

/** `document`: what the team wrote down. `lead`: a past lead with what became of it; its id is the contact's. */
export type KnowledgeKind = 'document' | 'lead';

export interface KnowledgeInput {
	kind: KnowledgeKind;
	/** The source's id: the same one again replaces the document. */
	id: string;
	title?: string;
	/** What became of a past lead. */
	label?: string;
	/** Of content, title and label: a document with the same hash is left as it is. */
	hash: string;
	characters: number;
	/** In order; `terms` is what a chunk is found by, letters and digits only. */
	chunks: { text: string; terms: readonly string[] }[];
}
export interface KnowledgeRow {
	kind: KnowledgeKind;
	id: string;
	title?: string;
	label?: string;
	characters: number;
	chunks: number;
	createdAt: EpochMs;
	updatedAt: EpochMs;
}
/** Names a chunk. */
export interface ChunkKey {
	kind: KnowledgeKind;
	documentId: string;
	/** Position in the document, from 0. */
	place: number;
}
export interface Chunk extends ChunkKey {
	text: string;
	title?: string;
	label?: string;
}
export interface LexicalQuery {
	kind: KnowledgeKind;
	terms: readonly string[];
	/** A document that is not wanted, e.g. the lead itself. */
	exclude?: string;
}
/** Weighs the terms of a query by how many of all chunks of the kind have each. What it leaves out is not looked up. */
export type WeighTerms = (terms: readonly string[], having: ReadonlyMap<string, number>, all: number) => { term: string; weight: number }[];
export interface LexicalResult {
	/** As weighed. */
	terms: { term: string; weight: number }[];
	/** The chunks with the highest sum of weights, highest first. */
	chunks: Chunk[];
}
export interface EmbeddedChunk extends ChunkKey {
	vector: Float32Array;
}

/** Documents in chunks, found by words and by vectors. Contacts who object to profiling are not found as past leads. */
export interface Knowledge {
	/** Each document as a whole; `changed` is false where the same content was there. */
	put(workspace: string, documents: KnowledgeInput[]): Promise<{ changed: boolean }[]>;
	/** Whether each was there. */
	remove(workspace: string, kind: KnowledgeKind, ids: string[]): Promise<boolean[]>;
	/** The hash of each document; undefined where there is none. */
	hashes(workspace: string, kind: KnowledgeKind, ids: string[]): Promise<(string | undefined)[]>;
	/** Newest first. */
	list(workspace: string, filter: { kind: KnowledgeKind; limit: number }): Promise<KnowledgeRow[]>;
	/** How many chunks there are of each kind. */
	counts(workspace: string): Promise<Record<KnowledgeKind, number>>;
	/** One result a query, in order; the number of statements does not depend on theirs. */
	search(workspace: string, queries: LexicalQuery[], weigh: WeighTerms, limit: number): Promise<LexicalResult[]>;
	/** Chunks by key; undefined where there is none any more. */
	chunks(workspace: string, keys: ChunkKey[]): Promise<(Chunk | undefined)[]>;
	/** Chunks that have no vector of the model yet. */
	withoutVector(workspace: string, model: string, limit: number): Promise<Chunk[]>;
	/** Keeps the vectors of chunks whose text is still the same. */
	saveVectors(workspace: string, model: string, vectors: (ChunkKey & { text: string; vector: Float32Array })[]): Promise<void>;
	/** Hands over every vector of the model, a page at a time, so that they are never all in memory. */
	scanVectors(workspace: string, model: string, visit: (page: EmbeddedChunk[]) => void): Promise<void>;
}
