import fc from 'fast-check';
import { chooseSendTime, type SendTimeChoice, type SendTimeRequest } from '../../../engine/sendTime/chooseSendTime';
import type { DailyCap } from '../../../engine/sendTime/dailyCaps';
import { addDays } from '../../../engine/sendTime/zoneClock';
import { DAY, HOUR } from '../../../engine/time';

const cap = (planned: Record<string, number>, fields: Partial<DailyCap> = {}): DailyCap => ({ name: "the workspace's daily cap of 2", limit: 2, zone: 'UTC', planned: new Map(Object.entries(planned)), ...fields });
const choose = (dailyCaps: DailyCap[], request: Partial<SendTimeRequest> = {}): SendTimeChoice =>
	chooseSendTime({ channel: 'email', purpose: 'outreach', timezone: 'UTC', now: '2026-11-20T00:00:00Z', ...request, constraints: { dailyCaps, ...request.constraints } });

describe('days a cap has filled', () => {
	it('are passed over, and one with room is not', () => {
		expect(choose([cap({ '2026-11-20': 1 })])).toMatchObject({ localTime: '2026-11-20 10:00', moved: [] });
		expect(choose([cap({ '2026-11-20': 2, '2026-11-21': 7 })])).toMatchObject({ localTime: '2026-11-22 10:00', moved: ["the workspace's daily cap of 2"] });
	});

	it('pass the wished hour on even when the cap starts anew at another hour than the day', () => {
		// New York: the UTC day begins at 19:00 there, which is no time to write to anybody.
		const choice = choose([cap({ '2026-11-20': 2 })], { timezone: 'America/New_York', now: '2026-11-20T12:00:00Z' });
		expect(choice.localTime).toBe('2026-11-21 10:00');
	});

	it('hold together with other rules and other caps', () => {
		const friday = cap({ '2026-11-20': 2 });
		const own = cap({ '2026-11-23': 1 }, { name: "the contact's daily cap of 1", limit: 1, zone: 'Europe/Berlin' });
		const choice = choose([friday, own], { constraints: { workingDays: [1, 2, 3, 4, 5] } });
		expect(choice).toMatchObject({ localTime: '2026-11-24 10:00', moved: ["the workspace's daily cap of 2", 'working days', "the contact's daily cap of 1"] });
	});

	it('leave a learnt hour in the first week with room', () => {
		const model = { version: 1 as const, relative: Array.from({ length: 168 }, (_, hour) => (hour === 24 + 15 ? 9 : 1)), level: 0.05, answers: 3, priorAnswers: 0, warnings: [] };
		const days = Object.fromEntries(Array.from({ length: 9 }, (_, day) => [addDays('2026-11-20', day), 2]));
		// Tuesday 24 November is full, the next is 1 December.
		expect(choose([cap(days)], { model })).toMatchObject({ localTime: '2026-12-01 15:00', source: 'history', moved: ["the workspace's daily cap of 2"] });
	});

	it('bind no reply', () => expect(choose([cap({ '2026-11-20': 9 })], { purpose: 'reply' }).sendAt).toBe('2026-11-20T00:00:00.000Z'));

	it('leave no time when two weeks are full, and the sentence says so', () => {
		const days = Object.fromEntries(Array.from({ length: 15 }, (_, day) => [addDays('2026-11-20', day), 2]));
		const none = choose([cap(days)]);
		expect(none.sendAt).toBeUndefined();
		expect(none.sentence).toBe("No time to send: the workspace's daily cap of 2 leaves no moment up to 2026-12-04 00:00 (UTC).");
		// Two weeks from when it may leave at all.
		expect(choose([cap(days)], { notBefore: '2026-11-25T00:00:00Z' }).localTime).toBe('2026-12-05 10:00');
	});

	it('that cannot be read are ignored with a warning', () => {
		for (const odd of [cap({}, { limit: 0 }), cap({}, { limit: Number.NaN }), cap({}, { zone: 'Mars/Phobos' })]) expect(choose([odd])).toMatchObject({ localTime: '2026-11-20 10:00', warnings: [expect.stringContaining('ignored')] });
	});

	it('are never used: the chosen day has room, and the same hour of no earlier day had', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(4), { minLength: 13, maxLength: 13 }), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 3 }), (counts, hour, limit) => {
				const start = Date.UTC(2026, 10, 20);
				const planned = Object.fromEntries(counts.map((count, day) => [addDays('2026-11-20', day), count]));
				const { sendAt } = choose([cap(planned, { limit })], { preference: `${hour}:00`, now: start });
				const free = [...counts, 0].findIndex((count) => count < limit);
				return Date.parse(sendAt ?? '') === start + free * DAY + hour * HOUR;
			}),
		);
	});
});
