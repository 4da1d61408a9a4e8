import { z } from 'zod';
import { PhraseSet } from '../../reply/phrases';
import { quote, spanIn, type Check, type Severity } from '../check';
import data from '../data/spam.json';
import type { GateIssue } from '../gate';
import { weighedSpam } from '../spamPieces';

const SPAM = z.object({ shorteners: z.array(z.string()), phrases: z.array(z.string()) }).parse(data);
const SHORTENERS = new Set(SPAM.shorteners);
const PHRASES = new PhraseSet(SPAM.phrases.map((phrase) => ({ phrase, tag: 'spam' })));

const EMOJI_RUN = /(?:\p{Extended_Pictographic}(?:\ufe0f|\u200d|\p{Emoji_Modifier}| ){0,3}){4,40}/u;
/** Cheap first look: below these no emoji stands, but © and ®. */
const PICTURED = /[©®\u203c-\u3299\ud83c-\ud83e]/;
const EMOJI = /\p{Extended_Pictographic}/gu;
const MOST_EMOJI = 10;
const HOST = /(?<![@\w.-])(?:https?:\/\/)?(?:www\.)?((?:[a-z0-9-]{1,40}\.){1,3}[a-z]{2,10})(?=\/[\w-])/gi;
const SHOUTED_WORDS = /(?<!\p{L})\p{Lu}{4,30}(?:[ ,!]{1,3}\p{Lu}{2,30}){2,20}(?!\p{L})/u;
const SHOUTED_SHARE = 0.6;
const LETTERS_TO_JUDGE = 25;
const FIRST_BEYOND_ASCII = 128;
const [CODE_A, CODE_Z, CODE_SMALL_A, CODE_SMALL_Z] = ['A', 'Z', 'a', 'z'].map((letter) => letter.charCodeAt(0));

interface Signal {
	reason: string;
	start?: number;
	end?: number;
	/** Share of a certain verdict. */
	weight: number;
}

/** Letters that have a small and a capital form, and how many are capitals. */
function capitals(text: string): { letters: number; upper: number } {
	let letters = 0;
	let upper = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.codePointAt(i) ?? 0;
		if (code < FIRST_BEYOND_ASCII) {
			const capital = code >= CODE_A && code <= CODE_Z;
			if (capital) upper++;
			if (capital || (code >= CODE_SMALL_A && code <= CODE_SMALL_Z)) letters++;
			continue;
		}
		const character = String.fromCodePoint(code);
		i += character.length - 1;
		const small = character.toLowerCase();
		if (small === character.toUpperCase()) continue;
		letters++;
		if (character !== small) upper++;
	}
	return { letters, upper };
}

function shouting(text: string): Signal | undefined {
	const run = SHOUTED_WORDS.exec(text);
	if (run) return { reason: `'${run[0].slice(0, 40)}' is shouted.`, start: run.index, end: run.index + run[0].length, weight: 0.3 };
	const { letters, upper } = capitals(text);
	return letters >= LETTERS_TO_JUDGE && upper / letters > SHOUTED_SHARE ? { reason: `${Math.round((100 * upper) / letters)} % of the letters are capitals.`, weight: 0.3 } : undefined;
}

/** What makes a message look like spam, in itself. Linear in the text's length. */
export function spamSignals(text: string): Signal[] {
	const signals: Signal[] = [];
	const marks = /!{3,}/.exec(text);
	if (marks) signals.push({ reason: `${Math.min(marks[0].length, 99)} exclamation marks in a row.`, start: marks.index, end: marks.index + marks[0].length, weight: 0.2 });
	const shouted = shouting(text);
	if (shouted) signals.push(shouted);
	const pictured = PICTURED.test(text);
	const run = pictured ? EMOJI_RUN.exec(text) : null;
	const emoji = pictured ? (text.match(EMOJI)?.length ?? 0) : 0;
	if (run) signals.push({ reason: 'A run of emoji.', start: run.index, end: run.index + run[0].length, weight: 0.2 });
	else if (emoji > MOST_EMOJI) signals.push({ reason: `${emoji} emoji.`, weight: 0.2 });
	for (const match of text.matchAll(HOST)) {
		if (!SHORTENERS.has(match[1].toLowerCase())) continue;
		signals.push({ reason: `The link shortener ${match[1].toLowerCase()} hides where a link leads.`, start: match.index, end: match.index + match[0].length, weight: 0.4 });
		break;
	}
	return signals;
}

/** Shouting, exclamation marks, emoji runs and link shorteners in what we would send. */
export function spamCheck({ severity }: { severity: Severity }): Check {
	return (input) =>
		spamSignals(input.whole).map(({ reason, start, end }): GateIssue => ({ check: 'spam', severity, reason, ...(start === undefined || end === undefined ? {} : spanIn(input, start, end)) }));
}

/** A listed phrase alone says too little: 'we pay by wire transfer' is no spam. With what the whole message says it counts. */
const PHRASE_WEIGHT = 0.45;
/** Phrases counted: more of them say no more. */
const MOST_PHRASES = 2;
/** Below this the message as a whole says nothing. */
const LEAST_SHARE = 0.1;
const MANY_LINKS = 4;

/** How far an inbound message looks like spam, 0–1, and why. */
export function inboundSpam(input: Parameters<Check>[0]): { score: number; reasons: GateIssue[] } {
	const signals = spamSignals(input.whole);
	for (const { start, end } of PHRASES.find(input.canonical).slice(0, MOST_PHRASES)) signals.push({ reason: `'${quote(input, start, end)}' is usual in spam.`, start, end, weight: PHRASE_WEIGHT });
	const { share, piece } = weighedSpam(input.whole, input.canonical);
	if (piece && share >= LEAST_SHARE) signals.push({ reason: `'${quote(input, piece.start, piece.end)}' reads like unwanted advertising or fraud.`, start: piece.start, end: piece.end, weight: share });
	const links = input.whole.match(/https?:\/\//gi)?.length ?? 0;
	if (links >= MANY_LINKS) signals.push({ reason: `${links} links.`, weight: 0.3 });
	const clean = signals.reduce((left, signal) => left * (1 - signal.weight), 1);
	return {
		score: Math.round((1 - clean) * 100) / 100,
		reasons: signals.map(({ reason, start, end }) => ({ check: 'spam', severity: 'review', reason, ...(start === undefined || end === undefined ? {} : spanIn(input, start, end)) })),
	};
}
