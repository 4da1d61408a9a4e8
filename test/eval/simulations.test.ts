import { brokenPromises, calibrationError } from '../../eval/confidence';
import { certifiedLife, certifiedOnce, reliability, reviewsOf, wiredCalibration, type SimulatedModel } from '../../eval/learntConfidence';
import { alarmFigures } from '../../eval/experimentAlarms';
import { falseWinnersByLook } from '../../eval/experiments';
import { busiestHour, limitsSection } from '../../eval/limits';
import { stagesSection } from '../../eval/stages';
import { reaches, renderSection } from '../../eval/table';
import { thompsonVerdict } from '../../eval/thompson';
import { uniform } from '../../eval/uniform';
import { epochMs, HOUR } from '../../engine/time';

describe('confidence in simulated workspaces', () => {
	it('is within 0.05 of the truth after 300 reviews, where the raw score is far off', () => {
		const { high, uncalibrated } = calibrationError(20, 300, uniform(5));
		expect(high).toBeLessThanOrEqual(0.05);
		expect(uncalibrated).toBeGreaterThan(0.3);
	});

	it('breaks the certified promise in at most 5 % of workspaces, whatever the error curve', () => {
		const figures = brokenPromises(100, 400, uniform(6));
		expect(figures.filter(({ wanted }) => wanted)).toHaveLength(3);
		expect(figures.every((figure) => reaches(figure) !== false)).toBe(true);
	});
});

describe('confidence as the node learns it, in simulated workspaces', () => {
	const FLAT: SimulatedModel = { score: (rng) => 0.5 + rng() / 2, acceptance: () => 0.945 };

	it.each(['all', 'what is not sent'] as const)('is within 0.05 of the truth after 300 reviews of %s', (reading) => {
		expect(wiredCalibration(reading, 'all reviews', 40, 300, uniform(7)).error).toBeLessThanOrEqual(0.05);
	});

	it('certifies hardly ever what breaks its promise, once or in use', () => {
		const [flat, good] = certifiedOnce(100, 400, uniform(8));
		expect(reaches(flat)).toBe(true);
		expect(good.hits).toBeGreaterThan(20);
		const life = certifiedLife(FLAT, 100, 1_000, uniform(9));
		// 5 of 100 wanted; 11 or more would come by chance in less than 2 of 100 runs of a method that just reaches it.
		expect(life.after.every(({ certified }) => certified <= 10)).toBe(true);
		expect(life.after.map(({ drafts }) => drafts)).toEqual([500, 1_000]);
	});

	it('samples as the node does: all of it in assist, in automatic mode only what is low or audited', () => {
		const samplings = (reading: 'all' | 'what is not sent') => new Set(reviewsOf(FLAT, 300, reading, uniform(10)).map(({ sampling }) => sampling));
		expect([...samplings('all')]).toEqual(['full']);
		expect([...samplings('what is not sent')].sort()).toEqual(['audit', 'low']);
	});

	it('says what it means: stated confidence and acceptance go together, where the raw score is far off', () => {
		const { raw, calibrated } = reliability(30, 300, 200, uniform(11));
		const off = (points: typeof raw) => points.reduce((sum, { stated, accepted, drafts }) => sum + drafts * Math.abs(stated - accepted), 0) / points.reduce((sum, { drafts }) => sum + drafts, 0);
		expect(off(calibrated)).toBeLessThan(0.05);
		expect(off(raw)).toBeGreaterThan(0.3);
	});
});

describe('simulated experiments', () => {
	it('raise few false alarms, find what is broken, and can end without a difference', () => {
		const { figures, rows } = alarmFigures(uniform(8), { split: 4_000, weekly: 300, guardrail: 300, equal: 60 });
		const share = (name: string) => figures.filter((figure) => figure.name.includes(name)).map(({ hits, of }) => hits / of);
		// 0.1 % of 4,000 are 4; four standard deviations of 2 on top.
		expect(share('correct 50/50')[0]).toBeLessThanOrEqual(12 / 4_000);
		expect(share('correct 70/20/10')[0]).toBeLessThanOrEqual(12 / 4_000);
		// χ² at 55/45 is n / 100: 40 at 4,000 contacts, far above 10.8; 10 at 1,000, about even odds.
		expect(share('55/45')[2]).toBeGreaterThan(0.98);
		expect(share('55/45')[0]).toBeGreaterThan(0.3);
		expect(share('55/45')[0]).toBeLessThan(0.6);
		expect(share('with 1 %')[0]).toBeLessThanOrEqual(0.03);
		expect(share('with 5 %')[0]).toBeGreaterThan(0.97);
		expect(share('no difference')[0]).toBeGreaterThan(0.85);
		expect(rows).toHaveLength(1);
	});

	it('name winners among equals rarely by spending bounds, often by P(best)', () => {
		const { spending, belief } = falseWinnersByLook(60, uniform(10));
		expect(spending.at(-1)).toBeLessThanOrEqual(0.15);
		expect(belief.at(-1)).toBeGreaterThan(0.25);
		expect(belief).toEqual([...belief].sort((a, b) => a - b));
	});

	it('find the better arm by Thompson, and seldom one among equals while rates rise', () => {
		const rng = uniform(11);
		const named = (rates: (day: number) => [number, number], runs: number) => Array.from({ length: runs }, () => thompsonVerdict(rng, rates));
		expect(named(() => [0.1, 0.3], 5)).toEqual([1, 1, 1, 1, 1]);
		// 5 % of 30 are 1.5; three standard deviations of 1.2 on top.
		expect(named((day) => [0.1 + day / 910, 0.1 + day / 910], 30).filter((winner) => winner !== undefined).length).toBeLessThanOrEqual(5);
	});
});

describe('simulated stages', () => {
	it('stand still while scores flap or the model is away, and follow a real rise', () => {
		const { figures } = stagesSection(60);
		expect(figures.every((figure) => reaches(figure) !== false)).toBe(true);
		expect(figures.filter(({ wanted }) => !wanted).every(({ hits }) => hits > 20)).toBe(true);
	});
});

describe('a section without counts', () => {
	it('prints its rows', () => {
		expect(renderSection({ title: 'T', note: 'n', figures: [], rows: ['a: 1'] })).toBe('T\n  n\n  a: 1\n');
	});
});

describe('limits over simulated days', () => {
	it('count the busiest hour as it is: 60 minutes, its beginning left out', () => {
		expect(busiestHour([0, 1, HOUR, HOUR + 2].map((time) => epochMs(time)))).toBe(2);
		expect(busiestHour([])).toBe(0);
	});

	it('are never exceeded, and free again exactly when told, where a counter that starts anew lets more through', () => {
		const { figures } = limitsSection(2);
		const [allowed, first, over, counter] = figures;
		expect(allowed.of).toBeGreaterThan(500);
		expect([allowed, first, over].map(reaches)).toEqual([true, true, true]);
		expect(counter.hits).toBe(2);
	});
});
