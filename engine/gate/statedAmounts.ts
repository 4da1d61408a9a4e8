import { z } from 'zod';
import data from './data/numberWords.json';

/** A number as a text states it. */
export interface StatedAmount {
	value: number;
	unit: 'money' | 'percent' | 'none';
	/** UTF-16 offsets. */
	start: number;
	end: number;
}

const WORDS: ReadonlyMap<string, number> = new Map(Object.entries(z.object({ words: z.record(z.string(), z.number()) }).parse(data).words));

const CURRENCY = '(?:€|R\\$|\\$|£|₺|zł|EUR|USD|CHF|GBP|PLN|TRY|TL|BRL|euros?|dollars?|dólares|dollari|pounds?|franken|francs?|złotych|złoty|lira|reais)';
const PERCENT = '(?:%|percent|per cent|prozent|pour cent|por ciento|por cento|per cento|procent)';
const NUMBER = "(?:\\d{1,3}(?:[.,'’ \\u00a0\\u202f]\\d{3}){1,4}(?:[.,]\\d{1,2})?|\\d{1,12}(?:[.,]\\d{1,2})?)(?!\\d)";
const SCALE = '(?:k|tsd\\.?|mio\\.?|mrd\\.?|tys\\.?|mln\\.?|millionen|millions?|thousand|tausend)(?!\\p{L})';
const SCALES: readonly { pattern: RegExp; factor: number }[] = [
	{ pattern: /^(?:k|tsd|tys|thousand|tausend)/i, factor: 1e3 },
	{ pattern: /^mrd/i, factor: 1e9 },
	{ pattern: /^m/i, factor: 1e6 },
];
/** Before, number, scale, behind. Every quantifier is bounded. */
const NUMERIC = new RegExp(`(${CURRENCY} ?|% ?|yüzde )?(?<![\\d.,])(${NUMBER})(?: ?(${SCALE}))?(?:( ?${PERCENT})| ?(${CURRENCY}(?!\\p{L})|,-))?`, 'giu');
/** What a number in words stands before. */
const UNIT_WORD = new RegExp(`(?<![\\p{L}\\d])(?:(percent|per cent|prozent|pour cent|por ciento|por cento|per cento|procent)|EUR|USD|CHF|GBP|PLN|TRY|BRL|euros?|dollars?|dólares|dollari|pounds?|franken|francs?|złotych|złoty|lira|reais)(?!\\p{L})`, 'giu');
/** No number in words is longer. */
const LONGEST_WORDED = 80;
const JOINERS: ReadonlySet<string> = new Set(['and', 'und', 'y', 'et', 'e', 'en', 'a']);

function numberOf(text: string): number {
	const digits = text.replace(/[' ’\u00a0\u202f]/g, '');
	const decimals = /[.,](\d{1,2})$/.exec(digits)?.[1] ?? '';
	const whole = (decimals === '' ? digits : digits.slice(0, -decimals.length - 1)).replace(/[.,]/g, '');
	return Number(`${whole}.${decimals === '' ? '0' : decimals}`);
}

/** zweihundertfünfzig, einundzwanzig, dreitausend. */
function germanCompound(word: string): number | undefined {
	const known = WORDS.get(word);
	if (known !== undefined) return known;
	for (const [part, factor] of [['tausend', 1000], ['hundert', 100]] as const) {
		const at = word.indexOf(part);
		if (at === -1) continue;
		const before = at === 0 ? 1 : germanCompound(word.slice(0, at));
		const rest = word.slice(at + part.length).replace(/^und/, '');
		const after = rest === '' ? 0 : germanCompound(rest);
		return before === undefined || after === undefined ? undefined : before * factor + after;
	}
	const [ones, tens] = word.split(/und(?=\p{L}{4})/u);
	const [one, ten] = [WORDS.get(ones), WORDS.get(tens ?? '')];
	return one !== undefined && ten !== undefined ? one + ten : undefined;
}

/** The number the last words of a phrase spell. */
function spelled(words: readonly string[]): number | undefined {
	let from = words.length;
	while (from > 0 && (germanCompound(words[from - 1]) !== undefined || (from < words.length && JOINERS.has(words[from - 1])))) from--;
	while (from < words.length && JOINERS.has(words[from])) from++;
	if (from === words.length) return undefined;
	let total = 0;
	let current = 0;
	for (const word of words.slice(from)) {
		const value = germanCompound(word);
		if (value === undefined) continue;
		if (value === 100) current = Math.max(1, current) * 100;
		else if (value === 1000 || value === 1e6) {
			total += Math.max(1, current) * value;
			current = 0;
		} else current += value;
	}
	return total + current;
}

function wordedAmounts(text: string): StatedAmount[] {
	const found: StatedAmount[] = [];
	for (const match of text.matchAll(UNIT_WORD)) {
		const before = text.slice(Math.max(0, match.index - LONGEST_WORDED), match.index).trimEnd();
		if (!/\p{L}$/u.test(before)) continue;
		const words = before.split(/\s+/).flatMap((word) => (germanCompound(word.toLowerCase()) === undefined ? word.toLowerCase().split('-') : [word.toLowerCase()]));
		const value = spelled(words);
		if (value === undefined) continue;
		const last = /\S+$/.exec(before)?.[0].length ?? 0;
		found.push({ value, unit: match[1] ? 'percent' : 'money', start: Math.max(0, match.index - LONGEST_WORDED) + before.length - last, end: match.index + match[0].length });
	}
	return found;
}

/** All numbers a text states, in figures or (with a currency or percent word) in words. Linear in its length. */
export function amountsIn(text: string): StatedAmount[] {
	const found: StatedAmount[] = [];
	for (const match of text.matchAll(NUMERIC)) {
		const [whole, before, number, scale, percent, currency] = match;
		const factor = scale ? (SCALES.find(({ pattern }) => pattern.test(scale))?.factor ?? 1) : 1;
		const share = percent !== undefined || /^(?:%|yüzde)/i.test(before ?? '');
		const unit = share ? 'percent' : before !== undefined || currency !== undefined ? 'money' : 'none';
		found.push({ value: Math.round(numberOf(number) * factor * 100) / 100, unit, start: match.index, end: match.index + whole.length });
	}
	return [...found, ...wordedAmounts(text)];
}
