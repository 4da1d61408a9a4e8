import fc from 'fast-check';
import { assignVariant, controlOf, stableFraction, type Experiment } from '../../../engine/experiment/assignVariant';

const experiment = (weights: number[], extra: Partial<Experiment> = {}): Experiment => ({
	id: 'greeting',
	status: 'running',
	variants: weights.map((weight, i) => ({ id: `v${i}`, name: `Variant ${i}`, weight })),
	...extra,
});
const choose = (e: Experiment, point: number) => assignVariant({ experiment: e, contactId: 'ann', rng: () => point });

describe('assignVariant', () => {
	it('splits the line from 0 to 1 by weight', () => {
		const e = experiment([1, 2, 1]);
		expect([0, 0.2499, 0.25, 0.7499, 0.75, 0.9999].map((p) => choose(e, p).variantId)).toEqual(['v0', 'v0', 'v1', 'v1', 'v2', 'v2']);
		expect(choose(e, 0.5)).toEqual({ variantId: 'v1', propensity: 0.5 });
	});

	it('never serves an arm without weight', () => {
		fc.assert(fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (p) => expect(choose(experiment([0, 3, 0]), p).variantId).toBe('v1')));
	});

	it('keeps an earlier choice, unless that arm is gone', () => {
		const sticky = { variantId: 'v0', propensity: 0.5 };
		expect(assignVariant({ experiment: experiment([0, 1]), contactId: 'ann', rng: () => 0.9, sticky })).toEqual(sticky);
		expect(assignVariant({ experiment: experiment([1, 1]), contactId: 'ann', rng: () => 0.9, sticky: { variantId: 'gone', propensity: 1 } }).variantId).toBe('v1');
	});

	it('gives control while paused and the winner once completed', () => {
		const variants = [
			{ id: 'a', name: 'A', weight: 1 },
			{ id: 'b', name: 'B', weight: 1, control: true },
		];
		expect(choose(experiment([], { variants, status: 'paused' }), 0)).toEqual({ variantId: 'b', propensity: 1 });
		expect(choose(experiment([], { variants, status: 'completed', winner: 'a' }), 0.9)).toEqual({ variantId: 'a', propensity: 1 });
		expect(choose(experiment([], { variants, status: 'completed' }), 0)).toEqual({ variantId: 'b', propensity: 1 });
	});

	it.each([[[0, 0]], [[]], [[Number.NaN]], [[Infinity]]])('refuses weights %j', (weights) => {
		expect(() => choose(experiment(weights), 0.1)).toThrow(RangeError);
	});

	it('says when there is no arm at all', () => {
		expect(() => controlOf(experiment([]))).toThrow(/at least one variant/);
	});
});

describe('stableFraction', () => {
	it('is the same for the same contact, and even over many', () => {
		expect(stableFraction('greeting', 'ann')).toBe(stableFraction('greeting', 'ann'));
		const points = Array.from({ length: 10_000 }, (_, i) => stableFraction('greeting', `contact ${i}`));
		const mean = points.reduce((sum, p) => sum + p, 0) / points.length;
		// Standard error of the mean of 10,000 uniform points is 0.0029.
		expect(Math.abs(mean - 0.5)).toBeLessThan(0.0029 * 4);
		expect(points.every((p) => p >= 0 && p < 1)).toBe(true);
	});

	it('cannot be steered by moving characters between experiment and contact', () => {
		expect(stableFraction('ab', 'c')).not.toBe(stableFraction('a', 'bc'));
	});
});
