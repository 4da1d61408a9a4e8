/** Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the usual constants. */
const BM25 = { k1: 1.2, b: 0.75 } as const;

export const SEARCH_POLICY = {
	/** Terms of a query that are looked up, the rarest first: more only cost time. */
	mostTerms: 24,
	/** A term in more than this share of all chunks tells nothing, once there are enough chunks to say so. */
	commonShare: 0.4,
	chunksToTell: 20,
	/** Chunks a query that the index hands over for ranking. */
	candidates: 16,
} as const;

/** How much finding a term says, by the number of chunks that have it among all. Above 0. */
export function rarity(having: number, all: number): number {
	return Math.log(1 + (Math.max(all, having) - having + 0.5) / (having + 0.5));
}

export interface WeighedTerm {
	term: string;
	weight: number;
}

/** The terms of a query worth looking up and their weights, the rarest first; those that no chunk has are left out. */
export function weighTerms(terms: readonly string[], having: ReadonlyMap<string, number>, all: number): WeighedTerm[] {
	const known = terms.flatMap((term) => {
		const count = having.get(term) ?? 0;
		return count === 0 || (all >= SEARCH_POLICY.chunksToTell && count > all * SEARCH_POLICY.commonShare) ? [] : [{ term, weight: rarity(count, all) }];
	});
	return known.sort((a, b) => b.weight - a.weight || (a.term < b.term ? -1 : 1)).slice(0, SEARCH_POLICY.mostTerms);
}

export interface LexicalMatch {
	score: number;
	/** 0–1: how much of the query, by what its terms say, the chunk has. */
	similarity: number;
}

/**
 * How well a chunk answers a query.
 * @param query the terms worth looking up, with their weights.
 * @param chunk all terms of the chunk, with repeats.
 * @param meanLength terms a chunk has on average.
 */
export function matchOf(query: readonly WeighedTerm[], chunk: readonly string[], meanLength: number): LexicalMatch {
	const counts = new Map<string, number>();
	for (const term of chunk) counts.set(term, (counts.get(term) ?? 0) + 1);
	const length = meanLength > 0 ? chunk.length / meanLength : 1;
	let score = 0;
	let found = 0;
	let asked = 0;
	for (const { term, weight } of query) {
		asked += weight;
		const count = counts.get(term) ?? 0;
		if (count === 0) continue;
		found += weight;
		score += (weight * count * (BM25.k1 + 1)) / (count + BM25.k1 * (1 - BM25.b + BM25.b * length));
	}
	return { score, similarity: asked === 0 ? 0 : found / asked };
}
