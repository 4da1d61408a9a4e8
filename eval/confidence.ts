import { jStat } from 'jstat';
import { calibrate, fitCalibrator, type Reviewed } from '../engine/draft/calibration';
import { certifyThreshold } from '../engine/draft/certifyThreshold';
import { certifiedOnce, lifeFigures, OVER_CONFIDENT, wiredCalibration } from './learntConfidence';
import type { Figure, Section } from './table';
import { uniform, type Random } from './uniform';

const SEED = 20261120;
const TARGET = 0.05;

const accepted = OVER_CONFIDENT.acceptance;
const overConfident = (rng: Random, size: number): Reviewed[] =>
	Array.from({ length: size }, () => {
		const raw = OVER_CONFIDENT.score(rng);
		return { raw, accepted: rng() < accepted(raw) };
	});

export interface CalibrationError {
	workspaces: number;
	reviews: number;
	mean: number;
	low: number;
	high: number;
	/** The same without a calibrator. */
	uncalibrated: number;
}

/** Mean distance between confidence and true acceptance over the scores the model gives, each workspace on its own reviews. */
export function calibrationError(workspaces = 200, reviews = 300, rng = uniform(SEED)): CalibrationError {
	const scores = Array.from({ length: 81 }, (_, i) => 0.6 + (0.4 * i) / 80);
	const off = (confidence: (raw: number) => number): number => scores.reduce((sum, raw) => sum + Math.abs(confidence(raw) - accepted(raw)), 0) / scores.length;
	const errors = Array.from({ length: workspaces }, () => {
		const calibrator = fitCalibrator(overConfident(rng, reviews));
		return off((raw) => calibrate(calibrator, raw));
	});
	const mean = errors.reduce((sum, error) => sum + error, 0) / workspaces;
	const deviation = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (workspaces - 1));
	const half = jStat.normal.inv(0.975, 0, 1) * (deviation / Math.sqrt(workspaces));
	return { workspaces, reviews, mean, low: mean - half, high: mean + half, uncalibrated: off((raw) => raw) };
}

/** Error shares by score. The first two lie nowhere at or under the target, so that every certified threshold is a broken promise. */
const ERROR_CURVES = {
	'flat at 5.5 %': () => 0.055,
	'falling from 40 % to 5.1 %': (raw: number) => 0.051 + 0.349 * (2 * (1 - raw)) ** 2,
	'falling from 40 % to 0.5 %': (raw: number) => 0.005 + 0.395 * (2 * (1 - raw)) ** 2,
} as const;

/** The true error share of all drafts at or above a threshold, scores even between 0.5 and 1. */
function trueError(curve: (raw: number) => number, threshold: number): number {
	const points = Array.from({ length: 200 }, (_, i) => threshold + ((i + 0.5) / 200) * (1 - threshold));
	return points.reduce((sum, raw) => sum + curve(raw), 0) / points.length;
}

/** Workspaces whose certified threshold lets more errors through than promised; wanted in at most 5 %. */
export function brokenPromises(workspaces = 1_000, reviews = 400, rng = uniform(SEED + 1)): Figure[] {
	return Object.entries(ERROR_CURVES).flatMap(([name, curve]): Figure[] => {
		const thresholds = Array.from({ length: workspaces }, () => {
			const sample = Array.from({ length: reviews }, () => {
				const raw = 0.5 + rng() / 2;
				return { raw, accepted: rng() >= curve(raw) };
			});
			return certifyThreshold(sample, { maxErrorShare: TARGET }).threshold;
		});
		const held = thresholds.filter((threshold) => threshold !== undefined);
		return [
			{ name: `error ${name}: promise broken`, hits: held.filter((threshold) => trueError(curve, threshold) > TARGET).length, of: workspaces, wanted: { atMost: 0.05 } },
			{ name: `error ${name}: a threshold certified`, hits: held.length, of: workspaces },
		];
	});
}

/** The calibration error as the node learns, and what holding back half of the reviews would cost. */
function wiredRows(): string[] {
	const wired = [wiredCalibration('all'), wiredCalibration('what is not sent'), wiredCalibration('all', 'half of them'), wiredCalibration('what is not sent', 'half of them')];
	return wired.map(({ reading, share, workspaces, reviews, error }) => `calibration error after ${reviews} reviews of ${reading}, learning from ${share}, mean of ${workspaces} workspaces: ${error.toFixed(3)}${share === 'all reviews' ? `  wanted ≤ 0.050: ${error <= 0.05 ? 'yes' : 'NO'}` : ''}`);
}

export function confidenceSection(): Section {
	const { workspaces, reviews, mean, low, high, uncalibrated } = calibrationError();
	return {
		title: 'Confidence (simulated reviews)',
		note: 'Fixed seed; the truth is known because it is simulated. Promise: at most 5 % errors above the threshold, 400 reviews a workspace.',
		figures: [...brokenPromises(), ...certifiedOnce(), ...lifeFigures()],
		rows: [
			...wiredRows(),
			`calibration error after ${reviews} reviews, mean of ${workspaces} workspaces: ${mean.toFixed(3)} [${low.toFixed(3)} – ${high.toFixed(3)}]  wanted ≤ 0.050: ${mean <= 0.05 ? 'yes' : 'NO'}  (uncalibrated ${uncalibrated.toFixed(3)})`,
		],
	};
}
