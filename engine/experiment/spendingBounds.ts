import { jStat } from 'jstat';

/** How finely the density of the running z-value is tabulated, and how far out, in standard deviations of the walk. */
const POINTS = 601;
const REACH = 6;
const BISECTIONS = 50;

const normalCdf = (x: number): number => jStat.normal.cdf(x, 0, 1);
const normalPdf = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * Error spent up to information share `t` by the O'Brien–Fleming type function, half of it on either side: next to
 * nothing early, all of `alpha` at the end. Source: Lan & DeMets, Biometrika 70 (1983).
 */
function spent(t: number, alpha: number): number {
	return t >= 1 ? alpha : 4 * (1 - normalCdf(jStat.normal.inv(1 - alpha / 4, 0, 1) / Math.sqrt(t)));
}

/** Weights of Simpson's rule over an odd number of evenly spaced points. */
function simpson(size: number, step: number): number[] {
	return Array.from({ length: size }, (_, i) => (step / 3) * (i === 0 || i === size - 1 ? 1 : i % 2 === 1 ? 4 : 2));
}

/**
 * The |z| that ends an experiment with a winner at each look, for `horizon` evenly spaced looks and two-sided error
 * `alpha` over all of them. Recursive integration after Armitage, McPherson & Rowe (1969).
 * @returns one bound a look, falling towards the end
 * @throws RangeError unless horizon is a whole number from 1 to 520
 */
export function spendingBounds(horizon: number, alpha: number): number[] {
	if (!Number.isInteger(horizon) || horizon < 1 || horizon > 520) throw new RangeError(`The horizon must be 1 to 520 looks, but is ${horizon}`);
	const bounds: number[] = [];
	// The walk S_k = sum of k standard normal steps; z_k = S_k / sqrt(k). Its density among paths not yet stopped:
	let at: number[] = [];
	let density: number[] = [];
	let weights: number[] = [];
	for (let look = 1; look <= horizon; look += 1) {
		const toSpend = spent(look / horizon, alpha) - (look === 1 ? 0 : spent((look - 1) / horizon, alpha));
		const scale = Math.sqrt(look);
		const [from, before, weightsBefore] = [at, density, weights];
		const crossing = (bound: number): number =>
			look === 1
				? 2 * (1 - normalCdf(bound))
				: from.reduce((sum, s, i) => sum + weightsBefore[i] * before[i] * (1 - normalCdf(bound * scale - s) + normalCdf(-bound * scale - s)), 0);
		let [low, high] = [0, 12];
		for (let i = 0; i < BISECTIONS; i += 1) {
			const middle = (low + high) / 2;
			if (crossing(middle) > toSpend) low = middle;
			else high = middle;
		}
		bounds.push(high);
		const edge = Math.min(high, REACH) * scale;
		const step = (2 * edge) / (POINTS - 1);
		at = Array.from({ length: POINTS }, (_, i) => -edge + i * step);
		weights = simpson(POINTS, step);
		density = at.map((s) => (look === 1 ? normalPdf(s) : from.reduce((sum, x, i) => sum + weightsBefore[i] * before[i] * normalPdf(s - x), 0)));
	}
	return bounds;
}

const cache = new Map<string, number[]>();

/** As `spendingBounds`, computed once per horizon and alpha: a table of numbers, not state. */
export function boundAtLook(look: number, horizon: number, alpha: number): number {
	const key = `${horizon}:${alpha}`;
	const bounds = cache.get(key) ?? spendingBounds(horizon, alpha);
	cache.set(key, bounds);
	return bounds[Math.min(Math.max(1, Math.floor(look)), horizon) - 1];
}
