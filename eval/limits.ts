import { decideAllowance } from '../engine/limit/decideAllowance';
import type { LimitRequest, LimitRule } from '../engine/limit/rule';
import { scopesOf } from '../engine/limit/scopes';
import { DAY, epochMs, HOUR, later, MINUTE, type EpochMs } from '../engine/time';
import type { Section } from './table';
import { uniform, type Random } from './uniform';

const SEED = 17;
const DAYS = 40;
const FIRST_DAY = epochMs('2026-01-01T00:00:00Z');
const ZONE = 'Europe/Berlin';
export const HOURLY = 50;
const DAILY = 400;
const RULES: readonly LimitRule[] = [
	{ id: 'hour', name: `${HOURLY} an hour`, scope: 'sender', window: { kind: 'rolling', seconds: HOUR / 1_000 }, limit: HOURLY },
	{ id: 'day', name: `${DAILY} a day`, scope: 'sender', window: { kind: 'day' }, limit: DAILY },
];

/** One mailbox's day: single messages in working hours, and small campaigns that begin shortly before or after a full hour. */
export function asksOf(rng: Random, start: EpochMs): EpochMs[] {
	const at = (hour: number, minutes: number): EpochMs => later(start, Math.round(hour * HOUR + minutes * MINUTE));
	const single = Array.from({ length: 160 }, () => at(7 + 10 * rng(), 0));
	const campaigns = [8, 9, 11, 13, 15, 16].flatMap((hour) => Array.from({ length: 70 }, () => at(hour, -5 + 10 * rng())));
	return [...single, ...campaigns].sort((a, b) => a - b);
}

/** By hand, without the engine: whether one more message at `time` breaks a rule. */
function breaks(sent: readonly EpochMs[], time: EpochMs): boolean {
	const all = [...sent, time];
	// A window of an hour that holds the message ends at it or at a later one.
	const ends = all.filter((end) => end >= time && end < time + HOUR);
	if (ends.some((end) => all.filter((each) => each > end - HOUR && each <= end).length > HOURLY)) return true;
	const day = (each: EpochMs): string => DATE.format(each);
	const today = day(time);
	return sent.filter((each) => Math.abs(each - time) < 2 * DAY && day(each) === today).length >= DAILY;
}
const DATE = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE });

export interface LimitedDay {
	sent: EpochMs[];
	/** Asked again for the moment it was told; of these how many were allowed then, and would have broken a rule a millisecond before. */
	told: number;
	allowed: number;
	first: number;
}

/** Each message that is limited is asked again for the moment Rate Limit named. */
export function limitedDay(asks: readonly EpochMs[]): LimitedDay {
	const day: LimitedDay = { sent: [], told: 0, allowed: 0, first: 0 };
	const decide = (at: EpochMs): { allowed: boolean; retryAt?: string } => {
		const request: LimitRequest = { contact: 'lead', channel: 'email', at, sender: 'mailbox', workspaceTimezone: ZONE };
		return decideAllowance(RULES, request, new Map(scopesOf(RULES, request).map(({ key, from, to }) => [key, day.sent.filter((each) => from <= each && each < to)])));
	};
	for (const ask of asks) {
		const { allowed, retryAt } = decide(ask);
		if (allowed) day.sent.push(ask);
		if (allowed || retryAt === undefined) continue;
		const moment = epochMs(retryAt);
		day.told++;
		if (breaks(day.sent, later(moment, -1))) day.first++;
		if (!decide(moment).allowed || breaks(day.sent, moment)) continue;
		day.allowed++;
		day.sent.push(moment);
	}
	return day;
}

/** A counter that begins with the first message and starts anew an hour later; who is limited comes back then. */
export function countedDay(asks: readonly EpochMs[]): EpochMs[] {
	const sent: EpochMs[] = [];
	let waiting = [...asks];
	for (let from = waiting[0]; waiting.length > 0; from = later(from, HOUR)) {
		const until = later(from, HOUR);
		const inside = waiting.filter((ask) => ask < until);
		sent.push(...inside.slice(0, HOURLY).map((ask) => epochMs(Math.max(ask, from))));
		waiting = [...inside.slice(HOURLY), ...waiting.slice(inside.length)];
		// The next counter begins with the next message.
		if (inside.length <= HOURLY && waiting.length > 0) from = later(waiting[0], -HOUR);
	}
	return sent;
}

/** The most messages in any 60 minutes. */
export function busiestHour(sent: readonly EpochMs[]): number {
	return Math.max(0, ...sent.map((end) => sent.filter((each) => each > end - HOUR && each <= end).length));
}

/** What Rate Limit promises, counted by hand on simulated days, beside a counter that starts anew. */
export function limitsSection(days = DAYS): Section {
	const rng = uniform(SEED);
	const asked = Array.from({ length: days }, (_, day) => asksOf(rng, later(FIRST_DAY, 3 * day * DAY)));
	const limited = asked.map(limitedDay);
	const counted = asked.map(countedDay);
	const sum = (value: (day: LimitedDay) => number): number => limited.reduce((total, day) => total + value(day), 0);
	const over = (sent: readonly (readonly EpochMs[])[]): number => sent.filter((each) => busiestHour(each) > HOURLY).length;
	return {
		title: 'Rate Limit (simulated)',
		note: `Fixed seed, ${days} days of one mailbox, ${HOURLY} messages an hour and ${DAILY} a day of ${ZONE}; checked by hand, without the engine.`,
		figures: [
			{ name: 'asked again for the moment told: allowed', hits: sum(({ allowed }) => allowed), of: sum(({ told }) => told), wanted: { atLeast: 1 } },
			{ name: '… and a millisecond before a rule would have been broken', hits: sum(({ first }) => first), of: sum(({ told }) => told), wanted: { atLeast: 1 } },
			{ name: `days with more than ${HOURLY} messages in some 60 minutes`, hits: over(limited.map(({ sent }) => sent)), of: days, wanted: { atMost: 0 } },
			{ name: '… with a counter that starts anew every hour', hits: over(counted), of: days },
		],
		rows: [`busiest 60 minutes: ${Math.max(...limited.map(({ sent }) => busiestHour(sent)))} messages; with a counter that starts anew every hour ${Math.max(...counted.map(busiestHour))}`],
	};
}
