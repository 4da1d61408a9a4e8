import { DELIVERABILITY_POLICY } from '../outcome/deliverability';
import { PLAN_POLICY } from '../experiment/plan';

/** Where a figure should lie. `at` least: not below `value`; at most: not above. Shares 0–1. */
export interface Target {
	at: 'least' | 'most';
	value: number;
	/** Whose number it is. */
	because: string;
}

/** What each figure is held against. Policy of this pack unless a source is named. */
export const TARGETS = {
	firstResponseMinutes: { at: 'most', value: 60, because: 'an answer within the hour qualifies seven times as many leads (Oldroyd, McElheran & Elkington, Harvard Business Review 2011)' },
	firstResponse90Minutes: { at: 'most', value: 24 * 60, because: 'nobody waits longer than a day' },
	editRate: { at: 'most', value: 0.3, because: 'above it writing anew is as quick' },
	rejectRate: { at: 'most', value: 0.1, because: 'one draft in ten may be of no use' },
	draftFallbackRate: { at: 'most', value: 0.05, because: 'more means that the model is away or its key is used up' },
	classificationFallbackRate: { at: 'most', value: 0.05, because: 'more means that the model is away or its key is used up' },
	calibrationError: { at: 'most', value: 0.05, because: 'what is called 90 % sure should be accepted nine times in ten' },
	replyRate: { at: 'least', value: 0.05, because: 'below it the list or the text is wrong' },
	failedRate: { at: 'most', value: 0.02, because: 'more means dead addresses or a broken account' },
	bounceRate: { at: 'most', value: DELIVERABILITY_POLICY.bounces.warn, because: 'where mail services begin to warn' },
	complaintRate: { at: 'most', value: DELIVERABILITY_POLICY.complaints.warn, because: "Google's sender guidelines" },
	optOutRate: { at: 'most', value: PLAN_POLICY.guardrails.optOuts, because: 'the guardrail of experiments' },
	overdueReviews: { at: 'most', value: 0, because: 'each has its time' },
	dueJobMinutes: { at: 'most', value: 10, because: 'what is due should leave within minutes' },
	undecidedMinutes: { at: 'most', value: 30, because: 'three leases of ten minutes, then a person is asked' },
	acceptedShare: { at: 'least', value: 0.85, because: 'the threshold from which drafts may be sent' },
} as const satisfies Record<string, Target>;
export type TargetName = keyof typeof TARGETS;
