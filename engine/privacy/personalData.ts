import { findPhoneNumbersInText, type CountryCode } from 'libphonenumber-js';

export const PERSONAL_DATA_TYPES = ['email', 'iban', 'card', 'phone'] as const;
export type PersonalDataType = (typeof PERSONAL_DATA_TYPES)[number];
export interface PersonalData {
	type: PersonalDataType;
	/** UTF-16 offsets. */
	start: number;
	end: number;
}

// Every quantifier is bounded, so the search is linear whatever the text.
const EMAIL = /(?<![\p{Script=Latin}\p{N}_.+-])[\p{Script=Latin}\p{N}_.+-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,5}[\p{L}]{2,24}(?![\p{L}\p{N}])/gu;
/** As people disguise it: name [at] example [dot] com, name {at} beispiel {punkt} de. */
const SPELT_EMAIL = /(?<![\w.+-])[\w.+-]{1,64} ?[[({<]\s?(?:at|ät|ad)\s?[\])}>] ?[\w-]{1,63}(?: ?(?:\.|[[({<]\s?(?:dot|punkt|point|punto)\s?[\])}>]) ?[\w-]{2,63}){1,3}/gi;
/** In words alone: name at example dot com. */
const WORDED_EMAIL = /(?<![\w.+-])[\w.+-]{1,64} (?:at|ät) [\w-]{1,63}(?: (?:dot|punkt|point|punto) [\w-]{2,63}){1,3}(?![\w-])/gi;
/** Torn apart: name @ example.com, name@example .de. */
const SPACED_EMAIL = /(?<![\w.+-])[\w.+-]{1,64} ?@ ?[\p{L}\p{N}][\p{L}\p{N}-]{0,62}(?:\.[\p{L}\p{N}-]{1,63}){0,3} ?\.[a-z]{2,10}(?![\p{L}\p{N}])/gu;
const IBAN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \u00a0.-]{0,2}[A-Z0-9]{1,4}){3,9}(?![A-Za-z0-9])/gi;
/** What people put between the groups of an account or card number. */
const GAPS = /[\s.-]/g;
const GAP = /[\s.-]/;
const CARD = /(?<![\d+-])\d(?:[ \u00a0.-]?\d){11,18}(?![\d-]?\d)/g;
/** A card as it is printed, among other numbers: an amount before it, its expiry date behind it. */
const PRINTED_CARD = /(?<!\d)(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5})(?!\d)/g;
const PHONE = /(?<![\w+@.])(?:\+|00|0|\()(?:[ ()/.-]{0,3}\d){6,15}(?!\d)/g;

/** Grouped as phone numbers are, without a prefix: 259.735.7502x459, 60-56-85-91, 21 284 698 2548. Not an amount: no currency beside it. */
const GROUPED_PHONE = /(?<![\w+@.,$€£-])(?:1[ .-])?\d{2,4}(?:[ .-]\d{2,5}){2,4}(?:x\d{1,6})?(?![\w@]|[.,]\d| ?(?:€|\$|£|EUR|USD|CHF|Euro|euros|dollars))/g;
/** Said to be a phone number: a short one counts too. */
const NAMED_PHONE = /(?<!\p{L})(?:phone|tel|telephone|telefon|telefonnummer|mobile|mobil|mobilnummer|handy|handynummer|cell|fax|call|reach|dial|number|rufnummer|nummer|anrufen|erreichbar|ring|text)\P{N}{1,25}?((?:\+|\()?\d(?:[ ()/.-]{0,2}\d){5,14}(?:x\d{1,6})?)(?!\d)/giu;
/** What libphonenumber takes for the beginning of a number and is not: marks before it, a bracket that does not close. */
const BEFORE_NUMBER = /^(?:[[\]\s/.,;:~-]|\((?![^)]*\)))*/;
const EXTENSION = /^ ?(?:x|ext\.? ?|durchwahl )\d{1,6}(?!\d)/i;

/** Mod 10 check digit of payment cards (ISO/IEC 7812-1). */
export function passesLuhn(digits: string): boolean {
	let sum = 0;
	for (let i = 0; i < digits.length; i++) {
		const digit = Number(digits[digits.length - 1 - i]);
		sum += i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
	}
	return sum % 10 === 0;
}

/** Visa, Mastercard, Amex, Diners, Discover, UnionPay, JCB; of twelve digits only Maestro's range, since one number in ten passes the check. */
function isCard(digits: string): boolean {
	const known = digits.length === 12 ? /^(?:50|5[6-8]|6)/.test(digits) : /^(?:[2-6]|1800)/.test(digits);
	return known && passesLuhn(digits);
}

const IBAN_LENGTHS: Readonly<Record<string, number>> = { AD: 24, AE: 23, AT: 20, BE: 16, BG: 22, CH: 21, CY: 28, CZ: 24, DE: 22, DK: 18, EE: 20, ES: 24, FI: 18, FR: 27, GB: 22, GR: 27, HR: 21, HU: 28, IE: 22, IT: 27, LI: 21, LT: 20, LU: 20, LV: 21, MC: 27, MT: 31, NL: 18, NO: 15, PL: 28, PT: 25, RO: 24, SE: 24, SI: 19, SK: 24, SM: 27, TR: 26, BR: 29, SA: 24, IL: 23 };

/** Length by country and mod 97 check (ISO 13616). */
export function isIban(text: string): boolean {
	const plain = text.replace(GAPS, '').toUpperCase();
	const length = IBAN_LENGTHS[plain.slice(0, 2)];
	if (length === undefined || plain.length !== length) return false;
	let rest = 0;
	for (const sign of plain.slice(4) + plain.slice(0, 4)) {
		const value = Number.parseInt(sign, 36);
		rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
	}
	return rest === 1;
}

/** An IBAN followed by a word in capitals matches too far: the country says where it ends. */
function ibanEnd(text: string): number | undefined {
	const wanted = IBAN_LENGTHS[text.slice(0, 2).toUpperCase()];
	if (wanted === undefined) return undefined;
	let signs = 0;
	for (let i = 0; i < text.length; i++) {
		if (!GAP.test(text[i])) signs++;
		if (signs === wanted) return isIban(text.slice(0, i + 1)) ? i + 1 : undefined;
	}
	return undefined;
}

const COUNTRY_OF_LANGUAGE: Readonly<Record<string, CountryCode>> = { de: 'DE', en: 'US', es: 'ES', fr: 'FR', it: 'IT', pt: 'PT', nl: 'NL', pl: 'PL', tr: 'TR' };
/** libphonenumber's own finder is thorough but slow; beyond this length our pattern alone looks. */
const THOROUGH_LENGTH = 5_000;
/** A date, also one with an hour behind it (2026-03-02 10:00, 05.03.2026 14.30). */
const DATE_LIKE = /^(?:\(?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|(?:(?:19|20)\d{2}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}) \d{1,2}(?:\.\d{2})?)$/;

/** Order numbers, amounts and dates are digits too: a number without +, 0 or bracket before it needs nine digits. */
function looksLikePhone(text: string): boolean {
	const digits = text.replace(/\D/g, '').length;
	return digits >= (/^[+(0]/.test(text) ? 7 : 9) && digits <= 16 && !DATE_LIKE.test(text);
}

function phonesIn(text: string, language: string | undefined): PersonalData[] {
	const found: PersonalData[] = [];
	if (text.length <= THOROUGH_LENGTH && /\d{3}/.test(text)) {
		const country = COUNTRY_OF_LANGUAGE[language?.slice(0, 2).toLowerCase() ?? ''];
		for (const { startsAt, endsAt } of country ? findPhoneNumbersInText(text, country) : findPhoneNumbersInText(text)) {
			const start = startsAt + (BEFORE_NUMBER.exec(text.slice(startsAt, endsAt))?.[0].length ?? 0);
			if (looksLikePhone(text.slice(start, endsAt))) found.push({ type: 'phone', start, end: endsAt });
		}
	}
	for (const match of text.matchAll(PHONE)) {
		if (looksLikePhone(match[0])) found.push({ type: 'phone', start: match.index, end: match.index + match[0].length });
	}
	for (const match of text.matchAll(GROUPED_PHONE)) {
		const digits = match[0].replace(/x.*/, '').replace(/\D/g, '').length;
		if (digits >= 8 && digits <= 14 && !DATE_LIKE.test(match[0])) found.push({ type: 'phone', start: match.index, end: match.index + match[0].length });
	}
	for (const match of text.matchAll(NAMED_PHONE)) {
		const start = match.index + match[0].length - match[1].length;
		if (!DATE_LIKE.test(match[1])) found.push({ type: 'phone', start, end: start + match[1].length });
	}
	return found.map((phone) => ({ ...phone, end: phone.end + (EXTENSION.exec(text.slice(phone.end, phone.end + 18))?.[0].length ?? 0) }));
}

/** Personal data in a text, in order, without overlaps (e-mail before IBAN before card before phone). */
export function findPersonalData(text: string, { language, types = PERSONAL_DATA_TYPES }: { language?: string; types?: readonly PersonalDataType[] } = {}): PersonalData[] {
	const found: PersonalData[] = [];
	const wants = (type: PersonalDataType): boolean => types.includes(type);
	if (wants('email') && text.includes('@')) for (const match of text.matchAll(EMAIL)) found.push({ type: 'email', start: match.index, end: match.index + match[0].length });
	if (wants('email')) {
		const forms = text.includes('@') ? [SPELT_EMAIL, WORDED_EMAIL, SPACED_EMAIL] : [SPELT_EMAIL, WORDED_EMAIL];
		for (const form of forms) for (const match of text.matchAll(form)) found.push({ type: 'email', start: match.index, end: match.index + match[0].length });
	}
	if (wants('iban')) {
		for (const match of text.matchAll(IBAN)) {
			const end = ibanEnd(match[0]);
			if (end !== undefined) found.push({ type: 'iban', start: match.index, end: match.index + end });
		}
	}
	if (wants('card')) {
		for (const match of text.matchAll(CARD)) {
			const printed = isCard(match[0].replace(/\D/g, '')) ? [{ 0: match[0], index: 0 }] : [...match[0].matchAll(PRINTED_CARD)].filter(([card]) => isCard(card.replace(/\D/g, '')));
			for (const { 0: card, index } of printed) found.push({ type: 'card', start: match.index + index, end: match.index + index + card.length });
		}
	}
	if (wants('phone')) found.push(...phonesIn(text, language));
	return withoutOverlaps(found);
}

function withoutOverlaps(found: PersonalData[]): PersonalData[] {
	const rank = (data: PersonalData): number => PERSONAL_DATA_TYPES.indexOf(data.type);
	const ordered = [...found].sort((a, b) => a.start - b.start || rank(a) - rank(b) || b.end - a.end);
	const kept: PersonalData[] = [];
	for (const data of ordered) {
		const last = kept.at(-1);
		if (!last || data.start >= last.end) kept.push(data);
		else if (rank(data) < rank(last) || (rank(data) === rank(last) && data.end - data.start > last.end - last.start)) kept[kept.length - 1] = data;
	}
	return kept;
}
