import fc from 'fast-check';
import { assignStage, type AssignStageInput } from '../../../engine/pipeline/assignStage';
import type { StageDefinition } from '../../../engine/pipeline/stage';
import { withRanges } from '../../../engine/pipeline/stageRanges';

const stage = (id: string, type: StageDefinition['type'], order: number, min?: number, max?: number): StageDefinition => ({ id, name: `Stage ${id}`, type, order, min, max });

const PIPELINE = [
	stage('won', 'WON', 5),
	stage('new', 'LEAD', 1, 0, 30),
	stage('talk', 'IN_PROGRESS', 2, 31, 60),
	stage('offer', 'IN_PROGRESS', 3, 61, 80),
	stage('lost', 'LOST', 6),
	stage('old', 'ARCHIVED', 7),
];
const NOW = '2026-05-20T10:00:00Z';
const place = (input: Partial<AssignStageInput>) => assignStage({ stages: PIPELINE, score: 10, status: 'NEW', confidence: 0.9, mode: 'update', now: NOW, ...input });

describe('where the rules point', () => {
	it.each([
		[{ score: 0 }, 'new', 'score_range'],
		[{ score: 30.5 }, 'new', 'score_range'],
		[{ score: 31 }, 'talk', 'score_range'],
		[{ score: 80 }, 'offer', 'score_range'],
		[{ score: 97 }, 'offer', 'score_range'],
		[{ score: 10, status: 'WON' as const }, 'won', 'status'],
		[{ score: 99, status: 'LOST' as const }, 'lost', 'status'],
		[{ score: 70, recommendedStage: 'stage NEW ' }, 'offer', 'score_range'],
	])('%j goes to %s by %s', (input, stageId, rule) => {
		expect(place(input)).toMatchObject({ stageId, rule, changed: true, needsReview: false });
	});

	it('takes the recommended name, whatever its case, only where no range fits', () => {
		const gap = [stage('a', 'LEAD', 1, 0, 10), stage('b', 'IN_PROGRESS', 2, 50, 60)];
		expect(place({ stages: gap, score: 25, recommendedStage: ' STAGE B' })).toMatchObject({ stageId: 'b', rule: 'recommended' });
		// Middles 5 and 55: 25 is nearer to 5.
		expect(place({ stages: gap, score: 25 })).toMatchObject({ stageId: 'a', rule: 'nearest' });
		// 30 is exactly between: the earlier stage.
		expect(place({ stages: gap, score: 30 })).toMatchObject({ stageId: 'a', rule: 'nearest' });
	});

	it('never lets a model recommend its way into WON, LOST or ARCHIVED', () => {
		for (const name of ['Stage won', 'Stage lost', 'Stage old']) {
			expect(['new', 'talk', 'offer']).toContain(place({ stages: [...PIPELINE].map((s) => ({ ...s, min: undefined, max: undefined })), score: 55, recommendedStage: name }).stageId);
		}
	});

	it('says so when there is nothing to place a contact in', () => {
		expect(place({ stages: [stage('old', 'ARCHIVED', 1)] })).toMatchObject({ changed: false, needsReview: true, rule: 'no_stage' });
	});
});

describe('ranges a pipeline does not give', () => {
	it('splits 0–30 and 31–80 evenly', () => {
		const ranges = withRanges([stage('a', 'LEAD', 1), stage('b', 'LEAD', 2), stage('c', 'IN_PROGRESS', 3), stage('d', 'IN_PROGRESS', 4), stage('e', 'WON', 5)]);
		expect(ranges.map(({ id, min, max }) => [id, min, max])).toEqual([
			['a', 0, 14],
			['b', 15, 30],
			['c', 31, 55],
			['d', 56, 80],
			['e', 81, 100],
		]);
	});

	it('leaves no whole score from 0 to 80 without a stage', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 80 }), (leads, progress, score) => {
				const stages = [...Array.from({ length: leads }, (_, i) => stage(`l${i}`, 'LEAD', i)), ...Array.from({ length: progress }, (_, i) => stage(`p${i}`, 'IN_PROGRESS', 100 + i))];
				expect(place({ stages, score }).rule).toBe('score_range');
			}),
		);
	});
});

describe('what defends the present stage', () => {
	it('skips contacts that have a stage when told to', () => {
		expect(place({ current: 'new', score: 70, mode: 'skip' })).toMatchObject({ stageId: 'new', changed: false, rule: 'skip_existing' });
		expect(place({ score: 70, mode: 'skip' })).toMatchObject({ stageId: 'offer', changed: true });
	});

	it('lets a person outrank the model for exactly 14 days', () => {
		const person = { current: 'new', score: 70, setBy: 'person' as const };
		expect(place({ ...person, setAt: '2026-05-06T10:00:00.001Z' })).toMatchObject({ changed: false, rule: 'person' });
		expect(place({ ...person, setAt: '2026-05-06T10:00:00Z' })).toMatchObject({ changed: true, stageId: 'offer' });
		expect(place({ ...person, setBy: 'model', setAt: NOW })).toMatchObject({ changed: true });
	});

	it('moves only when a score leaves the range by more than three points', () => {
		expect(place({ current: 'new', score: 33 })).toMatchObject({ changed: false, rule: 'hysteresis' });
		expect(place({ current: 'new', score: 33.9 })).toMatchObject({ changed: false, rule: 'hysteresis' });
		expect(place({ current: 'new', score: 34 })).toMatchObject({ changed: true, stageId: 'talk' });
		expect(place({ current: 'talk', score: 28 })).toMatchObject({ changed: false, rule: 'hysteresis' });
		expect(place({ current: 'talk', score: 27.9 })).toMatchObject({ changed: true, stageId: 'new' });
	});

	it('holds a contact where ranges leave a gap, too', () => {
		// Middles 5 and 55: 30 is half-way.
		const gap = [stage('a', 'LEAD', 1, 0, 10), stage('b', 'IN_PROGRESS', 2, 50, 60)];
		expect(place({ stages: gap, current: 'a', score: 33 })).toMatchObject({ stageId: 'a', rule: 'hysteresis' });
		expect(place({ stages: gap, current: 'a', score: 34 })).toMatchObject({ stageId: 'b', rule: 'nearest' });
		// Recommended into b at 12; at 10 its range would take it back to a.
		expect(place({ stages: gap, current: 'b', score: 10, recommendedStage: 'Stage b' })).toMatchObject({ stageId: 'b', rule: 'hysteresis' });
		expect(place({ stages: gap, current: 'b', score: 7, recommendedStage: 'Stage b' })).toMatchObject({ stageId: 'a', rule: 'score_range' });
	});

	it('moves nothing in 200 steps of a score that flaps by three points, in any pipeline, with any recommendation', () => {
		const range = fc.option(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 40 })), { nil: undefined });
		const type = fc.constantFrom(...(['LEAD', 'IN_PROGRESS', 'WON', 'LOST', 'ARCHIVED'] as const));
		const pipeline = fc.array(fc.tuple(type, range), { minLength: 1, maxLength: 6 }).map((stages) => stages.map(([kind, span], at) => stage(`s${at}`, kind, at, span?.[0], span && Math.min(100, span[0] + span[1]))));
		fc.assert(
			fc.property(pipeline, fc.integer({ min: 0, max: 100 }), fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 200, maxLength: 200 }), fc.option(fc.integer({ min: 0, max: 5 })), (stages, centre, steps, recommended) => {
				const recommendedStage = recommended === null ? undefined : `Stage s${recommended}`;
				const { stageId, changed } = place({ stages, score: centre, recommendedStage });
				fc.pre(changed);
				let currentScore = centre;
				for (const step of steps) {
					const score = Math.min(100, Math.max(0, centre + step));
					expect(place({ stages, current: stageId, score, currentScore, recommendedStage })).toMatchObject({ stageId, changed: false, needsReview: false });
					currentScore = score;
				}
			}),
			{ numRuns: 100 },
		);
	});

	it('does not move a good lead far down', () => {
		expect(place({ current: 'offer', score: 20, currentScore: 85 })).toMatchObject({ stageId: 'offer', protected: true, needsReview: true, rule: 'downgrade_protection' });
		expect(place({ current: 'talk', score: 10, currentScore: 55 })).toMatchObject({ stageId: 'talk', protected: true });
		expect(place({ current: 'talk', score: 10, currentScore: 49 })).toMatchObject({ stageId: 'new', changed: true, protected: false });
	});

	it('lets a status take a protected contact out, and nothing else out of a closed stage', () => {
		expect(place({ current: 'offer', score: 90, status: 'LOST' })).toMatchObject({ stageId: 'lost', changed: true });
		expect(place({ current: 'won', score: 40 })).toMatchObject({ stageId: 'won', changed: false, rule: 'closed', needsReview: true });
	});

	it('demotes nobody on a fallback score, whatever it is', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 100 }), fc.constantFrom('new', 'talk', 'offer'), (score, current) => {
				const rank = ['new', 'talk', 'offer'];
				const result = place({ current, score, usedFallback: true, confidence: 0.99 });
				expect(rank.indexOf(result.stageId)).toBeGreaterThanOrEqual(rank.indexOf(current));
			}),
		);
	});

	it('asks a person under 0.7, and holds an existing contact until then', () => {
		expect(place({ current: 'new', score: 70, confidence: 0.69 })).toMatchObject({ stageId: 'new', changed: false, needsReview: true, rule: 'low_confidence' });
		expect(place({ current: 'new', score: 70, confidence: 0.7 })).toMatchObject({ stageId: 'offer', changed: true, needsReview: false });
		expect(place({ score: 70, confidence: 0.2 })).toMatchObject({ stageId: 'offer', changed: true, needsReview: true });
	});

	it('treats a stage that is no longer in the pipeline as none', () => {
		expect(place({ current: 'gone', score: 70 })).toMatchObject({ stageId: 'offer', changed: true });
	});
});
