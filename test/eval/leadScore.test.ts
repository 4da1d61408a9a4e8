import { leadScoreSection, rankedRight, refusedUnderMinimum, simulateLeadScore } from '../../eval/leadScore';
import { ownPairs, placesFound, retrievalSection } from '../../eval/retrieval';
import { studentInterval } from '../../eval/studentInterval';
import { uniform } from '../../eval/uniform';

const simulate = (world: 'own market' | 'rules are right' | 'nothing to learn') => simulateLeadScore({ world, conversions: 150, workspaces: 4, unseen: 500, rng: uniform(41) });

describe('the learned score in simulated workspaces', () => {
	it('ranks leads better than the rules where the market has its own ways, blended too', () => {
		const { learnedGain, blendedGain, best, learned } = simulate('own market');
		expect(learnedGain.mean).toBeGreaterThan(0.05);
		expect(blendedGain.mean).toBeGreaterThan(0.02);
		expect(learned.mean).toBeLessThan(best);
	});

	it('costs little where the rules are right, and finds nothing where there is nothing', () => {
		expect(simulate('rules are right').blendedGain.mean).toBeGreaterThan(-0.03);
		expect(Math.abs(simulate('nothing to learn').learned.mean - 0.5)).toBeLessThan(0.05);
	});

	it('is refused with 119 conversions', () => {
		expect(refusedUnderMinimum()).toBe(true);
	});

	it('prints one row a case', () => {
		expect(leadScoreSection([simulate('own market')]).rows?.[0]).toMatch(/^own market, 150 conversions +AUC rules 0\.\d{3} \[/);
	});
});

describe('how ranking is measured', () => {
	it('is the share of pairs ranked right, ties half', () => {
		const lead = (height: number, converted: boolean) => ({ height, converted });
		// Pairs: 3>1, 3>2, 2=2 (half), 2>1: 3.5 of 4.
		expect(rankedRight([lead(3, true), lead(2, true), lead(2, false), lead(1, false)])).toBe(3.5 / 4);
		expect(rankedRight([lead(1, true), lead(2, false)])).toBe(0);
	});

	it("has Student's interval", () => {
		// 1, 2, 3: mean 2, t(2) = 4.3027, standard error 1/√3.
		const { mean, low, high } = studentInterval([1, 2, 3]);
		expect([mean, low, high].map((value) => value.toFixed(3))).toEqual(['2.000', '-0.484', '4.484']);
	});
});

describe('finding knowledge by words', () => {
	it('finds what is asked in the words it is written in', () => {
		const found = placesFound(ownPairs(), 'question');
		expect(found).toHaveLength(60);
		expect(found.filter(({ place }) => place >= 0 && place < 4).length).toBeGreaterThanOrEqual(55);
		expect(retrievalSection().figures[0]).toMatchObject({ of: 60 });
	});
});
