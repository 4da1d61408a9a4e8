import { rolloutLife, rolloutLives } from '../../eval/rolloutWorld';
import { uniform } from '../../eval/uniform';

jest.setTimeout(240_000);

describe('rollouts in simulated workspaces', () => {
	it('promote a candidate that is no better in at most 5 % of 26 weekly looks, and take hardly one out for harm it does not do', () => {
		const lives = rolloutLives({ perWeek: 300, rate: 0.7, ratio: 1 }, 100, uniform(3));
		// 5 of 100 wanted; 11 or more would come by chance in less than 2 of 100 runs of a rule that just reaches it.
		expect(lives.filter(({ end }) => end === 'promote').length).toBeLessThanOrEqual(10);
		expect(lives.filter(({ end }) => end === 'roll_back').length).toBeLessThanOrEqual(10);
	});

	it('seldom give half of the contacts to a candidate that is a fifth worse', () => {
		const lives = rolloutLives({ perWeek: 1_000, rate: 0.2, ratio: 0.8 }, 100, uniform(4));
		expect(lives.filter(({ share }) => share >= 0.5).length).toBeLessThanOrEqual(5);
		expect(lives.every(({ end }) => end === 'worse' || end === 'roll_back' || end === 'no_difference')).toBe(true);
	});

	it('take out what does three times the harm, most of them within eight weeks', () => {
		const lives = rolloutLives({ perWeek: 1_000, rate: 0.2, ratio: 1, harmRatio: 3 }, 100, uniform(5));
		expect(lives.filter(({ end }) => end === 'roll_back').length).toBeGreaterThanOrEqual(95);
		expect(lives.filter(({ week }) => week <= 8).length).toBeGreaterThanOrEqual(80);
	});

	it('promote what is a quarter better, in the end', () => {
		const lives = rolloutLives({ perWeek: 1_000, rate: 0.2, ratio: 1.25 }, 40, uniform(6));
		expect(lives.filter(({ end }) => end === 'promote').length).toBeGreaterThanOrEqual(36);
	});

	it('are the same for the same seed', () => {
		const world = { perWeek: 200, rate: 0.3, ratio: 1.1 };
		expect(rolloutLife(world, uniform(7))).toEqual(rolloutLife(world, uniform(7)));
	});
});
