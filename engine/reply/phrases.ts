import { foldWord, type CanonicalText } from './canonical';

/**
 * A phrase list in a small notation over words: `(a|b c)` one of, `[x]` may be missing, `...` up to four words of the same
 * sentence, `abc*` any ending. A list is compiled once; every repetition in it is bounded, so matching is linear.
 */
export interface TaggedPhrase<T extends string> {
	phrase: string;
	tag: T;
}

export interface PhraseMatch<T extends string> {
	tag: T;
	/** First and last token. */
	from: number;
	to: number;
	/** UTF-16 offsets in the original text. */
	start: number;
	end: number;
}

interface Compiled<T extends string> {
	tag: T;
	regex: RegExp;
}

const GAP = '(?: [^ .!?]{1,40}){0,4}';
const PREFIX_KEY = 3;

const escape = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** German umlauts are also written ae, oe, ue. */
function spellings(word: string): string[] {
	const folded = foldWord(word);
	if (!/[äöü]/i.test(word)) return [folded];
	const spelled = foldWord(word.replace(/ä/gi, 'ae').replace(/ö/gi, 'oe').replace(/ü/gi, 'ue'));
	return [folded, spelled];
}

function wordSource(word: string): string {
	const open = word.endsWith('*');
	const forms = spellings(open ? word.slice(0, -1) : word).map(escape);
	const form = forms.length === 1 ? forms[0] : `(?:${forms.join('|')})`;
	return ` ${form}${open ? '[^ .!?]{0,24}' : ''}`;
}

function elementsOf(phrase: string): string[] {
	return phrase.match(/\([^()]*\)|\[[^[\]]*\]|\S+/g) ?? [];
}

function alternatives(element: string): string[] {
	return /^[([]/.test(element) ? element.slice(1, -1).split('|') : [element];
}

function elementSource(element: string): string {
	if (element === '...') return GAP;
	const options = alternatives(element).map((option) => option.trim().split(/\s+/).map(wordSource).join(''));
	return element.startsWith('[') ? `(?:${options.join('|')})?` : `(?:${options.join('|')})`;
}

/** The words a phrase may begin with; a prefix keeps its `*`. */
function firstWords(phrase: string): string[] {
	const [first] = elementsOf(phrase);
	if (first === undefined || first === '...' || first.startsWith('[')) throw new Error(`A phrase must begin with a word: ${phrase}`);
	return alternatives(first).flatMap((option) => {
		const word = option.trim().split(/\s+/)[0];
		const open = word.endsWith('*');
		return spellings(open ? word.slice(0, -1) : word).map((form) => (open ? `${form}*` : form));
	});
}

function addTo<T>(map: Map<string, T[]>, key: string, value: T): void {
	const list = map.get(key);
	if (list) list.push(value);
	else map.set(key, [value]);
}

/** Finds the phrases of one list; look-up is by first word, so the size of the list costs next to nothing. */
export class PhraseSet<T extends string> {
	private readonly byWord = new Map<string, Compiled<T>[]>();
	private readonly byPrefix = new Map<string, Compiled<T>[]>();

	constructor(phrases: readonly TaggedPhrase<T>[]) {
		for (const { phrase, tag } of phrases) {
			const compiled = { tag, regex: new RegExp(`${elementsOf(phrase).map(elementSource).join('')}(?= |$)`, 'y') };
			for (const word of new Set(firstWords(phrase))) {
				if (!word.endsWith('*')) addTo(this.byWord, word, compiled);
				else if (word.length <= PREFIX_KEY) throw new Error(`A phrase's first word needs ${PREFIX_KEY} letters before *: ${phrase}`);
				else addTo(this.byPrefix, word.slice(0, PREFIX_KEY), compiled);
			}
		}
	}

	/** Every match, in order of its first word; matches may overlap. */
	find({ text, tokens, positions }: CanonicalText): PhraseMatch<T>[] {
		const matches: PhraseMatch<T>[] = [];
		for (let from = 0; from < tokens.length; from++) {
			const { word } = tokens[from];
			const exact = this.byWord.get(word);
			const prefixed = word.length >= PREFIX_KEY ? this.byPrefix.get(word.slice(0, PREFIX_KEY)) : undefined;
			for (const candidates of [exact, prefixed]) {
				if (!candidates) continue;
				for (const { tag, regex } of candidates) {
					regex.lastIndex = positions[from];
					if (!regex.test(text)) continue;
					let to = from;
					while (to + 1 < tokens.length && positions[to + 1] < regex.lastIndex) to++;
					matches.push({ tag, from, to, start: tokens[from].start, end: tokens[to].end });
				}
			}
		}
		return matches;
	}
}
