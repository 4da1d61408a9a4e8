import fc from 'fast-check';
import { offPolicyCheck, type LoggedAction } from '../../../engine/training/offPolicy';
import { seeded } from '../../seeded';

const row = (action: string, propensity: number, contacts: number, successes: number): LoggedAction => ({ action, propensity, contacts, successes });

describe('the off-policy check', () => {
	it('weighs contacts by how much likelier the candidate had chosen what was done', () => {
		const result = offPolicyCheck([row('a', 0.8, 800, 80), row('b', 0.2, 200, 40)], { b: 1 });
		// By hand: all of b, each worth five: 20 % against 12 %, as good as 200 contacts.
		expect(result).toMatchObject({ verdict: 'no_evidence_of_harm', effective: 200, contacts: 1_000, unseen: [] });
		expect([result.expected, result.observed]).toEqual([0.2, 0.12]);
		expect(result.difference?.value).toBeCloseTo(2 / 3, 9);
	});

	it('changes nothing for a candidate that chooses as was chosen', () => {
		const result = offPolicyCheck([row('a', 0.7, 700, 70), row('b', 0.3, 300, 45)], { a: 0.7, b: 0.3 });
		expect(result).toMatchObject({ verdict: 'no_evidence_of_harm', effective: 1_000 });
		expect(result.difference).toMatchObject({ value: 0, low: 0, high: 0 });
	});

	it('sees harm', () => {
		expect(offPolicyCheck([row('a', 0.5, 1_000, 200), row('b', 0.5, 1_000, 100)], { b: 1 })).toMatchObject({ verdict: 'harm', sentence: expect.stringMatching(/^Harm: 10\.0 % expected against 15\.0 % as it was \(−33\.3 %/) });
	});

	it('says so when it cannot tell: too few, too wide, or never tried', () => {
		expect(offPolicyCheck([row('a', 0.95, 950, 95), row('b', 0.05, 50, 6)], { b: 1 })).toMatchObject({ verdict: 'cannot_tell', effective: 50, sentence: expect.stringContaining('effective sample 50 of 1000 contacts') });
		expect(offPolicyCheck([row('a', 0.5, 200, 20), row('b', 0.5, 200, 20)], { b: 1 }).verdict).toBe('cannot_tell');
		expect(offPolicyCheck([row('a', 1, 5_000, 500)], { a: 0.5, c: 0.5 })).toMatchObject({ verdict: 'cannot_tell', unseen: ['c'], sentence: expect.stringContaining("'c' was never drawn by lot") });
		expect(offPolicyCheck([], { a: 1 })).toMatchObject({ verdict: 'cannot_tell', contacts: 0, effective: 0 });
	});

	it('cuts off what one contact may speak for, and says how many it cut', () => {
		const result = offPolicyCheck([row('b', 0.01, 10, 9), row('b', 0.5, 500, 50), row('a', 0.5, 500, 50)], { b: 1 });
		expect(result.cut).toBeCloseTo(10 / 1_010, 9);
		// 10·20·0.9 + 500·2·0.1 over 10·20 + 500·2.
		expect(result.expected).toBeCloseTo((180 + 100) / 1_200, 9);
	});

	it('covers the truth in about 95 of 100 worlds', () => {
		const rng = seeded(11);
		const draw = (n: number, rate: number): number => Array.from({ length: n }, () => Number(rng() < rate)).reduce((a, b) => a + b, 0);
		let covered = 0;
		for (let world = 0; world < 400; world += 1) {
			const b = draw(2_000, 0.2);
			const result = offPolicyCheck([row('a', 0.8, 2_000 - b, draw(2_000 - b, 0.1)), row('b', 0.2, b, draw(b, 0.15))], { b: 1 });
			// b against the mixture: 0.15 / 0.11 − 1.
			if (result.difference && result.difference.low <= 0.15 / 0.11 - 1 && result.difference.high >= 0.15 / 0.11 - 1) covered += 1;
		}
		// 380 expected; five standard deviations.
		expect(covered).toBeGreaterThan(358);
	});

	it('refuses chances that cannot be, and never invents a rate outside 0–1', () => {
		expect(() => offPolicyCheck([row('a', 0, 1, 0)], { a: 1 })).toThrow(RangeError);
		expect(() => offPolicyCheck([row('a', 0.5, 1, 2)], { a: 1 })).toThrow(RangeError);
		expect(() => offPolicyCheck([], { a: 0.5 })).toThrow(RangeError);
		const counted = fc.record({ action: fc.constantFrom('a', 'b', 'c'), propensity: fc.double({ min: 0.001, max: 1, noNaN: true }), contacts: fc.nat(500), share: fc.double({ min: 0, max: 1, noNaN: true }) });
		fc.assert(fc.property(fc.array(counted, { maxLength: 6 }), (all) => {
			const { expected, observed, effective, contacts } = offPolicyCheck(all.map(({ share, ...one }) => ({ ...one, successes: Math.floor(one.contacts * share) })), { a: 0.5, b: 0.5 });
			expect([expected, observed].every((rate) => rate >= 0 && rate <= 1)).toBe(true);
			expect(effective).toBeLessThanOrEqual(contacts + 1e-6);
		}));
	});
});
