import { createHash, randomBytes } from 'node:crypto';
import { isSandboxKey } from './accounts';
import type { ScriptState } from './failureScript';
import type { FineTuningStandIn } from './fineTuning';
import { bearer, disturb, json, underScript, type StandInAnswer, type StandInRequest } from './httpServer';
import { answerModel, isFailure, replyText, tokensOf, usageOf } from './modelAnswer';
import type { ModelReply, ModelRequest } from './modelTypes';
import { readOpenAi } from './openaiRequests';
import { isObject, textAt } from './shapes';

const id = (prefix: string): string => prefix + randomBytes(16).toString('hex');
const now = (): number => Math.floor(Date.now() / 1000);
const MODELS = ['gpt-6.1-sol', 'gpt-6.1-terra', 'gpt-6-luna', 'gpt-5.5', 'gpt-5.4', 'gpt-5.4-mini', 'text-embedding-3-small', 'text-embedding-3-large'];
const EMBEDDING_LENGTH = 1536;

/** OpenAI's error envelope; usable as a scripted failure too: `script.next('openai', openaiError(500))`. */
export function openaiError(status: number, message?: string, code: string | null = null, param: string | null = null): { status: number; body: unknown; headers?: Record<string, string> } {
	const usual: Record<number, [message: string, type: string, code: string | null]> = {
		400: ['Invalid request.', 'invalid_request_error', null],
		401: ['Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.', 'invalid_request_error', 'invalid_api_key'],
		404: ['The model does not exist or you do not have access to it.', 'invalid_request_error', 'model_not_found'],
		429: ['Rate limit reached for requests.', 'requests', 'rate_limit_exceeded'],
		500: ['The server had an error while processing your request. Sorry about that!', 'server_error', null],
		503: ['The engine is currently overloaded, please try again later', 'server_error', null],
	};
	const [text, type, usualCode] = usual[status] ?? ['Error', 'invalid_request_error', null];
	return { status, body: { error: { message: message ?? text, type, param, code: code ?? usualCode } } };
}

function rateHeaders(): Record<string, string> {
	return {
		'x-request-id': id('req_'),
		'openai-processing-ms': '12',
		'x-ratelimit-limit-requests': '10000',
		'x-ratelimit-remaining-requests': '9999',
		'x-ratelimit-reset-requests': '6ms',
		'x-ratelimit-limit-tokens': '2000000',
		'x-ratelimit-remaining-tokens': '1999900',
		'x-ratelimit-reset-tokens': '3ms',
	};
}

function chatCompletion(request: ModelRequest, reply: ModelReply): object {
	const { input, output } = usageOf(request, reply);
	const calls = reply.toolCalls?.map((call) => ({ id: id('call_'), type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } }));
	const message = { role: 'assistant', content: calls || reply.refusal ? null : replyText(reply), refusal: reply.refusal ?? null, annotations: [], ...(calls ? { tool_calls: calls } : {}) };
	return {
		id: id('chatcmpl-'),
		object: 'chat.completion',
		created: now(),
		model: request.model,
		choices: [{ index: 0, message, logprobs: null, finish_reason: calls ? 'tool_calls' : (reply.finish ?? 'stop') }],
		usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output, prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 } },
		service_tier: 'default',
		system_fingerprint: 'fp_sandbox',
	};
}

function modelResponse(request: ModelRequest, reply: ModelReply): object {
	const { input, output } = usageOf(request, reply);
	const content = reply.refusal === undefined ? { type: 'output_text', text: replyText(reply), annotations: [], logprobs: [] } : { type: 'refusal', refusal: reply.refusal };
	const items = reply.toolCalls
		? reply.toolCalls.map((call) => ({ id: id('fc_'), type: 'function_call', status: 'completed', call_id: id('call_'), name: call.name, arguments: JSON.stringify(call.arguments) }))
		: [{ id: id('msg_'), type: 'message', status: 'completed', role: 'assistant', content: [content] }];
	const raw = isObject(request.raw) ? request.raw : {};
	return {
		id: id('resp_'),
		object: 'response',
		created_at: now(),
		status: reply.finish === 'length' ? 'incomplete' : 'completed',
		error: null,
		incomplete_details: reply.finish === 'length' ? { reason: 'max_output_tokens' } : null,
		instructions: raw.instructions ?? null,
		metadata: raw.metadata ?? {},
		model: request.model,
		output: items,
		parallel_tool_calls: true,
		temperature: raw.temperature ?? 1,
		tool_choice: raw.tool_choice ?? 'auto',
		tools: raw.tools ?? [],
		top_p: raw.top_p ?? 1,
		text: raw.text ?? { format: { type: 'text' } },
		usage: { input_tokens: input, input_tokens_details: { cached_tokens: 0 }, output_tokens: output, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: input + output },
	};
}

/** A vector from the words of the text: texts that share words are near each other. */
function embed(text: string, length: number): number[] {
	const vector = new Array<number>(length).fill(0);
	for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
		const hash = createHash('md5').update(word).digest();
		const place = hash.readUInt32BE(0) % length;
		vector[place] = (vector[place] ?? 0) + (hash[4] !== undefined && hash[4] > 127 ? 1 : -1);
	}
	const norm = Math.hypot(...vector) || 1;
	return vector.map((value) => value / norm);
}

function embeddings(body: unknown): StandInAnswer {
	const model = textAt(body, 'model');
	if (!model) return openaiError(400, "Missing required parameter: 'model'.", 'missing_required_parameter', 'model');
	const given = isObject(body) ? body.input : undefined;
	const texts = (Array.isArray(given) ? given : [given]).filter((text) => typeof text === 'string' && text !== '');
	if (texts.length === 0) return openaiError(400, "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.");
	const length = isObject(body) && typeof body.dimensions === 'number' ? body.dimensions : EMBEDDING_LENGTH;
	const asBase64 = textAt(body, 'encoding_format') === 'base64';
	const data = texts.map((text, index) => {
		const vector = embed(text, length);
		return { object: 'embedding', index, embedding: asBase64 ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector };
	});
	const tokens = tokensOf(texts.join(' '));
	return json(200, { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

export function createOpenAi(script: ScriptState, fineTuning: FineTuningStandIn): (request: StandInRequest) => Promise<StandInAnswer> {
	const complete = async (request: StandInRequest, endpoint: 'chat/completions' | 'responses', key: string): Promise<StandInAnswer> => {
		const read = readOpenAi(request.body, endpoint, key);
		if ('message' in read) return openaiError(400, read.message, read.code, read.param);
		if (/^missing-/.test(read.model) || (read.model.startsWith('ft:') && !fineTuning.models(key).includes(read.model))) return openaiError(404, `The model \`${read.model}\` does not exist or you do not have access to it.`);
		const reply = await answerModel(script, read);
		if (isFailure(reply)) return disturb({ status: 200 }, reply);
		const body = endpoint === 'responses' ? modelResponse(read, reply) : chatCompletion(read, reply);
		return disturb(json(200, body), { delayMs: reply.delayMs, truncate: reply.truncate });
	};

	const route = async (request: StandInRequest, key: string): Promise<StandInAnswer> => {
		const path = request.path.replace(/^\/v1\//, '');
		if (path === 'models' && request.method === 'GET') return json(200, { object: 'list', data: [...MODELS, ...fineTuning.models(key)].map((name) => ({ id: name, object: 'model', created: 1_700_000_000, owned_by: 'openai' })) });
		const tuning = fineTuning.handle(request, key);
		if (tuning) return tuning;
		if (request.method !== 'POST') return openaiError(404, `Invalid URL (${request.method} ${request.path})`);
		if (path === 'embeddings') return embeddings(request.body);
		if (path === 'chat/completions' || path === 'responses') return await complete(request, path, key);
		return openaiError(404, `Invalid URL (POST ${request.path})`);
	};

	return async (request) => {
		const key = bearer(request);
		if (!isSandboxKey(key)) return openaiError(401, key === undefined ? "You didn't provide an API key." : undefined);
		const limited = (waitMs: number): StandInAnswer => ({ ...openaiError(429), headers: { 'retry-after': String(Math.ceil(waitMs / 1000)), 'retry-after-ms': String(waitMs) } });
		const call = { service: 'openai' as const, to: textAt(request.body, 'model'), key, path: request.path, method: request.method, body: request.body };
		const answer = await underScript(script, call, limited, () => route(request, key));
		return { ...answer, headers: { ...rateHeaders(), ...answer.headers } };
	};
}
