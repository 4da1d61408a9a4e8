import { findPersonalData, type PersonalData, type PersonalDataType } from './personalData';

export interface Redaction {
	text: string;
	/** Where personal data stood in the original, as UTF-16 offsets. */
	spans: PersonalData[];
	/** Puts the originals back into this or a derived text (a model's answer). Unknown placeholders stay. */
	restore(text: string): string;
}

const PLACEHOLDER = /\[\[(?:EMAIL|IBAN|CARD|PHONE)_\d{1,6}x*\]\]/g;

/**
 * Replaces e-mail addresses, phone numbers, IBANs and payment cards by placeholders such as `[[EMAIL_1]]`. Deterministic:
 * the same value gets the same placeholder within a text. `language` (ISO 639-1) tells how national phone numbers are
 * written. `restore(redaction.text)` gives back exactly the original.
 */
export function redactPii(text: string, { language, types }: { language?: string; types?: readonly PersonalDataType[] } = {}): Redaction {
	const spans = findPersonalData(text, { language, types });
	// A text that already holds such placeholders must come back unchanged, so ours differ from any in it.
	const taken = new Set(text.match(PLACEHOLDER) ?? []);
	const placeholders = new Map<string, string>();
	const originals = new Map<string, string>();
	const counts = new Map<PersonalDataType, number>();
	let redacted = '';
	let end = 0;
	for (const span of spans) {
		const original = text.slice(span.start, span.end);
		let placeholder = placeholders.get(`${span.type}:${original}`);
		if (placeholder === undefined) {
			const number = (counts.get(span.type) ?? 0) + 1;
			counts.set(span.type, number);
			let mark = '';
			do {
				placeholder = `[[${span.type.toUpperCase()}_${number}${mark}]]`;
				mark += 'x';
			} while (taken.has(placeholder));
			placeholders.set(`${span.type}:${original}`, placeholder);
			originals.set(placeholder, original);
		}
		redacted += text.slice(end, span.start) + placeholder;
		end = span.end;
	}
	redacted += text.slice(end);
	return { text: redacted, spans, restore: (later) => later.replace(PLACEHOLDER, (placeholder) => originals.get(placeholder) ?? placeholder) };
}
