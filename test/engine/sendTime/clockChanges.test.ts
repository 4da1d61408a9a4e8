import fc from 'fast-check';
import { chooseSendTime } from '../../../engine/sendTime/chooseSendTime';
import type { LegalHours } from '../../../engine/sendTime/legalHours';
import type { SendTimeModel } from '../../../engine/sendTime/sendTimeModel';
import { DAY, epochMs, HOUR, iso, MINUTE } from '../../../engine/time';

/** Every zone of the runtime, and every change of its clock from 2026 to 2028, found and judged by Intl alone. */
const ZONES = Intl.supportedValuesOf('timeZone');
const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2029, 0, 1);
/** No zone keeps an offset for less: Ramadan in Morocco lasts a month. */
const STEP = 5 * DAY;

const formats = new Map<string, Intl.DateTimeFormat>();
/** What the wall clock shows, as if it were UTC, by the runtime's formatter. */
function wallOf(zone: string, at: number): number {
	let format = formats.get(zone);
	if (!format) {
		format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
		formats.set(zone, format);
	}
	const part: Record<string, number> = {};
	for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
	return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) + (at % 1_000);
}
const offsetOf = (zone: string, at: number): number => wallOf(zone, at) - at;
const text = (wall: number): string => new Date(wall).toISOString().slice(0, 16).replace('T', ' ');
const minuteOf = (wall: number): number => Math.floor((wall % DAY) / MINUTE);
const weekdayOf = (wall: number): number => ((Math.floor(wall / DAY) + 3) % 7) + 1;
const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

interface Change {
	zone: string;
	at: number;
	before: number;
	after: number;
}

function changesOf(zone: string): Change[] {
	const changes: Change[] = [];
	for (let at = FROM; at < TO; at += STEP) {
		const before = offsetOf(zone, at);
		const after = offsetOf(zone, at + STEP);
		if (before === after) continue;
		let [low, high] = [at, at + STEP];
		while (high - low > 1) {
			const middle = Math.floor((low + high) / 2);
			if (offsetOf(zone, middle) === before) low = middle;
			else high = middle;
		}
		changes.push({ zone, at: high, before, after });
	}
	return changes;
}

const NOTHING_LEARNT: SendTimeModel = { version: 1, relative: new Array<number>(168).fill(1), level: 0.05, answers: 3, priorAnswers: 0, warnings: [] };
const CHANGES = ZONES.flatMap(changesOf);

/**
 * The first moment from `now` on at which the clock shows `minute`, or jumps past it. By trying each day with the
 * offsets before and after the change and asking Intl what the clock shows then.
 */
function firstShown({ zone, at: change, before, after }: Change, minute: number, now: number): number {
	const today = Math.floor(wallOf(zone, now) / DAY) * DAY;
	const moments = [0, 1, 2].flatMap((day) => {
		const wall = today + day * DAY + minute * MINUTE;
		const shown = [wall - before, wall - after].filter((at) => wallOf(zone, at) === wall);
		const jumped = change + before <= wall && wall < change + after;
		return jumped ? [change] : shown;
	});
	return Math.min(...moments.filter((at) => at >= now));
}

describe('every clock change of every zone', () => {
	it('are as many as there are zones with summer time', () => {
		// The European Union alone changes 27 capitals' clocks six times in three years.
		expect(CHANGES.length).toBeGreaterThan(500);
		expect(CHANGES.filter(({ zone }) => zone === 'Europe/Berlin').map(({ at }) => iso(epochMs(at)))).toEqual([
			'2026-03-29T01:00:00.000Z',
			'2026-10-25T01:00:00.000Z',
			'2027-03-28T01:00:00.000Z',
			'2027-10-31T01:00:00.000Z',
			'2028-03-26T01:00:00.000Z',
			'2028-10-29T01:00:00.000Z',
		]);
		expect(CHANGES.some(({ zone, before, after }) => zone === 'Australia/Lord_Howe' && Math.abs(after - before) === HOUR / 2)).toBe(true);
	});

	it('leave a preferred time of day what it is: the clock shows it at the first moment from now on, or jumps past it', () => {
		const wrong: string[] = [];
		for (const change of CHANGES) {
			const { zone, at, before, after } = change;
			const jump = minuteOf(at + before);
			// Round the change itself (in the gap, in the overlap, at either end), midnight, and a usual hour.
			const minutes = [0, 30, jump, jump + 15, jump + 45, jump + 60, jump + 1_425, jump + 1_380, 600, 1_439].map((minute) => (minute + 1_440) % 1_440);
			// The days round it, and moments within the hour that comes twice.
			const nows = [-30 * HOUR, -6 * HOUR - 1, -20 * MINUTE, -1, 0, 10 * MINUTE + 1, 50 * MINUTE, 2 * HOUR, 20 * HOUR].map((shift) => at + shift);
			for (const [now, minute] of nows.flatMap((moment) => minutes.map((each) => [moment, each] as const))) {
				const choice = chooseSendTime({ channel: 'email', purpose: 'outreach', timezone: zone, now, preference: clock(minute) });
				const sendAt = Date.parse(choice.sendAt ?? '');
				const expected = firstShown(change, minute, now);
				const asShown = choice.localTime === text(wallOf(zone, sendAt));
				if (sendAt !== expected || !asShown) wrong.push(`${zone} ${clock(minute)} from ${iso(epochMs(now))}: ${choice.sendAt} (${choice.localTime}), not ${iso(epochMs(expected))}; offset ${before / MINUTE} to ${after / MINUTE}`);
			}
		}
		expect(wrong).toEqual([]);
	});

	it('leave a learnt hour of the week what it is', () => {
		const wrong = CHANGES.flatMap(({ zone, at }, place) => {
			// Each change meets another hour of the week in which the clock shows every hour once.
			const wanted = 24 * ((weekdayOf(wallOf(zone, at)) + 1) % 7) + (place % 24);
			const model = { ...NOTHING_LEARNT, relative: NOTHING_LEARNT.relative.map((_, hour) => (hour === wanted ? 9 : 1)) };
			const { sendAt, localTime } = chooseSendTime({ channel: 'email', purpose: 'outreach', timezone: zone, now: at - DAY, model });
			const wall = wallOf(zone, Date.parse(sendAt ?? ''));
			const shown = 24 * (weekdayOf(wall) - 1) + Math.floor(minuteOf(wall) / 60);
			return shown === wanted && localTime === text(wall) ? [] : [`${zone} ${wanted}: ${sendAt}`];
		});
		expect(wrong).toEqual([]);
	});

	it('never let a message leave in hours the law or the user closes, in any zone the contact may be in', () => {
		const minute = fc.integer({ min: 0, max: 1_439 });
		const days = fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 });
		const span = fc.record({ days, from: minute, length: fc.integer({ min: 1, max: 900 }) });
		fc.assert(
			fc.property(
				fc.nat(CHANGES.length - 1),
				fc.array(fc.constantFrom(...ZONES), { maxLength: 2 }),
				fc.integer({ min: -3 * DAY, max: 2 * DAY }),
				fc.array(span, { minLength: 1, maxLength: 3 }),
				fc.record({ from: minute, to: minute }),
				days,
				minute,
				fc.boolean(),
				fc.option(fc.nat(167)),
				(place, others, shift, spans, quiet, workingDays, preferred, isReply, learntHour) => {
					const change = CHANGES[place];
					const now = change.at + shift;
					const hours = spans.map(({ days: on, from, length }) => ({ days: on, from, to: Math.min(1_440, from + length) }));
					const law: LegalHours = { country: 'DE', law: 'test', channels: ['sms'], hours: hours.map(({ days: on, from, to }) => ({ days: on, from: clock(from), to: to === 1_440 ? '24:00' : clock(to) })) };
					const choice = chooseSendTime({
						channel: 'sms',
						purpose: isReply ? 'reply' : 'outreach',
						timezone: change.zone,
						now,
						...(learntHour === null ? { preference: clock(preferred) } : { model: { ...NOTHING_LEARNT, relative: NOTHING_LEARNT.relative.map((_, hour) => (hour === learntHour ? 9 : 1)) } }),
						constraints: { country: 'DE', legalHours: [law], possibleZones: others, quietHours: { from: clock(quiet.from), to: clock(quiet.to) }, workingDays },
					});
					if (choice.sendAt === undefined) return choice.sentence.startsWith('No time to send');
					const at = Date.parse(choice.sendAt);
					if (at < now || choice.localTime !== text(wallOf(change.zone, at))) return false;
					const lawful = [change.zone, ...others].every((zone) => {
						const wall = wallOf(zone, at);
						return hours.some(({ days: on, from, to }) => on.includes(weekdayOf(wall)) && from <= minuteOf(wall) && minuteOf(wall) < to);
					});
					const local = wallOf(change.zone, at);
					const hour = minuteOf(local);
					const inQuiet = quiet.from <= quiet.to ? quiet.from <= hour && hour < quiet.to : quiet.from <= hour || hour < quiet.to;
					return lawful && (isReply || (!inQuiet && workingDays.includes(weekdayOf(local))));
				},
			),
			{ numRuns: 3_000 },
		);
	});
});
