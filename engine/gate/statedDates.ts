/** A day a text names. */
export interface StatedDate {
	/** `month-day`; both readings when the order is open (03.05. against 05/03). */
	days: string[];
	year?: number;
	start: number;
	end: number;
}

const MONTHS: readonly (readonly string[])[] = [
	['jan', 'jän', 'ene', 'gen', 'sty', 'oca'], ['feb', 'fév', 'fev', 'lut', 'şub'], ['mar', 'mär', 'maa', 'mrz'], ['apr', 'abr', 'avr', 'kwi', 'nis'],
	['may', 'mai', 'mag', 'mei', 'maj', 'mayo', 'maio'], ['jun', 'juin', 'giu', 'cze', 'haz'], ['jul', 'juil', 'lug', 'lip', 'tem'], ['aug', 'ago', 'aoû', 'sie', 'ağu'],
	['sep', 'set', 'wrz', 'eyl'], ['oct', 'okt', 'ott', 'out', 'paź', 'eki'], ['nov', 'lis', 'kas'], ['dec', 'dez', 'dic', 'déc', 'gru', 'ara'],
];
const MONTH_WORD =
	'(?:janu?|january|januar|january|jän|enero|janvier|gennaio|janeiro|stycz|ocak|febr?u?|fév|feb|fev|luty|şubat|märz|march|marzo|mars|março|maart|mrz|marzec|marca|mart|apr|abril|avril|kwie|nisan|mayıs|mayo|may|mai|maggio|maio|mei|maja|juin|giugno|czerw|haziran|jun|juil|luglio|lip|temmuz|jul|aug|ago|août|sierp|ağu|sep|set|wrze|eyl|oct|okt|ott|out|paźdz|ekim|nov|listop|kasım|dec|dez|dic|déc|grud|aralık)';
const YEAR = '(?:,? (?:de )?(\\d{4})(?!\\d))?';
const DATE = new RegExp(
	[
		'(?<![\\d.,/])(\\d{4})-(\\d{2})-(\\d{2})(?!\\d)',
		'(?<![\\d.,/])(\\d{1,2})([./-])(\\d{1,2})(?:\\5(\\d{4}|\\d{2})|\\.(?!\\d))(?!\\d)',
		`(?<![\\d.,])(\\d{1,2})(?:\\.|st|nd|rd|th|º|er)? (?:de |of )?(${MONTH_WORD})\\p{L}{0,8}(?!\\p{L})${YEAR}`,
		`(?<!\\p{L})(${MONTH_WORD})\\p{L}{0,8} (\\d{1,2})(?:st|nd|rd|th)?(?!\\d|[.,:]\\d|\\p{L})${YEAR}`,
	].join('|'),
	'giu',
);
/** Written small these are other words: "you may 5 times", "set 3". */
const AMBIGUOUS: ReadonlySet<string> = new Set(['may', 'march', 'mar', 'set', 'out', 'ago', 'dec', 'sep', 'jan', 'mart', 'lip', 'nov']);

function month(word: string): number {
	const start = word.toLowerCase();
	return 1 + MONTHS.findIndex((names) => names.some((name) => start.startsWith(name)));
}

const fullYear = (digits: string | undefined): number | undefined => (digits === undefined ? undefined : digits.length === 2 ? 2000 + Number(digits) : Number(digits));

/** Days named by number or month; "tomorrow", "next week" and weekdays are no claims about the facts. Linear in the text's length. */
export function datesIn(text: string): StatedDate[] {
	const found: StatedDate[] = [];
	for (const match of text.matchAll(DATE)) {
		const [whole, isoYear, isoMonth, isoDay, first, , second, shortYear, day, name, nameYear, nameFirst, dayLast, lastYear] = match;
		const place = { start: match.index, end: match.index + whole.length };
		if (isoMonth !== undefined) found.push({ days: [`${Number(isoMonth)}-${Number(isoDay)}`], year: Number(isoYear), ...place });
		else if (first !== undefined) {
			const days = [[second, first], [first, second]].filter(([m, d]) => Number(m) >= 1 && Number(m) <= 12 && Number(d) >= 1 && Number(d) <= 31).map(([m, d]) => `${Number(m)}-${Number(d)}`);
			if (days.length > 0) found.push({ days, year: fullYear(shortYear), ...place });
		} else {
			const word = name ?? nameFirst;
			if (nameFirst !== undefined && AMBIGUOUS.has(nameFirst)) continue;
			found.push({ days: [`${month(word)}-${Number(day ?? dayLast)}`], year: fullYear(nameYear ?? lastYear), ...place });
		}
	}
	return found;
}

/** Whether a day is one of those known; a year counts only where both name one. */
export function isKnownDate({ days, year }: StatedDate, known: readonly StatedDate[]): boolean {
	return known.some((other) => (year === undefined || other.year === undefined || year === other.year) && days.some((day) => other.days.includes(day)));
}
