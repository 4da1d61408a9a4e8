import { DAY, epochMs, type EpochMs } from '../time';
import type { LimitRequest, LimitRule } from './rule';
import { dayOf, windowMs, zoneOf } from './scopes';

/** What a rule says about a moment. */
export interface RuleState {
	rule: LimitRule;
	zone: string;
	/** Messages this one may use at `at`: the limit, less the share kept for replies. */
	limit: number;
	/** Messages counted in the fullest window that `at` would fall into. */
	used: number;
	/** Whether one more message fits at `at`. */
	allows: boolean;
}

/** Index of the first entry ≥ value in an ascending list. */
function lowerBound(entries: readonly EpochMs[], value: number): number {
	let [low, high] = [0, entries.length];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (entries[middle] < value) low = middle + 1;
		else high = middle;
	}
	return low;
}

/** The limit on a day or at a moment, for this purpose. Never below 0; a limit that is no number lets nothing through. */
export function limitAt(rule: LimitRule, request: LimitRequest, at: EpochMs): number {
	let limit = rule.limit;
	if (rule.warmUp) {
		const age = Math.floor((at - epochMs(rule.warmUp.startedAt)) / DAY);
		limit = rule.warmUp.steps.find((step) => age <= step.throughDay)?.limit ?? limit;
	}
	if (!(limit > 0)) return 0;
	const kept = request.purpose === 'reply' ? 0 : (rule.replyShare ?? 0);
	// Rounded before the floor, or 10 × (1 − 0.9) would keep the last message as well.
	return Math.floor(Number((limit * (1 - kept)).toFixed(6)));
}

/** The most entries in any window (s − length, s] that holds `at`. Such windows end at `at` or at an entry after it. */
function fullestWindow(entries: readonly EpochMs[], at: EpochMs, length: number): number {
	const afterAt = lowerBound(entries, at + 1);
	let low = lowerBound(entries, at - length + 1);
	let fullest = afterAt - low;
	for (let end = afterAt; end < entries.length && entries[end] < at + length; end++) {
		while (entries[low] <= entries[end] - length) low++;
		fullest = Math.max(fullest, end + 1 - low);
	}
	return fullest;
}

function countDay(entries: readonly EpochMs[], day: { start: EpochMs; end: EpochMs }): number {
	return lowerBound(entries, day.end) - lowerBound(entries, day.start);
}

/** What the rule says about a message at `at`. `entries` ascending. */
export function stateAt(rule: LimitRule, request: LimitRequest, entries: readonly EpochMs[], at: EpochMs): RuleState {
	const zone = zoneOf(rule, request);
	const length = windowMs(rule);
	const day = length > 0 ? undefined : dayOf(zone, at);
	const limit = limitAt(rule, request, day?.start ?? at);
	const used = day ? countDay(entries, day) : fullestWindow(entries, at, length);
	return { rule, zone, limit, used, allows: used < limit };
}

/**
 * The first moment at or after `at` at which a rolling rule allows one more. With entries e₀ ≤ e₁ ≤ …, a window holding
 * `limit` messages exists for every stretch e[i − limit + 1] … e[i] shorter than the window, and one more message may
 * not come within a window's length of both its ends: not in (e[i] − length, e[i − limit + 1] + length).
 */
function nextInRolling(entries: readonly EpochMs[], limit: number, length: number, at: EpochMs): EpochMs {
	let moment = at;
	for (let first = lowerBound(entries, at - length + 1); first + limit - 1 < entries.length; first++) {
		const last = entries[first + limit - 1];
		if (last - length >= moment) break;
		if (last - entries[first] < length && moment < entries[first] + length) moment = (entries[first] + length) as EpochMs;
	}
	return moment;
}

/**
 * The first moment from `at` to `until` at which the rule allows one more message, or undefined. A day rule opens at
 * the start of a local day, a rolling rule when an entry leaves its window.
 */
export function nextAllowed(rule: LimitRule, request: LimitRequest, entries: readonly EpochMs[], at: EpochMs, until: EpochMs): EpochMs | undefined {
	const length = windowMs(rule);
	if (length > 0) {
		const limit = limitAt(rule, request, at);
		const moment = limit === 0 ? undefined : nextInRolling(entries, limit, length, at);
		return moment === undefined || moment > until ? undefined : moment;
	}
	if (stateAt(rule, request, entries, at).allows) return at;
	const zone = zoneOf(rule, request);
	for (let day = dayOf(zone, dayOf(zone, at).end); day.start <= until; day = dayOf(zone, day.end)) {
		if (stateAt(rule, request, entries, day.start).allows) return day.start;
	}
	return undefined;
}
