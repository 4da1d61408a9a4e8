import fc from 'fast-check';
import type { SendTimeEvent } from '../../../engine/sendTime/answerEvidence';
import { chooseSendTime, type SendTimeChoice, type SendTimeRequest } from '../../../engine/sendTime/chooseSendTime';
import { fitSendTime } from '../../../engine/sendTime/fitSendTime';
import { channelCurve } from '../../../engine/sendTime/learntHours';
import { hourOfWeek, type SendTimeModel } from '../../../engine/sendTime/sendTimeModel';
import { localTime } from '../../../engine/sendTime/zoneClock';
import { DAY, epochMs, HOUR, MINUTE } from '../../../engine/time';

const BERLIN = 'Europe/Berlin';
const WEEKS = Array.from({ length: 10 }, (_, week) => week);
/** Weekly on the weekday of the first, same UTC time. */
const weekly = (first: string, kind: SendTimeEvent['kind']): SendTimeEvent[] => WEEKS.map((week) => ({ at: Date.parse(first) + week * 7 * DAY, kind }));
const fit = (events: SendTimeEvent[], timezone = 'UTC', prior?: SendTimeModel): SendTimeModel => fitSendTime({ events, timezone, prior });
const choose = (model: SendTimeModel | undefined, request: Partial<SendTimeRequest> = {}): SendTimeChoice =>
	chooseSendTime({ model, channel: 'email', purpose: 'outreach', timezone: 'UTC', now: '2026-11-20T00:00:00Z', ...request });

const MONDAY_NOON = 12;

describe('what is learnt', () => {
	it('is nothing from no events: every hour as believed before', () => {
		const model = fit([]);
		expect(model.relative).toEqual(new Array(168).fill(1));
		expect(model).toMatchObject({ version: 1, level: 0.05, answers: 0, priorAnswers: 0, warnings: [] });
		expect(choose(model)).toMatchObject({ localTime: '2026-11-20 10:00', source: 'channel' });
	});

	it('of one unprompted reply is worked out by hand', () => {
		// Monday 2026-11-16 12:30. Chance of any hour: 1/168. Smoothing adds up weights exp(−½(d/1.5)²) for d = −5 … 5.
		const taps = [0, 1, 2, 3, 4, 5].map((d) => Math.exp(-0.5 * (d / 1.5) ** 2));
		const sum = taps[0] + 2 * (taps[1] + taps[2] + taps[3] + taps[4] + taps[5]);
		const { relative, answers } = fit([{ at: '2026-11-16T12:30:00Z', kind: 'reply' }]);
		// All days: seen 1, expected 7 days × 1/168 × sum, prior worth 0.2.
		const atNoon = (0.2 + 1) / (0.2 + (7 / 168) * sum);
		const atMidnight = 0.2 / (0.2 + (7 / 168) * sum);
		expect(answers).toBe(1);
		// Both later levels only tell days apart; Thursday and Monday noon agree up to them.
		expect(relative[MONDAY_NOON]).toBeGreaterThan(atNoon);
		expect(relative[MONDAY_NOON] / relative[0]).toBeGreaterThan(atNoon / atMidnight);
		expect(relative[MONDAY_NOON + 24]).toBeLessThan(relative[MONDAY_NOON]);
		expect(relative[MONDAY_NOON + 24]).toBeGreaterThan(relative[MONDAY_NOON + 5 * 24]);
		expect(relative[MONDAY_NOON + 1]).toBeCloseTo(relative[MONDAY_NOON - 1], 10);
	});

	it('of one prompt reply: the level is (20 × 0.05 + 1) ÷ (20 + rate of the hour we sent at)', () => {
		const { relative, level } = fit([
			{ at: '2026-11-16T12:10:00Z', kind: 'delivered' },
			{ at: '2026-11-16T12:20:00Z', kind: 'reply' },
		]);
		expect(level).toBeCloseTo(2 / (20 + relative[MONDAY_NOON]), 4);
		// The three levels, each expecting level × rate so far of that one delivery (its ten minutes of age change the sixth digit).
		const steps = [0.2, 1, 2];
		let rate = 1;
		for (const k of steps) rate *= (k + 1) / (k + (2 / (20 + rate)) * rate);
		expect(relative[MONDAY_NOON]).toBeCloseTo(rate, 2);
	});

	it('is a rate: our own habit of sending at ten does not make ten a good hour', () => {
		const habit = WEEKS.flatMap((week) => [0, 1, 2, 3, 4].map((day): SendTimeEvent => ({ at: Date.parse('2026-08-03T10:00:00Z') + (7 * week + day) * DAY, kind: 'delivered' })));
		const answeredAtTen = habit.filter((_, index) => index % 10 === 0).map((event): SendTimeEvent => ({ at: epochMs(event.at) + 5 * MINUTE, kind: 'reply' }));
		const evening = weekly('2026-08-04T18:00:00Z', 'delivered').slice(0, 6);
		const answeredEvening = evening.slice(0, 4).map((event): SendTimeEvent => ({ at: epochMs(event.at) + 5 * MINUTE, kind: 'reply' }));
		// 5 of 50 answered at ten, 4 of 6 at six in the evening: the plain histogram says ten.
		const { relative } = fit([...habit, ...answeredAtTen, ...evening, ...answeredEvening]);
		expect(relative[24 + 18]).toBeGreaterThan(2 * relative[24 + 10]);
	});

	it('wraps midnight and the end of the week: Sunday 23:30 is next to Monday 00:30', () => {
		const { relative } = fit(weekly('2026-08-09T23:30:00Z', 'reply'));
		const sundayLate = 6 * 24 + 23;
		expect(relative[0]).toBeGreaterThan(1);
		expect(relative[0]).toBeGreaterThan(relative[3]);
		expect(relative[sundayLate]).toBe(Math.max(...relative));
	});

	it('weighs a reply above a click above an open', () => {
		const at = '2026-11-16T20:00:00Z';
		const peak = (kind: SendTimeEvent['kind']): number => fit([{ at, kind }]).relative[20];
		expect(peak('reply')).toBeGreaterThan(peak('click'));
		expect(peak('click')).toBeGreaterThan(peak('open'));
		expect(peak('open')).toBeGreaterThan(1);
	});

	it('follows habits that move: a new hour outweighs as many old answers', () => {
		const old = weekly('2025-11-03T08:00:00Z', 'reply');
		const recent = weekly('2026-08-03T20:00:00Z', 'reply');
		const { relative } = fit([...old, ...recent]);
		expect(relative[20]).toBeGreaterThan(2 * relative[8]);
		// 60 days before the newest event counts half, so two such weigh one.
		const newest: SendTimeEvent = { at: '2026-11-16T12:00:00Z', kind: 'reply' };
		const halves: SendTimeEvent[] = [1, 2].map(() => ({ at: Date.parse('2026-11-16T06:00:00Z') - 60 * DAY + 6 * HOUR, kind: 'reply' }));
		const aged = fit([newest, ...halves]).relative;
		expect(aged[12 + 3 * 24]).toBeGreaterThan(aged[20]);
	});

	it('counts repeated opens of a message once', () => {
		const once: SendTimeEvent[] = [
			{ at: '2026-11-16T12:00:00Z', kind: 'delivered' },
			{ at: '2026-11-16T12:30:00Z', kind: 'open' },
		];
		const model = fit([...once, { at: '2026-11-16T12:30:00Z', kind: 'open' }]);
		expect(model).toEqual(fit(once));
	});

	it('keeps the answers of several contacts apart', () => {
		const events: SendTimeEvent[] = ['a', 'b'].flatMap((contact): SendTimeEvent[] => [
			{ at: '2026-11-16T12:00:00Z', kind: 'delivered', contact },
			{ at: '2026-11-16T12:30:00Z', kind: 'open', contact },
		]);
		expect(fit(events).answers).toBe(2);
	});

	it('shrinks to the prior: few answers leave it, many replace it', () => {
		const segment = fit(WEEKS.flatMap((week) => weekly('2026-08-04T20:00:00Z', 'reply').map((event) => ({ ...event, contact: `c${week}` }))));
		expect(fit([], 'UTC', segment).relative).toEqual(segment.relative);
		const peak = (model: SendTimeModel): number => model.relative.indexOf(Math.max(...model.relative));
		expect(peak(fit([{ at: '2026-10-05T08:00:00Z', kind: 'open' }], 'UTC', segment))).toBe(24 + 20);
		expect(peak(fit([0, 1, 2, 3].flatMap((hourly) => weekly(`2026-08-03T08:0${hourly}:00Z`, 'reply')), 'UTC', segment)) % 24).toBe(8);
	});
});

describe('what must not count', () => {
	it('machine opens change nothing, wherever they are added', () => {
		const moment = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 11, 31) });
		const kind = fc.constantFrom('delivered' as const, 'reply' as const, 'click' as const, 'open' as const);
		fc.assert(
			fc.property(fc.array(fc.record({ at: moment, kind }), { maxLength: 30 }), fc.array(moment, { maxLength: 20 }), (events, machine) => {
				const opens = machine.map((at): SendTimeEvent => ({ at, kind: 'machineOpen' }));
				expect(fit([...opens, ...events], BERLIN)).toEqual(fit(events, BERLIN));
			}),
			{ numRuns: 60 },
		);
		const only = fit([{ at: '2026-11-16T03:00:00Z', kind: 'machineOpen' }]);
		expect(choose(only)).toMatchObject({ source: 'channel', localTime: '2026-11-20 10:00' });
	});

	it('the order of the events does not matter', () => {
		const events: SendTimeEvent[] = [...weekly('2026-08-03T10:00:00Z', 'delivered'), ...weekly('2026-08-03T15:00:00Z', 'click')];
		expect(fit([...events].reverse())).toEqual(fit(events));
	});

	it('deliveries nobody answered leave the channel default', () => {
		expect(choose(fit(weekly('2026-08-03T10:00:00Z', 'delivered')))).toMatchObject({ source: 'channel', localTime: '2026-11-20 10:00' });
	});
});

describe('zones and clock changes', () => {
	it('counts in UTC when the zone is none, and says so in the choice as well', () => {
		const model = fit([{ at: '2026-11-16T20:30:00Z', kind: 'reply' }], 'Mars/Phobos');
		expect(model.warnings).toEqual(["'Mars/Phobos' is not an IANA time zone; UTC was used."]);
		expect(model.relative.indexOf(Math.max(...model.relative))).toBe(20);
		expect(choose(model).sentence).toContain('Mars/Phobos');
	});

	it('reads the local hour of the day the event happened: 20:30 in Berlin in July and in December', () => {
		const summer = fit([{ at: '2026-07-06T18:30:00Z', kind: 'reply' }], BERLIN);
		const winter = fit([{ at: '2026-12-07T19:30:00Z', kind: 'reply' }], BERLIN);
		expect(summer.relative).toEqual(winter.relative);
		expect(summer.relative.indexOf(Math.max(...summer.relative))).toBe(20);
	});

	it('sends in the learnt hour on both sides of a clock change, and never in an hour that is skipped', () => {
		const evening = fit([0, 1, 2, 3, 4, 5, 6].flatMap((day) => weekly(`2026-08-0${3 + day}T18:30:00Z`, 'reply')), BERLIN);
		for (const now of ['2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z', '2027-03-27T12:00:00Z', '2027-03-28T12:00:00Z']) {
			expect(choose(evening, { now, timezone: BERLIN }).localTime?.slice(11)).toBe('20:00');
		}
		const night = fit([0, 1, 2, 3, 4, 5, 6].flatMap((day) => weekly(`2026-08-0${3 + day}T00:30:00Z`, 'reply')), BERLIN);
		// The clock jumps from 02:00 to 03:00 on 28 March 2027; the next night has a 02:00 again.
		expect(choose(night, { now: '2027-03-27T12:00:00Z', timezone: BERLIN }).localTime).not.toContain('03-28 02');
		expect(choose(night, { now: '2026-10-24T12:00:00Z', timezone: BERLIN }).sendAt).toBe('2026-10-25T00:00:00.000Z');
	});

	it('refuses a time that is none', () => {
		for (const at of ['soon', Number.NaN, -5]) expect(() => fit([{ at, kind: 'reply' }])).toThrow(RangeError);
	});
});

describe('a learnt time', () => {
	const tuesdayNight = fit(weekly('2026-08-04T22:30:00Z', 'reply'));

	it('names its source, its reason and how much was seen', () => {
		expect(choose(tuesdayNight)).toMatchObject({ source: 'history', moved: [] });
		expect(choose(tuesdayNight).sentence).toContain('is when this contact answers best (10 answers seen)');
		expect(choose(fit([], 'UTC', tuesdayNight))).toMatchObject({ source: 'segment' });
	});

	it('yields to what the contact prefers, and never delays a reply', () => {
		expect(choose(tuesdayNight, { preference: '16:45' })).toMatchObject({ source: 'preference', localTime: '2026-11-20 16:45' });
		expect(choose(tuesdayNight, { purpose: 'reply' })).toMatchObject({ source: 'reply', sendAt: '2026-11-20T00:00:00.000Z' });
	});

	it('takes the best hour that is open rather than the first one after a closed best hour', () => {
		const twoPeaks = fit([0, 1, 2, 3, 4].flatMap((day) => [...weekly(`2026-08-0${3 + day}T22:30:00Z`, 'reply'), ...weekly(`2026-08-0${3 + day}T15:30:00Z`, 'click')]));
		const choice = choose(twoPeaks, { constraints: { quietHours: { from: '20:00', to: '08:00' } } });
		expect(choice.localTime?.slice(11)).toBe('15:00');
		expect(choice.moved).toEqual(['quiet hours 20:00 to 08:00']);
	});

	it('keeps the learnt hour in the first week that is not closed as a whole, and keeps the channel window', () => {
		const closed = choose(tuesdayNight, { constraints: { holidays: Array.from({ length: 9 }, (_, day) => new Date(Date.UTC(2026, 10, 20 + day)).toISOString().slice(0, 10)) } });
		expect(closed).toMatchObject({ source: 'history', localTime: '2026-12-01 22:00', moved: ['holidays'] });
		const inside = choose(tuesdayNight, { channel: 'whatsapp', constraints: { windowClosesAt: '2026-11-20T12:00:00Z' } });
		expect(Date.parse(inside.sendAt ?? '')).toBeLessThan(Date.parse('2026-11-20T12:00:00Z'));
	});

	it('ignores a stored model that cannot be read, with a warning', () => {
		const choice = choose({ ...tuesdayNight, relative: [1, 2] });
		expect(choice).toMatchObject({ source: 'channel' });
		expect(choice.warnings[0]).toContain('could not be read');
		expect(choose(JSON.parse(JSON.stringify(tuesdayNight)))).toEqual(choose(tuesdayNight));
	});

	it('explores with the chance it reports', () => {
		const draws = [0.05, 0.5];
		expect(choose(tuesdayNight, { explore: 0.1, rng: () => draws.shift() ?? 0 }).propensity).toBeCloseTo(0.1 / 13);
		expect(choose(tuesdayNight, { explore: 0.1, rng: () => 0.5 }).propensity).toBeCloseTo(0.9);
	});

	it('is believed around the channel default first: 1 there, three quarters far away', () => {
		expect(channelCurve('email', 10)).toBe(1);
		expect(channelCurve('email', 22)).toBeCloseTo(0.75 + 0.25 * Math.exp(-4.5), 12);
		expect(channelCurve('instagram', 2)).toBe(channelCurve('instagram', 10));
	});

	it('never breaks statutory quiet hours, own quiet hours or working days, whatever was learnt', () => {
		const moment = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 10, 1) });
		const events = fc.array(fc.record({ at: moment, kind: fc.constantFrom('delivered' as const, 'reply' as const, 'open' as const) }), { minLength: 1, maxLength: 15 });
		const zones = fc.constantFrom('America/New_York', 'America/Chicago', 'Pacific/Honolulu', 'Australia/Lord_Howe', 'America/St_Johns');
		fc.assert(
			fc.property(events, moment, zones, fc.boolean(), (history, now, timezone, own) => {
				const model = fit(history, timezone);
				const constraints = { country: 'US', region: 'TX', possibleZones: ['America/New_York'], ...(own ? { quietHours: { from: '18:00', to: '10:00' }, workingDays: [1, 2, 3, 4, 5] } : {}) };
				const choice = choose(model, { channel: 'sms', timezone, now, constraints });
				if (choice.sendAt === undefined) return choice.sentence.startsWith('No time to send');
				const at = epochMs(choice.sendAt);
				const lawful = [timezone, 'America/New_York'].every((zone) => {
					const { weekday, msOfDay } = localTime(zone, at);
					return msOfDay >= (weekday === 7 ? 12 : 9) * HOUR && msOfDay < 21 * HOUR;
				});
				const local = localTime(timezone, at);
				const kept = !own || (local.msOfDay >= 10 * HOUR && local.msOfDay < 18 * HOUR && local.weekday <= 5);
				return at >= now && lawful && kept && hourOfWeek(timezone, at) === (local.weekday - 1) * 24 + Math.floor(local.msOfDay / HOUR);
			}),
			{ numRuns: 150 },
		);
	});
});
