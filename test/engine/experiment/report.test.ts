import type { ArmTally } from '../../../engine/experiment/armTally';
import { lookAt, PLAN_POLICY, type ExperimentPlan } from '../../../engine/experiment/plan';
import { reportExperiment, type ReportInput } from '../../../engine/experiment/report';
import { DAY, epochMs, later } from '../../../engine/time';

const START = epochMs('2026-03-02T12:00:00Z');
const plan: ExperimentPlan = { metric: 'reply', method: 'weighted', horizon: 4, guardrails: PLAN_POLICY.guardrails };
const variants = [{ id: 'a', name: 'Short', weight: 1 }, { id: 'b', name: 'Long', weight: 1 }];
const arm = (id: string, exposures: number, conversions: number, more: Partial<ArmTally> = {}): ArmTally => ({ id, exposures, conversions, expected: exposures, optOuts: 0, complaints: 0, firstAt: START, ...more });
const report = (day: number, tallies: ArmTally[], more: Partial<ReportInput> = {}) => {
	const now = later(START, day * DAY);
	return reportExperiment({ plan, variants, look: lookAt(START, now, plan.horizon), now, atLook: tallies, live: tallies, ...more });
};

describe('reportExperiment', () => {
	it('waits for the first look, however clear the counts seem', () => {
		expect(report(3, [arm('a', 500, 10), arm('b', 500, 300)])).toMatchObject({ verdict: 'keep_going', winner: undefined, look: 0, nextLookAt: '2026-03-09T12:00:00.000Z', sentence: 'Keep going, 1000 contacts so far: the first look is on 2026-03-09.' });
	});

	it('names the winner of a look, with shares, rates and intervals', () => {
		const said = report(20, [arm('a', 1000, 50), arm('b', 1000, 150)]);
		expect(said).toMatchObject({ verdict: 'winner', winner: 'b', look: 2, horizon: 4, asOf: '2026-03-16T12:00:00.000Z' });
		expect(said.variants[1]).toMatchObject({ id: 'b', name: 'Long', rate: 0.15, share: 0.5, expectedShare: 0.5 });
		expect(said.variants[1].low).toBeGreaterThan(0.1);
		expect(said.variants[1].high).toBeLessThan(0.2);
	});

	it('tells the weeks that are missing from how fast contacts joined', () => {
		// 1,000 contacts in two weeks are 500 a week; (1.96 + 0.8416)² (0.09 + 0.1056) / 0.02² = 3,838 an arm: 6,676 more, 14 weeks.
		expect(report(14, [arm('a', 500, 50), arm('b', 500, 60)])).toMatchObject({ verdict: 'keep_going', weeks: 14 });
	});

	it('ends without a difference at the last look, and stays there', () => {
		const tallies = [arm('a', 500, 50), arm('b', 500, 52)];
		expect(report(28, tallies).verdict).toBe('no_difference');
		expect(report(400, tallies)).toEqual(report(28, tallies));
	});

	it('stops for a guardrail on the present, before the first look too', () => {
		const live = [arm('a', 100, 5), arm('b', 100, 5, { optOuts: 9 })];
		// Lower 97.5 % bound of 9 of 100 is 4.2 %, above 2 %.
		const said = report(2, [arm('a', 10, 0), arm('b', 10, 0)], { live });
		expect(said).toMatchObject({ verdict: 'stop_guardrail', sentence: "Stop 'b': 9 opt-outs among 100 contacts are more than the 2.0 % allowed, and no accident." });
		expect(said.variants[1].optOuts).toBe(9);
		expect(report(2, [arm('a', 10, 0), arm('b', 10, 0)], { live: [arm('a', 100, 5), arm('b', 100, 5, { optOuts: 3 })] }).verdict).toBe('keep_going');
	});

	it('measures the split against the chances contacts had, not against equal shares', () => {
		const uneven = (expectedB: number) => report(8, [arm('a', 900, 9, { expected: 1000 - expectedB }), arm('b', 100, 1, { expected: expectedB })]);
		expect(uneven(100).verdict).toBe('keep_going');
		// χ² = 50²/850 + 50²/150 = 19.6, far beyond the 10.8 of p = 0.001.
		expect(uneven(150).verdict).toBe('sample_ratio_mismatch');
	});

	it('leaves an arm out that was taken out before it could be judged, and keeps one that could', () => {
		const three = [...variants, { id: 'c', name: 'Gone', weight: 0 }];
		const judged = (gone: number) => report(21, [arm('a', 1000, 50), arm('b', 1000, 150), arm('c', gone, 0)], { variants: three });
		expect(judged(5)).toMatchObject({ verdict: 'winner', winner: 'b' });
		expect(judged(5).variants[2]).toMatchObject({ id: 'c', exposures: 5, low: 0, high: 1 });
		expect(judged(200)).toMatchObject({ verdict: 'winner', winner: 'b' });
	});

	it('has a sentence when there is nobody, or nothing to compare', () => {
		const none = [arm('a', 0, 0, { firstAt: undefined }), arm('b', 0, 0, { firstAt: undefined })];
		expect(report(0, none)).toMatchObject({ verdict: 'keep_going', variants: [{ share: 0, expectedShare: 0, low: 0, high: 1 }, {}] });
		expect(report(10, none).sentence).toMatch(/level so far/);
		expect(report(10, none, { variants: [variants[0], { ...variants[1], weight: 0 }] }).sentence).toMatch(/nothing to compare/);
	});
});
