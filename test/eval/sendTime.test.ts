import { sendTimeSection, simulateSendTime, type SendTimeResult } from '../../eval/sendTime';

const simulate = (habit: SendTimeResult['habit'], segments = 8): SendTimeResult[] =>
	simulateSendTime({ habit, lag: 'prompt', unit: 'answers', sizes: [20], segments, contactsPerSegment: 5, othersPerSegment: 6, seed: 77 });

describe('learnt send times against simulated contacts', () => {
	// Forty contacts are too few for every interval to clear 0 against the histogram; the evaluation runs 500.
	it.each(['two-peaked', 'midnight', 'drifting'] as const)('%s habits, 20 answers: above the channel default and the plain histogram', (habit) => {
		for (const { gains, learnt, best, contacts } of simulate(habit)) {
			expect(contacts).toBe(40);
			expect(gains.channelDefault.low).toBeGreaterThan(0);
			expect(gains.histogram.mean).toBeGreaterThan(0.02);
			expect(learnt).toBeLessThan(best);
		}
	});

	it('prints one row a case with sizes and intervals', () => {
		const { rows } = sendTimeSection(simulate('midnight', 2));
		expect(rows).toHaveLength(2);
		expect(rows[0]).toMatch(/^midnight, prompt, 20 answers, prior segment +n=10 .*− default [+-]\d+\.\d \[/);
	});
});
