import { jStat } from 'jstat';

/** How finely the density of the running z-value is tabulated, and how far out, in standard deviations of the walk. */
const POINTS = 601;
const REACH = 6;
/** 12 halved so often is 1e-9. */
const BISECTIONS = 34;
/** Standard deviations beyond which a normal step no longer shows. */
const FAR = 8;

// Called millions of times: looking them up in the global object each time is what would take longest.
const { abs, exp, sqrt } = Math;
const ROOT_2_PI = sqrt(2 * Math.PI);
const normalCdf = (x: number): number => jStat.normal.cdf(x, 0, 1);
const normalPdf = (x: number): number => exp((-x * x) / 2) / ROOT_2_PI;

/**
 * Error spent up to information share `t` by the O'Brien–Fleming type function, half of it on either side: next to
 * nothing early, all of `alpha` at the end. Source: Lan & DeMets, Biometrika 70 (1983).
 */
function spent(t: number, alpha: number): number {
	return t >= 1 ? alpha : 4 * (1 - normalCdf(jStat.normal.inv(1 - alpha / 4, 0, 1) / sqrt(t)));
}

/**
 * What no bound of this look can lie below: whoever is beyond it has stopped by now, and no more may have than the error
 * spent so far. Cheap, so that most looks need no integration.
 */
export function leastBound(look: number, horizon: number, alpha: number): number {
	return look <= 0 ? Infinity : jStat.normal.inv(1 - spent(look / horizon, alpha) / 2, 0, 1);
}

/** Weights of Simpson's rule over an odd number of evenly spaced points. */
function simpson(size: number, step: number): number[] {
	return Array.from({ length: size }, (_, i) => (step / 3) * (i === 0 || i === size - 1 ? 1 : i % 2 === 1 ? 4 : 2));
}

/** Less than this share of what is known is no news: the integration could not resolve it. */
const LEAST_NEWS = 0.005;

/** The walk after a look: how much is known, its density among the paths that were not stopped, the error spent. */
interface Walk {
	known: number;
	spent: number;
	at: number[];
	density: number[];
	weights: number[];
}

/**
 * The |z| that ends an experiment with a winner at each look, for two-sided error `alpha` over all `horizon` looks. The
 * error is spent by the calendar; how strongly one look foretells the next follows from `information`, so the promise
 * holds however unevenly contacts arrive. Recursive integration after Armitage, McPherson & Rowe (1969).
 * @param information what is known at each look so far, in any unit (contacts), never falling; even steps when absent
 * @returns one bound a look: `horizon` of them, or as many as `information` has. Infinity before anything is known.
 * @throws RangeError unless horizon is a whole number from 1 to 520
 */
export function spendingBounds(horizon: number, alpha: number, information?: readonly number[]): number[] {
	if (!Number.isInteger(horizon) || horizon < 1 || horizon > 520) throw new RangeError(`The horizon must be 1 to 520 looks, but is ${horizon}`);
	const known = information ?? Array.from({ length: horizon }, (_, i) => i + 1);
	const bounds: number[] = [];
	// S_k gathers variance known[k]; z_k = S_k / sqrt(known[k]).
	let before: Walk = { known: 0, spent: 0, at: [], density: [], weights: [] };
	let last = before;
	for (let look = 1; look <= Math.min(known.length, horizon); look += 1) {
		const news = known[look - 1] - last.known > LEAST_NEWS * known[look - 1];
		// Without news the same data are looked at again, with more error to spend: the last look is solved anew.
		if (news) before = last;
		const now = news ? known[look - 1] : last.known;
		if (now === 0) {
			bounds.push(Infinity);
			continue;
		}
		const bound = solve(before, now, spent(look / horizon, alpha) - before.spent);
		bounds.push(bound);
		last = { ...step(before, now, bound), spent: spent(look / horizon, alpha) };
	}
	return bounds;
}

/** The |z| at which paths that come from `before` stop with probability `toSpend`. */
function solve({ known, at, density, weights }: Walk, now: number, toSpend: number): number {
	const [scale, stride] = [sqrt(now), sqrt(now - known)];
	const crossing = (bound: number): number => {
		if (known === 0) return 2 * (1 - normalCdf(bound));
		let sum = 0;
		for (let i = 0; i < at.length; i += 1) {
			// Both sides are alike: the upper one, twice.
			const distance = (bound * scale - at[i]) / stride;
			if (distance < FAR) sum += weights[i] * density[i] * (1 - normalCdf(distance));
		}
		return 2 * sum;
	};
	let [low, high] = [0, 12];
	for (let i = 0; i < BISECTIONS; i += 1) {
		const middle = (low + high) / 2;
		if (crossing(middle) > toSpend) low = middle;
		else high = middle;
	}
	return high;
}

/** The walk one look on, without the paths that `bound` stopped. */
function step(before: Walk, now: number, bound: number): Omit<Walk, 'spent'> {
	const [scale, stride] = [sqrt(now), sqrt(now - before.known)];
	const edge = Math.min(bound, REACH) * scale;
	const width = (2 * edge) / (POINTS - 1);
	const at = Array.from({ length: POINTS }, (_, i) => -edge + i * width);
	const reach = (s: number): number => {
		if (before.known === 0) return normalPdf(s / stride);
		let sum = 0;
		for (let i = 0; i < before.at.length; i += 1) {
			const distance = (s - before.at[i]) / stride;
			if (abs(distance) < FAR) sum += before.weights[i] * before.density[i] * normalPdf(distance);
		}
		return sum;
	};
	return { known: now, at, weights: simpson(POINTS, width), density: at.map((s) => reach(s) / stride) };
}

const cache = new Map<string, number[]>();

/** As `spendingBounds`, computed once per horizon and alpha: a table of numbers, not state. */
export function boundAtLook(look: number, horizon: number, alpha: number): number {
	const key = `${horizon}:${alpha}`;
	const bounds = cache.get(key) ?? spendingBounds(horizon, alpha);
	cache.set(key, bounds);
	return bounds[Math.min(Math.max(1, Math.floor(look)), horizon) - 1];
}
