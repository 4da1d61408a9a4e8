import { quote, spanIn, type Check, type GateInput, type Severity } from '../check';
import type { GateIssue } from '../gate';

const CURRENCY = '(?:€|\\$|£|zł|₺|EUR|USD|CHF|GBP|PLN|TRY|TL|BRL|R\\$|Euro|euros?|dollars?|pounds?|Franken|Złoty)';
const AMOUNT = "\\d{1,3}(?:[.,'’ \\u00a0]\\d{3}){1,4}(?:[.,]\\d{1,2})?|\\d{1,12}(?:[.,]\\d{1,2})?";
const PRICE = new RegExp(`${CURRENCY} ?(${AMOUNT})(?!\\d)|(?<![\\d.,])(${AMOUNT}) ?(?:${CURRENCY}(?!\\p{L})|,-|%)`, 'giu');
const NUMBER = new RegExp(`(?<![\\d.,])(?:${AMOUNT})(?!\\d)`, 'g');
const LINK = /(?<![@\w.])(?:https?:\/\/|www\.)[^\s<>"')\]]{2,300}/gi;

const MONTHS: readonly (readonly string[])[] = [
	['jan', 'ene', 'gen', 'sty', 'oca'], ['feb', 'fév', 'fev', 'lut', 'şub'], ['mar', 'mär', 'maa', 'mrz'], ['apr', 'abr', 'avr', 'kwi', 'nis'],
	['may', 'mai', 'mag', 'mei', 'maj', 'mayo', 'maio'], ['jun', 'juin', 'giu', 'cze', 'haz'], ['jul', 'juil', 'lug', 'lip', 'tem'], ['aug', 'ago', 'aoû', 'sie', 'ağu'],
	['sep', 'set', 'wrz', 'eyl'], ['oct', 'okt', 'ott', 'out', 'paź', 'eki'], ['nov', 'lis', 'kas'], ['dec', 'dez', 'dic', 'déc', 'gru', 'ara'],
];
const MONTH_WORD = '(?:janu?|january|januar|january|jän|enero|janvier|gennaio|janeiro|stycz|ocak|febr?u?|fév|feb|fev|luty|şubat|märz|march|marzo|mars|março|maart|mrz|marzec|marca|mart|apr|abril|avril|kwie|nisan|may|mai|mayo|maggio|maio|mei|maja|mayıs|jun|juin|giugno|czerw|haziran|jul|juil|luglio|lip|temmuz|aug|ago|août|sierp|ağu|sep|set|wrze|eyl|oct|okt|ott|out|paźdz|ekim|nov|listop|kasım|dec|dez|dic|déc|grud|aralık)';
const DATE = new RegExp(
	`(?<![\\d.,/])(\\d{4})-(\\d{2})-(\\d{2})(?!\\d)|(?<![\\d.,/])(\\d{1,2})([./-])(\\d{1,2})(?:\\5(?:\\d{4}|\\d{2})|\\.(?!\\d))(?!\\d)|(?<![\\d.,])(\\d{1,2})(?:\\.|st|nd|rd|th|º)? (?:de |of )?(${MONTH_WORD})\\p{L}{0,8}(?!\\p{L})|(?<!\\p{L})(${MONTH_WORD})\\p{L}{0,8} (\\d{1,2})(?:st|nd|rd|th)?(?![\\d.,:])`,
	'giu',
);

function amount(text: string): number {
	const digits = text.replace(/[' ’\u00a0]/g, '');
	const decimals = /[.,](\d{1,2})$/.exec(digits)?.[1] ?? '';
	const whole = (decimals === '' ? digits : digits.slice(0, -decimals.length - 1)).replace(/[.,]/g, '');
	return Number(`${whole}.${decimals === '' ? '0' : decimals}`);
}

function month(word: string): number {
	const start = word.toLowerCase();
	return 1 + MONTHS.findIndex((names) => names.some((name) => start.startsWith(name)));
}

/** Day and month as `month-day`; both readings when the order is open. */
function datesOf(match: RegExpMatchArray): string[] {
	const [, , isoMonth, isoDay, first, , second, day, name, nameFirst, dayLast] = match;
	if (isoMonth !== undefined) return [`${Number(isoMonth)}-${Number(isoDay)}`];
	if (first !== undefined) return [`${Number(second)}-${Number(first)}`, `${Number(first)}-${Number(second)}`];
	return [`${month(name ?? nameFirst)}-${Number(day ?? dayLast)}`];
}

/** The last this many characters of what we may rely on are read. */
const SOURCE_LENGTH = 60_000;

function sources({ facts, conversation, policy }: GateInput): string | undefined {
	if (facts === undefined && !conversation && !policy.known) return undefined;
	return [...(conversation ?? []).map((turn) => turn.text), ...(policy.known ?? []), ...(facts ?? [])].join('\n').slice(-SOURCE_LENGTH);
}

function allowedHost(link: string, domains: readonly string[]): boolean {
	const host = /^(?:https?:\/\/)?([^/?#:\s]{1,255})/i.exec(link)?.[1].toLowerCase() ?? '';
	return domains.some((domain) => host === domain.toLowerCase() || host.endsWith(`.${domain.toLowerCase()}`));
}

const bareLink = (link: string): string => link.toLowerCase().replace(/^https?:\/\//, '').replace(/^www\./, '').replace(/[.,;:!?/]{1,5}$/, '');

/** Prices, percentages, dates and links must come from the facts or the conversation. */
export function factsCheck({ severity }: { severity: Severity }): Check {
	return (input) => {
		const prices = [...input.whole.matchAll(PRICE)];
		const dates = [...input.whole.matchAll(DATE)];
		const links = [...input.whole.matchAll(LINK)];
		if (prices.length + dates.length + links.length === 0) return [];
		const source = sources(input);
		if (source === undefined) return 'skipped';
		const issues: GateIssue[] = [];
		const add = (kind: string, match: RegExpMatchArray) => {
			const start = match.index ?? 0;
			const end = start + match[0].length;
			if (issues.length < 10) issues.push({ check: 'facts', severity, reason: `The ${kind} '${quote(input, start, end)}' is neither in the facts nor in the conversation.`, ...spanIn(input, start, end) });
		};
		const numbers = new Set((prices.length > 0 ? (source.match(NUMBER) ?? []) : []).map(amount));
		for (const match of prices) if (!numbers.has(amount(match[1] ?? match[2]))) add('price', match);
		const days = new Set(dates.length > 0 ? [...source.matchAll(DATE)].flatMap(datesOf) : []);
		for (const match of dates) if (!datesOf(match).some((day) => days.has(day))) add('date', match);
		const known = new Set(links.length > 0 ? [...source.matchAll(LINK)].map((match) => bareLink(match[0])) : []);
		for (const match of links) if (!known.has(bareLink(match[0])) && !allowedHost(match[0], input.policy.allowedDomains ?? [])) add('link', match);
		return issues;
	};
}
