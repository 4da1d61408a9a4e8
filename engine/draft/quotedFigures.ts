const LINK = /\bhttps?:\/\/[^\s)\]}>"']+|\bwww\.[^\s)\]}>"']+/gi;
/** Money, percentages, and any figure of three digits or more: what a wrong answer costs something for. */
const FIGURE = /(?:[€$£¥₺]|\b(?:EUR|USD|GBP|CHF|PLN|TRY)\b)\s?\d[\d.,]{0,20}|(?<![\d.,])\d[\d.,]{0,20}\s?(?:%|[€$£¥₺]|(?:EUR|USD|GBP|CHF|PLN|TRY|zł)\b)|(?<![\d.,])\d[\d.,]{1,20}\d/gi;
const NUMBER = /\d[\d.,:/-]*/g;

/** The figures a wrong answer costs something for, as bare digits. */
export function figures(text: string): string[] {
	return [...text.replace(LINK, ' ').matchAll(FIGURE)].map(([figure]) => figure.replace(/\D/g, '')).filter((digits) => digits !== '');
}

/** Every number of a text (times and dates in figures among them), as bare digits: "1500" and "1.500 €" are one. */
export function numbers(text: string): string[] {
	return [...text.replace(LINK, ' ').matchAll(NUMBER)].map(([number]) => number.replace(/\D/g, ''));
}

/** The links of a text in lower case, without the sentence's own marks behind them. */
export function links(text: string): string[] {
	return [...text.matchAll(LINK)].map(([link]) => link.replace(/[.,;:!?]+$/, '').toLowerCase());
}
