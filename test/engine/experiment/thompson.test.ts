import { allocationShares, assignVariant, type Experiment } from '../../../engine/experiment/assignVariant';
import { lostConversions } from '../../../eval/thompson';
import { seeded } from '../../seeded';

const experiment = (arms: number): Experiment => ({ id: 'e', status: 'running', method: 'thompson', variants: Array.from({ length: arms }, (_, i) => ({ id: `v${i}`, name: `V${i}`, weight: 1 })) });

describe('Thompson allocation', () => {
	it('splits evenly until every arm has 30 contacts', () => {
		const results = [{ id: 'v0', exposures: 500, conversions: 100 }, { id: 'v1', exposures: 29, conversions: 0 }];
		expect([...allocationShares(experiment(2), results).values()]).toEqual([0.5, 0.5]);
		expect([...allocationShares(experiment(3)).values()]).toEqual([1 / 3, 1 / 3, 1 / 3]);
	});

	it('gives the better arm more, and nobody under 5 %', () => {
		const results = [{ id: 'v0', exposures: 1000, conversions: 200 }, { id: 'v1', exposures: 1000, conversions: 50 }];
		const shares = allocationShares(experiment(2), results);
		expect(shares.get('v1')).toBeCloseTo(0.05, 6);
		expect(shares.get('v0')).toBeCloseTo(0.95, 6);
		expect(assignVariant({ experiment: experiment(2), contactId: 'a', results, rng: () => 0.96 })).toEqual({ variantId: 'v1', propensity: expect.closeTo(0.05, 6) });
	});

	it('keeps equal shares when there are more arms than floors', () => {
		const results = Array.from({ length: 25 }, (_, i) => ({ id: `v${i}`, exposures: 1000, conversions: 10 * i }));
		for (const share of allocationShares(experiment(25), results).values()) expect(share).toBeCloseTo(1 / 25, 9);
	});

	it('loses at least 30 % fewer conversions than an even split', () => {
		const rng = seeded(9);
		const runs = Array.from({ length: 30 }, () => lostConversions(rng));
		const mean = (pick: (run: { thompson: number; even: number }) => number) => runs.reduce((sum, run) => sum + pick(run), 0) / runs.length;
		expect(mean((run) => run.thompson)).toBeLessThanOrEqual(0.7 * mean((run) => run.even));
	});
});
