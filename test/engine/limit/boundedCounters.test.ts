import { emptyCounters, reserveBounded, type BoundedCounters } from '../../../engine/limit/boundedCounters';
import type { Allowance } from '../../../engine/limit/allowance';
import { defaultRules } from '../../../engine/limit/ruleTable';
import { DAY, HOUR } from '../../../engine/time';

const NOW = Date.UTC(2026, 10, 20, 10);
const rules = defaultRules({ gapMinutes: 0 });

function ask(counters: BoundedCounters, key: string, now = NOW, capacity = 1_000, workspace = 'w', contact = 'anna@example.com'): Allowance {
	return reserveBounded(counters, rules, { workspace, idempotencyKey: key, contact, channel: 'email', at: now, now }, { capacity });
}

describe('counting in the process while the store is away', () => {
	it('keeps the same rules, says so, and reserves nothing', () => {
		const counters = emptyCounters();
		const answers = Array.from({ length: 12 }, (_, index) => ask(counters, `k${index}`));
		expect(answers.map(({ allowed }) => allowed)).toEqual([...Array<boolean>(10).fill(true), false, false]);
		expect(answers[0]).toMatchObject({ degraded: true });
		expect(answers[0].reservationId).toBeUndefined();
		expect(answers[11].retryAt).toBe('2026-11-21T00:00:00.000Z');
		expect(answers[11].sentence).toContain('The store is away');
	});

	it('takes nothing for the same key again, but tells workspaces apart', () => {
		const counters = emptyCounters();
		for (let repeat = 0; repeat < 50; repeat++) expect(ask(counters, 'same').remaining.emailPerDay).toBe(9);
		expect(ask(counters, 'same', NOW, 1_000, 'other').remaining.emailPerDay).toBe(9);
		expect(ask(counters, 'next').remaining.emailPerDay).toBe(8);
	});

	it('denies when it is full, and forgets what no window reaches any more', () => {
		const counters = emptyCounters();
		for (let index = 0; index < 20; index++) ask(counters, `k${index}`, NOW, 20, 'w', `c${index}`);
		expect(ask(counters, 'one too many', NOW + HOUR, 20, 'w', 'c99')).toMatchObject({ allowed: false, degraded: true });
		expect(ask(counters, 'later', NOW + 4 * DAY, 20, 'w', 'c99').allowed).toBe(true);
		expect(counters.answered.size).toBe(1);
		expect(counters.entries.size).toBeLessThan(4);
	});
});
