import { jStat } from 'jstat';

export interface Interval {
	mean: number;
	low: number;
	high: number;
}

/** Mean and two-sided 95 % interval of independent values, by Student's t through the beta quantile. Needs two values. */
export function studentInterval(values: readonly number[]): Interval {
	const freedom = values.length - 1;
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / freedom;
	const x = jStat.beta.inv(0.05, freedom / 2, 0.5);
	const half = Math.sqrt((freedom * (1 - x)) / x) * Math.sqrt(variance / values.length);
	return { mean, low: mean - half, high: mean + half };
}
