import type { Reply, ReplyIntent } from '../reply/reply';
import type { OutcomeEvent } from './outcome';

export const OUTCOME_LABELS = ['deal_won', 'deal_lost', 'meeting_held', 'meeting_booked', 'no_show', 'opportunity', 'positive_reply', 'neutral_reply', 'objection', 'opt_out', 'complaint', 'bounce', 'automatic_reply'] as const;
/** What an outcome says about the message it came of. */
export type OutcomeLabel = (typeof OUTCOME_LABELS)[number];

interface LabelRule {
	/** How much an example with this label counts, 0–10. */
	weight: number;
	/** 1 good, −1 bad, 0 neither. Undefined: says nothing about the text. */
	valence?: 1 | 0 | -1;
}

/**
 * Weights: DESIGN §4 Outcome Track. A lost deal and an opportunity have none there: an opportunity is worth a positive
 * reply, a lost deal says little about one message. A bounce teaches deliverability, never text.
 */
export const LABEL_RULES: Readonly<Record<OutcomeLabel, LabelRule>> = {
	deal_won: { weight: 10, valence: 1 },
	meeting_held: { weight: 6, valence: 1 },
	meeting_booked: { weight: 5, valence: 1 },
	opportunity: { weight: 3, valence: 1 },
	positive_reply: { weight: 3, valence: 1 },
	complaint: { weight: 3, valence: -1 },
	opt_out: { weight: 2, valence: -1 },
	neutral_reply: { weight: 1, valence: 0 },
	objection: { weight: 1, valence: -1 },
	no_show: { weight: 1, valence: -1 },
	deal_lost: { weight: 1, valence: -1 },
	bounce: { weight: 0.5 },
	automatic_reply: { weight: 0 },
};
const MOST_WEIGHT = Math.max(...Object.values(LABEL_RULES).map(({ weight }) => weight));

const BY_EVENT: Readonly<Partial<Record<OutcomeEvent, OutcomeLabel>>> = {
	deal_won: 'deal_won',
	deal_lost: 'deal_lost',
	meeting_held: 'meeting_held',
	meeting_booked: 'meeting_booked',
	meeting_no_show: 'no_show',
	opportunity: 'opportunity',
	complaint: 'complaint',
	unsubscribed: 'opt_out',
	bounced_hard: 'bounce',
	bounced_soft: 'bounce',
	// An answer nobody has read.
	replied: 'neutral_reply',
};

const BY_INTENT: Readonly<Record<ReplyIntent, OutcomeLabel>> = {
	interested: 'positive_reply',
	meeting: 'positive_reply',
	question: 'positive_reply',
	objection: 'objection',
	not_interested: 'objection',
	not_now: 'neutral_reply',
	wrong_person: 'neutral_reply',
	other: 'neutral_reply',
	complaint: 'complaint',
	opt_out: 'opt_out',
	out_of_office: 'automatic_reply',
};

/** The label of an answer by how it reads. A wish to stop outranks the rest of the text. */
export function labelOfReply({ intent, optOut }: Pick<Reply, 'intent' | 'optOut'>): OutcomeLabel {
	return optOut.wanted && intent !== 'out_of_office' ? 'opt_out' : BY_INTENT[intent];
}

/** The label of an event that was not read as a text; undefined for those that say nothing by themselves (sent, delivered, opened). */
export const labelOfEvent = (event: OutcomeEvent): OutcomeLabel | undefined => BY_EVENT[event];

export const isOutcomeLabel = (name: string | null | undefined): name is OutcomeLabel => OUTCOME_LABELS.some((label) => label === name);

/**
 * What a text earns by an outcome, −1 to 1: its share of the greatest weight, in the label's direction. An answer is also
 * moved by its mood, so that an angry question earns less than a delighted one and a polite objection costs less than a rude one.
 * @param sentiment −1 to 1, of answers only
 * @returns undefined for what says nothing about the text
 */
export function rewardOf(label: OutcomeLabel, sentiment?: number): number | undefined {
	const { weight, valence } = LABEL_RULES[label];
	if (valence === undefined) return undefined;
	const mood = sentiment === undefined || !Number.isFinite(sentiment) ? valence : (valence + Math.max(-1, Math.min(1, sentiment))) / 2;
	return (weight / MOST_WEIGHT) * mood;
}
