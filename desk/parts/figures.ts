import { DAY, HOUR, MINUTE } from '../../engine/time';

const locale = (language: string): string => (language === 'en' ? 'en-GB' : language);

/** A share 0–1 in per cent, with `digits` decimals at most. */
export function formatShare(share: number, language: string, digits = 1): string {
	return new Intl.NumberFormat(locale(language), { style: 'percent', maximumFractionDigits: digits }).format(share);
}

export function formatNumber(value: number, language: string, digits = 0): string {
	return new Intl.NumberFormat(locale(language), { maximumFractionDigits: digits }).format(value);
}

/** How long something took, in the largest unit it has two of: "3 days", "26 hours". */
export function formatDuration(ms: number, language: string): string {
	const [unit, size] = ms >= 2 * DAY ? (['day', DAY] as const) : ms >= 2 * HOUR ? (['hour', HOUR] as const) : (['minute', MINUTE] as const);
	return new Intl.NumberFormat(locale(language), { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: unit === 'day' && ms < 10 * DAY ? 1 : 0 }).format(ms / size);
}
