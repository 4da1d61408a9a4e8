import { jStat } from 'jstat';

/**
 * One-sided Clopper–Pearson upper bound of a share, exact for every size: with probability `level` the true share is
 * not above it. 1 when nothing was observed.
 * Source: Clopper & Pearson, Biometrika 26 (1934), through the beta quantile.
 */
export function upperBound(successes: number, trials: number, level = 0.95): number {
	if (trials <= 0 || successes >= trials) return 1;
	return jStat.beta.inv(level, successes + 1, trials - successes);
}

/** The lower bound to `upperBound`. 0 when nothing was observed. */
export function lowerBound(successes: number, trials: number, level = 0.95): number {
	if (trials <= 0 || successes <= 0) return 0;
	return jStat.beta.inv(1 - level, successes, trials - successes + 1);
}

/** Two-sided Clopper–Pearson interval. */
export function shareInterval(successes: number, trials: number, level = 0.95): { low: number; high: number } {
	const side = 1 - (1 - level) / 2;
	return { low: lowerBound(successes, trials, side), high: upperBound(successes, trials, side) };
}
