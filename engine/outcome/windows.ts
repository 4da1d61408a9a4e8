import { DAY, later, type EpochMs } from '../time';
import type { OutcomeEvent } from './outcome';

/** How long after a send an event may still come of it. Policy of this pack: the longer the way to an event, the longer its window; delivery events as long as a click. */
export const OUTCOME_WINDOW_MS: Readonly<Record<OutcomeEvent, number>> = {
	sent: 7 * DAY,
	delivered: 7 * DAY,
	read: 7 * DAY,
	failed: 7 * DAY,
	bounced_hard: 7 * DAY,
	bounced_soft: 7 * DAY,
	dropped: 7 * DAY,
	opened: 7 * DAY,
	machine_opened: 7 * DAY,
	clicked: 7 * DAY,
	machine_clicked: 7 * DAY,
	complaint: 14 * DAY,
	unsubscribed: 14 * DAY,
	replied: 14 * DAY,
	meeting_booked: 30 * DAY,
	meeting_held: 30 * DAY,
	meeting_no_show: 30 * DAY,
	opportunity: 90 * DAY,
	deal_won: 90 * DAY,
	deal_lost: 90 * DAY,
};

/** From when on the absence of the event says something about a message: its window is over. */
export function maturesAt(sentAt: EpochMs, event: OutcomeEvent): EpochMs {
	return later(sentAt, OUTCOME_WINDOW_MS[event]);
}
