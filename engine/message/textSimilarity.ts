const WORD = /[\p{L}\p{M}\p{N}]+/gu;
/** Scripts written without spaces: each character counts as a word. */
const UNSPACED = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]`;
const HAS_UNSPACED = new RegExp(UNSPACED, 'u');
const PARTS = new RegExp(`${UNSPACED}|(?:(?!${UNSPACED}).)+`, 'gu');

/** Longer texts are compared by their first words. */
const MOST_WORDS = 300;
/** No 300 words are longer than this but those of an attack. */
const MOST_CHARACTERS = 20_000;

/** The words of a text in lower case, in order. A text of signs alone is one word. */
function wordsOf(text: string): string[] {
	const plain = text.slice(0, MOST_CHARACTERS).toWellFormed().normalize('NFKC').toLowerCase();
	const words = (plain.match(WORD) ?? []).flatMap((word) => (HAS_UNSPACED.test(word) ? (word.match(PARTS) ?? []) : [word]));
	if (words.length > 0) return words.slice(0, MOST_WORDS);
	const signs = plain.replace(/\s+/g, '');
	return signs === '' ? [] : [signs];
}

/**
 * Length of the longest common subsequence, 32 words of `b` a step.
 * Source: Hyyrö, "Bit-Parallel LCS-length Computation Revisited" (AWOCA 2004): a bit of `open` falls where the length grows.
 */
function commonLength(a: readonly string[], b: readonly string[]): number {
	const steps = Math.ceil(b.length / 32);
	const places = new Map<string, Uint32Array>();
	b.forEach((word, at) => {
		const mask = places.get(word) ?? new Uint32Array(steps);
		mask[at >>> 5] |= 1 << (at & 31);
		places.set(word, mask);
	});
	const open = new Uint32Array(steps).fill(0xffffffff);
	for (const word of a) {
		const mask = places.get(word);
		if (!mask) continue;
		let carry = 0;
		for (let step = 0; step < steps; step++) {
			const sum = open[step] + ((open[step] & mask[step]) >>> 0) + carry;
			carry = sum > 0xffffffff ? 1 : 0;
			open[step] = sum | (open[step] & ~mask[step]);
		}
	}
	return b.reduce((length, _, at) => length + ((open[at >>> 5] >>> (at & 31)) & 1 ? 0 : 1), 0);
}

/**
 * How alike two texts are, 0–1: twice the words they share in the same order, divided by the words of both. 1 means the
 * same words, 0 none in common. It is 1 minus the share of words to strike out or put in to turn one into the other.
 * Case, punctuation and spacing count nothing; texts are compared by their first 300 words.
 * Source: ROUGE-L with equal weights (Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004).
 */
export function textSimilarity(a: string, b: string): number {
	const [first, second] = [wordsOf(a), wordsOf(b)];
	if (first.length === 0 || second.length === 0) return first.length === second.length ? 1 : 0;
	return (2 * commonLength(first, second)) / (first.length + second.length);
}
