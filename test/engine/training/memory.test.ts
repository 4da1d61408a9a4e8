import fc from 'fast-check';
import type { TrainingExample } from '../../../engine/training/trainingExample';
import { indexMemory, nearestExamples } from '../../../engine/training/nearestExamples';
import { createExamplePool, selectExamples } from '../../../engine/training/selectExamples';
import { epochMs } from '../../../engine/time';

const example = (id: string, more: Partial<TrainingExample> = {}): TrainingExample => ({
	outboundId: id, contactId: `contact of ${id}`, channel: 'email', language: 'en', intent: 'question', conversation: [{ from: 'lead', text: `Question ${id}` }], text: `Answer number ${id} about ${id}${id}${id}`,
	judgement: 'approved', labels: [], reward: 0, weight: 0, quality: 0.8, sentAt: epochMs('2026-03-02T12:00:00Z'), ...more,
});
const ids = (examples: readonly { outboundId: string }[]): string[] => examples.map(({ outboundId }) => outboundId);

describe('the examples of a memory', () => {
	it('are approved or edited by a person, or answered well; never rejected, and never what somebody objected to', () => {
		const { examples, seen, fit } = selectExamples([
			example('approved'), example('edited', { judgement: 'edited' }), example('answered', { judgement: 'automatic', reward: 0.3, weight: 3 }),
			example('unread', { judgement: 'automatic' }), example('rejected', { judgement: 'rejected', reward: 1, weight: 10 }), example('opted out', { reward: -0.2, weight: 2 }),
			example('poor', { quality: 0.5 }), example('empty', { text: '  ' }), example('endless', { text: 'x'.repeat(2_001) }),
		]);
		expect(ids(examples).sort()).toEqual(['answered', 'approved', 'edited']);
		expect([seen, fit]).toEqual([9, 3]);
	});

	it('are those that brought the most, each text once', () => {
		const { examples, repeats } = selectExamples([
			example('plain', { text: 'Thank you, we look into it and call tomorrow.' }),
			example('deal', { text: 'The oak table costs 900 euros, delivered in June.', reward: 1, weight: 10 }),
			example('same deal', { text: 'The OAK table costs 900 euros – delivered in June!', reward: 0.6, weight: 6 }),
			example('reply', { text: 'Our showroom opens at nine, parking is behind it.', reward: 0.3, weight: 3 }),
		], { size: 3 });
		expect(ids(examples)).toEqual(['deal', 'reply', 'plain']);
		expect(repeats).toBe(1);
	});

	it('leave room for rare kinds, and take no more than two of one contact', () => {
		const many = Array.from({ length: 300 }, (_, i) => example(`en${i}`, { text: `Wording ${i} of the usual kind ${i * 7}`, reward: 1, weight: 10 }));
		const rare = Array.from({ length: 3 }, (_, i) => example(`de${i}`, { language: 'de', intent: 'meeting', text: `Termin ${i} passt gut ${i * 11}` }));
		const { examples } = selectExamples([...many, ...rare], { size: 30 });
		expect(examples).toHaveLength(30);
		expect(examples.filter(({ language }) => language === 'de')).toHaveLength(3);
		const eager = selectExamples(many.map((one) => ({ ...one, contactId: 'eager' })), { size: 30 });
		expect(eager.examples).toHaveLength(2);
	});

	it('are the same in whatever order they come', () => {
		const all = Array.from({ length: 40 }, (_, i) => example(`e${i}`, { text: `Text ${i % 17} and ${i}`, weight: i % 11, reward: (i % 11) / 10, intent: i % 3 ? 'question' : 'interested' }));
		const once = ids(selectExamples(all, { size: 15 }).examples);
		fc.assert(fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => expect(ids(selectExamples(shuffled, { size: 15 }).examples)).toEqual(once)), { numRuns: 20 });
	});

	it('keep no address or number, and only the last turns', () => {
		const conversation = Array.from({ length: 9 }, (_, i) => ({ from: i % 2 ? ('us' as const) : ('lead' as const), text: `Turn ${i}: write to anna@mail.example ${'y'.repeat(900)}` }));
		const [frozen] = selectExamples([example('one', { text: 'Call +49 171 5550199 or write to eva@firm.example.', subject: 'For eva@firm.example', conversation })]).examples;
		expect(JSON.stringify(frozen)).not.toMatch(/@|5550199/);
		expect(frozen.conversation.map(({ text }) => text.length)).toEqual([600, 600, 600, 600]);
		expect(frozen.conversation[0].text).toMatch(/^Turn 5/);
	});

	it('survive whatever stands in the texts, and hold at most the wanted number', () => {
		fc.assert(fc.property(fc.array(fc.record({ text: fc.string({ unit: 'binary' }), id: fc.string() }), { maxLength: 30 }), fc.integer({ min: 0, max: 10 }), (texts, size) => {
			const { examples } = selectExamples(texts.map(({ text, id }, i) => example(`${i}${id}`, { text })), { size });
			expect(examples.length).toBeLessThanOrEqual(size);
		}));
	});

	it('take bounded room while 50,000 stream by', () => {
		const pool = createExamplePool({ size: 50 });
		for (let i = 0; i < 50_000; i += 1) pool.offer(example(`${i}`, { weight: i % 10, reward: 0.1, text: `Wording ${i % 900} no ${i % 1_000}` }));
		const { examples, seen } = pool.select();
		expect([examples.length, seen]).toEqual([50, 50_000]);
	});
});

describe('the nearest examples', () => {
	const memory = indexMemory(selectExamples([
		example('price', { conversation: [{ from: 'us', text: 'Hello' }, { from: 'lead', text: 'What does the oak table cost?' }], text: 'The oak table costs 900 euros.' }),
		example('delivery', { conversation: [{ from: 'lead', text: 'When can you deliver to Hamburg?' }], text: 'We deliver to Hamburg within ten days.' }),
		example('visit', { intent: 'meeting', conversation: [{ from: 'lead', text: 'Can I visit you on Friday?' }], text: 'Friday at ten suits us well.' }),
		example('preis', { language: 'de', conversation: [{ from: 'lead', text: 'Was kostet der Tisch aus Eiche, oak table?' }], text: 'Der Tisch kostet 900 Euro.' }),
	]).examples);
	const wanted = (text: string, more = {}) => ({ conversation: [{ from: 'us', text: 'We deliver oak' }, { from: 'lead', text }], intent: 'question', channel: 'email', language: 'en', ...more });

	it('answer the same question, in the same language only', () => {
		expect(ids(nearestExamples(memory, wanted('How much is the table in oak?'), 1))).toEqual(['price']);
		expect(ids(nearestExamples(memory, wanted('Do you deliver near Hamburg?'), 1))).toEqual(['delivery']);
		expect(ids(nearestExamples(memory, wanted('oak table', { language: 'de' })))).toEqual(['preis']);
		expect(nearestExamples(memory, wanted('oak table', { language: 'fr' }))).toEqual([]);
	});

	it('are of the same intent where words do not tell', () => {
		expect(ids(nearestExamples(memory, wanted('xyzzy', { intent: 'meeting' }), 1))).toEqual(['visit']);
	});

	it('of an empty memory are none', () => {
		expect(nearestExamples(indexMemory([]), wanted('anything'))).toEqual([]);
	});
});
