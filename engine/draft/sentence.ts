import { draftsMissing } from './decision';
import { CALIBRATION_SIZES, type Calibrator } from './calibration';
import type { DraftDecision } from './decision';
import type { RuleHit } from './confidence';

const HIT_WORDS: Readonly<Record<RuleHit, string>> = {
	placeholderLeft: 'a placeholder was left in it',
	wrongLanguage: 'it is in another language than asked for',
	unsupportedLink: 'it holds a link that is not in the facts',
	unsupportedNumber: 'it holds a figure that is not in the facts',
	shortened: 'it was shortened to fit the channel',
};

/** A share for reading, cut and not rounded, so that 0.849 never reads as the 0.85 it missed. */
function cut(share: number): string {
	return (Math.floor(share * 100 + 1e-9) / 100).toFixed(2);
}

export interface SentenceInput {
	confidence?: number;
	rawConfidence?: number;
	/** How many reviews the confidence rests on, and whether they were enough. */
	calibrator: Pick<Calibrator, 'calibrated' | 'reviews'>;
	decision: DraftDecision;
	/** What the certificate promises; absent for a fixed threshold. */
	maxErrorShare?: number;
	reviewReasons: readonly string[];
	hits: readonly RuleHit[];
}

/** A share as a percentage, without noughts nobody needs. */
export function percent(share: number): string {
	return `${Number((100 * share).toFixed(2))} %`;
}

function saidOf({ confidence, calibrator: { calibrated, reviews } }: SentenceInput): string {
	if (confidence === undefined) return 'no confidence could be computed';
	const from = calibrated ? `calibrated on ${reviews} reviews` : `uncalibrated: ${reviews} of ${CALIBRATION_SIZES.platt} reviews`;
	return `confidence ${cut(confidence)} (${from})`;
}

/** The threshold as the draft met it: a certified one is about the score. */
function barWords({ decision, rawConfidence, maxErrorShare = 0 }: SentenceInput, meets: boolean): string {
	if (decision.source === 'fixed') return meets ? `reaches ${decision.threshold}` : `is below ${decision.threshold}`;
	const certified = `${decision.rawThreshold ?? 1}, from which on at most ${percent(maxErrorShare)} errors are certified`;
	return `with score ${cut(rawConfidence ?? 0)} ${meets ? 'reaches' : 'is below'} ${certified}`;
}

/** One line an ops person reads about a draft. */
export function draftSentence(draft: SentenceInput): string {
	const { decision, reviewReasons, hits, maxErrorShare = 0 } = draft;
	if (reviewReasons.length > 0) return `Needs review: ${reviewReasons.join('; ')}.`;
	const said = saidOf(draft);
	if (decision.autoSend) return `May be sent: ${said} ${barWords(draft, true)}.`;
	if (decision.audited) return `Needs review: ${said} ${barWords(draft, true)}, but this draft was drawn for the audit.`;
	const why = hits.length > 0 ? ` (${hits.map((hit) => HIT_WORDS[hit]).join('; ')})` : '';
	if (decision.reviewsNeeded !== undefined) {
		return `Needs review: ${said}${why}; no threshold is certified for at most ${percent(maxErrorShare)} errors yet, ${draftsMissing(decision.reviewsNeeded)}.`;
	}
	return `Needs review: ${said} ${barWords(draft, false)}${why}.`;
}
