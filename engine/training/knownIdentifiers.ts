import { folded } from '../message/foldedText';
import { isFunctionWord } from '../retrieval/terms';
import type { PersonIdentifiers } from './trainingPerson';

export interface KnownSpan {
	kind: 'NAME' | 'COMPANY' | 'EMAIL' | 'PHONE' | 'HANDLE' | 'DETAIL';
	/** Of names, which part of the person's name it is, from 1; of the rest which value. */
	number: number;
	start: number;
	end: number;
}

interface Phrase {
	kind: KnownSpan['kind'];
	number: number;
	words: readonly string[];
}

const TOKEN = /[\p{L}\p{M}\p{N}]+/gu;
const LEGAL_FORMS: ReadonlySet<string> = new Set(['gmbh', 'ag', 'kg', 'ohg', 'ug', 'gbr', 'ev', 'eg', 'mbh', 'co', 'ltd', 'limited', 'inc', 'llc', 'llp', 'plc', 'corp', 'corporation', 'company', 'sa', 'sas', 'sarl', 'sl', 'srl', 'spa', 'bv', 'nv', 'lda', 'sp', 'zoo', 'as', 'sti', 'the', 'und', 'and']);
/** Titles are no part of a name that names anybody. */
const TITLES: ReadonlySet<string> = new Set(['dr', 'prof', 'mr', 'mrs', 'ms', 'herr', 'frau', 'von', 'van', 'de', 'der', 'den', 'di', 'da', 'la', 'le', 'del', 'jr', 'sr']);
const DIGITS = /\d(?:[\s()./–-]{0,3}\d){4,24}/gu;
/** The end of a phone number that tells it apart, whatever stands before it. */
const TELLING_DIGITS = 7;
/** From this length on a part of a name is found with another ending, too (Anna, Annas; Martin, Martinem). */
const INFLECTED_FROM = 5;
/** Shorter ones would be found inside anything once blanks are taken out. */
const SQUEEZED_FROM = 6;

const wordsOf = (text: string): string[] => folded(text.toWellFormed()).match(TOKEN) ?? [];
/** A word as it is written without umlauts, too: Müller, Muller, Mueller. */
function spellings(word: string): string[] {
	const spelt = folded(word.normalize('NFC').replace(/[äöü]/giu, (letter) => `${letter}e`.normalize('NFD').replace(/\p{M}/gu, '')));
	return [...new Set([folded(word), spelt])];
}

/**
 * Finds what is known of a person in texts about them, and tells whether any of it is left. The two work in different ways,
 * so that what one misses the other sees.
 */
export class KnownIdentifiers {
	readonly #phrases: Phrase[] = [];
	readonly #phones: string[] = [];
	/** What must not be in a text whose blanks and signs are taken out. */
	readonly #squeezed = new Set<string>();
	/** What must not be a word of a text. */
	readonly #words = new Set<string>();
	readonly #functionWords = new Set<string>();
	/** How many parts of a name have marks of their own. */
	readonly nameParts: number;

	constructor(identifiers: PersonIdentifiers) {
		const parts = [...new Set(identifiers.names.flatMap((name) => name.split(/[^\p{L}\p{M}\p{N}]+/u)))].filter((part) => [...part].length > 1 && !TITLES.has(folded(part)));
		this.nameParts = parts.length;
		parts.forEach((part, at) => this.name(part, at + 1));
		identifiers.companies.forEach((company, at) => this.phrase('COMPANY', at + 1, wordsOf(company).filter((word) => !LEGAL_FORMS.has(word))));
		identifiers.addresses.forEach((address, at) => this.address(address, at + 1));
		identifiers.others.forEach((value, at) => this.phrase('DETAIL', at + 1, wordsOf(value)));
	}

	private name(part: string, number: number): void {
		for (const word of spellings(part)) {
			this.#phrases.push({ kind: 'NAME', number, words: [word] });
			if (isFunctionWord(word)) this.#functionWords.add(word);
			else this.#words.add(word);
			if (word.length >= SQUEEZED_FROM) this.#squeezed.add(word);
		}
	}

	private phrase(kind: KnownSpan['kind'], number: number, words: readonly string[]): void {
		const squeezed = words.join('');
		// A single letter or figure says nothing by itself.
		if (squeezed.length < 2) return;
		this.#phrases.push({ kind, number, words });
		if (words.length === 1) this.#words.add(squeezed);
		if (squeezed.length >= SQUEEZED_FROM || words.length > 1) this.#squeezed.add(squeezed);
	}

	private address(address: string, number: number): void {
		const digits = address.replace(/\D/g, '');
		if (/^\+?[\d\s()./–-]+$/.test(address) && digits.length >= 5) {
			this.#phones.push(digits.slice(-TELLING_DIGITS));
			return;
		}
		this.phrase(address.includes('@') && address.indexOf('@') > 0 ? 'EMAIL' : 'HANDLE', number, wordsOf(address));
	}

	/** Where what is known stands, in no particular order. */
	find(text: string): KnownSpan[] {
		return [...this.phrasesIn(text), ...this.phonesIn(text)];
	}

	private phrasesIn(text: string): KnownSpan[] {
		const tokens = [...text.matchAll(TOKEN)].map((match) => ({ word: folded(match[0]), capital: /^\p{Lu}/u.test(match[0]), start: match.index, end: match.index + match[0].length }));
		const byFirst = Map.groupBy(this.#phrases, ({ words }) => words[0]);
		const found: KnownSpan[] = [];
		const inflected = this.#phrases.filter(({ kind, words }) => kind === 'NAME' && words[0].length >= INFLECTED_FROM);
		tokens.forEach(({ word, capital, start, end }, at) => {
			for (const { kind, number, words } of byFirst.get(word) ?? []) {
				if (kind === 'NAME' && !capital && this.#functionWords.has(word)) continue;
				const last = tokens[at + words.length - 1];
				if (words.every((one, place) => tokens[at + place]?.word === one) && last !== undefined) found.push({ kind, number, start, end: last.end });
			}
			if (!capital) return;
			const stem = inflected.find(({ words: [part] }) => word !== part && word.startsWith(part.slice(0, -1)) && word.length - part.length <= 3);
			const genitive = stem ?? this.#phrases.find(({ kind, words: [part] }) => kind === 'NAME' && word === `${part}s`);
			if (genitive) found.push({ kind: 'NAME', number: genitive.number, start, end });
		});
		return found;
	}

	private phonesIn(text: string): KnownSpan[] {
		if (this.#phones.length === 0) return [];
		return [...text.matchAll(DIGITS)].flatMap((match): KnownSpan[] => {
			const digits = match[0].replace(/\D/g, '');
			const number = this.#phones.findIndex((phone) => digits.includes(phone));
			return number === -1 ? [] : [{ kind: 'PHONE', number: number + 1, start: match.index, end: match.index + match[0].length }];
		});
	}

	/** Whether anything known of the person can still be read in a text, also torn apart or run together. */
	remainsIn(text: string): boolean {
		const plain = folded(text.normalize('NFKC'));
		const words = plain.match(TOKEN) ?? [];
		if (words.some((word) => this.#words.has(word))) return true;
		const squeezed = words.join('');
		for (const one of this.#squeezed) if (squeezed.includes(one)) return true;
		const digits = squeezed.replace(/\D/g, '');
		return this.#phones.some((phone) => digits.includes(phone));
	}
}
