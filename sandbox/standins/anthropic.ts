import { randomBytes } from 'node:crypto';
import { isSandboxKey } from './accounts';
import type { ScriptState } from './failureScript';
import { bearer, disturb, header, json, underScript, type StandInAnswer, type StandInRequest } from './httpServer';
import { answerModel, isFailure, replyText, usageOf } from './modelAnswer';
import type { ModelReply, ModelRequest } from './modelTypes';
import { badStrictSchema, contentText } from './openaiRequests';
import { at, isObject, listAt, textAt } from './shapes';

const id = (prefix: string): string => prefix + randomBytes(12).toString('hex');
/** Source: types of @anthropic-ai/sdk 1.10, which speaks API version 2026-10-21. */
const PARAMETERS = ['model', 'max_tokens', 'messages', 'cache_control', 'container', 'diagnostics', 'inference_geo', 'metadata', 'output_config', 'service_tier', 'speed', 'stop_sequences', 'stream', 'system', 'thinking', 'tool_choice', 'tools', 'user_profile_id', 'workspace_id'];
/** What versions before it take besides. Source: types of @anthropic-ai/sdk 0.115, version 2023-06-01. */
const OLDER_PARAMETERS = [...PARAMETERS, 'temperature', 'top_k', 'top_p', 'context_management', 'mcp_servers', 'output_format'];
const SDK_1_VERSION = '2026-10-21';

/** Anthropic's error envelope; usable as a scripted failure too: `script.next('anthropic', anthropicError(529))`. */
export function anthropicError(status: number, message?: string): { status: number; body: unknown } {
	const usual: Record<number, [type: string, message: string]> = {
		400: ['invalid_request_error', 'Invalid request'],
		401: ['authentication_error', 'invalid x-api-key'],
		403: ['permission_error', 'Your API key does not have permission to use the specified resource.'],
		404: ['not_found_error', 'Not found'],
		413: ['request_too_large', 'Request exceeds the maximum size'],
		429: ['rate_limit_error', 'This request would exceed your rate limit. Please try again later.'],
		500: ['api_error', 'Internal server error'],
		529: ['overloaded_error', 'Overloaded'],
	};
	const [type, text] = usual[status] ?? ['api_error', 'Error'];
	return { status, body: { type: 'error', error: { type, message: message ?? text }, request_id: id('req_') } };
}

/** Turns a request into the common form, or says what Anthropic dislikes about it. */
function read(body: unknown, apiKey: string, version: string): ModelRequest | string {
	const isOlder = version < SDK_1_VERSION;
	if (!isObject(body)) return 'The request body is not valid JSON';
	if (typeof body.model !== 'string' || body.model === '') return 'model: Field required';
	if (typeof body.max_tokens !== 'number') return 'max_tokens: Field required';
	if (!Number.isInteger(body.max_tokens) || body.max_tokens < 1) return 'max_tokens: Input should be greater than or equal to 1';
	const stranger = Object.keys(body).find((name) => !(isOlder ? OLDER_PARAMETERS : PARAMETERS).includes(name));
	if (stranger !== undefined) return `${stranger}: Extra inputs are not permitted`;
	if (body.stream === true) return 'stream: the sandbox answers whole, it does not stream';
	if (typeof body.temperature === 'number' && (body.temperature < 0 || body.temperature > 1)) return 'temperature: range: 0..1';
	if (!Array.isArray(body.messages)) return 'messages: Field required';
	if (body.messages.length === 0) return 'messages: at least one message is required';
	const system = [contentText(body.system)].filter(Boolean);
	const messages: ModelRequest['messages'] = [];
	for (const [index, message] of body.messages.entries()) {
		const role = textAt(message, 'role');
		if (role === 'system' && isOlder) return 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.';
		if (role !== 'user' && role !== 'assistant' && role !== 'system') return `messages.${index}.role: Input should be 'user' or 'assistant'`;
		const content = isObject(message) ? message.content : undefined;
		if (typeof content !== 'string' && !Array.isArray(content)) return `messages.${index}.content: Field required`;
		const isResult = Array.isArray(content) && content.some((part) => textAt(part, 'type') === 'tool_result');
		const text = contentText(content);
		if (text === '' && !Array.isArray(content)) return `messages.${index}: all messages must have non-empty content except for the optional final assistant message`;
		if (role === 'system') {
			system.push(text);
			continue;
		}
		messages.push({ role: isResult ? 'tool' : role, text: isResult ? contentText(listAt(message, 'content').map((part) => ({ text: contentText(isObject(part) ? part.content : '') }))) : text });
	}
	if (messages[0]?.role === 'assistant') return 'messages: first message must use the "user" role';
	const tools: ModelRequest['tools'] = [];
	for (const [index, tool] of listAt(body, 'tools').entries()) {
		const name = textAt(tool, 'name');
		const schema = at(tool, 'input_schema');
		if (!name || !/^[a-zA-Z0-9_-]{1,128}$/.test(name)) return `tools.${index}.custom.name: Field required`;
		if (!isObject(schema)) return `tools.${index}.custom.input_schema: Field required`;
		if (schema.type !== 'object') return `tools.${index}.custom.input_schema.type: Field required`;
		tools.push({ name, schema });
	}
	const format = at(body, 'output_config', 'format') ?? body.output_format;
	const schema = at(format, 'schema');
	if (format !== undefined && format !== null) {
		if (textAt(format, 'type') !== 'json_schema' || !isObject(schema)) return 'output_config.format.schema: Field required';
		const problem = badOpenObject(schema);
		if (problem) return `output_config.format.schema: ${problem}`;
	}
	const choice = textAt(body.tool_choice, 'type');
	const forcedTool = choice === 'any' ? 'any' : choice === 'tool' ? textAt(body.tool_choice, 'name') : undefined;
	return { provider: 'anthropic', endpoint: 'messages', apiKey, model: body.model, system: system.join('\n'), messages, schema: isObject(schema) ? schema : undefined, wantsJson: false, tools, forcedTool, raw: body };
}

/** Anthropic wants objects closed, but leaves properties optional. */
function badOpenObject(schema: unknown): string | undefined {
	const problem = badStrictSchema(schema, 'output');
	return problem?.includes('additionalProperties') ? "For 'object' type, 'additionalProperties' must be explicitly set to false" : undefined;
}

function message(request: ModelRequest, reply: ModelReply): object {
	const { input, output } = usageOf(request, reply);
	const content = reply.toolCalls
		? reply.toolCalls.map((call) => ({ type: 'tool_use', id: id('toolu_'), name: call.name, input: call.arguments }))
		: reply.refusal === undefined ? [{ type: 'text', text: replyText(reply), citations: null }] : [];
	const stopReason = reply.toolCalls ? 'tool_use' : reply.refusal !== undefined ? 'refusal' : reply.finish === 'length' ? 'max_tokens' : 'end_turn';
	return { id: id('msg_'), type: 'message', role: 'assistant', model: request.model, content, stop_reason: stopReason, stop_sequence: null, usage: { input_tokens: input, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: output, service_tier: 'standard' } };
}

export function createAnthropic(script: ScriptState): (request: StandInRequest) => Promise<StandInAnswer> {
	const route = async (request: StandInRequest, key: string, version: string): Promise<StandInAnswer> => {
		if (request.path === '/v1/models') {
			const data = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-haiku-4-5'].map((name) => ({ type: 'model', id: name, display_name: name, created_at: '2026-01-01T00:00:00Z' }));
			return json(200, { data, has_more: false, first_id: data[0]?.id, last_id: data.at(-1)?.id });
		}
		if (request.path !== '/v1/messages' || request.method !== 'POST') return anthropicError(404);
		const wanted = read(request.body, key, version);
		if (typeof wanted === 'string') return anthropicError(400, wanted);
		if (/^missing-/.test(wanted.model)) return anthropicError(404, `model: ${wanted.model}`);
		const reply = await answerModel(script, wanted);
		if (isFailure(reply)) return disturb({ status: 200 }, reply);
		return disturb(json(200, message(wanted, reply)), { delayMs: reply.delayMs, truncate: reply.truncate });
	};

	return async (request) => {
		// The SDK sends its key as a bearer token from version 1 on, n8n's older one as x-api-key.
		const key = header(request, 'x-api-key') ?? bearer(request);
		if (key === undefined) return anthropicError(401, 'x-api-key header is required');
		if (!isSandboxKey(key)) return anthropicError(401);
		const version = header(request, 'anthropic-version') ?? '';
		if (!/^\d{4}-\d{2}-\d{2}$/.test(version)) return anthropicError(400, 'anthropic-version: header is required');
		const limited = (waitMs: number): StandInAnswer => ({ ...anthropicError(429), headers: { 'retry-after': String(Math.ceil(waitMs / 1000)), 'anthropic-ratelimit-requests-remaining': '0' } });
		const call = { service: 'anthropic' as const, to: textAt(request.body, 'model'), key, body: request.body };
		const answer = await underScript(script, call, limited, () => route(request, key, version));
		return { ...answer, headers: { 'request-id': id('req_'), 'anthropic-ratelimit-requests-limit': '4000', 'anthropic-ratelimit-requests-remaining': '3999', ...answer.headers } };
	};
}
