import OpenAI, { APIError, toFile } from 'openai';
import { openaiError, SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';
import { readMultipart } from '../../sandbox/standins/multipart';
import { duplicateKey } from '../../sandbox/standins/trainingFile';
import { waitFor } from '../../sandbox/waitFor';

const BASE = 'gpt-4.1-mini-2025-04-14';
let standIns: StandIns;
let client: OpenAI;
const clientWith = (apiKey: string) => new OpenAI({ apiKey, baseURL: `http://127.0.0.1:${standIns.httpPort}/v1`, maxRetries: 0, organization: null, project: null });
beforeAll(async () => {
	standIns = await startStandIns();
	client = clientWith(SANDBOX.openaiKey);
});
afterAll(() => standIns.stop());
beforeEach(() => {
	standIns.fineTuning.reset();
	standIns.script.reset();
	standIns.fineTuning.pace({ validateMs: 0, queueMs: 0, runMs: 0 });
});

const chat = (at: number, answer = `Answer ${at}`) => ({ messages: [{ role: 'system', content: 'You sell.' }, { role: 'user', content: `Question ${at}` }, { role: 'assistant', content: answer }] });
const pair = (at: number) => ({ input: { messages: [{ role: 'user', content: `Question ${at}` }] }, preferred_output: [{ role: 'assistant', content: 'Yes' }], non_preferred_output: [{ role: 'assistant', content: 'No' }] });
const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const jsonl = (lines: readonly unknown[]): string => lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
/** A good file of twelve lines whose line `at` is this one. */
const withLine = (line: unknown, at = 4): string => jsonl(times(12, (index) => (index + 1 === at ? line : chat(index))));

const upload = async (text: string | Buffer, name = 'train.jsonl') => await client.files.create({ file: await toFile(Buffer.from(text), name), purpose: 'fine-tune' });
const start = async (text: string, more: Partial<OpenAI.FineTuning.JobCreateParams> = {}) => await client.fineTuning.jobs.create({ training_file: (await upload(text)).id, model: BASE, ...more });
const refusal = async (call: Promise<unknown>): Promise<APIError> => {
	const error: unknown = await call.then(() => undefined, (thrown: unknown) => thrown);
	if (!(error instanceof APIError)) throw new Error(`Not refused: ${String(error)}`);
	return error;
};

describe("the stand-in's fine-tuning, through the real SDK", () => {
	it('trains: every state, tokens, the model, its events and answers', async () => {
		standIns.fineTuning.pace({ validateMs: 60, queueMs: 60, runMs: 60 });
		const job = await start(jsonl(times(10, (at) => chat(at))), { suffix: 'Weekly v2.2.0', metadata: { export: 'abc' } });
		expect(job).toMatchObject({ object: 'fine_tuning.job', status: 'validating_files', fine_tuned_model: null, trained_tokens: null, model: BASE, metadata: { export: 'abc' }, organization_id: 'org-sandbox' });
		const done = await waitFor(async () => {
			const now = await client.fineTuning.jobs.retrieve(job.id);
			return now.status === 'succeeded' ? now : undefined;
		}, { what: 'the end of the job', everyMs: 5 });
		// "You sell." 9, "Question 0" 10, "Answer 0" 8 characters with quotes and blanks between: 35 → 9 tokens, and 4 a message: 21 × 10 lines × 3 epochs.
		expect(done).toMatchObject({ trained_tokens: 630, error: { code: null } });
		expect(done.fine_tuned_model).toMatch(/^ft:gpt-4\.1-mini-2025-04-14:sandbox:weekly-v2-2-0:[0-9a-f]{8}$/);
		expect(done.finished_at).toBeGreaterThanOrEqual(done.created_at);
		const events = await client.fineTuning.jobs.listEvents(job.id);
		expect(events.data.map(({ message }) => message)).toEqual(['The job has successfully completed', 'New fine-tuned model created', 'Fine-tuning job started', 'Files validated, moving job to queued state', `Validating training file: ${job.training_file}`, `Created fine-tuning job: ${job.id}`]);
		expect((await client.fineTuning.jobs.checkpoints.list(job.id)).data).toHaveLength(1);
		const model = String(done.fine_tuned_model);
		expect(await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] })).toMatchObject({ model, choices: [{ finish_reason: 'stop' }] });
		expect((await client.models.list()).data.map(({ id }) => id)).toContain(model);
	});

	it('answers for no model that was not trained, nor for another organisation', async () => {
		const messages = [{ role: 'user' as const, content: 'Hi' }];
		expect(await refusal(client.chat.completions.create({ model: `ft:${BASE}:sandbox:x:12345678`, messages }))).toMatchObject({ status: 404, code: 'model_not_found' });
		const job = await start(jsonl(times(10, (at) => chat(at))));
		const done = await client.fineTuning.jobs.retrieve(job.id);
		const other = clientWith('sk-sandbox-org-other');
		expect(await refusal(other.chat.completions.create({ model: String(done.fine_tuned_model), messages }))).toMatchObject({ status: 404 });
		expect(await refusal(other.fineTuning.jobs.retrieve(job.id))).toMatchObject({ status: 404, code: 'fine_tune_not_found', param: 'fine_tune_id' });
		expect(await refusal(other.files.retrieve(job.training_file))).toMatchObject({ status: 404 });
		expect((await other.fineTuning.jobs.list()).data).toEqual([]);
	});

	it('keeps files: lists, shows, hands out and forgets them', async () => {
		const text = jsonl(times(10, (at) => chat(at, 'Grüße, 你好 👋')));
		const file = await upload(text, 'own name.jsonl');
		expect(file).toMatchObject({ object: 'file', purpose: 'fine-tune', filename: 'own name.jsonl', bytes: Buffer.byteLength(text), status: 'processed' });
		expect(await (await client.files.content(file.id)).text()).toBe(text);
		expect((await client.files.list({ purpose: 'fine-tune' })).data).toMatchObject([{ id: file.id }]);
		expect((await client.files.list({ purpose: 'batch' })).data).toEqual([]);
		expect(await client.files.delete(file.id)).toMatchObject({ deleted: true });
		expect(await refusal(client.files.retrieve(file.id))).toMatchObject({ status: 404, message: expect.stringContaining(`No such File object: ${file.id}`) });
		expect(await refusal(client.fineTuning.jobs.create({ training_file: file.id, model: BASE }))).toMatchObject({ status: 400, param: 'training_file' });
	});

	it('pages lists and finds jobs by their metadata', async () => {
		for (const at of [1, 2, 3]) await start(jsonl(times(10, (line) => chat(line))), { metadata: { week: `${at}` } });
		const seen: string[] = [];
		for await (const job of client.fineTuning.jobs.list({ limit: 1 })) seen.push(String(job.metadata?.week));
		expect(seen).toEqual(['3', '2', '1']);
		expect((await client.fineTuning.jobs.list({ metadata: { week: '2' } })).data).toMatchObject([{ metadata: { week: '2' } }]);
	});

	it.each([
		['an empty file', '', /empty/],
		['a JSON array', '[{"messages":[]}]\n', /Line 1 is not a dictionary \(HINT: line starts with: "\[\{"m/],
		['a cut line', jsonl(times(9, (at) => chat(at))) + '{"messages":[{"role":"user"', /Line 10 is not a dictionary/],
		['an empty line', withLine(''), /Line 4 is not a dictionary/],
		['a byte order mark', `\uFEFF${jsonl(times(10, (at) => chat(at)))}`, /Line 1 is not a dictionary/],
		['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), /UTF-8/],
		['UTF-16', Buffer.from('{"messages":[]}', 'utf16le'), /Line 1/],
	])('refuses to take %s', async (_, content, words) => {
		expect(await refusal(upload(content))).toMatchObject({ status: 400, message: expect.stringMatching(words) });
	});

	it('refuses a file that is too large, of another type or without a purpose', async () => {
		standIns.fineTuning.limitFile(1_000);
		expect(await refusal(upload(jsonl(times(12, (at) => chat(at)))))).toMatchObject({ status: 413 });
		expect(await refusal(upload('{}', 'train.json'))).toMatchObject({ status: 400, message: expect.stringContaining('.jsonl') });
		expect(await refusal(client.post('/files', { body: new FormData() }))).toMatchObject({ status: 400, message: expect.stringContaining("'purpose' is a required property") });
	});

	it.each<[string, unknown, string]>([
		['a stranger among the keys', { ...chat(1), id: 7 }, 'Line 4: has an unexpected key "id".'],
		['a key twice', '{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","content":"c"}]}', 'Line 4 has the key "content" twice.'],
		['the old format', { prompt: 'a', completion: 'b' }, 'Line 4: is in the prompt-completion format'],
		['no messages', { messages: [] }, 'Line 4: key "messages" must be a list that is not empty.'],
		['an unknown role', { messages: [{ role: 'lead', content: 'a' }, { role: 'assistant', content: 'b' }] }, 'Line 4: message 1 has the role "lead"'],
		['no last word of the assistant', { messages: [{ role: 'user', content: 'a' }] }, 'Line 4: the last message must be from the assistant.'],
		['an empty answer', chat(1, ''), 'Line 4: message 3 key "content" is empty.'],
		['content that is no text', { messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: null }] }, 'Line 4: message 2 key "content" must be a string.'],
		['a weight between 0 and 1', { messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b', weight: 0.5 }] }, 'Line 4: message 2 has the weight 0.5; only 0 and 1 are allowed.'],
		['a weight on the lead', { messages: [{ role: 'user', content: 'a', weight: 1 }, { role: 'assistant', content: 'b' }] }, 'Line 4: message 1 has a weight'],
		['nothing to learn', { messages: [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b', weight: 0 }] }, 'Line 4: has no assistant message to learn from: all weights are 0.'],
		['an unknown key in a message', { messages: [{ role: 'user', content: 'a', from: 'x' }, { role: 'assistant', content: 'b' }] }, 'Line 4: message 1 has an unexpected key "from".'],
		['preference pairs', pair(1), 'Line 4: is in the preference format, but the method is supervised.'],
		['an example of too many tokens', chat(1, 'x'.repeat(4 * 65_536)), 'tokens, more than the 65536 an example may have.'],
	])('fails a job over %s, with the line', async (_, line, words) => {
		const job = await start(withLine(line));
		expect(await client.fineTuning.jobs.retrieve(job.id)).toMatchObject({ status: 'failed', fine_tuned_model: null, trained_tokens: null, error: { code: 'invalid_training_file', param: 'training_file', message: expect.stringContaining(words) } });
	});

	it('fails a job with fewer than ten examples, and takes ten', async () => {
		const job = await start(jsonl(times(9, (at) => chat(at))));
		expect((await client.fineTuning.jobs.retrieve(job.id)).error).toEqual({ code: 'invalid_n_examples', message: 'Training file has 9 example(s), but must have at least 10 examples', param: 'training_file' });
		const ten = await start(jsonl(times(10, (at) => chat(at))).trimEnd());
		expect((await client.fineTuning.jobs.retrieve(ten.id)).status).toBe('succeeded');
	});

	it('checks the validation file, which may be short', async () => {
		const short = await upload(jsonl([chat(1)]));
		const good = await start(jsonl(times(10, (at) => chat(at))), { validation_file: short.id });
		expect((await client.fineTuning.jobs.retrieve(good.id)).status).toBe('succeeded');
		const broken = await upload(jsonl([{ messages: [{ role: 'user', content: 'a' }] }]));
		const bad = await start(jsonl(times(10, (at) => chat(at))), { validation_file: broken.id });
		expect((await client.fineTuning.jobs.retrieve(bad.id)).error).toMatchObject({ code: 'invalid_validation_file', param: 'validation_file' });
	});

	it('trains by preference pairs and checks their format', async () => {
		const dpo = { type: 'dpo' as const, dpo: { hyperparameters: { beta: 0.1, n_epochs: 2 } } };
		const good = await start(jsonl(times(10, (at) => pair(at))), { method: dpo });
		expect(await client.fineTuning.jobs.retrieve(good.id)).toMatchObject({ status: 'succeeded', method: { type: 'dpo' }, hyperparameters: { n_epochs: 2 } });
		const wrong: [unknown, string][] = [
			[chat(1), 'is in the chat format, but the method dpo requires'],
			[{ ...pair(1), preferred_output: [] }, 'preferred_output: key "messages" must be a list that is not empty'],
			[{ ...pair(1), non_preferred_output: [{ role: 'user', content: 'No' }] }, 'non_preferred_output: message 1 has the role "user"'],
			[{ ...pair(1), input: { messages: [{ role: 'assistant', content: 'x' }] } }, 'the last message of "input" must not be from the assistant'],
			[{ ...pair(1), preferred_output: [...pair(1).preferred_output, ...pair(1).preferred_output] }, 'preferred_output must hold exactly one assistant message'],
		];
		for (const [line, words] of wrong) {
			const job = await start(jsonl(times(12, (at) => (at === 3 ? line : pair(at)))), { method: dpo });
			expect((await client.fineTuning.jobs.retrieve(job.id)).error?.message).toContain(words);
		}
	});

	it('refuses models that cannot be trained, wrong parameters and files of others', async () => {
		const good = await upload(jsonl(times(10, (at) => chat(at))));
		const create = async (more: object) => await refusal(client.fineTuning.jobs.create({ training_file: good.id, model: BASE, ...more }));
		expect(await create({ model: 'gpt-6-luna' })).toMatchObject({ status: 400, code: 'model_not_available', message: expect.stringContaining('Model gpt-6-luna is not available for fine-tuning or does not exist.') });
		expect(await create({ suffix: 'x'.repeat(65) })).toMatchObject({ status: 400, param: 'suffix' });
		expect(await create({ method: { type: 'supervised', supervised: { hyperparameters: { n_epochs: 0 } } } })).toMatchObject({ status: 400, param: 'hyperparameters' });
		expect(await create({ metadata: { long: 'x'.repeat(513) } })).toMatchObject({ status: 400, param: 'metadata' });
		expect(await create({ colour: 'red' })).toMatchObject({ status: 400, code: 'unknown_parameter' });
		expect(await create({ training_file: undefined })).toMatchObject({ status: 400, param: 'training_file' });
		expect(standIns.fineTuning.jobs()).toEqual([]);
		expect(await refusal(clientWith('sk-wrong').fineTuning.jobs.list())).toMatchObject({ status: 401, code: 'invalid_api_key' });
	});

	it('makes a job of every request: asking twice is paying twice', async () => {
		const { id } = await upload(jsonl(times(10, (at) => chat(at))));
		const make = async () => await client.fineTuning.jobs.create({ training_file: id, model: BASE }, { idempotencyKey: 'same' });
		await make();
		await make();
		expect(standIns.fineTuning.jobs()).toHaveLength(2);
	});

	it.each([
		['unsafe_file', 'unsafe_file', 'blocked by our moderation system'],
		['exceeded_quota', 'exceeded_quota', 'hard limit'],
		['server_error', 'server_error', 'internal error'],
		['invalid_training_file', 'invalid_training_file', 'Line 3'],
		['expire_file', 'file_not_found', 'expired or been deleted'],
	] as const)('fails when told to: %s', async (fate, code, words) => {
		standIns.fineTuning.next(fate);
		const job = await start(jsonl(times(10, (at) => chat(at))));
		expect((await client.fineTuning.jobs.retrieve(job.id)).error).toMatchObject({ code, message: expect.stringContaining(words) });
	});

	it('stalls, is cancelled, vanishes, and takes no cancel after the end', async () => {
		for (const fate of ['stall', 'queue', 'vanish'] as const) standIns.fineTuning.next(fate);
		const [stalled, queued, vanished, good] = [await start(withLine(chat(3))), await start(withLine(chat(3))), await start(withLine(chat(3))), await start(withLine(chat(3)))];
		standIns.fineTuning.finish();
		expect((await client.fineTuning.jobs.retrieve(stalled.id)).status).toBe('running');
		expect((await client.fineTuning.jobs.retrieve(queued.id)).status).toBe('queued');
		expect(await client.fineTuning.jobs.cancel(stalled.id)).toMatchObject({ status: 'cancelled', fine_tuned_model: null });
		expect(await refusal(client.fineTuning.jobs.retrieve(vanished.id))).toMatchObject({ status: 404, code: 'fine_tune_not_found' });
		expect(await refusal(client.fineTuning.jobs.cancel(good.id))).toMatchObject({ status: 400, message: expect.stringContaining('already completed') });
	});

	it('limits and fails its calls under the script, by path', async () => {
		standIns.script.next('openai', { ...openaiError(429), headers: { 'retry-after': '2' } });
		expect(await refusal(client.fineTuning.jobs.list())).toMatchObject({ status: 429 });
		standIns.script.next('openai', { ...openaiError(500), match: ({ path, method }) => path === '/v1/fine_tuning/jobs' && method === 'POST' });
		const { id } = await upload(withLine(chat(3)));
		expect(await refusal(client.fineTuning.jobs.create({ training_file: id, model: BASE }))).toMatchObject({ status: 500 });
	});

	it('is scripted from other processes', async () => {
		const control = async (path: string, body: object) => await (await fetch(`http://127.0.0.1:${standIns.httpPort}/__sandbox/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json();
		expect(await control('fineTuning/next', { fate: 'stall' })).toMatchObject({ ok: true });
		expect(await control('fineTuning/next', { fate: 'explode' })).toMatchObject({ error: expect.any(String) });
		await control('fineTuning/pace', { runMs: 0 });
		const job = await start(withLine(chat(3)));
		await control('fineTuning/finish', {});
		expect(await control('fineTuning/jobs', {})).toMatchObject({ result: [{ id: job.id, status: 'running' }] });
	});
});

describe('the form reader', () => {
	const form = (body: string) => readMultipart('multipart/form-data; boundary="b"', Buffer.from(body));
	it('reads fields and files, keeping every byte, and refuses what is cut', () => {
		expect(form('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\ny\r\n--b\r\ncontent-disposition: form-data; name="f"; filename="é.jsonl"\r\n\r\n\r\n--b--\r\n')).toEqual([
			{ name: 'a', content: Buffer.from('x\r\ny') },
			{ name: 'f', filename: 'é.jsonl', content: Buffer.alloc(0) },
		]);
		expect(form('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx')).toBeUndefined();
		expect(readMultipart('application/json', Buffer.from('{}'))).toBeUndefined();
	});
});

it('finds a key that stands twice in one object, and no other', () => {
	expect(duplicateKey('{"a":1,"b":{"a":2,"c":["a","a"]}}')).toBeUndefined();
	expect(duplicateKey('{"a":"\\"a\\":","b":"a"}')).toBeUndefined();
	expect(duplicateKey('[{"x":{"a":1,"b":2, "a" :3}}]')).toBe('a');
});
