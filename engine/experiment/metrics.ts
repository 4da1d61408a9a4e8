import type { OutcomeEvent } from '../outcome/outcome';
import { REPLY_INTENTS, type ReplyIntent } from '../reply/reply';
import { DAY } from '../time';

export const METRICS = ['positive_reply', 'reply', 'open', 'click', 'meeting', 'conversion', 'reviewer_approval'] as const;
/** What an experiment is decided by. */
export type Metric = (typeof METRICS)[number];

/** How a metric counts. The unit is always the contact, which counts once. */
export interface MetricDefinition {
	/** In a sentence, e.g. "positive replies". */
	plural: string;
	/** Outcomes that are a conversion. Opens and clicks by machines are events of their own and never count. */
	events: readonly OutcomeEvent[];
	/** Inbound messages that are a conversion, by how they were read; `unread` is one nobody has read yet. */
	readings: readonly (ReplyIntent | 'unread')[];
	/** How long after the contact's first message of the experiment a conversion still counts, ms. */
	windowMs: number;
	/** sent: contacts whose first message left. reviewed: contacts whose first draft a person decided on. */
	unit: 'sent' | 'reviewed';
}

/** Somebody who wants to know more, meet or buy. Objections and "not now" are answers, but no successes. */
export const POSITIVE_REPLY_INTENTS: readonly ReplyIntent[] = ['interested', 'meeting', 'question'];

/** Windows: DESIGN §4 A/B Variant (open and click 7 days, reply 14, meeting 30, deal 90). A review is final when it is made. */
export const METRIC_DEFINITIONS: Readonly<Record<Metric, MetricDefinition>> = {
	positive_reply: { plural: 'positive replies', events: [], readings: POSITIVE_REPLY_INTENTS, windowMs: 14 * DAY, unit: 'sent' },
	// An absence notice is no answer of a person.
	reply: { plural: 'replies', events: ['replied'], readings: [...REPLY_INTENTS.filter((intent) => intent !== 'out_of_office'), 'unread'], windowMs: 14 * DAY, unit: 'sent' },
	open: { plural: 'opens', events: ['opened', 'read'], readings: [], windowMs: 7 * DAY, unit: 'sent' },
	click: { plural: 'clicks', events: ['clicked'], readings: [], windowMs: 7 * DAY, unit: 'sent' },
	meeting: { plural: 'meetings', events: ['meeting_booked', 'meeting_held'], readings: [], windowMs: 30 * DAY, unit: 'sent' },
	conversion: { plural: 'deals', events: ['deal_won'], readings: [], windowMs: 90 * DAY, unit: 'sent' },
	reviewer_approval: { plural: 'approvals without an edit', events: [], readings: [], windowMs: 0, unit: 'reviewed' },
};

/** The metric of that name; undefined for a name this version does not know. */
export function readMetric(name: string): Metric | undefined {
	return METRICS.find((metric) => metric === name);
}

export const GUARDRAILS = ['optOuts', 'complaints'] as const;
/** Harm that stops an experiment, whatever it wins. */
export type GuardrailName = (typeof GUARDRAILS)[number];

/** Opt-outs: every one that was heard, by link, by text or by the provider, complaints among them. */
export const GUARDRAIL_DEFINITIONS: Readonly<Record<GuardrailName, { plural: string; events: readonly OutcomeEvent[]; windowMs: number }>> = {
	optOuts: { plural: 'opt-outs', events: ['unsubscribed'], windowMs: 14 * DAY },
	complaints: { plural: 'complaints', events: ['complaint'], windowMs: 14 * DAY },
};
