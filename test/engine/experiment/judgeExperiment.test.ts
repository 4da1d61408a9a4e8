import { EXPERIMENT_POLICY, judgeExperiment } from '../../../engine/experiment/judgeExperiment';
import { zValue } from '../../../engine/experiment/compareArms';
import { beliefs } from '../../../engine/experiment/posterior';
import { boundAtLook, spendingBounds } from '../../../engine/experiment/spendingBounds';
import { seeded } from '../../seeded';

/** A draw from Binomial(n, p), by the normal approximation for large n (exact enough for the error rates tested here). */
function binomial(rng: () => number, n: number, p: number): number {
	let count = 0;
	for (let i = 0; i < n; i += 1) if (rng() < p) count += 1;
	return count;
}

/** 26 weekly looks; the verdict that ends the experiment. */
function run(rng: () => number, rates: number[], perArmAndWeek: number, horizon = 26) {
	const arms = rates.map((_, i) => ({ id: `v${i}`, exposures: 0, conversions: 0 }));
	for (let look = 1; look <= horizon; look += 1) {
		arms.forEach((arm, i) => {
			arm.exposures += perArmAndWeek;
			arm.conversions += binomial(rng, perArmAndWeek, rates[i]);
		});
		// The bound alone decides here: beliefs and intervals are not needed thousands of times.
		const pooled = arms.reduce((sum, arm) => sum + arm.conversions, 0) / arms.reduce((sum, arm) => sum + arm.exposures, 0);
		const z = Math.abs(arms[0].conversions - arms[1].conversions) / arms[0].exposures / Math.sqrt((2 * pooled * (1 - pooled)) / arms[0].exposures);
		if (z >= boundAtLook(look, horizon, EXPERIMENT_POLICY.alpha)) return judgeExperiment({ arms, look, horizon });
	}
	return judgeExperiment({ arms, look: horizon, horizon });
}

describe('spendingBounds', () => {
	it('agrees with the published O’Brien–Fleming type bounds for five looks at 5 %', () => {
		// Lan & DeMets 1983; also R package ldbounds.
		const published = [4.8769, 3.3569, 2.6803, 2.2898, 2.031];
		spendingBounds(5, 0.05).forEach((bound, i) => expect(bound).toBeCloseTo(published[i], 3));
	});

	it('is the plain z-test for a single look', () => {
		expect(spendingBounds(1, 0.05)[0]).toBeCloseTo(1.959964, 4);
	});

	it('spends the same error however unevenly contacts arrive', () => {
		// By the second method: walks drawn at random, counted when they cross.
		const rng = seeded(3);
		const normal = () => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
		const histories = { growing: [1, 2, 4, 8, 16, 32, 64, 128], shrinking: [100, 150, 175, 187, 193, 196, 198, 199], pausing: [10, 20, 20, 20, 20, 20, 20, 40], done: [50, 100, 100, 100, 100, 100, 100, 100] };
		for (const [name, known] of Object.entries(histories)) {
			const bounds = spendingBounds(8, 0.05, known);
			const runs = 20_000;
			let crossed = 0;
			for (let run = 0; run < runs; run += 1) {
				let walk = 0;
				const stopped = known.some((now, i) => {
					walk += normal() * Math.sqrt(now - (known[i - 1] ?? 0));
					return Math.abs(walk) / Math.sqrt(now) >= bounds[i];
				});
				if (stopped) crossed += 1;
			}
			// Three standard errors of 0.15 % each way.
			expect({ name, close: Math.abs(crossed / runs - 0.05) < 0.0047, share: crossed / runs }).toMatchObject({ close: true });
		}
	});

	it('is the same for even steps told and not told, and waits while nothing is known', () => {
		const told = spendingBounds(10, 0.05, [10, 20, 30]);
		spendingBounds(10, 0.05).slice(0, 3).forEach((bound, i) => expect(told[i]).toBeCloseTo(bound, 6));
		expect(spendingBounds(10, 0.05, [0, 0, 5])[1]).toBe(Infinity);
		// Nothing was spent at the two empty looks: the third has all of it.
		const [, , third] = spendingBounds(10, 0.05, [0, 0, 5]);
		expect(third).toBeLessThan(spendingBounds(10, 0.05)[2]);
	});

	it('refuses a horizon that is none', () => {
		for (const horizon of [0, 2.5, -1, 1e6]) expect(() => spendingBounds(horizon, 0.05)).toThrow(RangeError);
	});
});

describe('judgeExperiment over 26 weekly looks', () => {
	it('names a winner among equals in at most 5 % of runs', () => {
		const rng = seeded(26);
		const runs = 600;
		const wrong = Array.from({ length: runs }, () => run(rng, [0.2, 0.2], 40)).filter((judgement) => judgement.verdict === 'winner').length;
		// 5 % of 600 is 30; three standard errors of 5.3 on top allow for chance.
		expect(wrong).toBeLessThanOrEqual(30 + 16);
	});

	it('finds a difference where a fixed test of the same size has 80 % power in at least 72 %', () => {
		// 20 % against 28 %: (1.96 + 0.8416)² (0.16 + 0.2016) / 0.08² = 443 an arm; 26 weeks of 17 are 442.
		const rng = seeded(80);
		const runs = 400;
		const right = Array.from({ length: runs }, () => run(rng, [0.2, 0.28], 17)).filter((judgement) => judgement.winner === 'v1').length;
		expect(right / runs).toBeGreaterThanOrEqual(0.72);
	});
});

describe('judgeExperiment', () => {
	const arm = (id: string, exposures: number, conversions: number, expectedShare?: number) => ({ id, exposures, conversions, expectedShare });

	it('says winner, with the figures', () => {
		const judgement = judgeExperiment({ arms: [arm('a', 1000, 50), arm('b', 1000, 110)], look: 26, horizon: 26 });
		expect(judgement).toMatchObject({ verdict: 'winner', winner: 'b', sentence: expect.stringContaining('11.0 % against 5.0 %') });
	});

	it('can say no difference at the end, and counts what is missing before it', () => {
		const arms = [arm('a', 500, 50), arm('b', 500, 60)];
		expect(judgeExperiment({ arms, look: 26, horizon: 26 }).verdict).toBe('no_difference');
		const going = judgeExperiment({ arms, look: 5, horizon: 26, perWeek: 200 });
		// (1.96 + 0.8416)² (0.09 + 0.1056) / 0.02² = 3,838 an arm; 7,676 − 1,000 more in all, 34 weeks at 200.
		expect(going).toMatchObject({ verdict: 'keep_going', weeks: 34 });
		expect(going.moreContacts).toBeGreaterThan(6650);
		expect(going.moreContacts).toBeLessThan(6700);
	});

	it('raises the sample-ratio alarm below p = 0.001 and not above', () => {
		// χ² = (550−500)²/500·2 = 10, p = 0.0016; 552: χ² = 10.8, p = 0.00101; 553: 11.2, p = 0.0008.
		expect(judgeExperiment({ arms: [arm('a', 550, 50), arm('b', 450, 45)], look: 1, horizon: 26 }).verdict).toBe('keep_going');
		expect(judgeExperiment({ arms: [arm('a', 553, 50), arm('b', 447, 45)], look: 1, horizon: 26 }).verdict).toBe('sample_ratio_mismatch');
		expect(judgeExperiment({ arms: [arm('a', 553, 50, 0.55), arm('b', 447, 45, 0.45)], look: 1, horizon: 26 }).verdict).toBe('keep_going');
	});

	it('stops on a broken guardrail before anything else', () => {
		const arms = [arm('a', 1000, 50), arm('b', 1000, 110)];
		const guardrails = [{ id: 'b', name: 'opt-outs', events: 40, maxShare: 0.02 }];
		expect(judgeExperiment({ arms, look: 26, horizon: 26, guardrails })).toMatchObject({ verdict: 'stop_guardrail', sentence: expect.stringContaining("Stop 'b'") });
		expect(judgeExperiment({ arms, look: 26, horizon: 26, guardrails: [{ ...guardrails[0], events: 25 }] }).verdict).toBe('winner');
	});

	it('does not test a split of a handful, and sees at once that nobody should be there', () => {
		expect(judgeExperiment({ arms: [arm('a', 40, 4, 0.95), arm('b', 9, 1, 0.05)], look: 1, horizon: 26 }).verdict).toBe('keep_going');
		expect(judgeExperiment({ arms: [arm('a', 40, 4, 1), arm('b', 1, 0, 0)], look: 1, horizon: 26 }).verdict).toBe('sample_ratio_mismatch');
		expect(judgeExperiment({ arms: [arm('a', 500, 50, 0.5), arm('b', 500, 50, 0.5), arm('c', 0, 0, 0)], look: 1, horizon: 26 }).verdict).toBe('keep_going');
	});

	it('asks more of a look when contacts have arrived ever faster', () => {
		// Four weeks alike in rates; 400 contacts an arm in all.
		const weeks = (sizes: number[], rate: number) => sizes.map((exposures) => ({ exposures, conversions: exposures * rate }));
		const arms = (better: number, sizes?: number[]) => [{ ...arm('a', 400, 80), weeks: sizes && weeks(sizes, 0.2) }, { ...arm('b', 400, better), weeks: sizes && weeks(sizes, better / 400) }];
		// z = 28 / 400 / sqrt(0.235 · 0.765 · 2 / 400) = 2.335 is just short of the 2.337 asked after even weeks; 109 have z = 2.413, between that and 2.414.
		expect(judgeExperiment({ arms: arms(108), look: 4, horizon: 5 }).verdict).toBe('keep_going');
		expect(judgeExperiment({ arms: arms(109), look: 4, horizon: 5 }).verdict).toBe('winner');
		expect(judgeExperiment({ arms: arms(109, [100, 100, 100, 100]), look: 4, horizon: 5 }).verdict).toBe('winner');
		expect(judgeExperiment({ arms: arms(109, [4, 16, 60, 320]), look: 4, horizon: 5 }).verdict).toBe('keep_going');
	});

	it('compares contacts with those of the same week, when shares and rates both change', () => {
		// In both weeks the arms are alike (10 %, then 40 %); b only had more of the good one: 13 % against 37 % in all.
		const a = { ...arm('a', 1000, 130, 0.5), weeks: [{ exposures: 900, conversions: 90 }, { exposures: 100, conversions: 40 }] };
		const b = { ...arm('b', 1000, 370, 0.5), weeks: [{ exposures: 100, conversions: 10 }, { exposures: 900, conversions: 360 }] };
		expect(zValue(b, a)).toBeCloseTo(0, 9);
		expect(judgeExperiment({ arms: [a, b], look: 2, horizon: 2 }).verdict).toBe('no_difference');
		// By hand for one week, 10 of 50 against 20 of 50: 5 above the expected 15, variance 25 · 0.3 · 0.7.
		const more = (one: typeof a, conversions: number) => ({ ...one, weeks: [{ exposures: 50, conversions }] });
		expect(zValue(more(b, 20), more(a, 10))).toBeCloseTo(5 / Math.sqrt(25 * 0.3 * 0.7), 9);
		expect(zValue(more(a, 10), more(b, 20))).toBeCloseTo(-5 / Math.sqrt(25 * 0.3 * 0.7), 9);
	});

	it('judges nobody under 30 contacts', () => {
		expect(judgeExperiment({ arms: [arm('a', 29, 0), arm('b', 29, 29)], look: 25, horizon: 26 }).verdict).toBe('keep_going');
	});

	it('refuses counts that cannot be', () => {
		expect(() => judgeExperiment({ arms: [arm('a', 1, 1)], look: 1, horizon: 2 })).toThrow(/two arms/);
		expect(() => judgeExperiment({ arms: [arm('a', 1, 2), arm('b', 1, 1)], look: 1, horizon: 2 })).toThrow(/'a' cannot/);
	});
});

describe('beliefs', () => {
	it('agrees with the closed form for two arms', () => {
		// P(Beta(2,1) > Beta(1,1)) = E[X] of Beta(2,1) = 2/3; E[max] − E[B] = 3/4 − 1/2.
		const [a, b] = beliefs([
			{ id: 'a', exposures: 0, conversions: 0 },
			{ id: 'b', exposures: 1, conversions: 1 },
		]);
		expect(b.pBest).toBeCloseTo(2 / 3, 3);
		expect(a.pBest + b.pBest).toBeCloseTo(1, 9);
		// E[max] = 1 − ∫ x·x² dx = 3/4.
		expect(a.expectedLoss).toBeCloseTo(3 / 4 - 1 / 2, 3);
		expect(b.expectedLoss).toBeCloseTo(3 / 4 - 2 / 3, 3);
	});

	it('stays exact for large counts and many arms', () => {
		const five = beliefs([0.12, 0.09, 0.09, 0.07, 0.05].map((rate, i) => ({ id: `v${i}`, exposures: 100_000, conversions: rate * 100_000 })));
		expect(five[0].pBest).toBeCloseTo(1, 6);
		expect(five[4].expectedLoss).toBeCloseTo(0.07, 4);
	});
});
