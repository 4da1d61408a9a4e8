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

/** One line an ops person reads about a draft. */
export function draftSentence(draft: { confidence?: number; decision: DraftDecision; reviewReasons: readonly string[]; hits: readonly RuleHit[] }): string {
	const { confidence, decision, reviewReasons, hits } = draft;
	if (reviewReasons.length > 0) return `Needs review: ${reviewReasons.join('; ')}.`;
	const said = confidence === undefined ? 'no confidence could be computed' : `confidence ${cut(confidence)} (the model's own estimate)`;
	if (decision.autoSend) return `May be sent: ${said} reaches ${decision.threshold}.`;
	if (decision.audited) return `Needs review: ${said} reaches ${decision.threshold}, but this draft was drawn for the audit.`;
	const why = hits.length > 0 ? ` (${hits.map((hit) => HIT_WORDS[hit]).join('; ')})` : '';
	return `Needs review: ${said} is below ${decision.threshold}${why}.`;
}
