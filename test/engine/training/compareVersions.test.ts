import { compareVersions, type CompareInput } from '../../../engine/training/compareVersions';
import { harmEvidence, judgeHarm, type HarmStratum } from '../../../engine/training/harm';
import { liftOf } from '../../../engine/training/lift';
import { reviewsNeeded } from '../../../engine/training/sendsNeeded';

const NO_HARM = { optOuts: [], complaints: [], rejections: [] };
const input = (candidate: [number, number], control: [number, number], more: Partial<CompareInput> = {}): CompareInput => ({
	candidate: { id: 'v2.2.0', exposures: candidate[0], conversions: candidate[1] },
	control: { id: 'v2.1.0', exposures: control[0], conversions: control[1] },
	metric: 'positive_reply',
	share: 0.1,
	guardrails: NO_HARM,
	look: 10,
	horizon: 26,
	...more,
});
const stratum = (candidate: [number, number], control: [number, number]): HarmStratum => ({ candidate: { contacts: candidate[0], events: candidate[1] }, control: { contacts: control[0], events: control[1] } });

describe('the lift of a candidate', () => {
	it('is the ratio of rates with the bounds of its logarithm', () => {
		const lift = liftOf({ id: 'a', exposures: 400, conversions: 100 }, { id: 'b', exposures: 1_000, conversions: 200 });
		// By hand: 0.25 / 0.2 = 1.25; standard error √(0.75/(0.25·400) + 0.8/(0.2·1000)) = √0.0115.
		expect(lift?.value).toBeCloseTo(0.25, 9);
		expect(lift?.error).toBeCloseTo(Math.sqrt(0.0115), 9);
		expect(lift?.low).toBeCloseTo(1.25 * Math.exp(-1.6448536 * Math.sqrt(0.0115)) - 1, 6);
	});

	it('gives no credit for having had more contacts in the better weeks', () => {
		// Both do 10 % in the first week and 30 % in the second; the candidate came mostly in the second.
		const weeks = (a: number, b: number) => [{ exposures: a, conversions: a * 0.1 }, { exposures: b, conversions: b * 0.3 }];
		const [mine, theirs] = [weeks(100, 500), weeks(900, 500)];
		const lift = liftOf({ id: 'a', exposures: 600, conversions: 160, weeks: mine }, { id: 'b', exposures: 1_400, conversions: 240, weeks: theirs });
		expect(lift?.value).toBeCloseTo(0, 9);
	});

	it('is not told from fewer than ten successes', () => {
		expect(liftOf({ id: 'a', exposures: 400, conversions: 9 }, { id: 'b', exposures: 1_000, conversions: 200 })).toBeUndefined();
	});
});

describe('evidence of harm', () => {
	it('is the likelihood ratio worked out by hand, averaged over the ratios', () => {
		// Equal arms, two cases, both with the candidate: each ratio r says (2r/(r+1))².
		const byHand = [1.25, 1.5, 2, 3, 5, 8].map((r) => ((2 * r) / (r + 1)) ** 2).reduce((a, b) => a + b) / 6;
		expect(harmEvidence([stratum([100, 2], [100, 0])])).toBeCloseTo(byHand, 9);
		expect(harmEvidence([])).toBe(1);
		expect(harmEvidence([stratum([0, 0], [100, 5])])).toBe(1);
	});

	it('does not accuse a candidate whose share grew when everybody opted out', () => {
		const apart = harmEvidence([stratum([100, 1], [900, 9]), stratum([500, 50], [500, 50])]);
		const together = harmEvidence([stratum([600, 51], [1_400, 59])]);
		expect(apart).toBeLessThan(1);
		expect(together).toBeGreaterThan(20);
	});

	it('rolls nothing back for two cases', () => {
		expect(judgeHarm('complaints', [stratum([10, 2], [100_000, 0])]).verdict).toBe('none');
		expect(judgeHarm('complaints', [stratum([10, 3], [100_000, 0])]).verdict).toBe('harm');
	});
});

describe('what becomes of a candidate', () => {
	const good: [number, number] = [2_000, 500];
	const base: [number, number] = [18_000, 3_600];

	it('is everybody, when it is proven better by more than 5 %', () => {
		// 25 % against 20 %: z = 5.3.
		expect(compareVersions(input(good, base))).toMatchObject({ verdict: 'promote', sentence: expect.stringMatching(/^Promote v2\.2\.0: 25\.0 % positive replies among 2,000 contacts against 20\.0 % among 18,000 \(\+25 %/) });
	});

	it('is a larger share, when it is no worse than 10 % below with 95 % certainty', () => {
		expect(compareVersions(input([2_000, 410], base))).toMatchObject({ verdict: 'ramp', nextShare: 0.25 });
		expect(compareVersions(input([2_000, 410], base, { share: 0.5 })).verdict).toBe('keep_going');
		expect(compareVersions(input([2_000, 410], base, { share: 0.25, newFigures: false }))).toMatchObject({ verdict: 'keep_going', waits: true, sentence: expect.stringContaining('when the next weekly look') });
		expect(compareVersions(input([2_000, 385], base))).toMatchObject({ verdict: 'keep_going', needed: { step: 'ramp' } });
	});

	it('is its end, when it is proven worse or the looks are used up', () => {
		expect(compareVersions(input([2_000, 300], base)).verdict).toBe('worse');
		expect(compareVersions(input([2_000, 400], base, { look: 26, share: 0.5 }))).toMatchObject({ verdict: 'no_difference', sentence: expect.stringContaining('Keep v2.1.0.') });
	});

	it('is its end for harm, whatever it wins and whenever it is asked', () => {
		const guardrails = { ...NO_HARM, optOuts: [stratum([2_000, 60], [18_000, 180])] };
		expect(compareVersions(input(good, base, { guardrails, look: 0 }))).toMatchObject({ verdict: 'roll_back', sentence: 'Roll v2.2.0 back: 60 opt-outs among its 2,000 contacts against 180 among 18,000 of the deployed version are more than chance explains.' });
	});

	it('is no more contacts while harm is suspected or a ceiling is broken, however well it does', () => {
		const suspected = { ...NO_HARM, rejections: [stratum([100, 22], [900, 110])] };
		expect(compareVersions(input(good, base, { guardrails: suspected }))).toMatchObject({ verdict: 'keep_going', heldBy: 'rejections' });
		// As bad as the deployed one, which the candidate does not answer for; but neither should reach more people.
		const ceiling = { ...NO_HARM, optOuts: [stratum([2_000, 80], [18_000, 720])] };
		expect(compareVersions(input(good, base, { guardrails: ceiling }))).toMatchObject({ verdict: 'keep_going', heldBy: 'optOuts' });
	});

	it('is nothing by the metric before the first look, and nothing when the split is not the one drawn', () => {
		expect(compareVersions(input(good, base, { look: 0 })).verdict).toBe('keep_going');
		const split = input([2_000, 500], [18_000, 3_600]);
		expect(compareVersions({ ...split, candidate: { ...split.candidate, expected: 2_300 }, control: { ...split.control, expected: 17_700 } }).verdict).toBe('split_broken');
	});

	it('says in one sentence how many contacts and weeks are missing, and what a small team can do instead', () => {
		const { sentence, needed } = compareVersions(input([100, 10], [900, 90], { sendsPerWeek: 100 }));
		// By hand: variance 0.09 / 0.01 = 9 over 0.1·0.9·(ln(1/0.9)/1.645)² gives 24,372 contacts in all.
		expect(needed?.contacts).toBeGreaterThan(23_300);
		expect(needed?.contacts).toBeLessThan(23_450);
		expect(needed?.weeks).toBe(Math.ceil((needed?.contacts ?? 0) / 100));
		expect(sentence).toMatch(/about 23,\d{3} more contacts are needed to give it more contacts, 234 weeks at this pace; compared by reviewer approval, about [\d,]+ reviews would do\.$/);
		expect(compareVersions(input([50, 0], [450, 0])).sentence).toContain('nothing has succeeded yet');
	});

	it('needs about as many reviews as a fixed test would', () => {
		// 6.18 · (0.3/0.7) / (0.25 · ln(1.1)²) = 1,167 at 50/50.
		expect(reviewsNeeded(0.5)).toBeGreaterThan(1_150);
		expect(reviewsNeeded(0.5)).toBeLessThan(1_180);
	});

	it('refuses counts that cannot be', () => {
		expect(() => compareVersions(input([10, 11], [10, 1]))).toThrow(RangeError);
		expect(() => compareVersions(input([Number.NaN, 1], [10, 1]))).toThrow(RangeError);
	});
});
