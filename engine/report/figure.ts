import { z } from 'zod';
import { shareInterval } from '../statistics/binomial';
import { TARGETS, type Target, type TargetName } from './targets';

export const TargetSchema = z.object({ at: z.enum(['least', 'most']), value: z.number(), because: z.string() });
/** unsure: the interval reaches over the target line. no_data: there was nothing to measure. */
export const FIGURE_VERDICTS = ['met', 'missed', 'unsure', 'no_target', 'no_data'] as const;

/** One number of the desk with all it takes to read it. */
export const FigureSchema = z.object({
	/** Stable name, e.g. `replyRate`. */
	key: z.string(),
	name: z.string(),
	/** share: 0–1. distance: share of characters changed, 0–1. */
	unit: z.enum(['count', 'share', 'minutes', 'usd', 'distance']),
	/** Absent when there was nothing to measure, never 0 in its place. */
	value: z.number().optional(),
	/** Of a share: how many did. */
	part: z.number().optional(),
	/** How many it rests on. */
	of: z.number().optional(),
	/** Exact two-sided 95 % interval of a share (Clopper & Pearson 1934). */
	low: z.number().optional(),
	high: z.number().optional(),
	target: TargetSchema.optional(),
	verdict: z.enum(FIGURE_VERDICTS),
	/** One line an ops person reads. */
	sentence: z.string(),
});
export type Figure = z.infer<typeof FigureSchema>;

/** A share with its interval; only the counts when there was nothing to count. */
export const ShareSchema = z.object({ part: z.number(), of: z.number(), share: z.number().optional(), low: z.number().optional(), high: z.number().optional() });
export type Share = z.infer<typeof ShareSchema>;

export function shareOf(part: number, of: number): Share {
	return of > 0 ? { part, of, share: part / of, ...shareInterval(part, of) } : { part, of };
}

export function percent(share: number): string {
	return `${Number((100 * share).toFixed(1))} %`;
}

/** A sentence's number: no more digits than it bears. */
export function plain(value: number): string {
	return `${Number(value.toFixed(Math.abs(value) < 10 ? 2 : 1))}`;
}

export function targetNamed(key: string): Target | undefined {
	return Object.entries(TARGETS).find(([name]) => name === key)?.[1];
}

const reaches = ({ at, value }: Target, measured: number): boolean => (at === 'least' ? measured >= value : measured <= value);

function targetWords(target: Target | undefined, verdict: Figure['verdict'], spoken: (value: number) => string): string {
	if (!target) return '';
	const line = `target at ${target.at} ${spoken(target.value)}`;
	if (verdict === 'no_data') return ` (${line})`;
	return `; ${line}: ${verdict === 'unsure' ? 'too few to tell' : verdict}`;
}

/**
 * A share as a figure, held against its target with its whole interval: a line that runs through the interval is neither
 * met nor missed.
 * @param what what is counted, e.g. "decided drafts"
 */
export function shareFigure(key: string, name: string, { part, of, what }: { part: number; of: number; what: string }): Figure {
	const target = targetNamed(key);
	const base = { key, name, unit: 'share' as const, part, of, ...(target ? { target } : {}) };
	if (of <= 0) return { ...base, of: 0, verdict: 'no_data', sentence: `${name}: nothing to count yet${targetWords(target, 'no_data', percent)}.` };
	const value = part / of;
	const { low, high } = shareInterval(part, of);
	const verdict = !target ? 'no_target' : reaches(target, low) && reaches(target, high) ? 'met' : !reaches(target, low) && !reaches(target, high) ? 'missed' : 'unsure';
	const sentence = `${name}: ${percent(value)} (${part} of ${of} ${what}), between ${percent(low)} and ${percent(high)} with 95 % certainty${targetWords(target, verdict, percent)}.`;
	return { ...base, value, low, high, verdict, sentence };
}

const SPOKEN = {
	count: plain,
	minutes: (minutes: number) => (minutes >= 48 * 60 ? `${plain(minutes / 1_440)} days` : minutes >= 120 ? `${plain(minutes / 60)} hours` : `${plain(minutes)} minutes`),
	usd: (usd: number) => `${usd !== 0 && Math.abs(usd) < 0.01 ? Number(usd.toPrecision(2)) : usd.toFixed(2)} USD`,
	distance: percent,
} as const;

/** Any other number as a figure. `detail` follows it in the sentence. */
export function valueFigure(key: string, name: string, { value, unit, of, detail = '' }: { value: number | undefined; unit: keyof typeof SPOKEN; of?: number; detail?: string }): Figure {
	const target = targetNamed(key);
	const base = { key, name, unit, ...(of === undefined ? {} : { of }), ...(target ? { target } : {}) };
	const words = SPOKEN[unit];
	const because = detail === '' ? '' : ` (${detail})`;
	if (value === undefined) return { ...base, verdict: 'no_data', sentence: `${name}: nothing to measure yet${because}${targetWords(target, 'no_data', words)}.` };
	const verdict = !target ? 'no_target' : reaches(target, value) ? 'met' : 'missed';
	return { ...base, value, verdict, sentence: `${name}: ${words(value)}${because}${targetWords(target, verdict, words)}.` };
}

export type { TargetName };
