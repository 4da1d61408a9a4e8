import { upperBound } from '../statistics/binomial';
import type { Reviewed } from './calibration';

/** Fixed before anybody looks at outcomes, from the strictest down: that is what keeps the promise honest. */
const GRID = [0.98, 0.96, 0.94, 0.92, 0.9, 0.88, 0.86, 0.84, 0.82, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5] as const;

export interface CertifiedThreshold {
	/** The lowest confidence from which drafts may leave alone; absent while no candidate holds. */
	threshold?: number;
	/** Upper bound of the error share above the threshold (above the first failing candidate while none holds). */
	bound: number;
	/** Share of the reviews, audits apart, that lies at or above the threshold; 0 while none holds. */
	coverage: number;
	/** While none holds: the fewest further clean reviews after which a candidate would, all of them at or above it. */
	reviewsNeeded?: number;
}

/** Clean reviews that have to come on top for the bound to hold. It falls with every one of them, so halving finds the first. */
function reviewsMissing(errors: number, trials: number, maxErrorShare: number, level: number): number {
	const holds = (more: number): boolean => upperBound(errors, trials + more, level) <= maxErrorShare;
	let enough = 1;
	while (!holds(enough)) enough *= 2;
	let tooFew = 0;
	while (enough - tooFew > 1) {
		const middle = Math.floor((tooFew + enough) / 2);
		if (holds(middle)) enough = middle;
		else tooFew = middle;
	}
	return enough;
}

/** The fewest reviews, all of them clean, with which a bound can hold: 59 for 5 %, 29 for 10 %. */
export function cleanReviewsFor(maxErrorShare: number, level = 0.95): number {
	return reviewsMissing(0, 0, maxErrorShare, level);
}

/** The reviews that speak for drafts at or above a candidate: those there, drawn from nothing narrower. */
function speakingFor(reviews: readonly Reviewed[], threshold: number): Reviewed[] {
	return reviews.filter(({ raw, drawnFrom = 0 }) => raw >= threshold && drawnFrom <= threshold);
}

const errorsIn = (reviews: readonly Reviewed[]): number => reviews.filter(({ accepted }) => !accepted).length;

function coverageOf(reviews: readonly Reviewed[], threshold: number): number {
	const whole = reviews.filter(({ drawnFrom = 0 }) => drawnFrom <= 0);
	const counted = whole.length > 0 ? whole : reviews;
	return counted.filter(({ raw }) => raw >= threshold).length / counted.length;
}

/**
 * The lowest threshold above which at most `maxErrorShare` of drafts are wrong, with confidence `level`: candidates
 * are tested from the strictest down, each by a one-sided Clopper–Pearson bound, stopping at the first failure, so
 * that testing many costs nothing. Candidates with too few reviews to pass even without an error are passed over:
 * that looks at scores only, never at outcomes.
 * @param reviews drawn at random (audits, full review), by a score that none of these outcomes has shaped: the raw one,
 * or the confidence of a calibrator that has not seen them
 * @throws RangeError when maxErrorShare is not between 0 and 1
 */
export function certifyThreshold(reviews: readonly Reviewed[], options: { maxErrorShare: number; level?: number }): CertifiedThreshold {
	const { maxErrorShare, level = 0.95 } = options;
	if (!(maxErrorShare > 0 && maxErrorShare < 1)) throw new RangeError(`The error share must lie between 0 and 1, but is ${maxErrorShare}`);
	let held: CertifiedThreshold | undefined;
	let failed: number | undefined;
	for (const threshold of GRID) {
		const above = speakingFor(reviews, threshold);
		if (upperBound(0, above.length, level) > maxErrorShare) continue;
		const bound = upperBound(errorsIn(above), above.length, level);
		if (bound > maxErrorShare) {
			failed = bound;
			break;
		}
		held = { threshold, bound, coverage: coverageOf(reviews, threshold) };
	}
	if (held) return held;
	const widest = speakingFor(reviews, GRID[GRID.length - 1]);
	return { bound: failed ?? upperBound(errorsIn(widest), widest.length, level), coverage: 0, reviewsNeeded: nearest(reviews, maxErrorShare, level) };
}

/** A stricter candidate that has too few reviews yet is often nearer than the one that failed. */
function nearest(reviews: readonly Reviewed[], maxErrorShare: number, level: number): number {
	let fewest = Infinity;
	for (const threshold of GRID) {
		const above = speakingFor(reviews, threshold);
		const errors = errorsIn(above);
		const nearer = fewest === Infinity || (fewest > 1 && upperBound(errors, above.length + fewest - 1, level) <= maxErrorShare);
		if (nearer) fewest = reviewsMissing(errors, above.length, maxErrorShare, level);
	}
	return fewest;
}
