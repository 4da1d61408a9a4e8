/** What happened in one arm so far. */
export interface ArmCount {
	id: string;
	exposures: number;
	conversions: number;
}

export interface ArmBelief {
	id: string;
	/** Probability that this arm has the highest rate. */
	pBest: number;
	/** Conversions per contact lost, on average, by settling on this arm if it is not the best. */
	expectedLoss: number;
}

const POINTS = 801;
/** Beyond this many standard deviations a posterior holds nothing that shows in the third digit. */
const REACH = 8;

/** The part of 0–1 that any arm's posterior reaches into. */
function support(shapes: readonly { a: number; b: number }[]): { from: number; to: number } {
	const ends = shapes.map(({ a, b }) => {
		const mean = a / (a + b);
		const deviation = Math.sqrt((a * b) / ((a + b) ** 2 * (a + b + 1)));
		return { low: mean - REACH * deviation, high: mean + REACH * deviation };
	});
	return { from: Math.max(0, Math.min(...ends.map((end) => end.low))), to: Math.min(1, Math.max(...ends.map((end) => end.high))) };
}

/** The distribution function of a Beta on the grid, by the midpoint rule, scaled to end at 1. */
function distribution({ a, b }: { a: number; b: number }, from: number, step: number): number[] {
	// Logarithms relative to the mode: the density itself would overflow for large counts.
	const logDensity = (x: number): number => (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x);
	const mode = a + b > 2 ? Math.min(1 - 1e-12, Math.max(1e-12, (a - 1) / (a + b - 2))) : 0.5;
	const peak = logDensity(mode);
	const cumulative = [0];
	for (let i = 1; i < POINTS; i += 1) cumulative.push(cumulative[i - 1] + Math.exp(logDensity(from + (i - 0.5) * step) - peak));
	const total = cumulative[POINTS - 1];
	return cumulative.map((value) => value / total);
}

/**
 * Beliefs about which arm is best, from Beta(1 + conversions, 1 + others) posteriors, by numerical integration:
 * the same counts always give the same numbers, to about three digits.
 */
export function beliefs(arms: readonly ArmCount[]): ArmBelief[] {
	const shapes = arms.map(({ exposures, conversions }) => ({ a: 1 + conversions, b: 1 + Math.max(0, exposures - conversions) }));
	const { from, to } = support(shapes);
	const step = (to - from) / (POINTS - 1);
	// Distribution functions on the grid; everything else follows from their differences.
	const cdfs = shapes.map((shape) => distribution(shape, from, step));
	const wins = arms.map(() => 0);
	let expectedMaximum = from;
	for (let i = 1; i < POINTS; i += 1) {
		const middle = cdfs.map((cdf) => (cdf[i] + cdf[i - 1]) / 2);
		const all = middle.reduce((product, share) => product * share, 1);
		expectedMaximum += (1 - all) * step;
		cdfs.forEach((cdf, arm) => {
			const others = middle.reduce((product, share, other) => (other === arm ? product : product * share), 1);
			wins[arm] += (cdf[i] - cdf[i - 1]) * others;
		});
	}
	const total = wins.reduce((sum, share) => sum + share, 0);
	return arms.map((arm, i) => ({
		id: arm.id,
		pBest: wins[i] / total,
		expectedLoss: Math.max(0, expectedMaximum - shapes[i].a / (shapes[i].a + shapes[i].b)),
	}));
}
