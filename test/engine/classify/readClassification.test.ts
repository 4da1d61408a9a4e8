import { z } from 'zod';
import { bandOf } from '../../../engine/classify/bands';
import { cacheKey } from '../../../engine/classify/cacheKey';
import { ClassificationSchema } from '../../../engine/classify/classification';
import { fallbackClassification } from '../../../engine/classify/fallbackClassification';
import { ClassificationAnswerSchema, readClassification, stagedAnswerSchema } from '../../../engine/classify/readClassification';
import { extractiveSummary } from '../../../engine/classify/summary';
import type { Pipeline } from '../../../engine/pipeline/stage';

const CALL = { modelId: 'm', promptVersion: 'p', retryCount: 1 };
const ANSWER = { score: 72, status: 'QUALIFIED', confidence: 0.81, summary: 'Wants 20 units.', reasons: ['asked for a quote', 'named a delivery date.'], newestMessage: null } as const;
const answer = (changes: object = {}) => ClassificationAnswerSchema.parse({ ...ANSWER, ...changes });
const PIPELINE: Pipeline = { id: 'p', name: 'Sales', stages: [{ id: 's1', name: 'Qualified Lead', type: 'IN_PROGRESS', order: 1 }] };

describe('bands', () => {
	it.each([
		[0, 'cold', 'cold'],
		[30, 'cold', 'cold'],
		[31, 'warm', 'warm'],
		[60, 'warm', 'warm'],
		[61, 'hot', 'hot'],
		[80, 'hot', 'hot'],
		[81, 'hot', 'ready to close'],
		[100, 'hot', 'ready to close'],
		[30.4, 'cold', 'cold'],
		[30.6, 'warm', 'warm'],
	])('%f is %s (%s)', (score, intent, name) => {
		expect(bandOf(score)).toMatchObject({ intent, name });
	});
});

describe('readClassification', () => {
	it('takes over the answer and says it in a sentence', () => {
		const result = readClassification(answer(), CALL);
		expect(ClassificationSchema.parse(result)).toEqual(result);
		expect(result).toMatchObject({ intent: 'hot', score: 72, usedFallback: false, cached: false, abstained: false, retryCount: 1, modelId: 'm', promptVersion: 'p' });
		expect(result.sentence).toBe('Score 72 (hot): asked for a quote and named a delivery date; the model answered with confidence 0.81.');
	});

	it('lets the score decide the intent', () => {
		expect(readClassification(answer({ score: 12, status: 'WON' }), CALL).intent).toBe('cold');
	});

	it.each([
		[0.49, true],
		[0.5, false],
	])('abstains below 0.5: %f → %s', (confidence, abstained) => {
		expect(readClassification(answer({ confidence }), CALL).abstained).toBe(abstained);
	});

	it('takes a stage by name, whatever the case, and no other', () => {
		expect(readClassification({ ...answer(), recommendedStage: ' qualified LEAD ' }, CALL, PIPELINE).recommendedStage).toBe('Qualified Lead');
		expect(readClassification({ ...answer(), recommendedStage: 'Elsewhere' }, CALL, PIPELINE)).not.toHaveProperty('recommendedStage');
		expect(readClassification({ ...answer(), recommendedStage: null }, CALL, PIPELINE)).not.toHaveProperty('recommendedStage');
	});

	it.each([{ score: 101 }, { score: '72' }, { confidence: 1.2 }, { status: 'HOT' }, { summary: ' ' }, { reasons: 'one' }])('does not accept %j', (change) => {
		expect(ClassificationAnswerSchema.safeParse({ ...ANSWER, ...change }).success).toBe(false);
	});

	it('shows the model the stages as the only choice, and requires every field', () => {
		const schema = z.toJSONSchema(stagedAnswerSchema(PIPELINE), { io: 'input' });
		expect(schema.required).toEqual(['score', 'status', 'confidence', 'summary', 'reasons', 'newestMessage', 'recommendedStage']);
		expect(JSON.stringify(schema.properties?.recommendedStage)).toContain('"enum":["Qualified Lead"]');
	});
});

describe('fallbackClassification', () => {
	const now = '2026-03-10T12:00:00Z';

	it('says that rules decided, and why', () => {
		const result = fallbackClassification([{ from: 'lead', text: 'What is the price?', timestamp: '2026-03-10T11:00:00Z' }], { now, language: 'en', why: 'the model did not answer in time', retryCount: 2 });
		// 20 + 5 + 5 + 6 + 0 + 10
		expect(ClassificationSchema.parse(result)).toMatchObject({ score: 46, intent: 'warm', status: 'CONTACTED', confidence: 0.6, usedFallback: true, abstained: false, retryCount: 2, summary: 'What is the price?' });
		expect(result?.sentence).toBe('Score 46 (warm): 1 buying word (price), 1 message and last message less than a day ago; scored by rules because the model did not answer in time, confidence 0.6.');
		expect(result).not.toHaveProperty('modelId');
	});

	it('is null without messages', () => {
		expect(fallbackClassification([], { now })).toBeNull();
	});
});

describe('extractiveSummary', () => {
	const turns = (texts: string[]) => texts.map((text) => ({ from: 'lead' as const, text }));

	it("keeps the lead's own words, never ours", () => {
		expect(extractiveSummary([{ from: 'us', text: 'Buy now!' }, ...turns(['I need chairs.', 'How much?'])])).toBe('I need chairs. How much?');
	});

	it('keeps the first, the last and what tells most, in order', () => {
		const summary = extractiveSummary(turns(['Hello.', 'Nice weather.', 'What is the price of 20 chairs?', 'Lovely.', 'Is delivery urgent possible?', 'So so.', 'We need a quote.', 'Bye then.']), 'en');
		expect(summary).toBe('Hello. What is the price of 20 chairs? Is delivery urgent possible? We need a quote. Bye then.');
	});

	it('is empty when there are no words', () => {
		expect(extractiveSummary(turns(['😀', '👍👍', '']))).toBe('');
	});

	it('stays short for walls of text', () => {
		expect(extractiveSummary(turns(['word '.repeat(4_000)])).length).toBeLessThan(300);
	});
});

describe('cacheKey', () => {
	const parts = { modelId: 'm', promptVersion: 'p', system: 's', user: 'u' };

	it('is the same for the same and another for anything else', () => {
		expect(cacheKey({ ...parts })).toBe(cacheKey(parts));
		for (const name of ['modelId', 'promptVersion', 'system', 'user'] as const) expect(cacheKey({ ...parts, [name]: 'x' })).not.toBe(cacheKey(parts));
		expect(cacheKey({ ...parts, system: 'su', user: '' })).not.toBe(cacheKey(parts));
	});
});
