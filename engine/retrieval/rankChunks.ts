import { matchOf, type WeighedTerm } from './bm25';
import { fuseRankings } from './fusion';
import { termsOf } from './terms';

/** A chunk that may answer a query; equal ids are the same chunk. */
export interface Candidate {
	id: string;
	text: string;
}
export type Ranked<C extends Candidate> = C & {
	/** 0–1: the cosine when vectors were compared, else the share of the query's telling words that the text has. */
	similarity: number;
};

/**
 * The best of what words and vectors found, by reciprocal rank fusion.
 * @param lexical what the word index handed over, with the terms looked up.
 * @param nearest by cosine, the nearest first; empty without vectors.
 */
export function rankChunks<C extends Candidate>(lexical: { terms: readonly WeighedTerm[]; chunks: readonly C[] }, nearest: readonly { chunk: C; cosine: number }[], most: number): Ranked<C>[] {
	const texts = lexical.chunks.map(({ text }) => termsOf(text));
	const meanLength = texts.reduce((sum, terms) => sum + terms.length, 0) / Math.max(1, texts.length);
	const matches = lexical.chunks.map((chunk, place) => ({ chunk, ...matchOf(lexical.terms, texts[place], meanLength) })).filter(({ score }) => score > 0);
	matches.sort((a, b) => b.score - a.score);
	const near = nearest.filter(({ cosine }) => cosine > 0);
	const chunks = new Map([...near, ...matches].map(({ chunk }) => [chunk.id, chunk]));
	const cosines = new Map(near.map(({ chunk, cosine }) => [chunk.id, cosine]));
	const shares = new Map(matches.map(({ chunk, similarity }) => [chunk.id, similarity]));
	const order = fuseRankings([matches.map(({ chunk }) => chunk.id), near.map(({ chunk }) => chunk.id)]);
	return order.slice(0, most).flatMap((id) => {
		const chunk = chunks.get(id);
		return chunk ? [{ ...chunk, similarity: Math.min(1, cosines.get(id) ?? shares.get(id) ?? 0) }] : [];
	});
}
