import { studentInterval, type Interval } from '../studentInterval';
import type { WeekCounts } from './ledger';
import type { RunResult } from './simulate';

/** What is shown of a week. Rates 0–1, opt-outs a week as counted. */
export const FIGURES = {
	reply: { name: 'replies', of: ({ replies, sent }: WeekCounts) => [replies, sent], percent: true },
	positive: { name: 'positive replies', of: ({ positive, sent }: WeekCounts) => [positive, sent], percent: true },
	meeting: { name: 'meetings', of: ({ meetings, sent }: WeekCounts) => [meetings, sent], percent: true },
	deal: { name: 'deals', of: ({ deals, sent }: WeekCounts) => [deals, sent], percent: true },
	edit: { name: 'drafts that need an edit', of: ({ needEdit, drafts }: WeekCounts) => [needEdit, drafts], percent: true },
	read: { name: 'drafts read by a person', of: ({ read, drafts }: WeekCounts) => [read, drafts], percent: true },
	calibration: { name: 'calibration error', of: ({ calibrationError }: WeekCounts) => [calibrationError, 1], percent: true },
	optOut: { name: 'opt-outs a week', of: ({ optOuts, complaints }: WeekCounts) => [optOuts + complaints, 1], percent: false },
} as const satisfies Record<string, { name: string; of: (week: WeekCounts) => number[]; percent: boolean }>;
export type FigureName = keyof typeof FIGURES;
export const FIGURE_NAMES: readonly FigureName[] = ['reply', 'positive', 'meeting', 'deal', 'edit', 'read', 'calibration', 'optOut'];

/** Weeks in which what was learnt is judged: the last third. */
export const LATE_WEEKS = 4;

/** A seed with and without learning. */
export interface Pair {
	on: RunResult;
	off: RunResult;
}

export function pairsOf(results: readonly RunResult[]): Pair[] {
	return results.filter(({ learning }) => learning).flatMap((on) => {
		const off = results.find(({ learning, seed, world }) => !learning && seed === on.seed && world === on.world);
		return off ? [{ on, off }] : [];
	});
}

/** The figure over some weeks of one run: sums divided by sums. */
export function figureOf(name: FigureName, weeks: readonly WeekCounts[]): number {
	const [above, below] = weeks.map((week) => FIGURES[name].of(week)).reduce(([a, b], [above, below]) => [a + above, b + below], [0, 0]);
	return below > 0 ? above / below : 0;
}

/** Mean and 95 % interval over the seeds of one arm. */
export function weekly(name: FigureName, runs: readonly RunResult[], week: number): Interval {
	return studentInterval(runs.map((run) => figureOf(name, [run.weekly[week]])));
}

/** Mean paired difference, learning on less off, with its 95 % interval over seeds. */
export function difference(name: FigureName, pairs: readonly Pair[], from: number, to: number): Interval {
	return studentInterval(pairs.map(({ on, off }) => figureOf(name, on.weekly.slice(from, to)) - figureOf(name, off.weekly.slice(from, to))));
}

/**
 * How many times the rate of learning off, less 1, with its 95 % interval: the ratio of the means, its error from the
 * residuals of the pairs (Cochran, Sampling Techniques, 1977, §6.4).
 */
export function gain(name: FigureName, pairs: readonly Pair[], from: number, to: number): Interval {
	const rates = pairs.map(({ on, off }) => ({ on: figureOf(name, on.weekly.slice(from, to)), off: figureOf(name, off.weekly.slice(from, to)) }));
	const mean = (of: (pair: (typeof rates)[number]) => number): number => rates.reduce((sum, pair) => sum + of(pair), 0) / rates.length;
	const below = mean(({ off }) => off);
	const ratio = mean(({ on }) => on) / below;
	const residual = studentInterval(rates.map(({ on, off }) => (on - ratio * off) / below));
	return { mean: ratio - 1, low: ratio - 1 + residual.low, high: ratio - 1 + residual.high };
}
