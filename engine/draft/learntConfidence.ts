import { draftsMissing } from './decision';
import type { GateIssue } from '../gate/gate';
import { CALIBRATION_SIZES, fitCalibrator, lowestRaw, calibrate, type Calibrator, type Reviewed } from './calibration';
import { certifiedNow } from './certifiedLooks';
import type { Sampling } from './draft';
import { percent } from './sentence';

/** What made a draft. Confidence is learnt for each separately and starts anew when one of them changes. */
export interface DraftMaker {
	modelId: string;
	promptVersion: string;
	/** See `scoringOf`. */
	scoring: string;
}

/** A draft that a person decided on. */
export interface JudgedDraft extends Partial<DraftMaker> {
	draftId: string;
	/** The raw score it left with, 0–1. */
	raw: number;
	/** The confidence it was shown with, 0–1. */
	confidence?: number;
	decision: 'approved' | 'edited' | 'rejected';
	/** Share of the characters changed, 0–1. */
	editDistance?: number;
	sampling?: Sampling;
	rawThreshold?: number;
	/** What the gate said of it. */
	gateIssues: readonly Pick<GateIssue, 'check' | 'severity'>[];
	/** Epoch milliseconds. */
	decidedAt: number;
}

/** How the user wants drafts cleared for sending. */
export type ThresholdWish = { source: 'fixed'; threshold: number } | { source: 'certified'; maxErrorShare: number };

export interface LearningOptions {
	wish: ThresholdWish;
	/** A draft changed by at most this share of its characters counts as accepted; 0: only unedited ones. */
	acceptedEditDistance: number;
}

/** From where on drafts may be sent. */
export type Bar =
	| { source: 'fixed'; threshold: number; rawThreshold?: number }
	| { source: 'certified'; maxErrorShare: number; threshold: number; rawThreshold: number }
	| { source: 'certified'; maxErrorShare: number; reviewsNeeded: number };

export interface LearntConfidence {
	calibrator: Calibrator;
	bar: Bar;
	/** One line an ops person reads. */
	sentence: string;
}

/** Checks that repeat the draft's own decision or the mode: they say nothing about the draft itself. */
const NOT_ABOUT_THE_DRAFT: readonly string[] = ['confidence', 'mode'];
/** Confidences are stated in this many decimals, cut: rounding up would put the threshold above what reached it. */
const DECIMALS = 4;

const sameMaker = (judged: JudgedDraft, maker: DraftMaker): boolean =>
	judged.modelId === maker.modelId && judged.promptVersion === maker.promptVersion && judged.scoring === maker.scoring;

/** A draft that only its score, the mode or chance brought before a person: what would have been sent, were it sure enough. */
export function speaksForSends({ sampling, gateIssues }: JudgedDraft): boolean {
	return sampling !== undefined && sampling !== 'held' && !gateIssues.some(({ check, severity }) => severity !== 'note' && !NOT_ABOUT_THE_DRAFT.includes(check));
}

/** Sent as it was, or changed by no more than the user lets pass. An edit of unknown size was an edit. */
export function isAccepted({ decision, editDistance }: JudgedDraft, acceptedEditDistance: number): boolean {
	if (decision === 'rejected') return false;
	return (editDistance ?? (decision === 'approved' ? 0 : 1)) <= acceptedEditDistance;
}

function cut(share: number): number {
	return Math.floor(share * 10 ** DECIMALS) / 10 ** DECIMALS;
}

function barOf(wish: ThresholdWish, calibrator: Calibrator, sample: readonly Reviewed[]): Bar {
	if (wish.source === 'fixed') {
		const rawThreshold = lowestRaw(calibrator, wish.threshold);
		return { ...wish, ...(rawThreshold !== undefined && { rawThreshold }) };
	}
	const { rawThreshold, reviewsNeeded } = certifiedNow(sample, wish);
	return rawThreshold === undefined ? { ...wish, reviewsNeeded } : { ...wish, rawThreshold, threshold: cut(calibrate(calibrator, rawThreshold)) };
}

function sentenceOf(calibrator: Calibrator, bar: Bar): string {
	const learnt = calibrator.calibrated ? `Calibrated on ${calibrator.reviews} reviews` : `Not calibrated: ${calibrator.reviews} of ${CALIBRATION_SIZES.platt} reviews`;
	if (bar.source === 'fixed') return `${learnt}; drafts may be sent from ${bar.threshold}.`;
	if ('reviewsNeeded' in bar) return `${learnt}; no threshold is certified for at most ${percent(bar.maxErrorShare)} errors yet, ${draftsMissing(bar.reviewsNeeded)}.`;
	return `${learnt}; at most ${percent(bar.maxErrorShare)} errors are certified from score ${bar.rawThreshold} on.`;
}

/**
 * What a workspace's reviews teach about the drafts of one maker: what a raw score is worth, and from where on drafts
 * may be sent. The calibrator learns from every draft that only its score, the mode or chance brought before a person;
 * leaving drafts out by their score alone bends no rate at a score. The certificate tests raw scores, which no
 * calibrator has a say in, and counts full-review and audit samples only.
 */
export function learnConfidence(judged: readonly JudgedDraft[], maker: DraftMaker, { wish, acceptedEditDistance }: LearningOptions): LearntConfidence {
	const first = new Map<string, JudgedDraft>();
	for (const one of judged) {
		const known = first.get(one.draftId);
		// Whatever is decided about a draft later is about a text that was looked at already.
		if (!known || one.decidedAt < known.decidedAt) first.set(one.draftId, one);
	}
	const own = [...first.values()]
		.filter((one) => sameMaker(one, maker) && speaksForSends(one) && Number.isFinite(one.raw))
		.sort((a, b) => a.decidedAt - b.decidedAt || (a.draftId < b.draftId ? -1 : 1));
	const reviewed = own.map((one) => ({ raw: one.raw, accepted: isAccepted(one, acceptedEditDistance) }));
	const calibrator = fitCalibrator(reviewed);
	const sample = own.flatMap((one, place): Reviewed[] => {
		if (one.sampling === 'full') return [reviewed[place]];
		return one.sampling === 'audit' && one.rawThreshold !== undefined ? [{ ...reviewed[place], drawnFrom: one.rawThreshold }] : [];
	});
	const bar = barOf(wish, calibrator, sample);
	return { calibrator, bar, sentence: sentenceOf(calibrator, bar) };
}
