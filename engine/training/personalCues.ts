import { z } from 'zod';
import { folded } from '../message/foldedText';
import data from './data/personalCues.json';

/** What stands in a text that names somebody, and where. UTF-16 offsets. */
export interface PersonalSpan {
	kind: 'NAME' | 'ADDRESS' | 'NUMBER';
	start: number;
	end: number;
	/** Stands where the writer signs. */
	signature?: boolean;
}

const words = z.array(z.string().min(1));
const CUES = z.object({ honorifics: words, introductions: words, greetings: words, closings: words, noNames: words, streets: z.object({ joined: words, after: words, before: words }), numbers: words }).parse(data);
const escaped = (list: readonly string[]): string => list.toSorted((a, b) => b.length - a.length).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
const NO_NAMES: ReadonlySet<string> = new Set(CUES.noNames.map(folded));

// Every quantifier is bounded, so the search is linear whatever the text.
const WORD = String.raw`\p{Lu}[\p{L}\p{M}'’-]{1,30}`;
const NAMES = `(${WORD}(?: (?:(?:von|van|de|der|den|di|da|la|le|del|bin|al|zu) ){0,2}${WORD}){0,2})`;
const HONORIFIC = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${escaped(CUES.honorifics)})\.? (?:(?:Dr|Prof)\.? )?${NAMES}`, 'gu');
/** A cue in any case, then words in capitals; the names alone are case-sensitive, so the cue is looked for first. */
const CUE = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${escaped([...CUES.introductions, ...CUES.greetings])})[ ,:]{1,3}`, 'giu');
const NAME_HERE = new RegExp(NAMES, 'uy');
const CLOSING = new RegExp(String.raw`(?:^|[\n.!?] {0,3})(?:${escaped(CUES.closings)})[,.!]{0,2} {0,3}\n{1,3} {0,3}`, 'giu');
const SIGNED = /(?:[-–—~*] ?)?(\p{Lu}[^\n,;:!?]{0,60})/uy;

const NUMBER_END = String.raw`\d{1,4} ?[a-zA-Z]?(?: ?[-–/] ?\d{1,4})?(?![\p{L}\p{N}])`;
const { joined, after, before } = CUES.streets;
const STREETS: readonly RegExp[] = [
	new RegExp(String.raw`(?<![\p{L}\p{N}])[\p{L}][\p{L}-]{1,40}(?:${escaped(joined)}) {0,2}${NUMBER_END}`, 'giu'),
	new RegExp(String.raw`(?<![\p{L}\p{N}])\d{1,5}[a-zA-Z]?,? (?:[\p{Lu}\d][\p{L}\d'’.-]{0,30} ){1,4}(?:${escaped(after)})\b\.?`, 'gu'),
	new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${WORD} ){1,3}(?:${escaped(after)})\.?,? ${NUMBER_END}`, 'gu'),
	new RegExp(String.raw`(?<![\p{L}\p{N}])(?:\d{1,4}(?: ?(?:bis|ter))?,? )?(?:${escaped(before)})\.? (?:[\p{L}][\p{L}'’.-]{0,30} ){0,4}[\p{L}][\p{L}'’.-]{0,30},? (?:n°|nº|nr\.? )?${NUMBER_END}`, 'giu'),
	new RegExp(String.raw`(?<![\p{L}\p{N}])\d{1,4}(?: ?(?:bis|ter))?,? (?:${escaped(before)}) (?:(?:de|du|des|la|le|l')[ ’']?){0,3}${WORD}(?: ${WORD}){0,2}`, 'giu'),
	// Postcodes of Britain and the Netherlands; those of digits alone are numbers.
	/(?<![\p{L}\p{N}])(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[1-9]\d{3} ?[A-Z]{2})(?![\p{L}\p{N}])/gu,
];

const CODE = String.raw`[\p{L}\p{N}]{1,20}(?:[-/.][\p{L}\p{N}]{1,20}){0,4}`;
const NAMED_NUMBER = new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${escaped(CUES.numbers)})(?:[ .:#-]{1,3}(?:number|no|nr|num|id|code|is|lautet|ist|numéro|número|numero|n°|nº)){0,2}[ .:#-]{1,3}(?=[^\s]{0,20}\d)(${CODE})`, 'giu');
const LONG_NUMBER = /(?<![\p{L}\p{N}.,€$£-])(?:\p{Lu}{1,6}[-/]?)?\d{2,20}(?:[-/]?[\p{Lu}\d]{1,12}){0,4}(?![\p{L}\p{N}]|[.,]\d| ?(?:€|\$|£|%|EUR|USD|CHF|GBP|Euro|euros|dollars))/gu;
const DATE = /^(?:(?:19|20)\d{2}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[-/]\d{1,2}[-/](?:19|20)?\d{2})$/;
/** Fewer digits are years, prices and opening hours. */
const LEAST_DIGITS = 5;

/** Names beside a cue: a greeting, a title, an introduction, a signature. */
export function cuedNames(text: string): PersonalSpan[] {
	const found: PersonalSpan[] = [];
	const add = (start: number, name: string, signature = false): void => {
		const first = folded(name.split(/[ '’-]/, 1)[0]);
		if (NO_NAMES.has(first)) return;
		found.push({ kind: 'NAME', start, end: start + name.trimEnd().length, ...(signature ? { signature } : {}) });
	};
	for (const match of text.matchAll(HONORIFIC)) add(match.index + match[0].length - match[1].length, match[1]);
	for (const match of text.matchAll(CUE)) {
		NAME_HERE.lastIndex = match.index + match[0].length;
		const name = NAME_HERE.exec(text);
		if (name) add(name.index, name[1]);
	}
	for (const match of text.matchAll(CLOSING)) {
		SIGNED.lastIndex = match.index + match[0].length;
		const name = SIGNED.exec(text);
		if (name && name[1].trim().split(' ').length <= 4) add(name.index + name[0].length - name[1].length, name[1], true);
	}
	return found;
}

/** Streets with a house number, and postcodes of letters. */
export function streetAddresses(text: string): PersonalSpan[] {
	return STREETS.flatMap((pattern) => [...text.matchAll(pattern)].map((match): PersonalSpan => ({ kind: 'ADDRESS', start: match.index, end: match.index + match[0].length })));
}

/** Numbers of an order, a customer or a contract: said to be one, or long. Not amounts, dates and years. */
export function personalNumbers(text: string): PersonalSpan[] {
	const named = [...text.matchAll(NAMED_NUMBER)].map((match): PersonalSpan => ({ kind: 'NUMBER', start: match.index + match[0].length - match[1].length, end: match.index + match[0].length }));
	const long = [...text.matchAll(LONG_NUMBER)].filter(([number]) => number.replace(/\D/g, '').length >= LEAST_DIGITS && !DATE.test(number));
	return [...named, ...long.map((match): PersonalSpan => ({ kind: 'NUMBER', start: match.index, end: match.index + match[0].length }))];
}
