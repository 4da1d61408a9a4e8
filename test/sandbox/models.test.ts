import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { anthropicError, openaiError, SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';
import { readLanguage } from '../../sandbox/standins/leadReading';
import { isObject, parseJson } from '../../sandbox/standins/shapes';

let world: StandIns;
const openai = (key: string = SANDBOX.openaiKey) => new OpenAI({ apiKey: key, baseURL: `http://127.0.0.1:${world.httpPort}/v1`, maxRetries: 0, timeout: 2_000 });
const anthropic = (key: string = SANDBOX.anthropicKey) => new Anthropic({ apiKey: key, baseURL: `http://127.0.0.1:${world.httpPort}`, maxRetries: 0, timeout: 2_000 });

beforeAll(async () => {
	world = await startStandIns();
});
afterAll(() => world.stop());
beforeEach(() => world.script.reset());

const CLASSIFICATION = {
	type: 'object',
	additionalProperties: false,
	required: ['score', 'confidence', 'summary', 'reasons', 'status', 'intent', 'recommendedStage'],
	properties: {
		score: { type: 'integer', minimum: 0, maximum: 100 },
		confidence: { type: 'number', minimum: 0, maximum: 1 },
		summary: { type: 'string' },
		reasons: { type: 'array', items: { type: 'string' } },
		status: { type: 'string', enum: ['NEW', 'CONTACTED', 'QUALIFIED', 'PROPOSAL', 'NEGOTIATION', 'WON', 'LOST', 'UNRESPONSIVE'] },
		intent: { type: 'string', enum: ['hot', 'warm', 'cold'] },
		recommendedStage: { anyOf: [{ type: 'string', enum: ['new', 'talking', 'offer', 'won', 'lost'] }, { type: 'null' }] },
	},
};
const ask = (text: string) => [{ role: 'system' as const, content: 'You classify sales leads.' }, { role: 'user' as const, content: `Conversation:\nUs: Hello!\nLead: ${text}` }];

async function classify(text: string): Promise<Record<string, unknown>> {
	const answer = await openai().chat.completions.create({ model: 'gpt-5.4-mini', messages: ask(text), response_format: { type: 'json_schema', json_schema: { name: 'classification', strict: true, schema: CLASSIFICATION } } });
	const read = parseJson(answer.choices[0]?.message.content ?? '');
	return isObject(read) ? read : {};
}

describe('OpenAI', () => {
	it('answers a schema with values that follow from the lead’s words, the same each time', async () => {
		const hot = await classify('What is the price, and can we have a meeting today? It is urgent, I want to buy.');
		const cold = await classify('hm ok');
		expect(hot).toMatchObject({ intent: 'hot', status: 'PROPOSAL', recommendedStage: 'offer' });
		expect(cold).toMatchObject({ intent: 'cold', status: 'NEW', recommendedStage: 'new' });
		expect(Number(hot.confidence)).toBeGreaterThan(0.85);
		expect(Number(cold.confidence)).toBeLessThan(0.5);
		expect(await classify('hm ok')).toEqual(cold);
	});

	it('drafts in the lead’s language: one question, no price, date or link', async () => {
		const schema = { type: 'object', additionalProperties: false, required: ['text'], properties: { text: { type: 'string' } } };
		const answer = await openai().chat.completions.create({ model: 'gpt-5.4', messages: ask('Was kostet das und können wir einen Termin machen?'), response_format: { type: 'json_schema', json_schema: { name: 'draft', strict: true, schema } } });
		const text = String(Object.values(parseJson(answer.choices[0]?.message.content ?? '') ?? {})[0]);
		expect(readLanguage(text)).toBe('de');
		expect(text.match(/\?/g)).toHaveLength(1);
		expect(text).not.toMatch(/\d|http|\{|\[/);
	});

	it('serves the Responses API, forced tools, models and embeddings', async () => {
		const response = await openai().responses.create({ model: 'gpt-5.4', input: 'Lead: How much is it?', text: { format: { type: 'json_schema', name: 'classification', strict: true, schema: CLASSIFICATION } } });
		expect(parseJson(response.output_text)).toMatchObject({ score: expect.any(Number) });
		expect(response.usage?.total_tokens).toBeGreaterThan(1);
		const tool = { type: 'function' as const, function: { name: 'classify', parameters: CLASSIFICATION } };
		const called = await openai().chat.completions.create({ model: 'gpt-5.4', messages: ask('How much?'), tools: [tool], tool_choice: { type: 'function', function: { name: 'classify' } } });
		expect(called.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [{ function: { name: 'classify' } }] } });
		expect((await openai().models.list()).data.length).toBeGreaterThan(1);
		const { data } = await openai().embeddings.create({ model: 'text-embedding-3-small', input: ['price of the red shoes', 'price of red boots', 'weather'] });
		const [one = [], two = [], three = []] = data.map(({ embedding }) => embedding);
		const cosine = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
		expect(one).toHaveLength(1536);
		expect(cosine(one, two)).toBeGreaterThan(cosine(one, three));
	});

	const raw = (body: unknown) => openai().post('/chat/completions', { body });
	it.each([
		['no model', { messages: [{ role: 'user', content: 'Hi' }] }, /'model'/],
		['no messages', { model: 'gpt-5.4' }, /'messages'/],
		['an empty list', { model: 'gpt-5.4', messages: [] }, /empty array/],
		['an unknown role', { model: 'gpt-5.4', messages: [{ role: 'lead', content: 'Hi' }] }, /'lead'/],
		['an unknown parameter', { model: 'gpt-5.4', messages: [{ role: 'user', content: 'Hi' }], temprature: 1 }, /temprature/],
		['JSON mode without the word', { model: 'gpt-5.4', messages: [{ role: 'user', content: 'Hi' }], response_format: { type: 'json_object' } }, /must contain the word/],
		['an open strict schema', { model: 'gpt-5.4', messages: [{ role: 'user', content: 'Hi' }], response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema: { type: 'object', properties: {} } } } }, /additionalProperties/],
		['a strict schema with an optional property', { model: 'gpt-5.4', messages: [{ role: 'user', content: 'Hi' }], response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema: { type: 'object', additionalProperties: false, required: [], properties: { x: { type: 'string' } } } } } }, /Missing 'x'/],
	])('refuses %s', async (_what, body, message) => {
		await expect(raw(body)).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) });
	});

	it('refuses a wrong key and an unknown model', async () => {
		await expect(openai('sk-wrong').models.list()).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' });
		await expect(openai().chat.completions.create({ model: 'missing-model', messages: ask('Hi') })).rejects.toMatchObject({ status: 404 });
	});

	it('fails on demand: limits one key of two, stalls, cuts, talks rubbish, refuses', async () => {
		const call = (key?: string) => openai(key).chat.completions.create({ model: 'gpt-5.4', messages: ask('Hi') });
		world.script.next('openai', { ...openaiError(429), headers: { 'retry-after': '1' }, key: 'sk-sandbox-one', times: Infinity });
		await expect(call('sk-sandbox-one')).rejects.toMatchObject({ status: 429 });
		await expect(call('sk-sandbox-two')).resolves.toBeDefined();
		world.script.reset();
		world.script.next('openai', openaiError(500));
		await expect(call()).rejects.toMatchObject({ status: 500 });
		world.script.next('openai', { stall: true });
		const patience = AbortSignal.timeout(200);
		await expect(fetch(`http://127.0.0.1:${world.httpPort}/v1/models`, { headers: { authorization: `Bearer ${SANDBOX.openaiKey}` }, signal: patience })).rejects.toMatchObject({ name: 'TimeoutError' });
		world.script.next('openai', { truncate: true });
		await expect(call()).rejects.toThrow(/JSON/);
		world.script.model(() => ({ refusal: 'I cannot help with that.' }));
		expect((await call()).choices[0]?.message.refusal).toBe('I cannot help with that.');
		world.script.model(({ messages }) => `Heard: ${messages.at(-1)?.text.slice(-2) ?? ''}`);
		expect((await call()).choices[0]?.message.content).toBe('Heard: Hi');
		world.script.rate('openai', { limit: 1, windowMs: 60_000 });
		world.script.model(null);
		await call();
		await expect(call()).rejects.toMatchObject({ status: 429, headers: expect.anything() });
	});
});

describe('Anthropic', () => {
	const call = (extra: object = {}, key?: string) => anthropic(key).messages.create({ model: 'claude-sonnet-5-5', max_tokens: 500, messages: [{ role: 'user', content: 'Lead: What is the price? I want to order today.' }], ...extra });

	it('answers with text, by a forced tool and in an output format', async () => {
		expect((await call()).content).toMatchObject([{ type: 'text', text: expect.stringContaining('?') }]);
		const byTool = await call({ tools: [{ name: 'classify', input_schema: CLASSIFICATION }], tool_choice: { type: 'tool', name: 'classify' } });
		expect(byTool).toMatchObject({ stop_reason: 'tool_use', content: [{ type: 'tool_use', input: { intent: 'hot' } }] });
		const byFormat = await call({ output_config: { format: { type: 'json_schema', schema: CLASSIFICATION } } });
		const [block] = byFormat.content;
		expect(parseJson(block?.type === 'text' ? block.text : '')).toMatchObject({ intent: 'hot' });
		expect(byFormat.usage.input_tokens).toBeGreaterThan(5);
	});

	it.each([
		['no max_tokens', { max_tokens: undefined }, /max_tokens/],
		['an unknown field', { max_token: 5 }, /Extra inputs/],
		['a tool without schema', { tools: [{ name: 'classify' }] }, /input_schema/],
		['a first message of the assistant', { messages: [{ role: 'assistant', content: 'Hi' }] }, /first message/],
		['an open output schema', { output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: {} } } } }, /additionalProperties/],
	])('refuses %s', async (_what, extra, message) => {
		const base = { model: 'claude-sonnet-5-5', max_tokens: 500, messages: [{ role: 'user', content: 'Hi' }] };
		await expect(anthropic().post('/v1/messages', { body: { ...base, ...extra } })).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) });
	});

	it('still speaks the version n8n’s own node speaks: key in x-api-key, temperature allowed, no system role', async () => {
		const older = async (extra: object) => {
			const headers = { 'x-api-key': SANDBOX.anthropicKey, 'anthropic-version': '2023-06-01', 'content-type': 'application/json' };
			const response = await fetch(`http://127.0.0.1:${world.httpPort}/v1/messages`, { method: 'POST', headers, body: JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], ...extra }) });
			return { status: response.status, text: await response.text() };
		};
		expect((await older({ temperature: 0.2 })).status).toBe(200);
		const refused = await older({ messages: [{ role: 'system', content: 'Be kind' }, { role: 'user', content: 'Hi' }] });
		expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('top-level `system`') });
	});

	it('refuses a wrong key, and fails on demand', async () => {
		await expect(call({}, 'sk-ant-wrong')).rejects.toMatchObject({ status: 401 });
		world.script.next('anthropic', anthropicError(529));
		await expect(call()).rejects.toMatchObject({ status: 529 });
		world.script.next('anthropic', { rubbish: true });
		const rubbish: unknown = await call();
		expect(rubbish).not.toHaveProperty('content');
		const bare = await fetch(`http://127.0.0.1:${world.httpPort}/v1/messages`, { method: 'POST', headers: { 'x-api-key': SANDBOX.anthropicKey }, body: '{}' });
		expect(bare.status).toBe(400);
	});
});

describe('the default reading of a lead', () => {
	it.each([
		['Hello, can you tell me what this is for please?', 'en'],
		['Hallo, ich habe eine Frage, was kostet das für uns?', 'de'],
		['Hola, quiero saber el precio, gracias', 'es'],
		['Bonjour, combien coûte une licence pour nous ?', 'fr'],
		['Ciao, quanto costa? Grazie', 'it'],
		['Olá, quanto custa? Eu gostaria de uma proposta', 'pt'],
		['Goedemorgen, wat kosten jullie diensten voor mijn bedrijf?', 'nl'],
		['Dzień dobry, ile to kosztuje? Proszę o ofertę dla firmy', 'pl'],
		['Merhaba, fiyat ne kadar? Teşekkürler', 'tr'],
	])('hears the language of "%s"', (text, language) => {
		expect(readLanguage(text)).toBe(language);
	});

	it.each([
		['a line', 'Us: Hi\nLead: I want to buy, what is the price today?\n\nAnswer in JSON.'],
		['a dated list', '- [2026-01-01] us: Hi\n- [2026-01-02] lead: I want to buy, what is the price today?\n\nRules follow.'],
		['tags', '<message from="us">Hi</message><message from="lead">I want to buy, what is the price today?</message>\n\nRules follow.'],
		['JSON', '[{"from":"us","text":"Hi"},{"from":"lead","text":"I want to buy, what is the price today?"}]\n\nRules follow.'],
		['the last paragraph', 'Rules.\n\nI want to buy, what is the price today?'],
	])('finds the lead’s message in %s', async (_how, prompt) => {
		const answer = await openai().chat.completions.create({ model: 'gpt-5.4', messages: [{ role: 'user', content: `JSON please.\n\n${prompt}` }], response_format: { type: 'json_object' } });
		expect(parseJson(answer.choices[0]?.message.content ?? '')).toMatchObject({ intent: 'interested' });
	});
});
