import { DAY, type EpochMs } from '../time';
import { localTime, nextOffsetChange, type LocalTime } from './zoneClock';

/** [from, to) in milliseconds of the local day. */
export interface DayRange {
	from: number;
	to: number;
}

/** A rule that allows some moments and names itself when it moves a time. */
export interface TimeRule {
	name: string;
	/** A fuller name for what it forbids at a moment, e.g. which holiday. */
	nameAt?(at: EpochMs): string;
	/** A day it closes is closed as a whole: a wish goes on to the next day's hour rather than to the first minute that is open. */
	closesDay?: boolean;
	/** How far it looks, when that is less far than the search goes. */
	horizon?: EpochMs;
	/** The first allowed moment at or after `at`; undefined when there is none up to `until`. */
	next(at: EpochMs, until: EpochMs): EpochMs | undefined;
}

export const WHOLE_DAY: readonly DayRange[] = [{ from: 0, to: DAY }];
export const NO_HOURS: readonly DayRange[] = [];

/** The open hours that quiet hours leave. Quiet hours may wrap midnight; equal ends mean none. */
export function outsideQuietHours(quietFrom: number, quietTo: number): readonly DayRange[] {
	if (quietFrom === quietTo) return WHOLE_DAY;
	if (quietFrom > quietTo) return [{ from: quietTo, to: quietFrom }];
	return [
		{ from: 0, to: quietFrom },
		{ from: quietTo, to: DAY },
	].filter((range) => range.from < range.to);
}

/**
 * A rule over the wall clock of one zone. Exact over clock changes: within a stretch of constant offset local time is
 * linear, so the walk goes from opening to opening and stops at every change to look at the clock anew.
 */
export function openHours(name: string, zone: string, rangesOn: (local: LocalTime) => readonly DayRange[]): TimeRule {
	return {
		name,
		next(at, until) {
			let cursor = at;
			while (cursor <= until) {
				const local = localTime(zone, cursor);
				const ranges = rangesOn(local);
				if (ranges.some((range) => range.from <= local.msOfDay && local.msOfDay < range.to)) return cursor;
				const opening = Math.min(DAY, ...ranges.map((range) => range.from).filter((from) => from > local.msOfDay));
				const candidate = (cursor + opening - local.msOfDay) as EpochMs;
				cursor = nextOffsetChange(zone, cursor, candidate) ?? candidate;
			}
			return undefined;
		},
	};
}

export type Settlement = { at: EpochMs; moved: string[] } | { at?: undefined; moved: string[]; blockedBy: string };

/** The first moment from `at` on that every rule allows, and the rules that moved it on the way. */
export function settle(rules: readonly TimeRule[], at: EpochMs, until: EpochMs): Settlement {
	const moved: string[] = [];
	let cursor = at;
	for (let stable = false; !stable; ) {
		stable = true;
		for (const rule of rules) {
			const next = rule.next(cursor, until);
			if (next === undefined || next > until) return { moved, blockedBy: rule.name };
			if (next > cursor) {
				stable = false;
				const name = rule.nameAt?.(cursor) ?? rule.name;
				cursor = next;
				if (!moved.includes(name)) moved.push(name);
			}
		}
	}
	return { at: cursor, moved };
}
