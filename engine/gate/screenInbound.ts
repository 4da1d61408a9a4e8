import { epochMs } from '../time';
import { gateInput } from './check';
import { INJECTION_FLAGGED, injectionIn } from './checks/injection';
import { inboundSpam } from './checks/spam';
import type { GateIssue } from './gate';

/** From this score on a message is treated as spam (our own judgement, to be measured on labelled messages). */
const SPAM_FLAGGED = 0.6;

export interface InboundScreening {
	/** Scores are 0–1. */
	spam: { flagged: boolean; score: number };
	injection: { flagged: boolean; score: number };
	issues: GateIssue[];
}

/**
 * Looks at a message somebody sent us: spam, and attempts to give our model orders. Rules only, linear in its length.
 * The lists hold all languages at once, so `language` is not needed; it is accepted for symmetry with `readReply`.
 */
export const screenInbound: (text: string, options?: { language?: string }) => InboundScreening = (text) => {
	const spam = inboundSpam(gateInput({ text, now: epochMs(0), policy: {} }));
	const injection = injectionIn(text);
	const spamFlagged = spam.score >= SPAM_FLAGGED;
	const asNotes = (issues: GateIssue[]): GateIssue[] => issues.map((issue) => ({ ...issue, severity: 'note' }));
	const injectionFlagged = injection.score >= INJECTION_FLAGGED;
	return {
		spam: { flagged: spamFlagged, score: spam.score },
		injection: { flagged: injectionFlagged, score: injection.score },
		issues: [...(spamFlagged ? spam.reasons : asNotes(spam.reasons)), ...(injectionFlagged ? injection.issues : asNotes(injection.issues))],
	};
};
