import { brokenPromises, calibrationError } from '../../eval/confidence';
import { reaches, renderSection } from '../../eval/table';
import { uniform } from '../../eval/uniform';

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

describe('a section without counts', () => {
	it('prints its rows', () => {
		expect(renderSection({ title: 'T', note: 'n', figures: [], rows: ['a: 1'] })).toBe('T\n  n\n  a: 1\n');
	});
});
