import { IANAZone } from 'luxon';
import { DAY, MINUTE, type EpochMs } from '../time';

/** What a wall clock in a zone shows. */
export interface LocalTime {
	/** YYYY-MM-DD */
	date: string;
	/** ISO weekday, 1 = Monday. */
	weekday: number;
	/** Milliseconds since the clock read 00:00, by the clock's face (a day with a gap has none of the gap's values). */
	msOfDay: number;
}

interface Segment {
	/** From here on … */
	from: number;
	/** … local time is UTC plus this many ms. */
	offset: number;
}

const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(3000, 0, 1);

/** Offsets never change with time, so what was read once may be kept; bounded, since zone names come from items. */
const MAX_CACHED_YEARS = 2_000;
const segmentsByZoneYear = new Map<string, Segment[]>();

const MAX_CACHED_NAMES = 2_000;
const zoneNames = new Map<string, boolean>();

/** Whether the runtime's time zone data knows the name. */
export function isZone(name: string): boolean {
	if (name.length === 0 || name.length > 64) return false;
	// Asking the runtime costs a tenth of a millisecond, and every rule asks.
	const known = zoneNames.get(name);
	if (known !== undefined) return known;
	if (zoneNames.size >= MAX_CACHED_NAMES) zoneNames.clear();
	const valid = IANAZone.isValidZone(name);
	zoneNames.set(name, valid);
	return valid;
}

function rawOffset(zone: string, at: number): number {
	return IANAZone.create(zone).offset(at) * MINUTE;
}

/** The moment within (low, high] at which the offset stops being `offset`. */
function bisectChange(zone: string, low: number, high: number, offset: number): number {
	let [before, after] = [low, high];
	while (after - before > 1) {
		const middle = Math.floor((before + after) / 2);
		if (rawOffset(zone, middle) === offset) before = middle;
		else after = middle;
	}
	return after;
}

/** The stretches of constant offset in a UTC year. Probed daily: no zone changes twice within a day. */
function segmentsOf(zone: string, year: number): Segment[] {
	const key = `${zone} ${year}`;
	const cached = segmentsByZoneYear.get(key);
	if (cached) return cached;
	const end = Date.UTC(year + 1, 0, 1);
	let at = Date.UTC(year, 0, 1);
	let offset = rawOffset(zone, at);
	const segments: Segment[] = [{ from: at, offset }];
	while (at < end) {
		const next = Math.min(at + DAY, end);
		const offsetThen = rawOffset(zone, next);
		if (offsetThen !== offset) {
			const change = bisectChange(zone, at, next, offset);
			if (change < end) segments.push({ from: change, offset: offsetThen });
			offset = offsetThen;
		}
		at = next;
	}
	if (segmentsByZoneYear.size >= MAX_CACHED_YEARS) segmentsByZoneYear.clear();
	segmentsByZoneYear.set(key, segments);
	return segments;
}

/** @throws RangeError outside the years 1970 to 2999, where no message is ever planned. */
export function assertPlannable(at: number): void {
	if (!(at >= EARLIEST && at < LATEST)) throw new RangeError(`Not a time a message can be planned for: ${at}. Use a date between 1970 and 2999.`);
}

/** Milliseconds to add to UTC to get local time. */
export function offsetAt(zone: string, at: EpochMs): number {
	assertPlannable(at);
	let offset = 0;
	for (const segment of segmentsOf(zone, new Date(at).getUTCFullYear())) {
		if (segment.from > at) break;
		offset = segment.offset;
	}
	return offset;
}

/** The first offset change in (from, until], or undefined. */
export function nextOffsetChange(zone: string, from: EpochMs, until: number): EpochMs | undefined {
	assertPlannable(from);
	const lastYear = new Date(Math.min(until, LATEST - 1)).getUTCFullYear();
	let offset = offsetAt(zone, from);
	for (let year = new Date(from).getUTCFullYear(); year <= lastYear; year++) {
		for (const segment of segmentsOf(zone, year)) {
			if (segment.from > until) return undefined;
			if (segment.from > from && segment.offset !== offset) return segment.from as EpochMs;
			if (segment.from <= from) offset = segment.offset;
		}
	}
	return undefined;
}

function dateText(shifted: number): string {
	return new Date(shifted).toISOString().slice(0, 10);
}

export function localTime(zone: string, at: EpochMs): LocalTime {
	const shifted = at + offsetAt(zone, at);
	const day = Math.floor(shifted / DAY);
	// 1970-01-01 was a Thursday, ISO weekday 4.
	return { date: dateText(shifted), weekday: ((((day + 3) % 7) + 7) % 7) + 1, msOfDay: shifted - day * DAY };
}

/** YYYY-MM-DD HH:MM, as items and sentences carry it. */
export function localText(zone: string, at: EpochMs): string {
	return new Date(at + offsetAt(zone, at)).toISOString().slice(0, 16).replace('T', ' ');
}

/** The calendar date `days` later. */
export function addDays(date: string, days: number): string {
	return dateText(Date.parse(`${date}T00:00:00Z`) + days * DAY);
}

/**
 * The moments the wall clock shows `date` and `msOfDay`, in order: two in an overlap; in a gap the moment the clock
 * jumps past it, which is the first that is not before the time asked for.
 */
function instantsOf(zone: string, date: string, msOfDay: number): EpochMs[] {
	const wall = Date.parse(`${date}T00:00:00Z`) + msOfDay;
	const early = (wall - DAY) as EpochMs;
	const before = offsetAt(zone, early);
	const candidates = [...new Set([wall - before, wall - offsetAt(zone, (wall + DAY) as EpochMs)])].filter((at) => at + offsetAt(zone, at as EpochMs) === wall);
	if (candidates.length > 0) return candidates.sort((a, b) => a - b) as EpochMs[];
	return [nextOffsetChange(zone, early, wall + DAY) ?? ((wall - before) as EpochMs)];
}

/** The first moment the wall clock shows `date` and `msOfDay`, or jumps past it. */
export function instantOf(zone: string, date: string, msOfDay: number): EpochMs {
	return instantsOf(zone, date, msOfDay)[0];
}

/** The first moment at or after `from` at which the wall clock shows `msOfDay`, or jumps past it. */
export function nextLocal(zone: string, msOfDay: number, from: EpochMs): EpochMs {
	const { date } = localTime(zone, from);
	const today = instantsOf(zone, date, msOfDay).find((at) => at >= from);
	return today ?? instantOf(zone, addDays(date, 1), msOfDay);
}

/** [start, end) of the local calendar day that holds the moment. Its length is not always 24 h. */
export function localDay(zone: string, at: EpochMs): { date: string; start: EpochMs; end: EpochMs } {
	const { date } = localTime(zone, at);
	return { date, start: instantOf(zone, date, 0), end: instantOf(zone, addDays(date, 1), 0) };
}
