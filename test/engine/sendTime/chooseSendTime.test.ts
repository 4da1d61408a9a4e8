import fc from 'fast-check';
import { CHANNELS } from '../../../engine/channels/channel';
import { parseClockTime } from '../../../engine/sendTime/clockTime';
import { chooseSendTime, type SendTimeChoice, type SendTimeRequest } from '../../../engine/sendTime/chooseSendTime';
import { localTime } from '../../../engine/sendTime/zoneClock';
import { epochMs, HOUR, MINUTE } from '../../../engine/time';

const choose = (request: Partial<SendTimeRequest>): SendTimeChoice =>
	chooseSendTime({ channel: 'email', purpose: 'outreach', timezone: 'Europe/Berlin', now: '2026-11-20T08:00:00Z', ...request });

const WEEKDAYS = [1, 2, 3, 4, 5];

describe('a reply', () => {
	it('leaves now', () => {
		const choice = choose({ purpose: 'reply', channel: 'whatsapp' });
		expect(choice).toMatchObject({ sendAt: '2026-11-20T08:00:00.000Z', localTime: '2026-11-20 09:00', source: 'reply', moved: [] });
	});

	it('waits a human-like pause between the two bounds', () => {
		const at = (draw: number): string | undefined => choose({ purpose: 'reply', rng: () => draw, constraints: { replyDelayMs: { min: 4_000, max: 10_000 } } }).sendAt;
		expect(at(0)).toBe('2026-11-20T08:00:04.000Z');
		expect(at(0.5)).toBe('2026-11-20T08:00:07.000Z');
	});

	it('is not held back by own quiet hours, working days, holidays, minimum delay or a preference', () => {
		const sunday = '2026-11-22T23:30:00Z';
		const choice = choose({
			purpose: 'reply',
			now: sunday,
			preference: '15:00',
			constraints: { quietHours: { from: '18:00', to: '09:00' }, workingDays: WEEKDAYS, holidays: ['2026-11-22', '2026-11-23'], minimumDelayMs: HOUR },
		});
		expect(choice.sendAt).toBe('2026-11-22T23:30:00.000Z');
		expect(choice.moved).toEqual([]);
	});

	it('waits for statutory hours: 03:00 in New York becomes 08:00', () => {
		const choice = choose({ purpose: 'reply', channel: 'sms', timezone: 'America/New_York', now: '2026-11-20T08:00:00Z', constraints: { country: 'US' } });
		expect(choice.localTime).toBe('2026-11-20 08:00');
		expect(choice.moved).toEqual(['statutory quiet hours (TCPA)']);
	});

	it('keeps stricter state hours: Texas opens at noon on Sundays', () => {
		const choice = choose({ purpose: 'reply', channel: 'whatsapp', timezone: 'America/Chicago', now: '2026-11-22T15:00:00Z', constraints: { country: 'us', region: 'tx' } });
		expect(choice.localTime).toBe('2026-11-22 12:00');
	});

	it('holds lawful hours in every zone the contact may be in', () => {
		// 09:00 in New York is 04:00 in Honolulu; 08:00 there is 13:00 in New York (winter).
		const choice = choose({ purpose: 'reply', channel: 'sms', timezone: 'America/New_York', now: '2026-11-20T14:00:00Z', constraints: { country: 'US', possibleZones: ['America/New_York', 'Pacific/Honolulu'] } });
		expect(choice.localTime).toBe('2026-11-20 13:00');
	});

	it('is not bound by phone laws on e-mail, nor when they are switched off or replaced', () => {
		const night = { purpose: 'reply', timezone: 'America/New_York', now: '2026-11-20T08:00:00Z' } as const;
		expect(choose({ ...night, channel: 'email', constraints: { country: 'US' } }).moved).toEqual([]);
		expect(choose({ ...night, channel: 'sms', constraints: { country: 'US', legalHours: [] } }).moved).toEqual([]);
		const own = [{ country: 'US', law: 'own', channels: ['sms' as const], hours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '02:00', to: '04:00' }] }];
		expect(choose({ ...night, channel: 'sms', constraints: { country: 'US', legalHours: own } }).moved).toEqual([]);
	});

	it('waits for the person who has the conversation', () => {
		const choice = choose({ purpose: 'reply', constraints: { takenOverUntil: '2026-11-20T12:00:00Z' } });
		expect(choice.sendAt).toBe('2026-11-20T12:00:00.000Z');
		expect(choice.moved[0]).toContain('human takeover');
	});

	it('says why there is no time when the window closes before the law lets it leave', () => {
		const choice = choose({ purpose: 'reply', channel: 'whatsapp', timezone: 'America/New_York', now: '2026-11-20T05:00:00Z', constraints: { country: 'US', windowClosesAt: '2026-11-20T11:00:00Z' } });
		expect(choice.sendAt).toBeUndefined();
		expect(choice.sentence).toContain('the WhatsApp window closes at 2026-11-20 06:00 (America/New_York), before statutory quiet hours (TCPA)');
		const late = choose({ purpose: 'reply', channel: 'whatsapp', constraints: { windowClosesAt: '2026-11-20T07:00:00Z' } });
		expect(late.sendAt).toBeUndefined();
		expect(late.sentence).toContain('only an approved template');
	});

	it('drops its pause rather than miss the window', () => {
		const choice = choose({ purpose: 'reply', channel: 'whatsapp', rng: () => 0.5, constraints: { replyDelayMs: { min: 20_000, max: 30_000 }, windowClosesAt: '2026-11-20T08:00:10Z' } });
		expect(choice.sendAt).toBe('2026-11-20T08:00:00.000Z');
	});
});

describe('outreach', () => {
	it.each([
		['email', '10:00'],
		['whatsapp', '14:00'],
		['linkedin', '09:00'],
		['instagram', '18:00'],
		['messenger', '18:00'],
		['sms', '12:00'],
	] as const)('goes out on %s at %s local time', (channel, time) => {
		const choice = choose({ channel, now: '2026-11-20T00:00:00Z' });
		expect(choice).toMatchObject({ localTime: `2026-11-20 ${time}`, source: 'channel', moved: [] });
		expect(choice.propensity).toBe(1);
	});

	it('goes out tomorrow when the hour has passed', () => {
		expect(choose({ now: '2026-11-20T09:00:00.001Z' }).localTime).toBe('2026-11-21 10:00');
		expect(choose({ now: '2026-11-20T09:00:00Z' }).localTime).toBe('2026-11-20 10:00');
	});

	it("goes out at the contact's preferred time", () => {
		expect(choose({ preference: '16:45' })).toMatchObject({ localTime: '2026-11-20 16:45', source: 'preference' });
		const odd = choose({ preference: 'whenever' });
		expect(odd.source).toBe('channel');
		expect(odd.warnings[0]).toContain("'whenever'");
	});

	it('passes a closed day on to the same hour of the next open one', () => {
		const choice = choose({ now: '2026-11-21T05:00:00Z', constraints: { workingDays: WEEKDAYS, holidays: ['2026-11-23'] } });
		expect(choice.localTime).toBe('2026-11-24 10:00');
		expect(choice.moved).toEqual(['working days', 'holidays']);
		expect(choice.sentence).toContain('moved by working days, holidays');
	});

	it('moves out of quiet hours within the day, across midnight too', () => {
		expect(choose({ constraints: { quietHours: { from: '21:00', to: '11:30' } } }).localTime).toBe('2026-11-20 11:30');
		expect(choose({ constraints: { quietHours: { from: '09:30', to: '12:00' } } }).localTime).toBe('2026-11-20 12:00');
		// A wish inside the night is never open, so the morning it is.
		expect(choose({ preference: '22:00', constraints: { quietHours: { from: '20:00', to: '08:00' } } }).localTime).toBe('2026-11-21 08:00');
	});

	it('tests the weekday where the contact lives', () => {
		// Friday 20:00 UTC is already Saturday in Auckland.
		const choice = choose({ timezone: 'Pacific/Auckland', now: '2026-11-20T12:00:00Z', constraints: { workingDays: WEEKDAYS } });
		expect(choice.localTime).toBe('2026-11-23 10:00');
	});

	it('keeps the minimum delay, not-before and takeover as a start', () => {
		expect(choose({ now: '2026-11-20T08:30:00Z', constraints: { minimumDelayMs: HOUR } })).toMatchObject({ localTime: '2026-11-21 10:00', moved: ['minimum delay'] });
		expect(choose({ notBefore: '2026-12-01T00:00:00Z' })).toMatchObject({ localTime: '2026-12-01 10:00', moved: ['not before'] });
		expect(choose({ constraints: { takenOverUntil: '2026-11-25T12:00:00Z' } }).localTime).toBe('2026-11-26 10:00');
	});

	it('comes forward when the channel window would close first', () => {
		const choice = choose({ channel: 'instagram', constraints: { windowClosesAt: '2026-11-20T12:00:00Z' } });
		expect(choice.sendAt).toBe('2026-11-20T08:00:00.000Z');
		expect(choice.moved).toContain('channel window');
	});

	it('says which rule leaves no time at all', () => {
		const never = choose({ constraints: { workingDays: [] } });
		expect(never.sendAt).toBeUndefined();
		expect(never.sentence).toContain('working days leaves no moment');
	});

	it('lands after the gap and in the first of two equal hours', () => {
		expect(choose({ preference: '02:30', now: '2026-03-28T12:00:00Z' }).sendAt).toBe('2026-03-29T01:00:00.000Z');
		expect(choose({ preference: '02:30', now: '2026-10-24T12:00:00Z' }).sendAt).toBe('2026-10-25T00:30:00.000Z');
		expect(choose({ preference: '02:15', timezone: 'Australia/Lord_Howe', now: '2026-10-03T05:00:00Z' }).localTime).toBe('2026-10-04 02:30');
	});

	it('explores with the chance it reports', () => {
		const draws = [0.05, 0.5];
		const explored = choose({ now: '2026-11-20T00:00:00Z', explore: 0.1, rng: () => draws.shift() ?? 0 });
		// floor(0.5 × 13) = 6 → 14:00, one of 13 hours.
		expect(explored.localTime).toBe('2026-11-20 14:00');
		expect(explored.propensity).toBeCloseTo(0.1 / 13);
		const usual = choose({ now: '2026-11-20T00:00:00Z', explore: 0.1, rng: () => 0.5 });
		expect(usual.localTime).toBe('2026-11-20 10:00');
		expect(usual.propensity).toBeCloseTo(0.9 + 0.1 / 13);
	});
});

describe('hostile input', () => {
	it('uses UTC for a zone that is none, and says so', () => {
		const choice = choose({ timezone: 'Mars/Phobos' });
		expect(choice).toMatchObject({ timezone: 'UTC', localTime: '2026-11-20 10:00' });
		expect(choice.sentence).toContain("'Mars/Phobos' is not an IANA time zone");
	});

	it('ignores unreadable quiet hours and holidays with a warning', () => {
		const choice = choose({ constraints: { quietHours: { from: '99:99', to: 'x' }, holidays: ['Christmas'], possibleZones: ['Nowhere/At_All'] } });
		expect(choice.sendAt).toBeDefined();
		expect(choice.warnings).toHaveLength(3);
	});

	it('refuses moments that are none', () => {
		for (const now of ['soon', Number.NaN, 1e18, -5, new Date('x')]) expect(() => choose({ now })).toThrow(RangeError);
		expect(() => choose({ constraints: { minimumDelayMs: Number.MAX_VALUE } })).toThrow(RangeError);
	});

	it.each([
		['9', 9 * HOUR],
		['9am', 9 * HOUR],
		['12 am', 0],
		['12:30pm', 12.5 * HOUR],
		['14.30', 14.5 * HOUR],
		['14 Uhr', 14 * HOUR],
		['Morning', 9 * HOUR],
		['24:00', undefined],
		['13pm', undefined],
		['__proto__', undefined],
		['10:5', undefined],
	])('reads %s as a time of day', (text, expected) => expect(parseClockTime(text)).toBe(expected));
});

describe('laws that always hold', () => {
	const zones = ['Australia/Lord_Howe', 'Pacific/Chatham', 'Africa/Casablanca', 'America/New_York', 'America/Havana', 'Asia/Kathmandu', 'Pacific/Apia'];
	it('one moment satisfies every rule, over all clock changes of 2026 to 2028, or there is a sentence', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...zones),
				fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 11, 1) }),
				fc.integer({ min: 0, max: 1439 }),
				fc.integer({ min: 0, max: 1439 }),
				fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
				fc.constantFrom(...CHANNELS),
				fc.constantFrom('reply' as const, 'outreach' as const),
				(timezone, now, from, to, workingDays, channel, purpose) => {
					const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
					const choice = choose({ timezone, now, channel, purpose, constraints: { country: 'US', region: 'RI', possibleZones: ['America/New_York'], quietHours: { from: clock(from), to: clock(to) }, workingDays } });
					if (choice.sendAt === undefined) return choice.sentence.startsWith('No time to send');
					const at = epochMs(choice.sendAt);
					if (at < now) return false;
					const local = localTime(timezone, at);
					const quiet = from <= to ? local.msOfDay >= from * MINUTE && local.msOfDay < to * MINUTE : local.msOfDay >= from * MINUTE || local.msOfDay < to * MINUTE;
					const legal = [timezone, 'America/New_York'].every((zone) => {
						const there = localTime(zone, at);
						const weekend = there.weekday >= 6;
						return there.msOfDay >= (weekend ? 10 : 9) * HOUR && there.msOfDay < (weekend ? 17 : 18) * HOUR;
					});
					const phone = channel === 'sms' || channel === 'whatsapp';
					return (!phone || legal) && (purpose === 'reply' || (!quiet && workingDays.includes(local.weekday)));
				},
			),
			{ numRuns: 600 },
		);
	});
});
