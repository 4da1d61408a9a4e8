/** One reviewed draft: the score it left with (0–1) and whether a person accepted it. */
export interface Reviewed {
	raw: number;
	accepted: boolean;
	/** For an audited draft the lowest raw score among which it was drawn: of drafts below it says nothing. 0 when absent. */
	drawnFrom?: number;
}

/** From a raw score to the share of such drafts that people accept. */
export type Calibrator =
	| { kind: 'identity'; reviews: number; calibrated: false }
	| { kind: 'platt'; reviews: number; calibrated: true; slope: number; intercept: number }
	| { kind: 'isotonic'; reviews: number; calibrated: true; points: { raw: number; share: number }[] };

/** Under `platt` reviews nothing is fitted; from `isotonic` on the shape is free but rising. */
export const CALIBRATION_SIZES = { platt: 30, isotonic: 200 } as const;

/** Each isotonic block is drawn towards the Platt line by the weight of this many reviews, so that small blocks do not swing. */
const SHRINKAGE = 12;
const NEWTON_STEPS = 50;

const clampShare = (share: number): number => Math.min(1, Math.max(0, share));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/**
 * Platt's sigmoid, with his targets (n₊+1)/(n₊+2) and 1/(n₋+2) instead of 1 and 0, which keep it finite when all are
 * accepted. Source: Platt 1999; Newton's method after Lin, Lin & Weng 2007.
 */
function fitPlatt(reviews: readonly Reviewed[]): { slope: number; intercept: number } {
	const positives = reviews.filter((review) => review.accepted).length;
	const high = (positives + 1) / (positives + 2);
	const low = 1 / (reviews.length - positives + 2);
	let slope = 0;
	let intercept = Math.log((positives + 1) / (reviews.length - positives + 1));
	for (let step = 0; step < NEWTON_STEPS; step += 1) {
		let [g0, g1, h00, h01, h11] = [0, 0, 1e-9, 0, 1e-9];
		for (const { raw, accepted } of reviews) {
			const p = logistic(slope * raw + intercept);
			const error = (accepted ? high : low) - p;
			const weight = p * (1 - p);
			g0 += error;
			g1 += error * raw;
			h00 += weight;
			h01 += weight * raw;
			h11 += weight * raw * raw;
		}
		const determinant = h00 * h11 - h01 * h01;
		if (Math.abs(determinant) < 1e-12) break;
		const moveIntercept = (h11 * g0 - h01 * g1) / determinant;
		const moveSlope = (h00 * g1 - h01 * g0) / determinant;
		intercept += moveIntercept;
		slope += moveSlope;
		if (Math.abs(moveIntercept) + Math.abs(moveSlope) < 1e-8) break;
	}
	// A falling line would rank drafts against their own score: then only the average is known.
	if (slope >= 0) return { slope, intercept };
	return { slope: 0, intercept: Math.log((positives + 1) / (reviews.length - positives + 1)) };
}

/** Pool-adjacent-violators: the rising step function nearest to the outcomes. Source: Ayer et al. 1955. */
function poolAdjacent(sorted: readonly Reviewed[]): { raw: number; share: number; size: number }[] {
	const blocks: { rawSum: number; accepted: number; size: number }[] = [];
	for (const review of sorted) {
		blocks.push({ rawSum: review.raw, accepted: review.accepted ? 1 : 0, size: 1 });
		for (let last = blocks.length - 1; last > 0; last -= 1) {
			const [before, after] = [blocks[last - 1], blocks[last]];
			if (before.accepted / before.size < after.accepted / after.size) break;
			blocks.splice(last - 1, 2, { rawSum: before.rawSum + after.rawSum, accepted: before.accepted + after.accepted, size: before.size + after.size });
		}
	}
	return blocks.map((block) => ({ raw: block.rawSum / block.size, share: block.accepted / block.size, size: block.size }));
}

function fitIsotonic(reviews: readonly Reviewed[]): { raw: number; share: number }[] {
	const { slope, intercept } = fitPlatt(reviews);
	const blocks = poolAdjacent([...reviews].sort((a, b) => a.raw - b.raw));
	let floor = 0;
	return blocks.map(({ raw, share, size }) => {
		const drawn = (share * size + logistic(slope * raw + intercept) * SHRINKAGE) / (size + SHRINKAGE);
		floor = Math.max(floor, drawn);
		return { raw, share: floor };
	});
}

/** Learns what a raw score is worth from reviews: isotonic from 200, Platt from 30, identity (uncalibrated) below. */
export function fitCalibrator(reviews: readonly Reviewed[]): Calibrator {
	const usable = reviews.filter((review) => Number.isFinite(review.raw)).map(({ raw, accepted }) => ({ raw: clampShare(raw), accepted }));
	if (usable.length < CALIBRATION_SIZES.platt) return { kind: 'identity', reviews: usable.length, calibrated: false };
	if (usable.length < CALIBRATION_SIZES.isotonic) return { kind: 'platt', reviews: usable.length, calibrated: true, ...fitPlatt(usable) };
	return { kind: 'isotonic', reviews: usable.length, calibrated: true, points: fitIsotonic(usable) };
}

/** The calibrated confidence, 0–1. Rises with `raw`, never falls. */
export function calibrate(calibrator: Calibrator, raw: number): number {
	const score = clampShare(raw);
	if (calibrator.kind === 'identity') return score;
	if (calibrator.kind === 'platt') return logistic(calibrator.slope * score + calibrator.intercept);
	const { points } = calibrator;
	const after = points.findIndex((point) => point.raw >= score);
	if (after === -1) return points[points.length - 1].share;
	if (after === 0) return points[0].share;
	const [from, to] = [points[after - 1], points[after]];
	return from.share + ((score - from.raw) / (to.raw - from.raw)) * (to.share - from.share);
}

const HALVINGS = 40;
const RAW_STEPS = 10_000;

/** The lowest raw score whose calibrated confidence reaches `confidence`, to four decimals; undefined when none does. */
export function lowestRaw(calibrator: Calibrator, confidence: number): number | undefined {
	if (calibrator.kind === 'identity') return confidence;
	if (calibrate(calibrator, 1) < confidence) return undefined;
	let [below, reaches] = [0, 1];
	if (calibrate(calibrator, 0) >= confidence) return 0;
	for (let step = 0; step < HALVINGS; step += 1) {
		const middle = (below + reaches) / 2;
		if (calibrate(calibrator, middle) >= confidence) reaches = middle;
		else below = middle;
	}
	// Rounded up: what is said of the drafts from here on must hold for all of them.
	return Math.min(1, Math.ceil(reaches * RAW_STEPS) / RAW_STEPS);
}
