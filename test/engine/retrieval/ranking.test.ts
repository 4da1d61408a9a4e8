import { matchOf, rarity, weighTerms } from '../../../engine/retrieval/bm25';
import { fuseRankings, takeInTurn } from '../../../engine/retrieval/fusion';
import { rankChunks } from '../../../engine/retrieval/rankChunks';
import { queryTerms, termsOf } from '../../../engine/retrieval/terms';
import { cosine, Highest, unitVector } from '../../../engine/retrieval/vectors';

describe('termsOf', () => {
	it('folds case and accents and adds the beginning of longer words', () => {
		expect(termsOf('Größe: ÇA c’est 42€!')).toEqual(['grosse', '5gross', 'ca', 'c', 'est', '42']);
		expect(termsOf('Lieferungen')).toEqual(['lieferungen', '5liefe']);
		expect(termsOf('İstanbul ısı Łódź')).toEqual(['istanbul', '5istan', 'isi', 'lodz']);
	});

	it('makes nothing of what has no letters, and bounds what has too many', () => {
		expect(termsOf('🎉 " OR * \0 ---')).toEqual(['or']);
		expect(termsOf('x'.repeat(100_000))).toEqual(['x'.repeat(40), '5xxxxx']);
		expect(queryTerms('x1 y2 x1 z3', 2)).toEqual(['x1', 'y2']);
		expect(queryTerms('\ud800')).toEqual([]);
	});
});

describe('queryTerms', () => {
	it('leaves out words that only say how something is asked, in any of the languages, unless there are no others', () => {
		expect(queryTerms('How much would the oak chair be?')).toEqual(['oak', 'chair', '5chair']);
		expect(queryTerms('Könnte ich bitte den Preis haben? Combien pour la chaise ?')).toEqual(['preis', '5preis', 'combien', '5combi', 'chaise', '5chais']);
		expect(queryTerms('how would you')).toEqual(['how', 'would', '5would', 'you']);
	});
});

describe('weighTerms', () => {
	it('puts the rare first, leaves out the unknown and what nearly everything has', () => {
		const having = new Map([['the', 90], ['chair', 10], ['oak', 1]]);
		expect(weighTerms(['the', 'chair', 'oak', 'none'], having, 100).map(({ term }) => term)).toEqual(['oak', 'chair']);
		// With few chunks even a common word may be all there is.
		expect(weighTerms(['the'], new Map([['the', 3]]), 3)).toHaveLength(1);
	});

	it('weighs by the formula of Robertson and Zaragoza', () => {
		// ln(1 + (100 − 10 + 0.5) ÷ (10 + 0.5)) = ln(9.61905)
		expect(rarity(10, 100)).toBeCloseTo(2.26374, 4);
		expect(rarity(100, 100)).toBeGreaterThan(0);
	});
});

describe('matchOf', () => {
	it('is BM25 with k1 1.2 and b 0.75', () => {
		// Length 4 against a mean of 2: 1 · 2 · 2.2 ÷ (2 + 1.2 · (0.25 + 0.75 · 2)) = 4.4 ÷ 4.1
		const { score, similarity } = matchOf([{ term: 'oak', weight: 1 }, { term: 'chair', weight: 3 }], ['oak', 'oak', 'x', 'y'], 2);
		expect(score).toBeCloseTo(4.4 / 4.1, 10);
		expect(similarity).toBe(0.25);
		expect(matchOf([], ['a'], 1)).toEqual({ score: 0, similarity: 0 });
	});
});

describe('fuseRankings', () => {
	it('adds 1 ÷ (60 + place) of each ranking', () => {
		// b: 1/62 + 1/61; a: 1/61; c: 1/62.
		expect(fuseRankings([['a', 'b'], ['b', 'c']])).toEqual(['b', 'a', 'c']);
		expect(fuseRankings([[], []])).toEqual([]);
		expect(fuseRankings([['a', 'a', 'b']])).toEqual(['a', 'b']);
	});

	it('takes in turn, and lets the longer list fill up', () => {
		expect(takeInTurn([['a', 'b', 'c'], ['x']], 4)).toEqual(['a', 'x', 'b', 'c']);
		expect(takeInTurn([['a', 'b'], ['x', 'y']], 3)).toEqual(['a', 'x', 'b']);
		expect(takeInTurn<string>([[], []], 3)).toEqual([]);
	});
});

describe('vectors', () => {
	it('are compared by their direction', () => {
		const [a, b] = [unitVector([3, 4]), unitVector([4, 3])];
		expect(a && b && cosine(a, b)).toBeCloseTo(24 / 25, 6);
		expect(a && cosine(a, Float32Array.from([1]))).toBeUndefined();
		expect([unitVector([0, 0]), unitVector([Number.NaN]), unitVector([])]).toEqual([undefined, undefined, undefined]);
	});

	it('keep the highest, the first of equals first', () => {
		const highest = new Highest<string>(2);
		for (const [name, height] of [['a', 1], ['b', 3], ['c', 2], ['d', 3], ['e', 2]] as const) highest.offer(name, height);
		expect(highest.all.map(({ value }) => value)).toEqual(['b', 'd']);
		const none = new Highest<string>(0);
		none.offer('a', 1);
		expect(none.all).toEqual([]);
	});
});

describe('rankChunks', () => {
	const chunk = (id: string, text: string) => ({ id, text });
	it('puts first what words and vectors agree on, and says how near it is', () => {
		const lexical = { terms: weighTerms(['oak', 'chair'], new Map([['oak', 1], ['chair', 2]]), 10), chunks: [chunk('1', 'oak chair'), chunk('2', 'chair')] };
		const ranked = rankChunks(lexical, [{ chunk: chunk('2', 'chair'), cosine: 0.9 }, { chunk: chunk('3', 'seat'), cosine: 0.8 }, { chunk: chunk('4', 'no'), cosine: -0.1 }], 4);
		expect(ranked.map(({ id }) => id)).toEqual(['2', '1', '3']);
		expect(ranked.map(({ similarity }) => similarity)).toEqual([0.9, 1, 0.8]);
		expect(rankChunks(lexical, [], 1).map(({ id }) => id)).toEqual(['1']);
		expect(rankChunks({ terms: [], chunks: [chunk('1', 'x')] }, [], 4)).toEqual([]);
	});
});
