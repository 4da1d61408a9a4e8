import { z } from 'zod';
import type { CanonicalText } from '../reply/canonical';
import { PhraseSet } from '../reply/phrases';

/** Ideas by name, each a list of phrases in all languages. */
const ConceptsSchema = z.object({ date: z.iso.date(), source: z.string().min(1), concepts: z.record(z.string(), z.array(z.string().min(1))) });
const WeightsSchema = z.object({ date: z.iso.date(), source: z.string().min(1), bias: z.number(), weights: z.record(z.string(), z.number()) });

/** What only shows in the raw text. Every quantifier of a pattern must be bounded, so that the search stays linear. */
export interface Mark {
	tag: string;
	pattern: RegExp;
}
/** More of one kind say no more. */
const MOST_MARKS = 200;

interface Touch {
	tag: string;
	/** Token. */
	at: number;
}

/** Tokens read as one piece, so that what stands in the middle of a long mail does not drown; each is read in two pieces. */
const WINDOW = 24;
const NUMBER = /^\d+$/;
const STEP = WINDOW / 2;
/** Tokens between two mentions that may still belong together. */
const NEAR = 10;
const MOST_TOUCHES = 40;

/** What is written in other words or in another language still touches the same ideas, so these count most. */
const AMOUNT = { concept: 1.5, pair: 1.5, word: 0.4, start: 0.4 } as const;
const LENGTH = 3;
/** Letters that words of one stem share. */
const START = 6;

export interface Piece {
	/** UTF-16 offsets. */
	start: number;
	end: number;
	/** How much of each, before scaling. */
	features: ReadonlyMap<string, number>;
	/** Brings pieces of many and of few words to one length. */
	scale: number;
	/** Touches more than what ordinary mail is full of. */
	telling: boolean;
}

const PAIR_NAMES = new Map<string, Map<string, string>>();

/** Made once and kept: such names are needed thousands of times a message. */
function pairName(one: string, other: string): string {
	let names = PAIR_NAMES.get(one);
	if (!names) PAIR_NAMES.set(one, (names = new Map<string, string>()));
	let name = names.get(other);
	if (name === undefined) names.set(other, (name = one < other ? `P${one}&${other}` : `P${other}&${one}`));
	return name;
}

interface WordFeatures {
	/** As folded: in small letters, so that it cannot be mistaken for an idea. */
	word: string;
	start?: string;
}

function wordFeatures(words: readonly string[]): WordFeatures[] {
	return words.map((word) => ({ word, start: word.length > START ? `${word.slice(0, START)}*` : undefined }));
}

function windowFeatures(words: readonly WordFeatures[], from: number, to: number, touched: readonly Touch[]): Pick<Piece, 'features' | 'scale'> {
	const amounts = new Map<string, number>();
	for (const [i, one] of touched.entries()) {
		amounts.set(one.tag, AMOUNT.concept);
		for (let j = i + 1; j < touched.length && touched[j].at - one.at <= NEAR; j++) {
			if (touched[j].tag !== one.tag) amounts.set(pairName(one.tag, touched[j].tag), AMOUNT.pair);
		}
	}
	for (let i = from; i < to; i++) {
		const { word, start } = words[i];
		amounts.set(word, AMOUNT.word);
		if (start !== undefined) amounts.set(start, AMOUNT.start);
	}
	let square = 0;
	for (const amount of amounts.values()) square += amount * amount;
	return { features: amounts, scale: LENGTH / (Math.sqrt(square) || 1) };
}

/** Reads a text in pieces: which ideas each touches, and which of them together. */
export class PieceReader {
	readonly phrases: readonly string[];
	private readonly set: PhraseSet<string>;
	private readonly ordinary: ReadonlySet<string>;
	private readonly marks: readonly Mark[];

	/** `ordinary`: ideas that ordinary mail is full of. They weigh beside others, but a piece that touches nothing else is not read further. */
	constructor({ concepts, ordinary, marks }: { concepts: unknown; ordinary: readonly string[]; marks: readonly Mark[] }) {
		const lists = Object.entries(ConceptsSchema.parse(concepts).concepts);
		this.phrases = lists.flatMap(([, list]) => list);
		this.set = new PhraseSet(lists.flatMap(([tag, list]) => list.map((phrase) => ({ phrase, tag: `T${tag}` }))));
		this.ordinary = new Set(ordinary.map((tag) => `T${tag}`));
		this.marks = marks.map(({ tag, pattern }) => ({ tag: `T${tag}`, pattern }));
	}

	private touches(text: string, canonical: CanonicalText): Touch[] {
		const found: Touch[] = this.set.find(canonical).map(({ tag, from }) => ({ tag, at: from }));
		const raw: Touch[] = [];
		for (const { tag, pattern } of this.marks) {
			let count = 0;
			for (const match of text.matchAll(pattern)) {
				if (++count > MOST_MARKS) break;
				raw.push({ tag, at: match.index });
			}
		}
		if (raw.length === 0) return found;
		raw.sort((a, b) => a.at - b.at);
		const last = Math.max(0, canonical.tokens.length - 1);
		let token = 0;
		for (const { tag, at } of raw) {
			while (token < last && canonical.tokens[token].end <= at) token++;
			found.push({ tag, at: token });
		}
		return found.sort((a, b) => a.at - b.at);
	}

	/** The pieces that touch more than the ordinary, with what each offers as evidence; with `everyPiece` (for fitting) the others too. Linear in the text's length. */
	pieces(text: string, canonical: CanonicalText, everyPiece = false): Piece[] {
		const { tokens } = canonical;
		const all = this.touches(text, canonical);
		if (!everyPiece && all.every(({ tag }) => this.ordinary.has(tag))) return [];
		const words = wordFeatures(tokens.map(({ word }) => (NUMBER.test(word) ? `#${Math.min(word.length, 6)}` : word)));
		const pieces: Piece[] = [];
		let first = 0;
		for (let from = 0; from < tokens.length; from += STEP) {
			const to = Math.min(tokens.length, from + WINDOW);
			while (first < all.length && all[first].at < from) first++;
			const touched: Touch[] = [];
			for (let i = first; i < all.length && all[i].at < to && touched.length < MOST_TOUCHES; i++) touched.push(all[i]);
			const telling = touched.some(({ tag }) => !this.ordinary.has(tag));
			if (telling || everyPiece) pieces.push({ telling, start: tokens[from].start, end: tokens[to - 1].end, ...windowFeatures(words, from, to, touched) });
			if (to === tokens.length) break;
		}
		return pieces;
	}
}

/** Fitted weights of a yes-or-no question about a piece, as hundredths of log odds. */
export class PieceWeights {
	private readonly bias: number;
	private readonly weights: ReadonlyMap<string, number>;

	/** @param called log odds from which a piece is called what is looked for. */
	constructor(data: unknown, private readonly called: number) {
		const { bias, weights } = WeightsSchema.parse(data);
		this.bias = bias;
		this.weights = new Map(Object.entries(weights));
	}

	/** The piece that speaks most for it, and how much, 0–1; from 0.5 on it is called so. No pieces: 0. */
	most(pieces: readonly Piece[]): { share: number; piece?: Piece } {
		let most = -Infinity;
		let found: Piece | undefined;
		for (const piece of pieces) {
			let sum = 0;
			for (const [feature, amount] of piece.features) sum += (this.weights.get(feature) ?? 0) * amount;
			const score = this.bias + sum * piece.scale;
			if (score <= most) continue;
			most = score;
			found = piece;
		}
		return { share: 1 / (1 + Math.exp(this.called - most / 100)), piece: found };
	}
}
