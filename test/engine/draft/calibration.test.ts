import fc from 'fast-check';
import { calibrate, fitCalibrator, type Reviewed } from '../../../engine/draft/calibration';
import { certifyThreshold } from '../../../engine/draft/certifyThreshold';
import { lowerBound, shareInterval, upperBound } from '../../../engine/statistics/binomial';
import { seeded } from '../../seeded';

describe('Clopper–Pearson', () => {
	it.each([
		// Published one-sided 95 % bounds: no error in n gives 1 − 0.05^(1/n).
		[0, 59, 0.95, 1 - 0.05 ** (1 / 59)],
		[0, 29, 0.95, 1 - 0.05 ** (1 / 29)],
		[0, 299, 0.95, 1 - 0.05 ** (1 / 299)],
		// Two-sided 95 % interval of 10 in 100 (R binom.test): 0.0490–0.1762.
		[10, 100, 0.975, 0.1762226],
	])('upper bound of %i in %i at %f', (k, n, level, expected) => expect(upperBound(k, n, level)).toBeCloseTo(expected, 6));

	it('agrees with R binom.test for 10 in 100 and 1 in 93', () => {
		expect(shareInterval(10, 100)).toEqual({ low: expect.closeTo(0.0490047, 6), high: expect.closeTo(0.1762226, 6) });
		expect(upperBound(1, 93)).toBeLessThan(0.05);
		expect(upperBound(1, 92)).toBeGreaterThan(0.05);
	});

	it('knows the ends', () => {
		expect([upperBound(0, 0), upperBound(5, 5), lowerBound(0, 5), lowerBound(0, 0)]).toEqual([1, 1, 0, 0]);
	});
});

/** An over-confident model: says 0.6–1, is right far less often. */
const truth = (raw: number): number => 0.2 + 0.65 * Math.max(0, (raw - 0.6) / 0.4) ** 2;
const reviewsOf = (rng: () => number, size: number): Reviewed[] =>
	Array.from({ length: size }, () => {
		const raw = 0.6 + 0.4 * rng();
		return { raw, accepted: rng() < truth(raw) };
	});

describe('fitCalibrator', () => {
	it('brings an over-confident model to at most 0.05 off after 300 reviews, on average over 200 workspaces', () => {
		const rng = seeded(7);
		const errors = Array.from({ length: 200 }, () => {
			const calibrator = fitCalibrator(reviewsOf(rng, 300));
			const grid = Array.from({ length: 81 }, (_, i) => 0.6 + (0.4 * i) / 80);
			return grid.reduce((sum, raw) => sum + Math.abs(calibrate(calibrator, raw) - truth(raw)), 0) / grid.length;
		});
		const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
		expect(mean).toBeLessThanOrEqual(0.05);
	});

	it('says it knows nothing under 30 reviews, and chooses by size', () => {
		const rng = seeded(1);
		expect([0, 29, 30, 199, 200].map((size) => fitCalibrator(reviewsOf(rng, size)).kind)).toEqual(['identity', 'identity', 'platt', 'platt', 'isotonic']);
		expect(calibrate(fitCalibrator([]), 0.7)).toBe(0.7);
	});

	it('never falls as the raw score rises, and stays a share', () => {
		const review = fc.record({ raw: fc.double({ min: -1, max: 2, noNaN: true }), accepted: fc.boolean() });
		fc.assert(
			fc.property(fc.array(review, { minLength: 30, maxLength: 260 }), (reviews) => {
				const calibrator = fitCalibrator(reviews);
				let before = 0;
				for (let raw = 0; raw <= 1; raw += 0.05) {
					const now = calibrate(calibrator, raw);
					expect(now).toBeGreaterThanOrEqual(before - 1e-12);
					expect(now).toBeLessThanOrEqual(1);
					before = now;
				}
			}),
		);
	});

	it('holds when everything was accepted, or nothing', () => {
		for (const accepted of [true, false]) {
			const calibrator = fitCalibrator(Array.from({ length: 50 }, (_, i) => ({ raw: i / 50, accepted })));
			expect(calibrate(calibrator, 0.5)).toBeCloseTo(accepted ? 1 : 0, 1);
		}
	});
});

describe('certifyThreshold', () => {
	const flat = (rng: () => number, size: number, error: number): Reviewed[] => Array.from({ length: size }, () => ({ raw: 0.5 + rng() / 2, accepted: rng() >= error }));

	it('promises more than it holds in at most 5 % of 1,000 workspaces, with a flat error curve just above the target', () => {
		const rng = seeded(11);
		const wrong = Array.from({ length: 1000 }, () => certifyThreshold(flat(rng, 400, 0.055), { maxErrorShare: 0.05 })).filter((result) => result.threshold !== undefined);
		expect(wrong.length).toBeLessThanOrEqual(50);
	});

	it('finds a threshold where there is one', () => {
		const rng = seeded(3);
		const steep = Array.from({ length: 600 }, () => {
			const raw = rng();
			return { raw, accepted: raw > 0.8 ? rng() > 0.005 : rng() > 0.4 };
		});
		const result = certifyThreshold(steep, { maxErrorShare: 0.05 });
		expect(result.threshold).toBeGreaterThanOrEqual(0.7);
		expect(result.threshold).toBeLessThanOrEqual(0.9);
		expect(result.bound).toBeLessThanOrEqual(0.05);
	});

	it('counts the clean reviews still missing: 59 for 5 %, 93 with one error', () => {
		const clean = (size: number, errors: number): Reviewed[] => Array.from({ length: size }, (_, i) => ({ raw: 0.99, accepted: i >= errors }));
		expect(certifyThreshold([], { maxErrorShare: 0.05 })).toEqual({ bound: 1, coverage: 0, reviewsNeeded: 59 });
		expect(certifyThreshold(clean(58, 0), { maxErrorShare: 0.05 })).toMatchObject({ reviewsNeeded: 1 });
		expect(certifyThreshold(clean(59, 0), { maxErrorShare: 0.05 })).toMatchObject({ coverage: 1 });
		expect(certifyThreshold(clean(60, 1), { maxErrorShare: 0.05 })).toMatchObject({ reviewsNeeded: 33 });
		expect(() => certifyThreshold([], { maxErrorShare: 0 })).toThrow(RangeError);
	});
});
