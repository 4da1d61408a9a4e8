import { z } from 'zod';
import { METRIC_DEFINITIONS } from '../experiment/metrics';
import { DAY } from '../time';
import { percent, shareFigure, ShareSchema, shareOf, type Figure, type Share } from './figure';
import type { CohortCounts } from './healthRows';
import { dateOf } from './period';

/** How long after the first message an event counts: as in experiments. */
const WINDOW_DAYS = { reply: METRIC_DEFINITIONS.reply.windowMs / DAY, meeting: METRIC_DEFINITIONS.meeting.windowMs / DAY, deal: METRIC_DEFINITIONS.conversion.windowMs / DAY } as const;

export const CohortSchema = z.object({
	/** Monday of the local week of the first message, YYYY-MM-DD. */
	week: z.string(),
	contacts: z.number(),
	/** Of the contacts whose window is over. */
	replied: ShareSchema,
	meeting: ShareSchema,
	deal: ShareSchema,
	sentence: z.string(),
});
export type Cohort = z.infer<typeof CohortSchema>;

const said = ({ part, of, share }: Share, what: string): string => (share === undefined ? `${what}: too early` : `${what} ${percent(share)} (${part} of ${of})`);

/** Contacts by the week they were first written to; a rate counts only those whose window is over. */
export function cohortFigures(rows: readonly CohortCounts[]): Cohort[] {
	return rows
		.toSorted((a, b) => a.week - b.week)
		.map(({ week, contacts, replyOf, replied, meetingOf, meetings, dealOf, deals }) => {
			const [reply, meeting, deal] = [shareOf(replied, replyOf), shareOf(meetings, meetingOf), shareOf(deals, dealOf)];
			const sentence = `Week of ${dateOf(week)}, ${contacts} ${contacts === 1 ? 'contact' : 'contacts'}: ${said(reply, 'replied')}, ${said(meeting, 'meetings')}, ${said(deal, 'deals')}.`;
			return { week: dateOf(week), contacts, replied: reply, meeting, deal, sentence };
		});
}

/** Over all cohorts together. */
export function cohortRates(rows: readonly CohortCounts[]): Figure[] {
	const sum = (name: Exclude<keyof CohortCounts, 'week'>): number => rows.reduce((total, row) => total + row[name], 0);
	const what = (days: number): string => `contacts first written to at least ${days} days ago`;
	return [
		shareFigure('replyRate', 'Reply rate', { part: sum('replied'), of: sum('replyOf'), what: what(WINDOW_DAYS.reply) }),
		shareFigure('meetingRate', 'Meeting rate', { part: sum('meetings'), of: sum('meetingOf'), what: what(WINDOW_DAYS.meeting) }),
		shareFigure('dealRate', 'Deal rate', { part: sum('deals'), of: sum('dealOf'), what: what(WINDOW_DAYS.deal) }),
	];
}
