import { afterPoll, costWords, nextPoll, stopDue, TRAINING_JOB_POLICY, trainingJobSentence, type TrainingJob } from '../../../engine/training/trainingJob';
import { trainingFailure } from '../../../engine/training/trainingFailures';
import { epochMs, HOUR, later, MINUTE } from '../../../engine/time';

const NOW = epochMs('2026-03-02T12:00:00Z');
const job = (more: Partial<TrainingJob> = {}): TrainingJob => ({
	workspace: 'acme', id: 'j', version: 'v2.2.0', backend: 'fine_tuning', state: 'training', exportHash: 'h', mark: 'm', baseModel: 'gpt-4.1-mini', method: 'supervised', serverUrl: '', providerJobId: 'ftjob-1', requestedBy: 'weekly',
	createdAt: later(NOW, -HOUR), submittedAt: later(NOW, -30 * MINUTE), deadlineAt: later(NOW, HOUR), polls: 1, failedPolls: 0, ...more,
});
const seen = (more: object) => ({ kind: 'job' as const, job: { id: 'ftjob-1', state: 'running' as const, word: 'running', ...more } });

describe('a look at a training', () => {
	it('comes when the provider thinks it is done, within two and thirty minutes, and later after each failure', () => {
		expect(nextPoll({ failedPolls: 0 }, NOW)).toBe(later(NOW, 2 * MINUTE));
		expect(nextPoll({ failedPolls: 0, estimatedFinish: later(NOW, 10 * MINUTE) }, NOW)).toBe(later(NOW, 10 * MINUTE));
		expect(nextPoll({ failedPolls: 0, estimatedFinish: later(NOW, -HOUR) }, NOW)).toBe(later(NOW, 2 * MINUTE));
		expect(nextPoll({ failedPolls: 0, estimatedFinish: later(NOW, 9 * HOUR) }, NOW)).toBe(later(NOW, 30 * MINUTE));
		expect([1, 2, 3, 4, 5, 400].map((failedPolls) => (nextPoll({ failedPolls }, NOW) - NOW) / MINUTE)).toEqual([2, 4, 8, 16, 30, 30]);
	});

	it('stops what was asked to stop, and what is past its time', () => {
		expect(stopDue(job(), NOW)).toBeUndefined();
		expect(stopDue(job({ deadlineAt: NOW }), NOW)).toBe('deadline');
		expect(stopDue(job({ deadlineAt: NOW, stop: 'asked' }), NOW)).toBe('asked');
	});

	it('believes a success only with a model, and none that somebody cancelled', () => {
		expect(afterPoll(job(), seen({ state: 'succeeded', word: 'succeeded', modelId: 'ft:x', trainedTokens: 7 }), NOW)).toMatchObject({ state: 'succeeded', modelId: 'ft:x', trainedTokens: 7, finishedAt: NOW });
		expect(afterPoll(job(), seen({ state: 'succeeded', word: 'succeeded' }), NOW)).toMatchObject({ state: 'failed', errorCode: 'no_model' });
		expect(afterPoll(job({ stop: 'asked' }), seen({ state: 'succeeded', word: 'succeeded', modelId: 'ft:x' }), NOW)).toMatchObject({ state: 'cancelled', modelId: 'ft:x' });
		// It was late, but it is paid for and nobody said no.
		expect(afterPoll(job({ deadlineAt: NOW }), seen({ state: 'succeeded', word: 'succeeded', modelId: 'ft:x' }), NOW)).toMatchObject({ state: 'succeeded' });
	});

	it('tells a cancel of ours from one in the account, and gives up stopping after twelve failures', () => {
		const cancelled = seen({ state: 'cancelled', word: 'cancelled' });
		expect(afterPoll(job({ stop: 'asked' }), cancelled, NOW)).toMatchObject({ state: 'cancelled' });
		expect(afterPoll(job({ stop: 'deadline' }), cancelled, NOW)).toMatchObject({ state: 'failed', errorCode: 'deadline' });
		expect(afterPoll(job(), cancelled, NOW)).toMatchObject({ state: 'failed', errorCode: 'cancelled_elsewhere' });
		const lost = { kind: 'unreachable' as const, why: 'No answer.' };
		expect(afterPoll(job({ failedPolls: 500 }), lost, NOW)).toMatchObject({ failedPolls: 501, nextPollAt: later(NOW, TRAINING_JOB_POLICY.longestPauseMs) });
		expect(afterPoll(job({ stop: 'asked', failedPolls: 10 }), lost, NOW).state).toBeUndefined();
		expect(afterPoll(job({ stop: 'asked', failedPolls: 11 }), lost, NOW)).toMatchObject({ state: 'failed', errorCode: 'not_stopped' });
	});
});

describe('the sentence of a training', () => {
	it('says where it stands and what it cost, and never that the unknown is free', () => {
		expect(trainingJobSentence(job({ providerState: 'running', estimatedFinish: later(NOW, 2 * HOUR) }), NOW)).toBe('v2.2.0 is in training on gpt-4.1-mini for 30 min (running), about 2.0 h to go.');
		expect(trainingJobSentence(job({ failedPolls: 2, error: 'No answer.' }), NOW)).toContain('The last 2 looks failed: No answer.');
		expect(costWords({ backend: 'fine_tuning', trainedTokens: 1_234_567, costUsd: 6.172835 })).toBe('1,234,567 tokens trained, 6.17 USD at list price');
		expect(costWords({ backend: 'fine_tuning', trainedTokens: 10 })).toBe('10 tokens trained, cost unknown');
		expect(costWords({ backend: 'fine_tuning' })).toBe('the provider named no number of tokens, cost unknown');
	});

	it('knows reasons nobody foresaw', () => {
		expect(trainingFailure('v1.0.0', 'constructor', 'Odd.')).toBe('The training of v1.0.0 failed: the provider gave the reason "constructor". Look at the job in the provider\'s account, then start again. It was said: Odd.');
	});
});
