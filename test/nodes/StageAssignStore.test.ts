import { DEFAULT_PIPELINE } from '../../engine/pipeline/defaultPipeline';
import { assignStage } from '../../engine/pipeline/assignStage';
import { fallbackScore } from '../../engine/classify/fallbackScore';
import { settleReview } from '../../engine/message/settleReview';
import { DAY, iso, later } from '../../engine/time';
import { decideStages } from '../../nodes/StageAssign/decideStages';
import type { StageParameters } from '../../nodes/StageAssign/readStageParameters';
import { DIALECTS, openTestStore, START, stopServers, type TestStore } from '../store/fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

const RANKS = DEFAULT_PIPELINE.stages.map(({ id }) => id);

describe.each(DIALECTS)('Stage Assign on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	const reading = (contactReference: string, score: number, more: Partial<StageParameters> = {}): StageParameters => ({
		workspace: 'acme', contactReference, pipelineId: 'default', score, confidence: 0.9, usedFallback: false, existing: 'update', ...more,
	});
	const assign = async (...params: StageParameters[]) => await decideStages(test.store, params.map((each, index) => ({ index, item: { json: {} }, params: each })));
	const stageOf = async (contact: string) => (await test.store.contacts.find('acme', [contact]))[0]?.stageId;
	const moves = async (contact: string) => (await test.store.pipelines.activities('acme', contact, 100)).filter(({ kind }) => kind === 'stage');

	it('lets 32 callers at once make one move, logged once', async () => {
		await assign(reading('ann', 5));
		const answers = (await Promise.all(Array.from({ length: 32 }, async () => await assign(reading('ann', 75))))).flat();
		expect(answers.map((answer) => answer.ok && answer.value.changed).filter(Boolean)).toHaveLength(1);
		expect(answers.every((answer) => answer.ok && answer.value.stageId === 'qualified')).toBe(true);
		expect(await moves('ann')).toHaveLength(2);
	});

	it('places an unknown contact once, whichever of 32 callers is first', async () => {
		const answers = (await Promise.all(Array.from({ length: 32 }, async () => await assign(reading('new@example.com', 40))))).flat();
		expect(answers.map((answer) => answer.ok && answer.value.changed).filter(Boolean)).toHaveLength(1);
		const [contact] = await test.store.contacts.find('acme', ['new@example.com']);
		expect(await moves(contact?.id ?? '')).toHaveLength(1);
	});

	it('makes of 32 callers that disagree one unbroken chain of moves', async () => {
		await assign(reading('bo', 40));
		const scores = Array.from({ length: 32 }, (_, at) => [5, 40, 75][at % 3]);
		const answers = (await Promise.all(scores.map(async (score) => await assign(reading('bo', score))))).flat();
		// Who lost the race three times says so; nothing half-done stays.
		for (const answer of answers) if (!answer.ok) expect(String(answer.error)).toMatch(/changed by others three times/);
		const chain = (await moves('bo')).toReversed().map(({ detail }) => detail as { stageId: string; previousStageId?: string });
		expect(chain).toHaveLength(1 + answers.filter((answer) => answer.ok && answer.value.changed).length);
		chain.slice(1).forEach((move, at) => expect(move.previousStageId).toBe(chain[at].stageId));
		expect(await stageOf('bo')).toBe(chain.at(-1)?.stageId);
	});

	it('asks a person about a stage it will not decide, once, with the stage it would have chosen', async () => {
		await assign(reading('dee', 75));
		await assign(reading('dee', 5, { usedFallback: true }));
		await assign(reading('dee', 5, { usedFallback: true }));
		await assign(reading('eli', 40, { confidence: 0.3 }));
		const open = await test.store.reviews.list('acme', { open: true, limit: 9 });
		expect(open.map(({ kind, contactId, proposal }) => [kind, contactId, proposal]).sort()).toEqual([
			['stage', 'dee', { pipelineId: 'default', stageId: 'new', from: 'qualified' }],
			['stage', 'eli', { pipelineId: 'default', stageId: 'engaged', from: 'engaged' }],
		]);
		const [review] = open.filter(({ contactId }) => contactId === 'dee');
		expect(await test.store.reviews.decide({ workspace: 'acme', reviewId: review.id, by: 'eva', action: { action: 'approve' } }, settleReview)).toMatchObject({ result: 'decided', sentence: 'Put into stage New by eva.' });
		expect(await stageOf('dee')).toBe('new');
	});

	it('moves nobody in 200 readings that flap by three points', async () => {
		await assign(reading('cy', 30));
		for (let at = 0; at < 200; at += 1) await assign(reading('cy', 30 + [3, -3, 1, -2, 0, 2, -1][at % 7]));
		expect(await stageOf('cy')).toBe('new');
		expect(await moves('cy')).toHaveLength(1);
	});

	it('demotes none of 100 contacts in an outage of the model, however sure the fallback is', async () => {
		const contacts = Array.from({ length: 100 }, (_, at) => ({ id: `c${at}`, score: at }));
		await assign(...contacts.map(({ id, score }) => reading(id, score)));
		const before = await test.store.contacts.find('acme', contacts.map(({ id }) => id));
		test.clock.advance(20 * DAY);
		const now = test.clock.time;
		const conversation = [{ from: 'lead' as const, text: 'Hello', timestamp: iso(later(START, -90 * DAY)), channel: 'email' as const }];
		const fallback = fallbackScore(conversation, { now });
		expect(fallback?.score).toBeLessThan(31);
		for (const confidence of [fallback?.confidence ?? 0, 0.99]) {
			const answers = await assign(...contacts.map(({ id }) => reading(id, fallback?.score ?? 0, { usedFallback: true, confidence, status: fallback?.status })));
			expect(answers.every((answer) => answer.ok && !answer.value.changed)).toBe(true);
			// Whoever would have gone down is shown to a person.
			expect(answers.filter((answer) => answer.ok && answer.value.needsReview)).toHaveLength(contacts.filter(({ score }) => score > 30).length);
		}
		const after = await test.store.contacts.find('acme', contacts.map(({ id }) => id));
		expect(after.map((contact) => contact?.stageId)).toEqual(before.map((contact) => contact?.stageId));
		expect(new Set(after.map((contact) => RANKS.indexOf(contact?.stageId ?? '')))).toEqual(new Set([0, 1, 2]));
	});

	it('logs each change with all that led to it', async () => {
		await assign(reading('dee', 10));
		test.clock.advance(3 * DAY);
		await assign(reading('dee', 75, { status: 'QUALIFIED', confidence: 0.8, reasoning: 'asked for a quote; has a budget' }));
		const [last] = await moves('dee');
		expect(last.detail).toMatchObject({
			rule: 'score_range', score: 75, status: 'QUALIFIED', confidence: 0.8, reasoning: 'asked for a quote; has a budget', usedFallback: false, actor: 'engine',
			previousStageId: 'new', previousStageMs: 3 * DAY, stageId: 'qualified', setBy: 'model',
		});
	});

	it('lets a person outrank it for 14 days', async () => {
		await assign(reading('eve', 75));
		await test.store.pipelines.changeStages([{ workspace: 'acme', contactId: 'eve', pipelineId: 'default', expectedStageId: 'qualified', stageId: 'new', setBy: 'person', log: { rule: 'person', actor: 'Eva', sentence: 'Not yet.' } }]);
		test.clock.advance(14 * DAY - 1);
		await assign(reading('eve', 75));
		expect(await stageOf('eve')).toBe('new');
		test.clock.advance(1);
		await assign(reading('eve', 75));
		expect(await stageOf('eve')).toBe('qualified');
	});
});

it('asks nobody about a contact that stays, whatever the confidence', () => {
	const answer = assignStage({ stages: DEFAULT_PIPELINE.stages, current: 'new', score: 10, confidence: 0.1, mode: 'update', now: START });
	expect(answer).toMatchObject({ changed: false, needsReview: false });
});
