import { HOUR, MINUTE } from '../time';

/** Times of day people write into a sheet instead of a clock time. */
const WORDS: Readonly<Record<string, number>> = { morning: 9, noon: 12, midday: 12, afternoon: 14, evening: 18 };

/**
 * A wall-clock time as milliseconds of the day: `14:30`, `14.30`, `14h`, `9`, `9am`, `9:30 pm`, `14 Uhr`, or a word
 * such as `morning`. Undefined when it is none of these.
 */
export function parseClockTime(text: string): number | undefined {
	const plain = text.trim().toLowerCase();
	const word = Object.hasOwn(WORDS, plain) ? WORDS[plain] : undefined;
	if (word !== undefined) return word * HOUR;
	const match = /^(\d{1,2})(?:[:.h](\d{2})(?::\d{2})?)?\s*(am|pm|h|uhr)?$/.exec(plain);
	if (!match) return undefined;
	let hour = Number(match[1]);
	const minute = Number(match[2] ?? 0);
	if (match[3] === 'am' || match[3] === 'pm') {
		if (hour < 1 || hour > 12) return undefined;
		hour = (hour % 12) + (match[3] === 'pm' ? 12 : 0);
	}
	return hour <= 23 && minute <= 59 ? hour * HOUR + minute * MINUTE : undefined;
}

/** HH:MM of milliseconds of the day. */
export function clockText(msOfDay: number): string {
	const pad = (value: number): string => String(value).padStart(2, '0');
	return `${pad(Math.floor(msOfDay / HOUR))}:${pad(Math.floor((msOfDay % HOUR) / MINUTE))}`;
}
