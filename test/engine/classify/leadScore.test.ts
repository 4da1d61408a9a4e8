import { fitLeadScore, scoreLead, TooFewConversionsError, type LeadExample } from '../../../engine/classify/leadScore';
import { seeded } from '../../seeded';

const many = (count: number, example: LeadExample): LeadExample[] => Array.from({ length: count }, () => example);

describe('fitLeadScore', () => {
	it('refuses under 120 conversions, and says how many there are', () => {
		const examples = [...many(119, { features: { asked: true }, converted: true }), ...many(500, { features: { asked: false }, converted: false })];
		expect(() => fitLeadScore(examples)).toThrow(TooFewConversionsError);
		expect(() => fitLeadScore(examples)).toThrow(/119/);
		expect(() => fitLeadScore([])).toThrow(/there are 0/);
	});

	it('comes close to the observed rates for one yes/no feature', () => {
		// 300 of 500 convert with the feature, 100 of 500 without: 60 % and 20 %.
		const examples = [
			...many(300, { features: { asked: true }, converted: true }),
			...many(200, { features: { asked: true }, converted: false }),
			...many(100, { features: { asked: false }, converted: true }),
			...many(400, { features: { asked: false }, converted: false }),
		];
		const model = fitLeadScore(examples);
		expect(scoreLead(model, { asked: true }).probability).toBeCloseTo(0.6, 1);
		expect(scoreLead(model, { asked: false }).probability).toBeCloseTo(0.2, 1);
		expect(scoreLead(model, { asked: true }).reasons).toEqual([{ feature: 'asked', effect: expect.any(Number) }]);
	});

	it('finds the effects that made the data, with their signs, strongest first', () => {
		const rng = seeded(5);
		const examples = Array.from({ length: 4000 }, () => {
			const features = { replies: rng() * 10, days: rng() * 30, noise: rng() };
			const odds = -1 + 0.4 * (features.replies - 5) - 0.05 * (features.days - 15);
			return { features, converted: rng() < 1 / (1 + Math.exp(-odds)) };
		});
		const model = fitLeadScore(examples);
		// One standard deviation of a uniform on 0–10 is 2.887: weight 0.4 · 2.887 = 1.155; on 0–30 8.66: −0.433.
		expect(model.weights.replies.weight).toBeCloseTo(1.155, 1);
		expect(model.weights.days.weight).toBeCloseTo(-0.433, 1);
		expect(Math.abs(model.weights.noise.weight)).toBeLessThan(0.12);
		const [first] = scoreLead(model, { replies: 10, days: 15, noise: 0.5 }).reasons;
		expect(first).toMatchObject({ feature: 'replies' });
		expect(first.effect).toBeGreaterThan(0);
	});

	it('stays finite when a feature tells everything, is always the same, or is not a number', () => {
		const examples = [...many(200, { features: { sure: true, same: 1, odd: Number.NaN }, converted: true }), ...many(200, { features: { sure: false, same: 1 }, converted: false })];
		const { probability } = scoreLead(fitLeadScore(examples), { sure: true, same: 1, unknown: 5 });
		expect(probability).toBeGreaterThan(0.9);
		expect(probability).toBeLessThan(1);
	});
});
