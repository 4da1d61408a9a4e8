import type { Reviewed } from './calibration';
import { certifyThreshold, cleanReviewsFor } from './certifyThreshold';

/**
 * Reviews come in one by one, and a test repeated after each of them would sooner or later pass by luck. So a
 * threshold is granted only when the reviews reach a pre-set size: the least that could pass, then each time this many
 * times as many. Ours, by simulation (docs/decisions/confidence.md).
 */
const LOOK_GROWTH = 2.5;

export type CertifiedNow = { rawThreshold: number; reviewsNeeded?: undefined } | { rawThreshold?: undefined; reviewsNeeded: number };

/** The size of the last look that `reviews` reviews have reached, and of the next one. */
function looksAround(reviews: number, first: number): { last?: number; next: number } {
	let [last, next]: [number | undefined, number] = [undefined, first];
	while (next <= reviews) [last, next] = [next, Math.ceil(next * LOOK_GROWTH)];
	return { ...(last !== undefined && { last }), next };
}

/**
 * The raw score from which drafts are certified to hold at most `maxErrorShare` errors: the threshold of the last look,
 * or the one of all reviews so far where that is stricter; none as soon as all reviews together certify none.
 * @param sample full-review and audit samples of one maker, oldest decision first
 * @throws RangeError when maxErrorShare is not between 0 and 1
 */
export function certifiedNow(sample: readonly Reviewed[], { maxErrorShare, level = 0.95 }: { maxErrorShare: number; level?: number }): CertifiedNow {
	const { last, next } = looksAround(sample.length, cleanReviewsFor(maxErrorShare, level));
	const now = certifyThreshold(sample, { maxErrorShare, level });
	const granted = last === undefined ? undefined : certifyThreshold(sample.slice(0, last), { maxErrorShare, level }).threshold;
	if (granted !== undefined && now.threshold !== undefined) return { rawThreshold: Math.max(granted, now.threshold) };
	// What was granted and has lapsed comes back with clean reviews; what was not waits for its look.
	return { reviewsNeeded: Math.max(now.reviewsNeeded ?? 1, granted === undefined ? next - sample.length : 1) };
}
