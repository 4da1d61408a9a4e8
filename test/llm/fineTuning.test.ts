import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelError } from '../../llm/chatModel';
import { openAiFineTuning, suffixOf, type FineTuningRequest, type TrainingFile } from '../../llm/fineTuning';
import { fineTunable, trainingCostUsd, trainingWarning } from '../../llm/fineTuningModels';
import { costUsd, priceOf } from '../../llm/prices';
import { openaiError, SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';
import { fakeTime } from './fakeTime';

const BASE = 'gpt-4.1-mini-2025-04-14';
const MARK = '0123456789abcdef';
const line = (at: number) => JSON.stringify({ messages: [{ role: 'user', content: `Question ${at}` }, { role: 'assistant', content: `Grüße ${at} 👋` }] });
const TEXT = Array.from({ length: 12 }, (_, at) => `${line(at)}\n`).join('');
const fileOf = (text: string, name = 'lead-autopilot-abc.jsonl'): TrainingFile => {
	const bytes = Buffer.from(text);
	return {
		name,
		bytes: bytes.length,
		async *open() {
			// In pieces that cut characters in two.
			for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
		},
	};
};

let standIns: StandIns;
let folder: string;
beforeAll(async () => {
	standIns = await startStandIns();
	folder = mkdtempSync(join(tmpdir(), 'lead-autopilot-tuning-'));
});
afterAll(async () => {
	await standIns.stop();
	rmSync(folder, { recursive: true });
});
beforeEach(() => {
	standIns.fineTuning.reset();
	standIns.script.reset();
	standIns.fineTuning.pace({ validateMs: 0, queueMs: 0, runMs: 0 });
});
const open = (apiKey: string = SANDBOX.openaiKey, baseUrl = `http://127.0.0.1:${standIns.httpPort}/v1`) => {
	const time = fakeTime();
	return { time, tuning: openAiFineTuning({ baseUrl, apiKey, baseModel: BASE, time }) };
};
const request = (fileId: string, more: Partial<FineTuningRequest> = {}): FineTuningRequest => ({ mark: MARK, version: 'v2.2.0', baseModel: BASE, method: 'supervised', fileId, ...more });
const failureOf = async (work: Promise<unknown>): Promise<ModelError> => {
	const error: unknown = await work.then(() => undefined, (thrown: unknown) => thrown);
	if (!(error instanceof ModelError)) throw new Error(`No ModelError: ${String(error)}`);
	return error;
};

describe('fine-tuning at an OpenAI-compatible server', () => {
	it('uploads, trains, names the model and its tokens, and takes the file away', async () => {
		const { tuning } = open();
		const fileId = await tuning.upload(fileOf(TEXT));
		expect(standIns.fineTuning.content(fileId)).toBe(TEXT);
		const job = await tuning.create(request(fileId, { epochs: 2 }));
		expect(job).toMatchObject({ state: 'waiting', fileId });
		expect(standIns.fineTuning.jobs()).toMatchObject([{ hyperparameters: { n_epochs: 2 }, user_provided_suffix: `v2-2-0-${MARK}`, metadata: { lead_autopilot: MARK } }]);
		const done = await tuning.retrieve(job.id);
		expect(done).toMatchObject({ id: job.id, state: 'succeeded', word: 'succeeded', modelId: expect.stringMatching(new RegExp(`^ft:${BASE}:sandbox:v2-2-0-${MARK}:`)), trainedTokens: expect.any(Number) });
		await tuning.deleteFile(fileId);
		await tuning.deleteFile(fileId);
		expect(standIns.fineTuning.files()).toEqual([]);
	});

	it('finds a job by its mark and a file by name and length, and no ended ones', async () => {
		const { tuning } = open();
		expect(await tuning.findJob(MARK)).toBeUndefined();
		const file = fileOf(TEXT);
		expect(await tuning.findFile(file)).toBeUndefined();
		const fileId = await tuning.upload(file);
		expect(await tuning.findFile(file)).toBe(fileId);
		expect(await tuning.findFile({ name: file.name, bytes: file.bytes + 1 })).toBeUndefined();
		standIns.fineTuning.next('server_error');
		await tuning.create(request(fileId));
		expect(await tuning.findJob(MARK, fileId)).toBeUndefined();
		const job = await tuning.create(request(fileId));
		expect(await tuning.findJob(MARK)).toMatchObject({ id: job.id });
		expect(await tuning.findJob('fedcba9876543210')).toBeUndefined();
		expect(await tuning.findJob('fedcba9876543210', fileId)).toMatchObject({ id: job.id });
		expect(await open('sk-sandbox-org-other').tuning.findJob(MARK)).toBeUndefined();
	});

	it('finds a job behind a hundred newer ones', async () => {
		const { tuning } = open();
		const fileId = await tuning.upload(fileOf(TEXT));
		const job = await tuning.create(request(fileId));
		for (let at = 0; at < 105; at++) await tuning.create(request(fileId, { mark: `other${at}` }));
		expect(await tuning.findJob(MARK)).toMatchObject({ id: job.id });
	});

	it('never asks for a job twice by itself, whatever the answer', async () => {
		const { tuning, time } = open();
		const fileId = await tuning.upload(fileOf(TEXT));
		const creates = { match: ({ path, method }: { path?: string; method?: string }) => path === '/v1/fine_tuning/jobs' && method === 'POST' };
		standIns.script.next('openai', { ...creates, drop: true, when: 'after' });
		expect(await failureOf(tuning.create(request(fileId)))).toMatchObject({ kind: 'unavailable' });
		expect(standIns.fineTuning.jobs()).toHaveLength(1);
		expect(await tuning.findJob(MARK)).toMatchObject({ fileId });
		standIns.script.next('openai', { ...creates, ...openaiError(500) });
		expect(await failureOf(tuning.create(request(fileId)))).toMatchObject({ kind: 'unavailable', status: 500 });
		standIns.script.next('openai', { ...creates, ...openaiError(429) });
		expect(await failureOf(tuning.create(request(fileId)))).toMatchObject({ kind: 'rate_limited' });
		standIns.script.next('openai', { ...creates, rubbish: true, when: 'after' });
		expect(await failureOf(tuning.create(request(fileId)))).toMatchObject({ kind: 'unavailable' });
		expect(time.waits).toEqual([]);
	});

	it('asks again where asking costs nothing, and honours Retry-After', async () => {
		const { tuning, time } = open();
		const fileId = await tuning.upload(fileOf(TEXT));
		const job = await tuning.create(request(fileId));
		standIns.script.next('openai', { ...openaiError(429), headers: { 'retry-after': '4' } });
		standIns.script.next('openai', openaiError(503));
		expect(await tuning.retrieve(job.id)).toMatchObject({ state: 'succeeded' });
		expect(time.waits[0]).toBe(4000);
		expect(time.waits).toHaveLength(2);
	});

	it("says why a training failed, in the provider's words without secrets", async () => {
		const { tuning } = open();
		const fileId = await tuning.upload(fileOf(Array.from({ length: 5 }, (_, at) => `${line(at)}\n`).join('')));
		const job = await tuning.create(request(fileId));
		expect(await tuning.retrieve(job.id)).toMatchObject({ state: 'failed', error: { code: 'invalid_n_examples', message: 'Training file has 5 example(s), but must have at least 10 examples' } });
		const leak = { status: 400, body: { error: { message: `Project of ${SANDBOX.openaiKey} may not fine-tune`, type: 'invalid_request_error', code: null, param: null } } };
		standIns.script.next('openai', leak);
		const error = await failureOf(tuning.create(request(fileId)));
		expect(error.message).toContain('may not fine-tune');
		expect(error.message).not.toContain(SANDBOX.openaiKey);
	});

	it('cancels, says how an ended job ended, and knows when a job is unknown', async () => {
		const { tuning } = open();
		const fileId = await tuning.upload(fileOf(TEXT));
		standIns.fineTuning.next('stall');
		const stalled = await tuning.create(request(fileId));
		expect(await tuning.retrieve(stalled.id)).toMatchObject({ state: 'running' });
		expect(await tuning.cancel(stalled.id)).toMatchObject({ state: 'cancelled' });
		expect(await tuning.cancel((await tuning.create(request(fileId))).id)).toMatchObject({ state: 'succeeded' });
		expect(await tuning.retrieve('ftjob-nobody')).toBeUndefined();
		expect(await tuning.cancel('ftjob/../nobody')).toBeUndefined();
		expect(await failureOf(open('sk-wrong').tuning.retrieve(stalled.id))).toMatchObject({ kind: 'invalid_key' });
	});

	it('refuses a file whose length is not what was said, and one that breaks off', async () => {
		const { tuning } = open();
		expect((await failureOf(tuning.upload({ ...fileOf(TEXT), bytes: 10_000 }))).message).toMatch(/10000|could not be reached|bytes/);
		expect(standIns.fineTuning.files()).toEqual([]);
		const broken: TrainingFile = { ...fileOf(TEXT), async *open() { yield Buffer.from('{'); throw new Error('disk gone'); } };
		await failureOf(tuning.upload(broken));
		expect(standIns.fineTuning.files()).toEqual([]);
	});

	it('passes on what the server says of a file it does not take', async () => {
		const { tuning } = open();
		expect(await failureOf(tuning.upload(fileOf('no json\n')))).toMatchObject({ kind: 'bad_request', message: expect.stringContaining('Line 1 is not a dictionary') });
		standIns.fineTuning.limitFile(100);
		expect(await failureOf(tuning.upload(fileOf(TEXT)))).toMatchObject({ kind: 'bad_request', status: 413 });
	});

	it('streams: of 100 MB never more than 8 are read from the disk and not yet sent', async () => {
		const path = join(folder, 'large.jsonl');
		writeFileSync(path, `${line(1)}\n`.repeat(1_000_000));
		const { size } = statSync(path);
		expect(size).toBeGreaterThan(96_000_000);
		let received = 0;
		const server = createServer((incoming, response) => {
			incoming.on('data', (chunk: Buffer) => (received += chunk.length)).on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify({ id: 'file-1', bytes: received })));
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		const port = typeof address === 'object' && address !== null ? address.port : 0;
		let read = 0;
		let held = 0;
		const file: TrainingFile = { name: 'large.jsonl', bytes: size, async *open() {
			for await (const chunk of createReadStream(path)) {
				const bytes = Buffer.from(chunk);
				read += bytes.length;
				held = Math.max(held, read - received);
				yield bytes;
			}
		} };
		try {
			expect(await open(SANDBOX.openaiKey, `http://127.0.0.1:${port}/v1`).tuning.upload(file)).toBe('file-1');
		} finally {
			server.close();
			server.closeAllConnections();
		}
		expect(received).toBeGreaterThan(size);
		expect(held).toBeLessThan(8_000_000);
	}, 60_000);

	it('does without metadata and method where a server does not know them', async () => {
		const { tuning } = open();
		const fileId = await tuning.upload(fileOf(TEXT));
		const unknown = (name: string) => ({ status: 422, body: { error: { message: `Extra inputs are not permitted: '${name}'`, type: 'invalid_request_error', param: name, code: null } }, match: ({ body }: { body: unknown }) => typeof body === 'object' && body !== null && name in body, times: Infinity });
		standIns.script.next('openai', unknown('metadata'));
		standIns.script.next('openai', unknown('method'));
		const job = await tuning.create(request(fileId, { epochs: 4 }));
		expect(standIns.fineTuning.jobs()).toMatchObject([{ id: job.id, metadata: null, hyperparameters: { n_epochs: 4 } }]);
		expect(await tuning.findJob(MARK)).toMatchObject({ id: job.id });
	});
});

describe('names and prices of trained models', () => {
	it('keep the mark readable within 64 characters', () => {
		expect(suffixOf({ version: 'v2.2.0', mark: MARK })).toBe(`v2-2-0-${MARK}`);
		const long = suffixOf({ version: `v${'9'.repeat(90)}`, mark: MARK });
		expect(long).toHaveLength(64);
		expect(long.endsWith(MARK)).toBe(true);
	});

	it('cost what the list says, or are unknown, but never free by mistake', () => {
		// 1,234,567 tokens at 5 USD a million.
		expect(trainingCostUsd(BASE, 1_234_567)).toBeCloseTo(6.172835, 6);
		expect(trainingCostUsd('gpt-4o-2024-08-06', 40_000)).toBeCloseTo(1, 9);
		expect(trainingCostUsd('llama3.1', 1_000)).toBeUndefined();
		expect(trainingCostUsd(BASE, undefined)).toBeUndefined();
		const price = priceOf(`ft:${BASE}:acme:v2-2-0-${MARK}:9f3a`);
		expect(price && costUsd({ inputTokens: 1_000_000, outputTokens: 500_000 }, price)).toBeCloseTo(0.8 + 1.6, 9);
		expect(priceOf('ft:llama:acme::1')).toBeUndefined();
		expect(fineTunable('constructor')).toBeUndefined();
	});

	it('say when a model ends', () => {
		expect(trainingWarning(BASE, '2026-11-20')).toBe(`OpenAI shuts ${BASE} and everything trained on it down on 2027-01-14, and takes no new trainings after 2027-01-06. Example Memory works with any model and needs no training.`);
		expect(trainingWarning('gpt-4.1-nano-2025-04-14', '2027-01-07')).toMatch(/^OpenAI shut gpt-4\.1-nano-2025-04-14 down on 2026-10-23, and took no new trainings/);
		expect(trainingWarning('llama3.1', '2026-11-20')).toBeUndefined();
	});
});
