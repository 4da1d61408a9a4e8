import fc from 'fast-check';
import { HOUR, later, MINUTE, SECOND } from '../../engine/time';
import { openStore } from '../../store/openStore';
import type { CallRules } from '../../store/store';
import { DIALECTS, openTestStore, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);

const PAGE = { provider: 'meta' as const, subject: 'page-1' };
const RULES: CallRules = { limit: 3, windowMs: HOUR, gapMs: SECOND };

describe.each(DIALECTS)('calls to a provider on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());
	const take = async (rules = RULES, subject = PAGE) => await test.store.callAllowances.take(subject, rules);

	it('keep their gap, then their limit, and say when to ask again', async () => {
		expect(await take()).toEqual({ taken: true, used: 1 });
		test.clock.advance(SECOND - 1);
		expect(await take()).toEqual({ taken: false, at: later(START, SECOND), why: 'gap' });
		test.clock.advance(1);
		expect(await take()).toEqual({ taken: true, used: 2 });
		test.clock.advance(MINUTE);
		expect(await take()).toEqual({ taken: true, used: 3 });
		test.clock.advance(MINUTE);
		expect(await take()).toEqual({ taken: false, at: later(START, HOUR), why: 'limit' });
		expect(await take(RULES, { ...PAGE, subject: 'page-2' })).toEqual({ taken: true, used: 1 });
		test.clock.time = later(START, HOUR);
		expect(await take()).toEqual({ taken: true, used: 3 });
		expect(await take()).toMatchObject({ taken: false, at: later(START, HOUR + SECOND) });
	});

	it('stop while the provider says so, the later word counting', async () => {
		await test.store.callAllowances.block(PAGE, later(START, 10 * MINUTE));
		await test.store.callAllowances.block(PAGE, later(START, 5 * MINUTE));
		expect(await take()).toEqual({ taken: false, at: later(START, 10 * MINUTE), why: 'blocked' });
		test.clock.advance(10 * MINUTE);
		expect(await take()).toEqual({ taken: true, used: 1 });
	});

	it('are counted once for all who call at the same time, and over a restart', async () => {
		const others = await Promise.all([1, 2].map(async () => await openStore(test.place.config, { clock: test.clock })));
		const asked = await Promise.all(Array.from({ length: 12 }, async (_, place) => await others[place % 2].callAllowances.take(PAGE, { ...RULES, gapMs: 0 })));
		expect(asked.filter(({ taken }) => taken)).toHaveLength(3);
		for (const one of others) await one.close();
		expect(await take({ ...RULES, gapMs: 0 })).toMatchObject({ taken: false, why: 'limit' });
	});
});

it('never go beyond the limit in any hour, whenever they are asked for', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 * MINUTE }), { minLength: 20, maxLength: 60 }), async (pauses) => {
			const test = await openTestStore('sqlite');
			try {
				const made: number[] = [];
				for (const pause of pauses) {
					test.clock.advance(pause);
					const asked = await test.store.callAllowances.take(PAGE, RULES);
					// Whoever is told a time and comes then is let through.
					if (!asked.taken) test.clock.time = asked.at;
					const second = asked.taken ? asked : await test.store.callAllowances.take(PAGE, RULES);
					expect(second.taken).toBe(true);
					made.push(test.clock.time);
				}
				made.forEach((at, place) => {
					expect(made.filter((other, index) => index <= place && at - other < HOUR).length).toBeLessThanOrEqual(RULES.limit);
					if (place > 0) expect(at - made[place - 1]).toBeGreaterThanOrEqual(SECOND);
				});
			} finally {
				await test.close();
			}
		}),
		{ numRuns: 15 },
	);
});
