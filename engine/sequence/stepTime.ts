import { DateTime } from 'luxon';
import { epochMs, HOUR, MINUTE, type EpochMs } from '../time';
import type { Wait } from './sequence';

/** When the workspace names no working days. */
const MONDAY_TO_FRIDAY: readonly number[] = [1, 2, 3, 4, 5];

/**
 * When a step is due that waits from a moment on. Days are the calendar's, so the hour stays through a clock change; of
 * working days only those count (a wait that begins on a Saturday counts Monday as its first).
 * @param workingDays ISO weekdays, 1 = Monday; without any, Monday to Friday.
 */
export function stepDueAt(from: EpochMs, { amount, unit }: Wait, place: { timezone?: string; workingDays?: readonly number[] }): EpochMs {
	if (unit === 'minutes') return epochMs(from + amount * MINUTE);
	if (unit === 'hours') return epochMs(from + amount * HOUR);
	const local = DateTime.fromMillis(from, { zone: place.timezone ?? 'UTC' });
	// A name that is no zone is passed over here; where a time is chosen it is told.
	const start = local.isValid ? local : DateTime.fromMillis(from, { zone: 'UTC' });
	if (unit === 'days') return epochMs(start.plus({ days: amount }).toMillis());
	const days = place.workingDays?.length ? place.workingDays : MONDAY_TO_FRIDAY;
	let moment = start;
	for (let left = amount; left > 0; ) {
		moment = moment.plus({ days: 1 });
		if (days.includes(moment.weekday)) left -= 1;
	}
	return epochMs(moment.toMillis());
}
