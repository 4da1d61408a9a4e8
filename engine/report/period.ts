import { addDays, instantOf, isZone, localTime, nextOffsetChange, offsetAt } from '../sendTime/zoneClock';
import { DAY, epochMs, later, type EpochMs } from '../time';

/** The longest stretch one report looks at, days: a leap year and a day of the clock's change. */
export const MOST_DAYS = 367;

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(3000, 0, 1);
const isPlannable = (at: number): boolean => at >= EARLIEST && at < LATEST;

/** A stretch of time, with what it takes to tell its local days without a calendar. */
export interface Period {
	/** since ≤ t < until */
	since: EpochMs;
	until: EpochMs;
	/** IANA zone the days are counted in. */
	zone: string;
	/** The zone that was asked for and is none: days are UTC days then. */
	unknownZone?: string;
	/** Local time is UTC plus `offsetMs` from `from` on; ascending, from a year before the end on, since cohorts look back. */
	offsets: readonly { from: EpochMs; offsetMs: number }[];
}

/** Why nothing can be counted in a period, in a sentence; undefined when it can. */
export function periodRefused({ since, until }: { since: EpochMs; until: EpochMs }): string | undefined {
	if (!isPlannable(since) || !isPlannable(until)) return 'The period lies outside the years 1970 to 2999.';
	if (since >= until) return 'The period is empty: its beginning is not before its end.';
	return until - since > MOST_DAYS * DAY ? `The period is longer than ${MOST_DAYS} days. Choose a shorter one.` : undefined;
}

/**
 * The period with its clock changes.
 * @throws RangeError when it is refused.
 */
export function periodOf({ since, until, zone = 'UTC' }: { since: EpochMs; until: EpochMs; zone?: string }): Period {
	const wrong = periodRefused({ since, until });
	if (wrong !== undefined) throw new RangeError(wrong);
	const known = isZone(zone) ? zone : 'UTC';
	const first = epochMs(Math.max(0, Math.min(since, until - MOST_DAYS * DAY)));
	const offsets = [{ from: first, offsetMs: offsetAt(known, first) }];
	for (let change = nextOffsetChange(known, first, until); change !== undefined && change < until; change = nextOffsetChange(known, change, until)) offsets.push({ from: change, offsetMs: offsetAt(known, change) });
	return { since, until, zone: known, ...(known === zone ? {} : { unknownZone: zone.slice(0, 64) }), offsets };
}

const zoneOr = (zone: string | undefined): string => (zone !== undefined && isZone(zone) ? zone : 'UTC');

/** The last `days` local days, today among them as far as it has come. */
export function lastDays(now: EpochMs, days: number, zone?: string): Period {
	const known = zoneOr(zone);
	const first = addDays(localTime(known, now).date, 1 - days);
	return periodOf({ since: instantOf(known, first, 0), until: later(now, 1), zone });
}

/** The last whole local week, Monday to Sunday, before today's. */
export function lastWeek(now: EpochMs, zone?: string): Period {
	const known = zoneOr(zone);
	const { date, weekday } = localTime(known, now);
	const monday = addDays(date, 1 - weekday);
	return periodOf({ since: instantOf(known, addDays(monday, -7), 0), until: instantOf(known, monday, 0), zone });
}

/** Periods by name, as the desk and the report node offer them. */
export const PERIODS = {
	lastWeek,
	last7Days: (now: EpochMs, zone?: string) => lastDays(now, 7, zone),
	last30Days: (now: EpochMs, zone?: string) => lastDays(now, 30, zone),
	last90Days: (now: EpochMs, zone?: string) => lastDays(now, 90, zone),
	last365Days: (now: EpochMs, zone?: string) => lastDays(now, 365, zone),
} as const satisfies Record<string, (now: EpochMs, zone?: string) => Period>;
export type PeriodName = keyof typeof PERIODS;

/** The period of that name; undefined when there is none. */
export function periodNamed(name: string, now: EpochMs, zone?: string): Period | undefined {
	return Object.entries(PERIODS).find(([known]) => known === name)?.[1](now, zone);
}

/** YYYY-MM-DD of a local day's number since 1970-01-01, as the store counts days. */
export function dateOf(day: number): string {
	return new Date(day * DAY).toISOString().slice(0, 10);
}

/** Every local date of the period, YYYY-MM-DD, ascending. */
export function datesOf({ since, until, zone }: Period): string[] {
	const last = localTime(zone, epochMs(until - 1)).date;
	const dates: string[] = [];
	for (let date = localTime(zone, since).date; date <= last; date = addDays(date, 1)) dates.push(date);
	return dates;
}
