import type { JudgedDraft } from '../draft/learntConfidence';
import type { EpochMs } from '../time';
import type { RankedValue } from './quantile';

/** What is counted a day and channel. limited: a daily cap moved it to another day. The last three are decisions of people. */
export const COUNTED = ['sent', 'failed', 'uncertain', 'blocked', 'cancelled', 'limited', 'approved', 'edited', 'rejected'] as const;
export type Counted = (typeof COUNTED)[number];

/** Local days are numbered from 1970-01-01. */
export interface DayCount {
	day: number;
	channel: string;
	what: Counted;
	count: number;
}
/** Contacts that came in the period, and how far they got so far. Each step counts those of the later ones too. */
export interface FunnelCounts {
	contacts: number;
	contacted: number;
	replied: number;
	meetings: number;
	deals: number;
}
/** From a contact's first message to our first answer, by whomever; milliseconds around the median and the 90th percentile. */
export interface ResponseTimes {
	answered: number;
	open: number;
	ranked: RankedValue[];
}
/** Contacts first written to in a local week, by the number of its Monday. `…Of`: those whose window is over. */
export interface CohortCounts {
	week: number;
	contacts: number;
	replyOf: number;
	replied: number;
	meetingOf: number;
	meetings: number;
	dealOf: number;
	deals: number;
}
export interface FallbackCounts {
	made: number;
	fallback: number;
}
export interface DayCost {
	day: number;
	calls: number;
	/** Calls whose price is not known; they are not in `usd`. */
	unpriced: number;
	usd: number;
}
export interface RevenueCounts {
	/** ISO 4217; undefined where the report named none. */
	currency?: string;
	deals: number;
	/** Deals whose value was reported, and their sum. */
	valued: number;
	value: number;
	/** The part that came of a message of ours. */
	attributed: number;
}
/** Messages that left in the period and the people they went to. */
export interface SendCounts {
	sent: number;
	bounced: number;
	complained: number;
	contacts: number;
	/** Of these, who wrote after it, and who asked us to stop. */
	replied: number;
	optedOut: number;
}
/** What waits now, and since when the oldest does. */
export interface Queues {
	reviews: number;
	overdueReviews: number;
	oldestReviewAt?: EpochMs;
	dueJobs: number;
	oldestJobAt?: EpochMs;
	undecided: number;
	oldestUndecidedAt?: EpochMs;
}

/** What Health is made of, as the store counts it. */
export interface HealthRows {
	now: EpochMs;
	counts: DayCount[];
	/** Mean share of characters changed in edited drafts; undefined without one. */
	editDistance?: number;
	funnel: FunnelCounts;
	responses: ResponseTimes;
	cohorts: CohortCounts[];
	drafts: FallbackCounts;
	classifications: FallbackCounts;
	/** The newest decisions of the period. */
	judged: JudgedDraft[];
	/** Of all channels together: a model call knows none. */
	costs: DayCost[];
	revenue: RevenueCounts[];
	sends: SendCounts;
	queues: Queues;
}
