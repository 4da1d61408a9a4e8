import fc from 'fast-check';
import { calibrate, lowestRaw, type Reviewed } from '../../../engine/draft/calibration';
import { certifiedNow } from '../../../engine/draft/certifiedLooks';
import { certifyThreshold, cleanReviewsFor } from '../../../engine/draft/certifyThreshold';
import { learnConfidence, type JudgedDraft, type LearningOptions } from '../../../engine/draft/learntConfidence';
import { seeded } from '../../seeded';

const MAKER = { modelId: 'm', promptVersion: 'p', scoring: '1/k1' };
const FIXED: LearningOptions = { wish: { source: 'fixed', threshold: 0.85 }, acceptedEditDistance: 0 };
const CERTIFIED: LearningOptions = { wish: { source: 'certified', maxErrorShare: 0.05 }, acceptedEditDistance: 0 };

const judged = (count: number, change: Partial<JudgedDraft> = {}, from = 0): JudgedDraft[] =>
	Array.from({ length: count }, (_, i) => ({ draftId: `d${from + i}`, raw: 0.95, decision: 'approved', ...MAKER, sampling: 'full', gateIssues: [], decidedAt: from + i, ...change }));
const certified = (drafts: readonly JudgedDraft[], options = CERTIFIED) => learnConfidence(drafts, MAKER, options).bar;

describe('learnConfidence', () => {
	it('knows nothing without reviews', () => {
		expect(learnConfidence([], MAKER, FIXED)).toEqual({
			calibrator: { kind: 'identity', reviews: 0, calibrated: false },
			bar: { source: 'fixed', threshold: 0.85, rawThreshold: 0.85 },
			sentence: 'Not calibrated: 0 of 30 reviews; drafts may be sent from 0.85.',
		});
		expect(learnConfidence([], MAKER, CERTIFIED)).toMatchObject({
			bar: { reviewsNeeded: 59 },
			sentence: 'Not calibrated: 0 of 30 reviews; no threshold is certified for at most 5 % errors yet, at least 59 more accepted drafts are needed.',
		});
	});

	it('certifies on 59 clean reviews, and not on 58', () => {
		expect(certified(judged(58))).toEqual({ source: 'certified', maxErrorShare: 0.05, reviewsNeeded: 1 });
		const learnt = learnConfidence(judged(59), MAKER, CERTIFIED);
		expect(learnt.bar).toMatchObject({ rawThreshold: 0.5 });
		expect(learnt.sentence).toBe('Calibrated on 59 reviews; at most 5 % errors are certified from score 0.5 on.');
	});

	it.each([
		['model', { modelId: 'm2' }],
		['prompt', { promptVersion: 'p2' }],
		['way of scoring', { scoring: '1/k3' }],
		['model, unknown', { modelId: undefined }],
	])('starts anew with another %s', (_what, change) => {
		const { calibrator, bar } = learnConfidence(judged(300, change), MAKER, CERTIFIED);
		expect([calibrator.reviews, bar]).toEqual([0, { source: 'certified', maxErrorShare: 0.05, reviewsNeeded: 59 }]);
	});

	it('counts for neither what something about the draft brought before a person', () => {
		const issue = { check: 'compliance', severity: 'review' } as const;
		for (const change of [{ sampling: 'held' }, { sampling: undefined }, { gateIssues: [issue] }, { gateIssues: [{ check: 'takeover', severity: 'block' }] }] satisfies Partial<JudgedDraft>[]) {
			expect(learnConfidence(judged(300, change), MAKER, CERTIFIED).calibrator.reviews).toBe(0);
		}
		const harmless = [{ check: 'mode', severity: 'review' }, { check: 'confidence', severity: 'review' }, { check: 'spam', severity: 'note' }] as const;
		expect(learnConfidence(judged(300, { gateIssues: harmless }), MAKER, CERTIFIED).calibrator.reviews).toBe(300);
	});

	it('calibrates on drafts held back for their score, and certifies nothing by them', () => {
		const { calibrator, bar } = learnConfidence(judged(300, { sampling: 'low' }), MAKER, CERTIFIED);
		expect([calibrator.reviews, 'reviewsNeeded' in bar]).toEqual([300, true]);
	});

	it('lets audits speak for the scores they were drawn from, and for none below', () => {
		expect(certified(judged(200, { sampling: 'audit', rawThreshold: 0.9 }))).toMatchObject({ rawThreshold: 0.9 });
		// 59 of everything, half of it wrong below 0.9: two hundred clean audits from 0.9 on must not drown those errors.
		const low = judged(59).map((draft, i): JudgedDraft => ({ ...draft, raw: i % 2 ? 0.95 : 0.6, decision: i % 2 ? 'approved' : 'rejected' }));
		expect(certified([...low, ...judged(400, { sampling: 'audit', rawThreshold: 0.9 }, 59)])).toMatchObject({ rawThreshold: 0.9 });
		expect('reviewsNeeded' in certified(judged(200, { sampling: 'audit', rawThreshold: undefined }))).toBe(true);
	});

	it('counts an edit up to the stated share as accepted, and one of unknown size never', () => {
		const edited = judged(59, { decision: 'edited', editDistance: 0.1 });
		const within = (acceptedEditDistance: number, drafts = edited) => 'rawThreshold' in certified(drafts, { ...CERTIFIED, acceptedEditDistance });
		expect([within(0), within(0.09), within(0.1), within(1)]).toEqual([false, false, true, true]);
		expect(within(0.9, judged(59, { decision: 'edited' }))).toBe(false);
		expect(within(0, judged(59, { decision: 'approved', editDistance: 0.2 }))).toBe(false);
		expect(within(1, judged(59, { decision: 'rejected', editDistance: 0 }))).toBe(false);
	});

	it('counts a draft once, by the first decision about it', () => {
		const twice = [...judged(58), { ...judged(1)[0], decidedAt: 99 }];
		expect(learnConfidence(twice, MAKER, CERTIFIED).calibrator.reviews).toBe(58);
		const changed = [...judged(59, { decision: 'rejected', decidedAt: 1_000 }), ...judged(59)];
		expect('rawThreshold' in certified(changed)).toBe(true);
		expect('rawThreshold' in certified(changed.toReversed())).toBe(true);
	});

	it('holds when all was rejected: nothing may be sent, whatever the threshold', () => {
		const { calibrator, bar } = learnConfidence(judged(300, { decision: 'rejected' }), MAKER, FIXED);
		expect(calibrate(calibrator, 1)).toBeLessThan(0.05);
		expect(bar).toEqual({ source: 'fixed', threshold: 0.85 });
		const { bar: none } = learnConfidence(judged(300, { decision: 'rejected' }), MAKER, CERTIFIED);
		expect('reviewsNeeded' in none && none.reviewsNeeded).toBeGreaterThan(59);
	});

	it('states a threshold no higher than the confidence of a draft that reaches it', () => {
		const rng = seeded(4);
		let held = 0;
		for (let world = 0; world < 30; world += 1) {
			const drafts = judged(60 + Math.floor(rng() * 400)).map((draft): JudgedDraft => {
				const raw = 0.5 + rng() / 2;
				return { ...draft, raw, decision: rng() < 0.02 + 0.5 * (1 - raw) ** 2 ? 'rejected' : 'approved' };
			});
			const { calibrator, bar } = learnConfidence(drafts, MAKER, { ...CERTIFIED, wish: { source: 'certified', maxErrorShare: 0.1 } });
			if (!('rawThreshold' in bar) || bar.source !== 'certified') continue;
			held += 1;
			for (let raw = bar.rawThreshold; raw <= 1; raw += 0.01) expect(calibrate(calibrator, raw)).toBeGreaterThanOrEqual(bar.threshold);
		}
		expect(held).toBeGreaterThan(5);
	});

	it('does not mind the order in which reviews come', () => {
		const rng = seeded(9);
		const drafts = judged(200).map((draft): JudgedDraft => ({ ...draft, raw: rng(), decision: rng() < 0.1 ? 'rejected' : 'approved' }));
		expect(learnConfidence(drafts.toReversed(), MAKER, CERTIFIED)).toEqual(learnConfidence(drafts, MAKER, CERTIFIED));
	});

	it('passes over scores that are no numbers', () => {
		expect(learnConfidence(judged(100, { raw: Number.NaN }), MAKER, CERTIFIED).calibrator.reviews).toBe(0);
	});
});

describe('lowestRaw', () => {
	it('is where the confidence is reached, to four decimals, never below', () => {
		fc.assert(
			fc.property(fc.double({ min: 0.5, max: 12, noNaN: true }), fc.double({ min: -6, max: 3, noNaN: true }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (slope, intercept, confidence) => {
				const calibrator = { kind: 'platt', reviews: 50, calibrated: true, slope, intercept } as const;
				// The sigmoid turned round, by hand.
				const exact = (Math.log(confidence / (1 - confidence)) - intercept) / slope;
				const found = lowestRaw(calibrator, confidence);
				if (exact > 1) expect(found).toBeUndefined();
				else if (found !== undefined) {
					expect(found).toBeGreaterThanOrEqual(Math.max(0, exact) - 1e-9);
					expect(found).toBeLessThanOrEqual(Math.max(0, exact) + 1.01e-4);
				}
			}),
		);
	});
});

describe('certifiedNow', () => {
	const clean = (size: number): Reviewed[] => Array.from({ length: size }, () => ({ raw: 0.95, accepted: true }));

	it('knows the published sizes: 29 for 10 %, 59 for 5 %, 149 for 2 %, 299 for 1 %', () => {
		expect([0.1, 0.05, 0.02, 0.01].map((share) => cleanReviewsFor(share))).toEqual([29, 59, 149, 299]);
	});

	it('grants a threshold only at its looks: 59, then 2.5 times as many', () => {
		const late = [{ raw: 0.95, accepted: false }, ...clean(146)];
		// 93 reviews with one error would do, had they not to wait for the next look at 148.
		expect(certifyThreshold(late, { maxErrorShare: 0.05 }).threshold).toBeDefined();
		expect(certifiedNow(late, { maxErrorShare: 0.05 })).toEqual({ reviewsNeeded: 1 });
		expect(certifiedNow([...late, ...clean(1)], { maxErrorShare: 0.05 }).rawThreshold).toBeDefined();
	});

	it('takes it back at once when the errors come', () => {
		const errors = Array.from({ length: 3 }, () => ({ raw: 0.95, accepted: false }));
		expect(certifiedNow(clean(60), { maxErrorShare: 0.05 }).rawThreshold).toBe(0.5);
		expect(certifiedNow([...clean(60), ...errors], { maxErrorShare: 0.05 }).reviewsNeeded).toBeGreaterThan(50);
	});
});
