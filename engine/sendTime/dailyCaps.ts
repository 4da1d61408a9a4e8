import type { EpochMs } from '../time';
import type { TimeRule } from './openHours';
import { localDay } from './zoneClock';

/** A cap on messages a day, and what is sent or planned already. */
export interface DailyCap {
	/** As a sentence names it, e.g. `the workspace's daily cap of 50`. */
	name: string;
	/** Messages a day, 1 or more. */
	limit: number;
	/** IANA zone whose days are counted. */
	zone: string;
	/** Messages by date (YYYY-MM-DD) of that zone; a date that is missing has none. */
	planned: ReadonlyMap<string, number>;
}

/**
 * A rule that passes over the days a cap has filled. When one after the other is full up to `horizon` there is no time:
 * further ahead nobody knows what is going to be planned.
 */
export function dailyCapRule({ name, limit, zone, planned }: DailyCap, horizon: EpochMs): TimeRule {
	/** Where the walk from a full day ends, so that a week of candidates walks it once. */
	const freeAfter = new Map<string, EpochMs | undefined>();
	return {
		name,
		closesDay: true,
		horizon,
		next(at) {
			const today = localDay(zone, at);
			const full = (date: string): boolean => (planned.get(date) ?? 0) >= limit;
			if (!full(today.date)) return at;
			if (freeAfter.has(today.date)) return freeAfter.get(today.date);
			let { end } = today;
			for (let day = localDay(zone, end); full(day.date) && end <= horizon; day = localDay(zone, end)) end = day.end;
			const free = end <= horizon ? end : undefined;
			freeAfter.set(today.date, free);
			return free;
		},
	};
}
