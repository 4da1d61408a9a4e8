import fc from 'fast-check';
import { z } from 'zod';
import { connectedChatModel, isConnectedModel, type ConnectedModel } from '../../llm/connectedChatModel';
import { costUsd, priceOf, PRICES_COLLECTED } from '../../llm/prices';
import { promptVersion } from '../../llm/promptVersion';
import { scrubSecrets } from '../../llm/secretScrubbing';
import { hasRecords, toOpenAiSchema } from '../../llm/schemaDialect';
import { jsonCandidates, jsonSchemaOf, readStructured } from '../../llm/structured';

describe('finding JSON in an answer', () => {
	it.each([
		['bare', '{"a":1}', { a: 1 }],
		['fenced', 'Here:\n```json\n{"a":1}\n```', { a: 1 }],
		['fenced without a language', '```\n{"a":1}\n```', { a: 1 }],
		['after thinking aloud', 'Let me {think} about [it]. {"a":{"b":"}"}} Done.', { a: { b: '}' } }],
		['with a brace and a quote inside a string', 'x {"a":"\\"}{"} y', { a: '"}{' }],
		['after an unclosed brace', '{ oh well: {"a":1}', { a: 1 }],
	])('%s', (_how, text, expected) => {
		expect(jsonCandidates(text)).toContainEqual(expected);
	});

	it('takes the candidate that fits, not the first', () => {
		const schema = z.object({ score: z.number() });
		expect(readStructured({ text: 'Input was {"id":7}. Result: {"score":3}' }, schema)).toEqual({ value: { score: 3 } });
	});

	it('says what is wrong, and when there was nothing or the answer was cut', () => {
		const schema = z.object({ score: z.number() });
		expect(readStructured({ text: '{"score":"high"}' }, schema)).toEqual({ problems: expect.stringContaining('score') });
		expect(readStructured({ text: 'No idea.' }, schema)).toEqual({ problems: 'The answer held no JSON.' });
		expect(readStructured({ text: '{"score":', truncated: true }, schema)).toEqual({ problems: expect.stringContaining('cut off') });
	});

	it('finds any object again among talk (law)', () => {
		const talk = fc.stringMatching(/^[a-z .,!?']{0,40}$/);
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), talk, talk, (value, before, after) => {
				const text = JSON.stringify(value);
				expect(jsonCandidates(`${before}${text}${after}`)).toContainEqual(JSON.parse(text));
			}),
		);
	});

	it('does not hang on 200,000 braces', () => {
		const started = performance.now();
		expect(jsonCandidates('{'.repeat(200_000))).toEqual([]);
		expect(performance.now() - started).toBeLessThan(1000);
	});
});

describe('schemas for providers', () => {
	it('closes objects at every depth and is strict when all is required', () => {
		const schema = jsonSchemaOf(z.object({ reasons: z.array(z.object({ text: z.string() })), stage: z.string().nullable() }));
		const { schema: sent, strict } = toOpenAiSchema(schema);
		expect(strict).toBe(true);
		expect(sent).toEqual({
			type: 'object',
			properties: {
				reasons: { type: 'array', items: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'], additionalProperties: false } },
				stage: { type: ['string', 'null'] },
			},
			required: ['reasons', 'stage'],
			additionalProperties: false,
		});
	});

	it.each([
		['an optional property', z.object({ a: z.string().optional() })],
		['a property with a default', z.object({ a: z.string().default('x') })],
		['a record', z.object({ a: z.record(z.string(), z.string()) })],
		['anything', z.object({ a: z.unknown() })],
	])('is not strict with %s', (_what, schema) => {
		expect(toOpenAiSchema(jsonSchemaOf(schema)).strict).toBe(false);
	});

	it('knows a record at any depth from closed objects', () => {
		expect(hasRecords(jsonSchemaOf(z.object({ a: z.array(z.record(z.string(), z.number())) })))).toBe(true);
		expect(hasRecords(jsonSchemaOf(z.object({ a: z.array(z.object({ b: z.string() })), c: z.string().nullable() })))).toBe(false);
	});

	it('leaves a property called "properties" alone', () => {
		const { schema } = toOpenAiSchema(jsonSchemaOf(z.object({ properties: z.string() })));
		expect(schema.properties).toEqual({ properties: { type: 'string' } });
	});
});

describe('prices', () => {
	it('works a cost out by hand', () => {
		const price = priceOf('gpt-4o-mini');
		if (!price) throw new Error('priced');
		// 2,000,000 × 0.15/M + 500,000 × 0.60/M
		expect(costUsd({ inputTokens: 2_000_000, outputTokens: 500_000 }, price)).toBeCloseTo(0.6, 12);
	});

	it('charges the dearer rate for the whole of a long request', () => {
		const price = priceOf('claude-haiku-5-5');
		if (!price) throw new Error('priced');
		expect(costUsd({ inputTokens: 100_000, outputTokens: 1000 }, price)).toBeCloseTo(0.0105, 12);
		// 200,000 × 0.5/M + 1,000 × 2.5/M
		expect(costUsd({ inputTokens: 200_000, outputTokens: 1000 }, price)).toBeCloseTo(0.1025, 12);
	});

	it('knows dated releases, and no model it does not hold', () => {
		expect(priceOf('gpt-5-mini-2025-08-07')).toEqual(priceOf('gpt-5-mini'));
		expect(priceOf('claude-opus-4-5@20251101')).toEqual(priceOf('claude-opus-4-5'));
		for (const unknown of ['gpt-5-mini-turbo', 'gpt-5.9', 'llama3.1', 'openai/gpt-4o', '', 'gpt-5-', 'constructor']) expect(priceOf(unknown)).toBeUndefined();
	});

	it('says when it was collected', () => {
		expect(PRICES_COLLECTED).toMatch(/^\d{4}-\d{2}-\d{2}$/);
	});
});

describe('the prompt version', () => {
	it('is twelve hex digits that change with any part, not with key order', () => {
		const parts = { system: 's', jsonSchema: { type: 'object', title: 'x' }, template: 't' };
		const version = promptVersion(parts);
		expect(version).toMatch(/^[0-9a-f]{12}$/);
		expect(promptVersion({ ...parts, jsonSchema: { title: 'x', type: 'object' } })).toBe(version);
		const others = [{ ...parts, system: 's2' }, { ...parts, template: 't2' }, { ...parts, jsonSchema: { type: 'object' } }, { system: 'st' }, { system: 's', template: 't' }];
		expect(new Set([version, ...others.map(promptVersion)]).size).toBe(6);
	});

	it('is the SHA-256 of the parts in order', () => {
		// printf '["s",null,""]' | sha256sum
		expect(promptVersion({ system: 's' })).toBe('5fc49f1afbea');
	});
});

describe('scrubbing', () => {
	it.each(['sk-proj-abcdefgh12345678', 'sk-ant-api03-xyz', 'Bearer abc.def', 'AIzaSyA1234567890abcdef', 'sk-abc***wxyz', 'a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6'])('hides %s', (secret) => {
		expect(scrubSecrets(`Key ${secret} failed`, [])).not.toContain(secret);
	});

	it('hides a known secret of any shape and keeps the rest readable', () => {
		expect(scrubSecrets('The model "gpt-4o-mini" refused pass word!', ['pass word!'])).toBe('The model "gpt-4o-mini" refused [hidden]');
	});
});

describe('a connected model', () => {
	const request = { system: 'S', messages: [{ role: 'user' as const, content: 'U' }], timeoutMs: 1000 };

	it('is told apart from other values', () => {
		expect(isConnectedModel({ invoke: async () => 'x' })).toBe(true);
		for (const other of [null, undefined, 'model', {}, { invoke: 1 }, []]) expect(isConnectedModel(other)).toBe(false);
	});

	it('may answer in blocks, without tokens and without a name', async () => {
		const invoke = jest.fn(async () => ({ content: [{ type: 'reasoning', text: 'hm' }, { type: 'text', text: 'A' }, 'B'] }));
		expect(await connectedChatModel({ invoke }, { now: () => 5 }).complete(request)).toEqual({ text: 'AB', usage: undefined, modelId: 'unknown', latencyMs: 0, truncated: false });
		expect(invoke).toHaveBeenCalledWith([['system', 'S'], ['human', 'U']], { signal: expect.any(AbortSignal) });
	});

	it('hands parsed tool arguments over as JSON', async () => {
		const model: ConnectedModel = {
			invoke: () => Promise.reject(new Error('not called')),
			withStructuredOutput: () => ({ invoke: async () => ({ raw: { content: '', usage_metadata: { input_tokens: 3, output_tokens: 2 } }, parsed: { a: 1 } }) }),
		};
		const answer = await connectedChatModel(model).complete({ ...request, schema: { name: 'x', jsonSchema: { type: 'object', properties: {} } } });
		expect(answer).toMatchObject({ json: { a: 1 }, text: '{"a":1}', usage: { inputTokens: 3, outputTokens: 2 } });
	});

	it('is asked in words from then on when it cannot do structured output', async () => {
		const structured = jest.fn(() => {
			throw new Error('withStructuredOutput is not supported by this model');
		});
		const invoke = jest.fn(async () => ({ content: '{}' }));
		const model = connectedChatModel({ invoke, withStructuredOutput: structured });
		const asked = { ...request, schema: { name: 'x', jsonSchema: { type: 'object' } } };
		await model.complete(asked);
		await model.complete(asked);
		expect(structured).toHaveBeenCalledTimes(1);
		expect(invoke).toHaveBeenCalledTimes(2);
		expect(invoke).toHaveBeenLastCalledWith([['system', expect.stringContaining('JSON Schema')], ['human', 'U']], expect.anything());
	});

	it('is unavailable when it answers something else', async () => {
		await expect(connectedChatModel({ invoke: async () => 42 }).complete(request)).rejects.toMatchObject({ kind: 'unavailable' });
	});
});
