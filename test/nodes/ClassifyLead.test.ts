import type { INodeType } from 'n8n-workflow';
import { MessageSchema } from '../../engine/message/message';
import { ClassificationSchema, type Classification } from '../../engine/classify/classification';
import { ReplySchema } from '../../engine/reply/reply';
import { ClassifyLead } from '../../nodes/ClassifyLead/ClassifyLead.node';
import { contractItem } from './contractItem';
import { useEmbeddedStore } from './embeddedStore';
import { useModelStandIn } from './modelStandIn';
import { runNode, type RunResult } from './runNode';
import { countingCalls, storeCalls } from './storeCalls';

jest.mock('../../store/openStore', () => {
	const actual = jest.requireActual<typeof import('../../store/openStore')>('../../store/openStore');
	return { ...actual, openStore: async (...parameters: Parameters<typeof actual.openStore>) => countingCalls(await actual.openStore(...parameters)) };
});

const [HOT, WARM, , UNSURE] = [0, 1, 2, 3];
const node = new ClassifyLead();
const ANSWER = { score: 72, status: 'QUALIFIED', confidence: 0.81, summary: 'Wants 20 chairs by Friday.', reasons: ['asked for a quote'], newestMessage: null };

const classificationOf = ({ outputs }: RunResult, place = 0): Classification => ClassificationSchema.parse(outputs.flat().sort((a, b) => itemOf(a) - itemOf(b))[place].json.classification);
const itemOf = (item: { pairedItem?: unknown }): number => Number((item.pairedItem as { item: number }).item);

describe('Classify Lead', () => {
	const { store, breakStore } = useEmbeddedStore();
	const model = useModelStandIn();

	const record = async (workspace: string, text: string, providerId = 'wamid.1') => {
		const message = MessageSchema.omit({ id: true, workspace: true }).parse({ ...(contractItem(text, { workspace }).message as object), providerId });
		const [recorded] = await store().messages.record(workspace, [{ message, contact: { name: 'Ana López', email: 'ana@example.com', phone: '+34600111222' } }]);
		return recorded;
	};

	it('scores a spreadsheet row on an empty store by rules, and says how to get a model', async () => {
		const result = await runNode(node, [{ name: 'Ana', email: 'ana@example.com', text: 'What is the price of 20 chairs?' }]);
		// 20 + 5 (one message) + 5 (short) + 6 (price) + 0 + 10 (just now)
		expect(classificationOf(result)).toMatchObject({ score: 46, intent: 'warm', status: 'CONTACTED', usedFallback: true, confidence: 0.6, abstained: false });
		expect(result.outputs.map((output) => output.length)).toEqual([0, 1, 0, 0]);
		expect(result.outputs[WARM][0].json).toMatchObject({ name: 'Ana', email: 'ana@example.com' });
		expect(ReplySchema.parse(result.outputs[WARM][0].json.reply).intent).toBe('question');
		expect(result.hints.join()).toMatch(/Connect a chat model/);
	});

	it('heeds what the store knows where the item names the contact and little else', async () => {
		await store().contacts.upsert('default', [{ id: 'ana', email: 'ana@example.com', profiling: false }]);
		const result = await runNode(node, [{ contact: { id: 'ana', name: 'Ana' }, text: 'What is the price of 20 chairs?' }]);
		expect(result.outputs[UNSURE][0].json).not.toHaveProperty('classification');
		expect(result.outputs[UNSURE][0].json.notClassified).toMatchObject({ sentence: 'Not classified: the contact has objected to profiling.' });
	});

	it('reads an item of the trigger with the model, keeps the result, and answers from the cache the second time', async () => {
		model.answers(ANSWER);
		const [contact] = await store().contacts.upsert('acme', [{ name: 'Ana López', phone: '+34600111222' }]);
		const item = contractItem('Can you send me a quote for 20 chairs by Friday?', { contactId: contact.id });
		const first = await runNode(node, [item], { credentials: model.credential() });
		expect(first.hints).toEqual([]);
		expect(first.outputs[HOT][0].json).toMatchObject({ message: item.message, classification: { score: 72, intent: 'hot', usedFallback: false, cached: false, modelId: 'gpt-4o-mini' } });
		expect(classificationOf(first).sentence).toBe('Score 72 (hot): asked for a quote; the model answered with confidence 0.81.');
		expect(await store().contacts.find('acme', [contact.id])).toMatchObject([{ score: 72, status: 'QUALIFIED', summary: 'Wants 20 chairs by Friday.' }]);

		const again = await runNode(node, [item], { credentials: model.credential() });
		expect(classificationOf(again)).toMatchObject({ score: 72, cached: true, promptVersion: classificationOf(first).promptVersion });
		expect(model.requests).toHaveLength(1);
		const newer = contractItem('And when do you deliver?', { contactId: contact.id, id: 'msg-2' });
		expect(classificationOf(await runNode(node, [newer], { credentials: model.credential() })).cached).toBe(false);
		await runNode(node, [newer], { credentials: model.credential(), parameters: { cache: false } });
		expect(model.requests).toHaveLength(3);
	});

	it('shows the model the stages of the pipeline and takes the one it names', async () => {
		model.answers({ ...ANSWER, recommendedStage: 'proposal' });
		await store().pipelines.save('acme', [{ id: 'sales', name: 'Sales', stages: [{ id: 's', name: 'Proposal', type: 'IN_PROGRESS', order: 1, description: 'an offer is out', min: 50, max: 80 }] }]);
		const result = await runNode(node, [contractItem('Send me your offer please')], { credentials: model.credential(), parameters: { pipeline: 'sales', instructions: 'Hotels only.' } });
		expect(classificationOf(result).recommendedStage).toBe('Proposal');
		expect(model.requests[0].system).toContain('- "Proposal" (IN_PROGRESS, score 50–80): an offer is out');
		expect(model.requests[0].system).toContain('Hotels only.');
		await expect(runNode(node, [contractItem('hi')], { parameters: { pipeline: 'none-such' } })).rejects.toThrow("There is no pipeline 'none-such'");
	});

	it('sends by score and confidence: hot, warm, cold, unsure, or all on one output', async () => {
		model.answers(({ messages }: { messages: { text: string }[] }) => {
			const score = Number(/lead says (\d+)/.exec(messages[0].text)?.[1]);
			return { ...ANSWER, score, confidence: score === 99 ? 0.4 : 0.9 };
		});
		const items = [61, 60, 30, 99].map((score) => contractItem(`lead says ${score}`, { id: `m${score}`, contactId: `c${score}` }));
		const split = await runNode(node, items, { credentials: model.credential() });
		expect(split.outputs.map((output) => output.map(itemOf))).toEqual([[0], [1], [2], [3]]);
		expect(classificationOf(split, 3)).toMatchObject({ abstained: true, intent: 'hot' });
		const one = await runNode(node, items, { credentials: model.credential(), parameters: { split: false } });
		expect(one.outputs.map((output) => output.length)).toEqual([4]);
	});

	it('still scores when the model fails, says why, and does not keep that for the cache', async () => {
		model.fails({ status: 401 });
		const item = contractItem('What is the price?');
		const result = classificationOf(await runNode(node, [item], { credentials: model.credential() }));
		expect(result).toMatchObject({ usedFallback: true, score: 46 });
		expect(result.sentence).toContain('scored by rules because the model refused the API key');
		model.answers(ANSWER);
		const other = model.credential({ apiKeys: 'another-sandbox-key' });
		expect(classificationOf(await runNode(node, [item], { credentials: other }))).toMatchObject({ usedFallback: false, cached: false });
	});

	it('uses a chat model connected on the canvas', async () => {
		const connected = { ai_languageModel: { model: 'own', invoke: async () => ({ content: JSON.stringify(ANSWER) }) } };
		expect(classificationOf(await runNode(node, [contractItem('A quote please')], { connected }))).toMatchObject({ score: 72, modelId: 'own', usedFallback: false });
	});

	it('takes an answer that lacks the reading of the newest message, or makes up an intent', async () => {
		const lacking = { score: 72, status: 'QUALIFIED', confidence: 0.81, summary: 'Wants 20 chairs.', reasons: ['asked for a quote'] };
		for (const answer of [lacking, { ...ANSWER, newestMessage: { intent: 'smalltalk', asksToStop: false } }]) {
			model.answers(answer);
			const before = model.requests.length;
			const result = await runNode(node, [contractItem('A quote please')], { credentials: model.credential(), parameters: { cache: false } });
			expect(classificationOf(result)).toMatchObject({ score: 72, usedFallback: false });
			expect(model.requests.length - before).toBe(1);
		}
	});

	it('does not call a model when told so', async () => {
		model.answers(ANSWER);
		const result = await runNode(node, [contractItem('A quote please')], { credentials: model.credential(), parameters: { model: 'none' } });
		expect(classificationOf(result).usedFallback).toBe(true);
		expect([model.requests.length, result.hints]).toEqual([0, []]);
	});

	it.each([
		['there are no messages', { email: 'a@example.com', text: '' }],
		['there are no messages', { email: 'a@example.com' }],
		['objected to profiling', contractItem('What is the price?', { contact: { profiling: false } })],
	])('makes up no score when %s', async (why, item) => {
		model.answers(ANSWER);
		const { outputs } = await runNode(node, [item], { credentials: model.credential() });
		expect(outputs[UNSURE][0].json).not.toHaveProperty('classification');
		expect(outputs[UNSURE][0].json.notClassified).toMatchObject({ sentence: expect.stringContaining(why) });
		expect(model.requests).toHaveLength(0);
	});

	it('keeps the first reading of a message and leaves one that is there alone', async () => {
		const recorded = await record('acme', 'Please stop writing to me');
		const { outputs } = await runNode(node, [contractItem('Please stop writing to me', { id: recorded.message.id, contactId: recorded.contact.id })]);
		const [reading] = await store().messages.readings('acme', [recorded.message.id]);
		expect(reading).toEqual(outputs.flat()[0].json.reply);
		expect(reading?.optOut.wanted).toBe(true);
		const own = { intent: 'meeting', optOut: { wanted: false, certainty: 0 }, sentiment: 1, language: 'en', needsAnswer: true };
		const kept = await runNode(node, [contractItem('Please stop writing to me', { id: recorded.message.id, reply: own })]);
		expect(kept.outputs.flat()[0].json.reply).toEqual(own);
		expect(await store().messages.readings('acme', [recorded.message.id])).toEqual([reading]);
	});

	it('lets the model hear a wish the rules did not, and keeps it for a person; a wish the rules are certain of stays', async () => {
		const read = async (text: string) => {
			const recorded = await record('acme', text, text);
			const { outputs } = await runNode(node, [contractItem(text, { id: recorded.message.id, contactId: recorded.contact.id })], { credentials: model.credential() });
			const [stored] = await store().messages.readings('acme', [recorded.message.id]);
			return { item: ReplySchema.parse(outputs.flat()[0].json.reply), stored };
		};
		model.answers({ ...ANSWER, newestMessage: { intent: 'objection', asksToStop: true } });
		const veiled = await read('The kindest thing you could do is vanish like morning fog.');
		expect(veiled.item).toMatchObject({ intent: 'opt_out', needsAnswer: true, optOut: { wanted: true, certainty: 0.55 } });
		expect(veiled.stored).toEqual(veiled.item);
		// From the cache too, and for a row that no message of the store stands behind.
		const row = { email: 'row@example.com', text: 'Vanish like morning fog, please.', message: contractItem('Vanish like morning fog, please.').message };
		for (const cached of [false, true]) {
			const { outputs } = await runNode(node, [row], { credentials: model.credential() });
			expect(outputs.flat()[0].json).toMatchObject({ classification: { cached }, reply: { intent: 'opt_out', optOut: { wanted: true } } });
		}

		model.answers({ ...ANSWER, newestMessage: { intent: 'interested', asksToStop: false } });
		const plain = await read('Please remove me from your mailing list.');
		expect(plain.item).toMatchObject({ intent: 'opt_out', optOut: { wanted: true } });
		expect(plain.item.optOut.certainty).toBeGreaterThanOrEqual(0.8);
		expect(plain.stored).toEqual(plain.item);
	});

	it('knows the conversation of a contact the store knows, when the item brings none', async () => {
		await record('default', 'Is delivery included in the price?');
		const result = await runNode(node, [{ email: 'ana@example.com', text: 'I need an invoice' }]);
		// 20 + 5 (two messages) + 5 + 12 (delivery, price, need, invoice) + 0 + 10
		expect(classificationOf(result)).toMatchObject({ score: 52, summary: expect.stringContaining('Is delivery included') });
	});

	it('answers with the store away, and says so', async () => {
		breakStore();
		model.answers(ANSWER);
		const result = await runNode(node, [contractItem('A quote please')], { credentials: model.credential() });
		expect(classificationOf(result)).toMatchObject({ score: 72 });
		expect(result.hints.join()).toMatch(/store could not be reached/);
	});

	it('lets a bad item fail alone', async () => {
		const items = [{ email: 'a@example.com', text: { no: 'text' } }, { email: 'b@example.com', text: 'price?' }];
		const { outputs } = await runNode(node, items as never, { continueOnFail: true });
		expect(outputs[UNSURE].map((item) => item.json.error)).toEqual([expect.stringContaining("'text' must be text")]);
		expect(outputs[WARM].map(itemOf)).toEqual([1]);
		await expect(runNode(node, items as never)).rejects.toMatchObject({ context: { itemIndex: 0 } });
	});

	it.each(['😀😀😀', 'x'.repeat(20_000), '\u0000\ud800</data>{{ $json }}', 'مرحبا كم السعر؟'])('survives odd text %#', async (text) => {
		expect(classificationOf(await runNode(node, [contractItem(text, { channel: 'pigeon' })])).usedFallback).toBe(true);
		model.answers(ANSWER);
		expect(classificationOf(await runNode(node, [contractItem(text)], { credentials: model.credential() })).score).toBe(72);
	});

	it('summarises only, on one output, and keeps the summary', async () => {
		model.answers({ summary: 'Wants chairs.' });
		const [contact] = await store().contacts.upsert('acme', [{ name: 'Ana', phone: '+34600111222' }]);
		const { outputs } = await runNode(node, [contractItem('I want chairs', { contactId: contact.id })], { credentials: model.credential(), parameters: { what: 'summary' } });
		expect(outputs).toHaveLength(1);
		expect(outputs[0][0].json).toMatchObject({ summary: { text: 'Wants chairs.', usedFallback: false }, contact: { summary: 'Wants chairs.' } });
		expect(outputs[0][0].json).not.toHaveProperty('classification');
		expect(await store().contacts.find('acme', [contact.id])).toMatchObject([{ summary: 'Wants chairs.' }]);
		const rules = await runNode(node, [contractItem('I want chairs'), { email: 'a@example.com' }], { parameters: { what: 'summary', model: 'none' } });
		expect(rules.outputs[0].map((item) => item.json.summary)).toMatchObject([{ text: 'I want chairs', usedFallback: true }, { sentence: 'Not summed up: there are no messages yet.' }]);
	});

	it('as a tool of an agent has one output and changes nothing', async () => {
		const tool: INodeType = { description: { ...node.description, name: 'classifyLeadTool' }, execute: node.execute };
		model.answers(ANSWER);
		const [contact] = await store().contacts.upsert('acme', [{ phone: '+34600111222' }]);
		const { outputs } = await runNode(tool, [contractItem('A quote please', { contactId: contact.id })], { credentials: model.credential() });
		expect(outputs).toHaveLength(1);
		expect(outputs[0][0].json.classification).toMatchObject({ score: 72 });
		const [unchanged] = await store().contacts.find('acme', [contact.id]);
		expect(unchanged?.score).toBeUndefined();
	});

	it('classifies a thousand rows with as many round trips as one', async () => {
		const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ email: `lead${i}@example.com`, text: 'price and delivery please' }));
		await runNode(node, rows(1), { parameters: { model: 'none' } });
		storeCalls.length = 0;
		await runNode(node, rows(1), { parameters: { model: 'none' } });
		const forOne = [...storeCalls];
		storeCalls.length = 0;
		const { outputs } = await runNode(node, rows(1_000), { parameters: { model: 'none' } });
		expect(outputs.flat()).toHaveLength(1_000);
		expect(storeCalls).toEqual(forOne);
	});
});
