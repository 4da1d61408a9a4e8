import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** What the server does with one request; without a plan it answers "Hello.". */
export type Plan =
	| { text: string; finish?: 'length'; usage?: 'none'; model?: string }
	| { refusal: true }
	| { status: number; message: string; code?: string; param?: string; headers?: Record<string, string> }
	| { stall: true }
	| { html: true }
	| { drop: true };

/** One request as the server saw it, in one shape for both protocols. */
export interface Seen {
	key: string;
	system: string;
	messages: { role: string; content: string }[];
	schema?: Record<string, unknown>;
	body: Record<string, unknown>;
}

export interface ModelServer {
	url: string;
	seen: Seen[];
	/** The next requests are answered so, one plan each; a function decides by the request. */
	plan(...plans: (Plan | ((seen: Seen) => Plan))[]): void;
	/** Only these keys are accepted from now on. */
	accept(...keys: string[]): void;
	reset(): void;
	stop(): Promise<void>;
}

export const USAGE = { inputTokens: 1000, outputTokens: 200 };

const turn = z.strictObject({ role: z.enum(['system', 'developer', 'user', 'assistant']), content: z.string().min(1) });
const openaiBody = z.strictObject({
	model: z.string().min(1),
	messages: z.array(turn).min(1),
	max_tokens: z.number().int().positive().optional(),
	max_completion_tokens: z.number().int().positive().optional(),
	temperature: z.number().min(0).max(2).optional(),
	stream: z.literal(false).optional(),
	response_format: z
		.union([
			z.strictObject({ type: z.literal('json_object') }),
			z.strictObject({ type: z.literal('text') }),
			z.strictObject({
				type: z.literal('json_schema'),
				json_schema: z.strictObject({ name: z.string().regex(/^[\w-]{1,64}$/), schema: z.looseObject({ type: z.literal('object') }), strict: z.boolean().optional(), description: z.string().optional() }),
			}),
		])
		.optional(),
});
const anthropicBody = z.strictObject({
	model: z.string().min(1),
	max_tokens: z.number().int().positive(),
	system: z.string().min(1).optional(),
	messages: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), content: z.string().min(1) })).min(1),
	temperature: z.number().min(0).max(1).optional(),
	output_config: z.strictObject({ format: z.strictObject({ type: z.literal('json_schema'), schema: z.looseObject({ type: z.literal('object') }) }) }).optional(),
});

/** Anthropic's output format takes no number bounds and only closed objects. */
function unsupported(schema: unknown): boolean {
	if (typeof schema !== 'object' || schema === null) return false;
	if ('minimum' in schema || 'maximum' in schema || 'maxLength' in schema || '$schema' in schema) return true;
	if ('properties' in schema && !('additionalProperties' in schema && schema.additionalProperties === false)) return true;
	return Object.values(schema).some(unsupported);
}

type Protocol = 'openai' | 'anthropic';

function errorBody(protocol: Protocol, plan: { message: string; code?: string; param?: string }): unknown {
	if (protocol === 'openai') return { error: { message: plan.message, type: 'invalid_request_error', param: plan.param ?? null, code: plan.code ?? null } };
	return { type: 'error', error: { type: plan.code ?? 'invalid_request_error', message: plan.message }, request_id: 'req_1' };
}

function answerBody(protocol: Protocol, model: string, plan: { text: string; finish?: 'length'; usage?: 'none'; model?: string } | { refusal: true }): unknown {
	const text = 'text' in plan ? plan.text : '';
	const named = ('text' in plan ? plan.model : undefined) ?? model;
	const cut = 'finish' in plan && plan.finish === 'length';
	const refused = 'refusal' in plan;
	const counted = !('usage' in plan);
	if (protocol === 'openai') {
		return {
			id: 'chatcmpl-1',
			object: 'chat.completion',
			created: 1,
			model: named,
			choices: [{ index: 0, finish_reason: cut ? 'length' : 'stop', logprobs: null, message: { role: 'assistant', content: refused ? null : text, refusal: refused ? 'No.' : null } }],
			...(counted ? { usage: { prompt_tokens: 1000, completion_tokens: 200, total_tokens: 1200 } } : {}),
		};
	}
	return {
		id: 'msg_1',
		type: 'message',
		role: 'assistant',
		model: named,
		content: refused ? [] : [{ type: 'thinking', thinking: 'hm', signature: 'x' }, { type: 'text', text, citations: null }],
		stop_reason: refused ? 'refusal' : cut ? 'max_tokens' : 'end_turn',
		stop_sequence: null,
		// The provider counts cached input apart: 900 + 60 + 40 = 1,000.
		...(counted ? { usage: { input_tokens: 900, cache_creation_input_tokens: 60, cache_read_input_tokens: 40, output_tokens: 200 } } : {}),
	};
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
	response.writeHead(status, { 'content-type': 'application/json', ...headers });
	response.end(JSON.stringify(body));
}

function readSeen(protocol: Protocol, request: IncomingMessage, body: Record<string, unknown>): Seen | { problem: string } {
	if (protocol === 'openai') {
		const parsed = openaiBody.safeParse(body);
		if (!parsed.success) return { problem: z.prettifyError(parsed.error) };
		const format = parsed.data.response_format;
		const system = parsed.data.messages.filter(({ role }) => role === 'system' || role === 'developer');
		return {
			key: (request.headers.authorization ?? '').replace(/^Bearer /, ''),
			system: system.map(({ content }) => content).join('\n'),
			messages: parsed.data.messages.filter((message) => !system.includes(message)),
			schema: format?.type === 'json_schema' ? format.json_schema.schema : undefined,
			body,
		};
	}
	const parsed = anthropicBody.safeParse(body);
	if (!parsed.success) return { problem: z.prettifyError(parsed.error) };
	const schema = parsed.data.output_config?.format.schema;
	if (unsupported(schema)) return { problem: 'output_config.format.schema: unsupported keyword' };
	if (request.headers['anthropic-version'] !== '2023-06-01') return { problem: 'anthropic-version: 2023-06-01 expected' };
	if (request.headers.authorization !== undefined) return { problem: 'authorization: the key goes in x-api-key' };
	return { key: z.string().catch('').parse(request.headers['x-api-key']), system: parsed.data.system ?? '', messages: parsed.data.messages, schema, body };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(Buffer.from(chunk));
	return z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}

/** Serves OpenAI's chat completions under `/v1/chat/completions` and Anthropic's messages under `/v1/messages`, strict about the request's shape. */
export async function startModelServer(): Promise<ModelServer> {
	const seen: Seen[] = [];
	let plans: (Plan | ((seen: Seen) => Plan))[] = [];
	let accepted: string[] | undefined;

	const handle = async (request: IncomingMessage, response: ServerResponse) => {
		const protocol: Protocol | undefined = request.url === '/v1/chat/completions' ? 'openai' : request.url === '/v1/messages' ? 'anthropic' : undefined;
		if (!protocol || request.method !== 'POST') return send(response, 404, { error: { message: `No such path: ${request.url}` } });
		const read = readSeen(protocol, request, await readBody(request));
		if ('problem' in read) return send(response, 400, errorBody(protocol, { message: `STRICT: ${read.problem}` }));
		seen.push(read);
		if (read.key === '' || (accepted && !accepted.includes(read.key))) {
			return send(response, 401, errorBody(protocol, { message: `Incorrect API key provided: ${read.key}.`, code: protocol === 'openai' ? 'invalid_api_key' : 'authentication_error' }));
		}
		const next = plans.shift() ?? { text: 'Hello.' };
		const plan = typeof next === 'function' ? next(read) : next;
		if ('stall' in plan) return undefined;
		if ('drop' in plan) return request.socket.destroy();
		if ('html' in plan) {
			response.writeHead(200, { 'content-type': 'text/html' });
			return response.end('<html>It works!</html>');
		}
		if ('status' in plan) return send(response, plan.status, errorBody(protocol, plan), plan.headers);
		return send(response, 200, answerBody(protocol, String(read.body.model), plan));
	};
	const server = createServer((request, response) => {
		handle(request, response).catch((error: unknown) => send(response, 599, { error: { message: `The test server failed: ${String(error)}` } }));
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const address: AddressInfo | string | null = server.address();
	if (address === null || typeof address === 'string') throw new Error('The test server has no port.');
	return {
		url: `http://127.0.0.1:${address.port}`,
		seen,
		plan: (...more) => {
			plans.push(...more);
		},
		accept: (...keys) => {
			accepted = keys;
		},
		reset: () => {
			plans = [];
			accepted = undefined;
			seen.length = 0;
		},
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
