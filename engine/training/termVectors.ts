import { rarity } from '../retrieval/bm25';
import { termsOf } from '../retrieval/terms';

/** A text as weighed words, of length 1. */
export type TermVector = ReadonlyMap<string, number>;

const MOST_TERMS = 400;

function countsOf(text: string): Map<string, number> {
	const counts = new Map<string, number>();
	for (const term of termsOf(text).slice(0, MOST_TERMS)) counts.set(term, (counts.get(term) ?? 0) + 1);
	return counts;
}

/** Every text as a vector: a word weighs by how often it stands in it and how rare it is among all of them. */
export function termVectors(texts: readonly string[]): TermVector[] {
	const counts = texts.map(countsOf);
	const having = new Map<string, number>();
	for (const terms of counts) for (const term of terms.keys()) having.set(term, (having.get(term) ?? 0) + 1);
	return counts.map((terms) => {
		const weighed = [...terms].map(([term, count]) => [term, (1 + Math.log(count)) * rarity(having.get(term) ?? 1, texts.length)] as const);
		const length = Math.hypot(...weighed.map(([, weight]) => weight));
		return new Map(weighed.map(([term, weight]) => [term, length > 0 ? weight / length : 0]));
	});
}

/** 0–1: how alike two texts are by their words. */
export function likeness(a: TermVector, b: TermVector): number {
	const [few, many] = a.size <= b.size ? [a, b] : [b, a];
	let sum = 0;
	for (const [term, weight] of few) sum += weight * (many.get(term) ?? 0);
	return Math.min(1, sum);
}
