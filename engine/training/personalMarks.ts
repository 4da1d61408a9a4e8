import { linksIn, samePage } from '../gate/statedLinks';
import { findPersonalData } from '../privacy/personalData';
import { KnownIdentifiers } from './knownIdentifiers';
import { cuedNames, personalNumbers, streetAddresses } from './personalCues';
import type { PersonIdentifiers } from './trainingPerson';

/** `[[NAME_1]]` and its like: what stands in a training text in the place of personal data. */
const MARK = /\[\[[A-Z]{2,10}_\d{1,4}\]\]/g;

interface Span {
	start: number;
	end: number;
	kind: string;
	/** What the same mark stands for. */
	value: string;
	/** The mark's number where it is given: parts of the person's own name. */
	number?: number;
}

/** Characters nobody sees, which would tear a name or a number apart for everyone but the reader. Joiners inside emoji stay. */
const UNSEEN = /(?![\n\t\u200d])[\p{Cf}\p{Cc}\p{Co}]|\u200d(?!\p{Extended_Pictographic})/gu;

/** A text as it is written to a file: well-formed, one kind of line end, nothing unseen, and no mark but ours. */
export function cleanForTraining(text: string): string {
	return text.toWellFormed().normalize('NFC').replace(/\r\n?|[\u2028\u2029\u0085\v\f]/g, '\n').replace(UNSEEN, '').replaceAll('[[', '[ [').replaceAll(']]', '] ]').replace(/\n{3,}/g, '\n\n').trim();
}

/**
 * Takes what names somebody out of the texts of one example, each value by the same mark throughout: what is known of the
 * person for certain, and what reads like an address, a number, a link or a name beside a cue.
 */
export class PersonalMarks {
	readonly #known: KnownIdentifiers;
	private readonly hasCompany: boolean;
	readonly #marks = new Map<string, string>();
	readonly #counts = new Map<string, number>();
	readonly #keptPages: ReadonlySet<string>;

	/**
	 * @param language ISO 639-1: how national phone numbers are written
	 * @param facts what the text may rely on: links that stand there are ours, and stay
	 */
	constructor(
		identifiers: PersonIdentifiers,
		private readonly context: { language?: string; facts?: readonly string[] } = {},
	) {
		this.#known = new KnownIdentifiers(identifiers);
		this.hasCompany = identifiers.companies.length > 0;
		this.#counts.set('NAME', this.#known.nameParts);
		// A link with a query may name whom it was made for.
		this.#keptPages = new Set((context.facts ?? []).flatMap((fact) => linksIn(fact)).map(({ url }) => samePage(url)).filter((page) => !page.includes('?')));
	}

	/** The name of the person by their marks, e.g. for the data a model is given; undefined where no name is known. */
	get name(): string | undefined {
		return this.#known.nameParts === 0 ? undefined : Array.from({ length: this.#known.nameParts }, (_, at) => `[[NAME_${at + 1}]]`).join(' ');
	}

	/** The mark of the person's company; undefined where none is known. */
	get company(): string | undefined {
		return this.hasCompany ? this.markOf({ kind: 'COMPANY', value: 'known 1', start: 0, end: 0 }) : undefined;
	}

	/**
	 * The text with marks for what names somebody.
	 * @param ours a message of ours: whoever signs it is the sender
	 */
	hide(text: string, ours = false): string {
		const clean = cleanForTraining(text);
		let hidden = '';
		let end = 0;
		for (const span of this.spansOf(clean, ours)) {
			hidden += clean.slice(end, span.start) + this.markOf(span);
			end = span.end;
		}
		return hidden + clean.slice(end);
	}

	/** Whether something known of the person can still be read in a text with marks. */
	remainsIn(hidden: string): boolean {
		return this.#known.remainsIn(hidden.replace(MARK, ' '));
	}

	/** In order, without overlaps: what was looked for first counts. */
	private spansOf(text: string, ours: boolean): Span[] {
		const taken: Span[] = [];
		const found = [...this.known(text, (kind) => kind !== 'NAME'), ...this.patterns(text), ...this.links(text), ...this.known(text, (kind) => kind === 'NAME'), ...this.cued(text, ours)];
		for (const span of found) if (!taken.some(({ start, end }) => span.start < end && start < span.end)) taken.push(span);
		return taken.sort((a, b) => a.start - b.start);
	}

	private known(text: string, wanted: (kind: string) => boolean): Span[] {
		const spans = this.#known.find(text).filter(({ kind }) => wanted(kind));
		// Of several that begin alike the longest: a company's whole name before a part of it.
		return spans.toSorted((a, b) => b.end - b.start - (a.end - a.start)).map(({ kind, number, start, end }) => ({ kind, start, end, value: `known ${number}`, ...(kind === 'NAME' ? { number } : {}) }));
	}

	private patterns(text: string): Span[] {
		const data = findPersonalData(text, { language: this.context.language }).map(({ type, start, end }): Span => ({ kind: type.toUpperCase(), start, end, value: sameness(text.slice(start, end)) }));
		const places = [...streetAddresses(text), ...personalNumbers(text)].map(({ kind, start, end }): Span => ({ kind, start, end, value: sameness(text.slice(start, end)) }));
		return [...data, ...places];
	}

	private links(text: string): Span[] {
		return linksIn(text).filter(({ url }) => !this.#keptPages.has(samePage(url)) || url.includes('?')).map(({ url, start, end }) => ({ kind: 'LINK', start, end, value: samePage(url) }));
	}

	private cued(text: string, ours: boolean): Span[] {
		return cuedNames(text).map(({ start, end, signature }) => ({ kind: ours && signature ? 'SENDER' : 'NAME', start, end, value: sameness(text.slice(start, end)) }));
	}

	private markOf({ kind, value, number }: Span): string {
		if (number !== undefined) return `[[${kind}_${number}]]`;
		const key = `${kind}:${value}`;
		const known = this.#marks.get(key);
		if (known !== undefined) return known;
		const next = (this.#counts.get(kind) ?? 0) + 1;
		this.#counts.set(kind, next);
		const mark = `[[${kind}_${next}]]`;
		this.#marks.set(key, mark);
		return mark;
	}
}

/** One value however it is written: case does not tell two addresses apart, nor blanks two numbers. */
const sameness = (value: string): string => value.toLowerCase().replace(/[\s().-]/g, '');

/** The marks that stand in a text. */
export const marksIn = (text: string): string[] => text.match(MARK) ?? [];
