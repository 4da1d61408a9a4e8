import { shareInterval } from '../statistics/binomial';
import { DAY } from '../time';
import type { OutcomeLabel } from './labels';
import type { OutcomeEvent } from './outcome';

export const PERFORMANCE_METRICS = ['opened', 'clicked', 'replied', 'positive_reply', 'meeting', 'deal', 'opt_out', 'complaint', 'bounced'] as const;
export type PerformanceMetric = (typeof PERFORMANCE_METRICS)[number];

interface MetricRule {
	/** Outcomes that count, an answer by its label where one is named. */
	counts: readonly { event: OutcomeEvent; label?: OutcomeLabel }[];
	/** How long after the send they count; a younger message is not counted at all. */
	windowMs: number;
	name: string;
}

/** Windows: DESIGN §4 A/B Variant. Opens and clicks of machines are events of their own and never count. */
export const PERFORMANCE_RULES: Readonly<Record<PerformanceMetric, MetricRule>> = {
	opened: { name: 'opened', counts: [{ event: 'opened' }, { event: 'read' }], windowMs: 7 * DAY },
	clicked: { name: 'clicked', counts: [{ event: 'clicked' }], windowMs: 7 * DAY },
	replied: { name: 'answered', counts: [{ event: 'replied' }], windowMs: 14 * DAY },
	positive_reply: { name: 'answered with interest', counts: [{ event: 'replied', label: 'positive_reply' }], windowMs: 14 * DAY },
	meeting: { name: 'led to a meeting', counts: [{ event: 'meeting_booked' }, { event: 'meeting_held' }], windowMs: 30 * DAY },
	deal: { name: 'won a deal', counts: [{ event: 'deal_won' }], windowMs: 90 * DAY },
	opt_out: { name: 'brought an opt-out', counts: [{ event: 'unsubscribed' }, { event: 'replied', label: 'opt_out' }], windowMs: 14 * DAY },
	complaint: { name: 'brought a complaint', counts: [{ event: 'complaint' }, { event: 'replied', label: 'complaint' }], windowMs: 14 * DAY },
	bounced: { name: 'bounced', counts: [{ event: 'bounced_hard' }, { event: 'bounced_soft' }, { event: 'dropped' }], windowMs: 7 * DAY },
};

/** What messages can be told apart by. strategy: framework and tone together. */
export const PERFORMANCE_DIMENSIONS = ['framework', 'tone', 'persona', 'variant', 'model', 'promptVersion', 'modelVersion', 'channel', 'hour', 'industry', 'role', 'country', 'language'] as const;
export type PerformanceDimension = (typeof PERFORMANCE_DIMENSIONS)[number];

/** Policy of this pack; the interval says the rest. */
export const PERFORMANCE_POLICY = { level: 0.95, leastMessages: 30, lookBackMs: 365 * DAY, priorMessages: 30 } as const;

/** What became of the messages of one group. */
export interface PerformanceTally {
	/** The group's values, in the order of the dimensions; undefined where a message has none. */
	keys: (string | undefined)[];
	sent: number;
	/** Messages whose window is over, and those of them with the outcome inside it. */
	metrics: Readonly<Partial<Record<PerformanceMetric, { matured: number; hits: number }>>>;
	/** Deals won, each currency by itself; no currency: amounts that named none. */
	revenue: { currency?: string; value: number; deals: number }[];
}

export interface Rate {
	matured: number;
	hits: number;
	/** Share of the matured messages, 0–1, with its exact 95 % interval; absent without any. */
	rate?: number;
	low?: number;
	high?: number;
	/** False while fewer messages than the minimum are matured: the rate says next to nothing. */
	enough: boolean;
}

export function rateOf({ matured, hits }: { matured: number; hits: number }, least: number): Rate {
	if (matured === 0) return { matured, hits, enough: false };
	const { low, high } = shareInterval(hits, matured, PERFORMANCE_POLICY.level);
	return { matured, hits, rate: hits / matured, low, high, enough: matured >= least };
}

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

/** A rate in words that says how little a small number tells. */
export function rateSentence(metric: PerformanceMetric, { matured, hits, rate, low, high, enough }: Rate, least: number): string {
	if (rate === undefined || low === undefined || high === undefined) return 'No message is old enough to tell yet.';
	const said = `${hits} of ${matured} ${PERFORMANCE_RULES[metric].name} (${percent(rate)}, with 95 % certainty between ${percent(low)} and ${percent(high)})`;
	return enough ? `${said}.` : `${said}; fewer than ${least} messages are old enough, which is too few to judge by.`;
}

/** All rates of one group. */
export function ratesOf(tally: PerformanceTally, least: number): Partial<Record<PerformanceMetric, Rate>> {
	return Object.fromEntries(PERFORMANCE_METRICS.flatMap((metric) => (tally.metrics[metric] ? [[metric, rateOf(tally.metrics[metric], least)]] : [])));
}
