import { shadowFigures, simulateWorkspace, WORLD } from '../../eval/shadow';
import { shadowReport } from '../../engine/message/shadowReport';
import { uniform } from '../../eval/uniform';

describe('the report of simulated workspaces', () => {
	it('counts decisions as they were made', () => {
		const cases = simulateWorkspace(uniform(3), WORLD, 500);
		const { decisions, cases: all } = shadowReport(cases);
		expect(all).toBe(500);
		expect(decisions).toEqual({ send: 0, review: 0, block: 0, no_reply: 0, ...Object.fromEntries([...Map.groupBy(cases, ({ decision }) => decision)].map(([decision, { length }]) => [decision, length])) });
	});

	it('holds the agreement to be expected in its interval about as often as it says', () => {
		const { holds } = shadowFigures(WORLD, 40, { size: 500, seed: 77, large: 20_000 });
		// 40 workspaces at 95 %: fewer than 34 would come once in a thousand times.
		expect(holds.send).toBeGreaterThanOrEqual(34);
		expect(holds.silence).toBeGreaterThanOrEqual(34);
	});

	it('agrees with what people do where nobody rephrases, forgets, is polite or misreads', () => {
		const { expected } = shadowFigures({ ...WORLD, answered: 1, polite: 0, rephrased: 0, misread: 0 }, 0, { large: 10_000 });
		expect(expected.send).toBeCloseTo(expected.sendRight, 2);
		expect(expected.silence).toBe(1);
		expect(expected.silenceRight).toBe(1);
	});

	it('understates how often sends are right the more people rephrase', () => {
		const at = (rephrased: number): number => shadowFigures({ ...WORLD, rephrased }, 0, { large: 10_000 }).expected.send;
		expect(at(0.5)).toBeLessThan(at(0.3));
		expect(at(0.3)).toBeLessThan(at(0.1));
	});
});
