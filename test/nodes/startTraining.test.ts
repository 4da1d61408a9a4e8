import type { INodeParameters } from 'n8n-workflow';
import { ModelTrainer } from '../../nodes/ModelTrainer/ModelTrainer.node';
import { SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';
import { useEmbeddedStore } from './embeddedStore';
import { runNode, type RunOptions } from './runNode';

const node = new ModelTrainer();
const rows = (count: number, words = 'Thank you for asking.') => Buffer.from(Array.from({ length: count }, (_, at) => `${JSON.stringify({ messages: [{ role: 'user', content: `Question ${at}` }, { role: 'assistant', content: words }] })}\n`).join(''));

describe('Start, Check and Cancel Training', () => {
	const { store } = useEmbeddedStore();
	let standIns: StandIns;
	beforeAll(async () => (standIns = await startStandIns()));
	afterAll(async () => await standIns.stop());
	beforeEach(() => {
		standIns.fineTuning.reset();
		standIns.fineTuning.pace({ validateMs: 0, queueMs: 0, runMs: 0 });
	});

	const credentials = () => ({ leadAutopilotModelApi: { provider: 'compatible', baseUrl: `http://127.0.0.1:${standIns.httpPort}/v1`, model: 'sandbox-model', apiKeys: SANDBOX.openaiKey } });
	const run = async (parameters: INodeParameters, options: RunOptions = {}) => await runNode(node, [{ trainingExport: { id: 'export-1' } }], { parameters, credentials: credentials(), ...options });
	const tune = async (content: Buffer, parameters: INodeParameters = {}, options: RunOptions = {}) =>
		await run({ operation: 'startTraining', backend: 'fine_tuning', ...parameters }, { binary: [{ sftTrain: { content, mimeType: 'application/jsonl' }, sftTest: { content: Buffer.alloc(0), mimeType: 'application/jsonl' } }], ...options });

	it('starts one training for a file, however often it is asked, and finds it done', async () => {
		const first = await tune(rows(12));
		expect(first.outputs.map((items) => items.length)).toEqual([0, 1, 0]);
		expect(first.outputs[1][0].json).toMatchObject({ trainingJob: { state: 'training', backend: 'fine_tuning', baseModel: 'gpt-4.1-mini-2025-04-14' }, model: { status: 'training' } });
		expect(JSON.stringify(first.outputs)).not.toContain(SANDBOX.openaiKey);
		await tune(rows(12));
		expect(standIns.fineTuning.jobs()).toMatchObject([{ validation_file: null }]);
		const quiet = await run({ operation: 'checkTraining' });
		expect(quiet.outputs.flat()).toEqual([]);
		const found = await run({ operation: 'checkTraining', lookNow: true });
		expect(found.outputs.map((items) => items.length)).toEqual([1, 0, 0]);
		expect(found.outputs[0][0].json).toMatchObject({ trainingJob: { state: 'succeeded', sentence: expect.stringMatching(/is trained: ft:.* USD at list price/) }, model: { status: 'candidate' } });
		// Shown until it is deployed, and then no more.
		const [{ json }] = (await run({ operation: 'checkTraining' })).outputs[0];
		const { version } = json.model as { version: string };
		await store().models.deploy({ workspace: 'default', version, share: 0.1, metric: 'reply', horizon: 8, by: 'mia', sentence: 'Go.' });
		expect((await run({ operation: 'checkTraining' })).outputs.flat()).toEqual([]);
	});

	it('warns where the price is unknown, and refuses what may cost too much before anything is uploaded', async () => {
		// 300 KB are at most 100,000 tokens, 3 times over 300,000: 1.50 USD at 5 a million.
		const failed = await tune(rows(3_000, 'x'.repeat(40)), { trainingOptions: { mostCostUsd: 1 } }, { continueOnFail: true });
		expect(failed.outputs[2][0].json.error).toMatch(/may cost about \d\.\d\d USD, more than the 1\.00 USD it may/);
		expect(standIns.fineTuning.files()).toEqual([]);
		const unknown = await tune(rows(12), { baseModel: 'llama3.1' });
		expect(unknown.hints.join(' ')).toMatch(/price of training 'llama3\.1' is not known/);
		// The stand-in trains no such model, and the reason is told.
		expect(unknown.outputs[2][0].json.trainingJob).toMatchObject({ state: 'failed', errorCode: 'refused', sentence: expect.stringContaining('llama3.1 is not available for fine-tuning') });
		expect(standIns.fineTuning.files()).toEqual([]);
	});

	it.each(['', 'https://api.openai.com/v1', 'https://eu.api.openai.com/v1'])('starts nothing of unknown price at OpenAI under a limit (%s)', async (baseUrl) => {
		const { model: name, apiKeys } = credentials().leadAutopilotModelApi;
		const model: Record<string, string> = baseUrl === '' ? { provider: 'openai', model: name, apiKeys } : { provider: 'compatible', model: name, apiKeys, baseUrl };
		const { outputs } = await tune(rows(12), { baseModel: 'gpt-9-future' }, { credentials: { leadAutopilotModelApi: model }, continueOnFail: true });
		expect(outputs[2][0].json.error).toMatch(/price of training 'gpt-9-future' is not known, so it cannot be kept below the 25\.00 USD/);
		expect(await store().trainingJobs.list('default', { limit: 9 })).toEqual([]);
	});

	it('lists the exports, with those whose files have to go', async () => {
		const { id } = await store().training.beginExport('default');
		await store().training.finishExport('default', id, { state: 'ready', manifest: {}, storage: { sftTrain: 'filesystem-v2:workflows/1/executions/7/binary_data/a' } });
		const [[{ json }]] = (await run({ operation: 'listExports' })).outputs;
		expect(json).toMatchObject({ trainingExports: { exports: [{ id, state: 'ready', contacts: 0, erased: 0, storage: { sftTrain: expect.stringContaining('executions/7') } }], sentence: expect.stringContaining('1 export is on record') } });
	});

	it.each<[string, () => Promise<unknown>, RegExp]>([
		['too few examples', async () => await tune(rows(9)), /holds 9 examples, and fine-tuning needs at least 10/],
		['no credential', async () => await tune(rows(12), {}, { credentials: {} }), /No model credential is chosen that can train/],
		['a credential of a provider that trains nothing', async () => await tune(rows(12), {}, { credentials: { leadAutopilotModelApi: { provider: 'anthropic', model: 'claude', apiKeys: 'k' } } }), /No model credential is chosen that can train/],
		['no file', async () => await run({ operation: 'startTraining', backend: 'fine_tuning' }), /The item has no file 'sftTrain'/],
		['an unknown job', async () => await run({ operation: 'cancelTraining', trainingJobId: 'nobody' }), /There is no training 'nobody'/],
	])('says what to do about %s', async (_, act, words) => {
		await expect(act()).rejects.toThrow(words);
	});

	it('trains in the own network only, where only local models are allowed', async () => {
		await store().settings.set('default', { kind: 'workspace' }, { localModelsOnly: true }, 'test');
		await expect(tune(rows(12), {}, { credentials: { leadAutopilotModelApi: { provider: 'openai', model: 'gpt-4.1-mini', apiKeys: SANDBOX.openaiKey } } })).rejects.toThrow(/No model credential is chosen that can train/);
		const outside = await tune(rows(13), {}, { credentials: { leadAutopilotModelApi: { ...credentials().leadAutopilotModelApi, baseUrl: 'http://203.0.113.7/v1' } } });
		expect(outside.outputs[2][0].json.trainingJob).toMatchObject({ state: 'failed', errorCode: 'refused', sentence: expect.stringContaining('Only local models are allowed') });
		const inside = await tune(rows(12));
		expect(inside.outputs[1][0].json).toMatchObject({ trainingJob: { state: 'training' } });
		expect(standIns.fineTuning.jobs()).toHaveLength(1);
	});

	it('pays for no training that could not serve beside the version that is being tried, unless told to', async () => {
		const [{ version }] = await store().models.register([{ workspace: 'default', backend: 'example_memory', status: 'candidate', sentence: 'Chosen.' }]);
		await store().models.deploy({ workspace: 'default', version: version.version, share: 0.1, metric: 'reply', horizon: 8, by: 'mia', sentence: 'Go.' });
		await expect(tune(rows(12))).rejects.toThrow(`${version.version} is still being tried on 10 % of contacts`);
		expect([standIns.fineTuning.files(), await store().trainingJobs.list('default', { limit: 9 })]).toEqual([[], []]);
		const { outputs } = await tune(rows(12), { trainingOptions: { besideCandidate: true } });
		expect(outputs[1][0].json).toMatchObject({ trainingJob: { state: 'training' } });
	});

	it('names a model trained elsewhere, once it has a name', async () => {
		const content = rows(3);
		const exported = async (modelName: string) => await run({ operation: 'startTraining', backend: 'export_only', modelName }, { binary: [{ sftTrain: { content, mimeType: 'application/jsonl' } }] });
		expect((await exported('')).outputs[1][0].json.trainingJob).toMatchObject({ state: 'succeeded', version: '', sentence: expect.stringContaining('run Start Training once more with the name of the model') });
		expect((await exported('our-llama')).outputs[0][0].json).toMatchObject({ model: { status: 'candidate', modelId: 'our-llama', backend: 'export_only' } });
		expect(standIns.fineTuning.files()).toEqual([]);
	});

	it('makes no memory of too little, and says what is missing', async () => {
		const { outputs } = await run({ operation: 'startTraining' });
		expect(outputs[2][0].json.trainingJob).toMatchObject({ backend: 'example_memory', state: 'failed', sentence: expect.stringContaining('50 are needed') });
		expect(await store().models.list('default', 5)).toEqual([]);
	});

	it('cancels at the provider', async () => {
		standIns.fineTuning.next('stall');
		const { outputs } = await tune(rows(12));
		const { id } = outputs[1][0].json.trainingJob as { id: string };
		const cancelled = await run({ operation: 'cancelTraining', trainingJobId: id, cancelledBy: 'mia' });
		expect(cancelled.outputs[0][0].json.trainingJob).toMatchObject({ state: 'cancelled', stoppedBy: 'mia' });
		expect(standIns.fineTuning.jobs()).toMatchObject([{ status: 'cancelled' }]);
	});
});
