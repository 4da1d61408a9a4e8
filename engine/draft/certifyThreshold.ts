import { upperBound } from '../statistics/binomial';
import type { Reviewed } from './calibration';

/** Fixed before anybody looks at outcomes, from the strictest down: that is what keeps the promise honest. */
const GRID = [0.98, 0.96, 0.94, 0.92, 0.9, 0.88, 0.86, 0.84, 0.82, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5] as const;

export interface CertifiedThreshold {
	/** The lowest confidence from which drafts may leave alone; absent while no candidate holds. */
	threshold?: number;
	/** Upper bound of the error share above the threshold (above the first failing candidate while none holds). */
	bound: number;
	/** Share of the reviews that lies at or above the threshold; 0 while none holds. */
	coverage: number;
	/** Clean reviews still missing at the first failing candidate, while none holds. */
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

/**
 * The lowest threshold above which at most `maxErrorShare` of drafts are wrong, with confidence `level`: candidates
 * are tested from the strictest down, each by a one-sided Clopper–Pearson bound, stopping at the first failure, so
 * that testing many costs nothing. Candidates with too few reviews to pass even without an error are passed over:
 * that looks at scores only, never at outcomes.
 * @param reviews drafts the calibrator has not seen, drawn at random (audits, full review)
 * @throws RangeError when maxErrorShare is not between 0 and 1
 */
export function certifyThreshold(reviews: readonly Reviewed[], options: { maxErrorShare: number; level?: number }): CertifiedThreshold {
	const { maxErrorShare, level = 0.95 } = options;
	if (!(maxErrorShare > 0 && maxErrorShare < 1)) throw new RangeError(`The error share must lie between 0 and 1, but is ${maxErrorShare}`);
	let held: CertifiedThreshold | undefined;
	for (const threshold of GRID) {
		const above = reviews.filter((review) => review.raw >= threshold);
		if (upperBound(0, above.length, level) > maxErrorShare) continue;
		const errors = above.filter((review) => !review.accepted).length;
		const bound = upperBound(errors, above.length, level);
		if (bound > maxErrorShare) return held ?? { bound, coverage: 0, reviewsNeeded: reviewsMissing(errors, above.length, maxErrorShare, level) };
		held = { threshold, bound, coverage: above.length / reviews.length };
	}
	if (held) return held;
	const lowest = GRID[GRID.length - 1];
	const above = reviews.filter((review) => review.raw >= lowest);
	const errors = above.filter((review) => !review.accepted).length;
	return { bound: upperBound(errors, above.length, level), coverage: 0, reviewsNeeded: reviewsMissing(errors, above.length, maxErrorShare, level) };
}
