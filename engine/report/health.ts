import { z } from 'zod';
import { MINUTE, type EpochMs } from '../time';
import { calibrationFigure, CalibrationFigureSchema } from './calibrationFigure';
import { cohortFigures, cohortRates, CohortSchema } from './cohorts';
import { FigureSchema, percent, shareFigure, shareOf, ShareSchema, valueFigure, type Figure } from './figure';
import { COUNTED, type Counted, type DayCount, type FunnelCounts, type HealthRows, type Queues } from './healthRows';
import { CostDaySchema, costDays, costFigures, revenueByCurrency, RevenueSchema } from './money';
import { dateOf, datesOf, type Period } from './period';
import { quantileOf } from './quantile';

export const ChannelDaySchema = z.object({ date: z.string(), channel: z.string(), ...countsShape(), reviewed: z.number(), sentence: z.string() });
export type ChannelDay = z.infer<typeof ChannelDaySchema>;
export const FunnelStepSchema = ShareSchema.extend({ step: z.enum(['new', 'contacted', 'replied', 'meeting', 'deal']), count: z.number(), sentence: z.string() });
export type FunnelStep = z.infer<typeof FunnelStepSchema>;

/** What the Health tab shows. */
export const HealthSchema = z.object({
	figures: z.array(FigureSchema),
	/** One a local day and channel that had anything in the period; days without anything are there as zeros. */
	days: z.array(ChannelDaySchema),
	/** Of the contacts that came in the period; shares are of the step before. */
	funnel: z.array(FunnelStepSchema),
	calibration: CalibrationFigureSchema,
	/** The last 26 weeks, whatever the period. */
	cohorts: z.array(CohortSchema),
	/** Empty when one channel was asked for: a model call knows none. */
	costs: z.array(CostDaySchema),
	revenue: z.array(RevenueSchema),
});
export type Health = z.infer<typeof HealthSchema>;

function countsShape(): Record<Counted, z.ZodNumber> {
	const number = z.number();
	return { sent: number, failed: number, uncertain: number, blocked: number, cancelled: number, limited: number, approved: number, edited: number, rejected: number };
}

const noCounts = (): Record<Counted, number> => ({ sent: 0, failed: 0, uncertain: 0, blocked: 0, cancelled: 0, limited: 0, approved: 0, edited: 0, rejected: 0 });

export function totalsOf(counts: readonly DayCount[]): Record<Counted, number> {
	const totals = noCounts();
	for (const { what, count } of counts) totals[what] += count;
	return totals;
}

function channelDays(counts: readonly DayCount[], period: Period): ChannelDay[] {
	const byPlace = Map.groupBy(counts, ({ channel, day }) => `${dateOf(day)} ${channel}`);
	const channels = [...new Set(counts.map(({ channel }) => channel))].sort();
	return datesOf(period).flatMap((date) =>
		channels.map((channel): ChannelDay => {
			const own = totalsOf(byPlace.get(`${date} ${channel}`) ?? []);
			const reviewed = own.approved + own.edited + own.rejected;
			const said = [...COUNTED.slice(0, 6).flatMap((what) => (own[what] > 0 ? [`${own[what]} ${what}`] : [])), ...(reviewed > 0 ? [`${reviewed} reviewed`] : [])];
			return { date, channel, ...own, reviewed, sentence: `${date}, ${channel}: ${said.length > 0 ? said.join(', ') : 'nothing'}.` };
		}),
	);
}

function funnelSteps({ contacts, contacted, replied, meetings, deals }: FunnelCounts): FunnelStep[] {
	const steps = [['new', contacts], ['contacted', contacted], ['replied', replied], ['meeting', meetings], ['deal', deals]] as const;
	return steps.map(([step, count], place) => {
		const before = place === 0 ? undefined : steps[place - 1][1];
		const share = shareOf(count, before ?? 0);
		const ofWhat = before === undefined ? 'came in the period' : share.share === undefined ? 'of none before' : `of ${before} before: ${percent(share.share)}`;
		return { step, count, ...share, sentence: `${step}: ${count}, ${ofWhat}.` };
	});
}

function responseFigures({ answered, open, ranked }: HealthRows['responses']): Figure[] {
	const minutes = (part: number): number | undefined => {
		const ms = quantileOf(ranked, part, answered);
		return ms === undefined ? undefined : ms / MINUTE;
	};
	const detail = `${answered} first messages answered, ${open} not`;
	return [
		valueFigure('firstResponseMinutes', 'First response, median', { value: minutes(50), unit: 'minutes', of: answered, detail }),
		valueFigure('firstResponse90Minutes', 'First response, 9 of 10 within', { value: minutes(90), unit: 'minutes', of: answered, detail }),
	];
}

function queueFigures(queues: Queues, now: EpochMs): Figure[] {
	const age = (since: EpochMs | undefined): number => (since === undefined ? 0 : Math.max(0, now - since) / MINUTE);
	const oldest = (since: EpochMs | undefined): string => (since === undefined ? 'none open' : `the oldest for ${Math.round(age(since))} minutes`);
	return [
		valueFigure('overdueReviews', 'Overdue reviews', { value: queues.overdueReviews, unit: 'count', of: queues.reviews, detail: `${queues.reviews} open, ${oldest(queues.oldestReviewAt)}` }),
		valueFigure('dueJobMinutes', 'Oldest due message', { value: age(queues.oldestJobAt), unit: 'minutes', of: queues.dueJobs, detail: `${queues.dueJobs} due` }),
		valueFigure('undecidedMinutes', 'Oldest undecided message', { value: age(queues.oldestUndecidedAt), unit: 'minutes', of: queues.undecided, detail: `${queues.undecided} undecided` }),
	];
}

function reviewFigures(totals: Record<Counted, number>, editDistance: number | undefined): Figure[] {
	const decided = totals.approved + totals.edited + totals.rejected;
	const what = 'decided drafts';
	return [
		shareFigure('acceptedShare', 'Accepted as they were', { part: totals.approved, of: decided, what }),
		shareFigure('editRate', 'Edited', { part: totals.edited, of: decided, what }),
		shareFigure('rejectRate', 'Rejected', { part: totals.rejected, of: decided, what }),
		valueFigure('editDistance', 'Changed in edited drafts, mean', { value: editDistance, unit: 'distance', of: totals.edited }),
	];
}

/** Every figure of the Health tab from what the store counted. `channel`: the one it was asked for, if any. */
export function healthFigures(rows: HealthRows, period: Period, channel?: string): Health {
	const totals = totalsOf(rows.counts);
	const { sends } = rows;
	const calibration = calibrationFigure(rows.judged);
	const costs = channel === undefined ? rows.costs : [];
	return {
		figures: [
			valueFigure('sent', 'Sent', { value: totals.sent, unit: 'count' }),
			shareFigure('failedRate', 'Failed', { part: totals.failed, of: totals.sent + totals.failed, what: 'messages that ended' }),
			...(['limited', 'blocked'] as const).map((what) => valueFigure(what, what === 'limited' ? 'Limited' : 'Blocked', { value: totals[what], unit: 'count' })),
			...responseFigures(rows.responses),
			...reviewFigures(totals, rows.editDistance),
			shareFigure('draftFallbackRate', 'Drafts no model wrote', { part: rows.drafts.fallback, of: rows.drafts.made, what: 'drafts' }),
			shareFigure('classificationFallbackRate', 'Classifications by rules', { part: rows.classifications.fallback, of: rows.classifications.made, what: 'classifications' }),
			calibration.error,
			...cohortRates(rows.cohorts),
			shareFigure('bounceRate', 'Bounced for good', { part: sends.bounced, of: sends.sent, what: 'sent messages' }),
			shareFigure('complaintRate', 'Complaints', { part: sends.complained, of: sends.sent, what: 'sent messages' }),
			shareFigure('optOutRate', 'Opt-outs', { part: sends.optedOut, of: sends.contacts, what: 'contacts written to' }),
			...(channel === undefined ? costFigures(costs, { sent: totals.sent, replies: sends.replied }) : []),
			...queueFigures(rows.queues, rows.now),
		],
		days: channelDays(rows.counts, period),
		funnel: funnelSteps(rows.funnel),
		calibration,
		cohorts: cohortFigures(rows.cohorts),
		costs: costDays(costs),
		revenue: revenueByCurrency(rows.revenue),
	};
}
