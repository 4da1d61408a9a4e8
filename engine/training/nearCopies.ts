import { folded } from '../message/foldedText';
import type { TrainingSplit } from './trainingSplit';

/** Words of one shingle. */
const SHINGLE = 4;
/** Texts are compared by their first words. */
const MOST_WORDS = 400;
/**
 * Minimal hashes in 8 bands of 6: two texts that share 9 of 10 shingles are found with 99.8 %, 8 of 10 with 91 %, half of
 * them with 12 %. Source: Broder, "On the resemblance and containment of documents" (1997); bands after Leskovec,
 * Rajaraman & Ullman, "Mining of Massive Datasets", ch. 3.4.
 */
const BANDS = 8;
const ROWS = 6;
const SEEDS = Uint32Array.from({ length: BANDS * ROWS }, (_, at) => Math.imul(at + 1, 0x9e3779b1) >>> 0);

function hashOf(text: string, seed = 0x811c9dc5): number {
	let hash = seed;
	for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
	return mixed(hash);
}

/** Source: the finaliser of MurmurHash3 (Appleby, public domain). */
function mixed(hash: number): number {
	let value = hash ^ (hash >>> 16);
	value = Math.imul(value, 0x85ebca6b);
	value ^= value >>> 13;
	value = Math.imul(value, 0xc2b2ae35);
	return (value ^ (value >>> 16)) >>> 0;
}

/** What near copies of a text share: with case, accents, signs and blanks forgiven, each of the keys of its bands. */
export function nearCopyKeys(text: string): string[] {
	const words = (folded(text.toWellFormed()).match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MOST_WORDS);
	const shingles = words.length <= SHINGLE ? [words.join(' ')] : words.slice(SHINGLE - 1).map((_, at) => words.slice(at, at + SHINGLE).join(' '));
	const smallest = new Uint32Array(SEEDS.length).fill(0xffffffff);
	for (const shingle of shingles) {
		const hash = hashOf(shingle);
		for (let at = 0; at < SEEDS.length; at++) {
			const own = mixed(hash ^ SEEDS[at]);
			if (own < smallest[at]) smallest[at] = own;
		}
	}
	return Array.from({ length: BANDS }, (_, band) => `${band}:${smallest.slice(band * ROWS, (band + 1) * ROWS).join('.')}`);
}

/**
 * A set of texts in a fixed amount of memory. It never forgets one; now and then it takes a text for one it knows.
 * Source: Bloom, "Space/time trade-offs in hash coding with allowable errors" (1970).
 */
export class FixedSet {
	readonly #bits: Uint32Array;
	readonly #size: number;

	/** @param bits a power of two. With 32 bits an entry about 2 in 100,000 are taken for known. */
	constructor(bits: number) {
		this.#size = bits;
		this.#bits = new Uint32Array(bits / 32);
	}

	has(text: string): boolean {
		return this.places(text).every((place) => ((this.#bits[place >>> 5] >>> (place & 31)) & 1) === 1);
	}

	add(text: string): void {
		for (const place of this.places(text)) this.#bits[place >>> 5] |= 1 << (place & 31);
	}

	private places(text: string): number[] {
		const [first, second] = [hashOf(text), hashOf(text, 0x01234567) | 1];
		return Array.from({ length: 6 }, (_, at) => ((first + Math.imul(at, second)) >>> 0) & (this.#size - 1));
	}
}

/** Bits for a million examples (`TRAINING_POLICY.mostExamples`): eight keys each for the near copies, of which a tenth on the test side. */
const BITS = { train: 2 ** 28, test: 2 ** 25, exact: 2 ** 25 } as const;

/**
 * Knows near copies of what it was shown, in a fixed 40 MB however many there are: what stands on one side of the split
 * must not stand on the other, and the same answer to the same question counts once.
 */
export class NearCopies {
	readonly #sides: Readonly<Record<TrainingSplit, FixedSet>> = { train: new FixedSet(BITS.train), test: new FixedSet(BITS.test) };
	readonly #exact = new FixedSet(BITS.exact);

	/** Takes an answer in, unless it is known already: `duplicate` here, `near_copy_in_other_split` there. */
	take(split: TrainingSplit, { text, asked }: { text: string; asked: string }): 'duplicate' | 'near_copy_in_other_split' | undefined {
		const keys = nearCopyKeys(text);
		const other = this.#sides[split === 'train' ? 'test' : 'train'];
		if (keys.some((key) => other.has(key))) return 'near_copy_in_other_split';
		const exact = folded(`${asked}\n\n${text}`).replace(/[^\p{L}\p{N}]+/gu, ' ');
		if (this.#exact.has(exact)) return 'duplicate';
		this.#exact.add(exact);
		for (const key of keys) this.#sides[split].add(key);
		return undefined;
	}
}
