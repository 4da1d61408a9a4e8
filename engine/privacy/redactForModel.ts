import { findPersonalData, PERSONAL_DATA_TYPES, type PersonalDataType } from './personalData';

/** That personal data is to be hidden from a model. */
export interface Redacting {
	/** ISO 639-1: how national phone numbers are written. */
	language?: string;
	/** Uniform on [0, 1): makes the marks of one call unlike those of any other. */
	rng: () => number;
}

export interface RedactedForModel {
	/** The values as JSON holds them, with a mark in place of each address and number. */
	values: unknown[];
	/** Puts the originals into what the model answered. A mark that stands for nothing stays. */
	restore(text: string): string;
	/** Whether a restored text still holds a mark or what is left of one, so that nobody may be sent it. */
	garbled(text: string): boolean;
}

/** What a model is told about the marks; part of the instructions whether or not there was something to hide. */
export const REDACTION_NOTICE =
	'Marks such as [[EMAIL_1_…]] stand for an e-mail address, phone number, IBAN or card number that you are not shown. The same mark is the same value. ' +
	'Where the value belongs, copy its whole mark exactly as it stands; it is filled in afterwards and counts as no placeholder. Never make up, change or explain a mark.';

const TYPES = PERSONAL_DATA_TYPES.join('|').toUpperCase();
/** A mark, one without its code or its end, and any other field in double brackets. */
export const MARK_LEFT = new RegExp(`\\[\\[[^[\\]\\n]{1,60}\\]\\]|\\[{0,2}\\b(?:${TYPES})_\\d{1,6}(?:_[A-Z]{1,60})?\\]{0,2}|\\[\\[(?:${TYPES})\\b`, 'gi');

/** The longest value there is, an e-mail address, with some room. */
const LONGEST_VALUE = 500;
const CODE_LENGTH = 6;

/** One value however it is written: case does not tell two addresses apart, nor blanks two numbers. */
function sameness(type: PersonalDataType, value: string): string {
	return `${type}:${type === 'email' ? value.toLowerCase() : value.toUpperCase().replace(/[^\dA-Z+]/g, '')}`;
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
	if (typeof value === 'string') return change(value);
	if (typeof value === 'number') {
		const text = String(value);
		const changed = change(text);
		return changed === text ? value : changed;
	}
	if (Array.isArray(value)) return value.map((one: unknown) => mapTexts(one, change));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [change(key), mapTexts(one, change)]));
}

/**
 * A code that stands nowhere in the texts: whoever wrote them, however knowing, has written no mark of this call, and gets
 * nobody's data by trying. Drawn, not computed from the texts, or a model could try out which number makes that code.
 */
function freshCode(texts: string, rng: () => number): string {
	let code = '';
	do {
		for (let i = 0; i < CODE_LENGTH; i++) code += String.fromCharCode(65 + Math.floor(rng() * 26));
	} while (texts.includes(code));
	return code;
}

/**
 * Hides e-mail addresses, phone numbers, IBANs and payment cards in all texts of one model call, keys and numbers of the
 * values included. One value has one mark throughout, such as `[[EMAIL_1_KQZWTB]]`; another value another one. What comes
 * back is the value as it was first written. Without `redacting` nothing is hidden.
 */
export function redactForModel(values: readonly unknown[], redacting?: Redacting): RedactedForModel {
	if (!redacting) return { values: [...values], restore: (text) => text, garbled: () => false };
	const { language, rng } = redacting;
	const json = JSON.stringify(values);
	const code = freshCode(json.toUpperCase(), rng);
	const marks = new Map<string, string>();
	const originals = new Map<string, string>();
	const counts = new Map<PersonalDataType, number>();
	const markOf = (type: PersonalDataType, value: string): string => {
		const same = sameness(type, value);
		const known = marks.get(same);
		if (known !== undefined) return known;
		const number = (counts.get(type) ?? 0) + 1;
		const name = `${type.toUpperCase()}_${number}_${code}`;
		counts.set(type, number);
		originals.set(name, value);
		marks.set(same, `[[${name}]]`);
		return `[[${name}]]`;
	};
	const hide = (text: string): string => {
		let hidden = '';
		let end = 0;
		for (const span of findPersonalData(text, { language })) {
			hidden += text.slice(end, span.start) + markOf(span.type, text.slice(span.start, span.end));
			end = span.end;
		}
		return hidden + text.slice(end);
	};
	const plain: unknown = JSON.parse(json);
	const hidden = (Array.isArray(plain) ? plain : []).map((value: unknown) => mapTexts(value, hide));
	// A model drops brackets or changes case at times; the code alone says which call's mark it is.
	const mark = new RegExp(`\\[{0,2}(?<![\\p{L}\\p{N}_])((?:${TYPES})_\\d{1,6}_${code})(?![\\p{L}\\p{N}_])\\]{0,2}`, 'giu');
	return {
		values: hidden,
		restore: (text) => text.replace(mark, (whole: string, name: string) => originals.get(name.toUpperCase()) ?? whole),
		garbled: (text) => text.search(MARK_LEFT) !== -1 || text.toUpperCase().includes(code),
	};
}

/**
 * At most `longest` UTF-16 units of a text. When personal data is to be hidden, a value across the end is left out
 * whole: half a number would not be known for one.
 */
export function shortened(text: string, longest: number, redacting?: Redacting): string {
	if (!redacting || text.length <= longest) return text.slice(0, longest);
	const spans = findPersonalData(text.slice(0, longest + LONGEST_VALUE), { language: redacting.language });
	return text.slice(0, spans.find(({ start, end }) => start < longest && end > longest)?.start ?? longest);
}
