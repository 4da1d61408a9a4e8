import { isObject, listAt, textAt, type JsonObject } from './shapes';
import type { ModelRequest, ModelTool } from './modelTypes';

/** Why a request is refused: OpenAI's own words, the parameter and the code. */
export interface Refusal {
	message: string;
	param: string | null;
	code: string | null;
}

const missing = (param: string): Refusal => ({ message: `Missing required parameter: '${param}'.`, param, code: 'missing_required_parameter' });
const invalid = (param: string, message: string, code = 'invalid_value'): Refusal => ({ message, param, code });

/** Source: types of the openai SDK 7.55, create chat completion; parameters without meaning here are accepted and ignored. */
const CHAT_PARAMETERS = ['model', 'messages', 'audio', 'frequency_penalty', 'function_call', 'functions', 'logit_bias', 'logprobs', 'max_completion_tokens', 'max_tokens', 'metadata', 'modalities', 'moderation', 'n', 'parallel_tool_calls', 'prediction', 'presence_penalty', 'prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention', 'reasoning_effort', 'response_format', 'safety_identifier', 'seed', 'service_tier', 'stop', 'store', 'stream', 'stream_options', 'temperature', 'tool_choice', 'tools', 'top_logprobs', 'top_p', 'user', 'verbosity', 'web_search_options'];
/** Source: as above, create a model response. */
const RESPONSE_PARAMETERS = ['model', 'input', 'access_programs', 'background', 'context_management', 'conversation', 'image', 'moderation', 'include', 'instructions', 'max_output_tokens', 'max_tool_calls', 'metadata', 'parallel_tool_calls', 'previous_response_id', 'prompt', 'prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention', 'reasoning', 'safety_identifier', 'service_tier', 'store', 'stream', 'stream_options', 'temperature', 'text', 'tool_choice', 'tools', 'top_logprobs', 'top_p', 'truncation', 'user'];
const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];

/** Text of a message whose content is a string or a list of parts. */
export function contentText(content: unknown): string {
	if (typeof content === 'string') return content;
	return Array.isArray(content) ? content.map((part) => textAt(part, 'text') ?? '').join('') : '';
}

function badCommon(body: unknown, parameters: string[]): Refusal | undefined {
	if (!isObject(body)) return invalid('body', 'We could not parse the JSON body of your request.');
	if (typeof body.model !== 'string' || body.model === '') return missing('model');
	const stranger = Object.keys(body).find((name) => !parameters.includes(name));
	if (stranger !== undefined) return invalid(stranger, `Unknown parameter: '${stranger}'.`, 'unknown_parameter');
	if (body.temperature !== undefined && (typeof body.temperature !== 'number' || body.temperature < 0 || body.temperature > 2)) {
		return invalid('temperature', "Invalid 'temperature': expected a decimal between 0 and 2.", 'decimal_above_max_value');
	}
	return body.stream === true ? invalid('stream', 'The sandbox answers whole, it does not stream.') : undefined;
}

/** Strict mode: every object closed, every property required. Source: OpenAI, structured outputs. */
export function badStrictSchema(schema: unknown, name: string, path = '()'): string | undefined {
	if (!isObject(schema)) return undefined;
	const complain = (what: string): string => `Invalid schema for response_format '${name}': In context=${path}, ${what}`;
	if (schema.type === 'object' || isObject(schema.properties)) {
		if (schema.additionalProperties !== false) return complain("'additionalProperties' is required to be supplied and to be false.");
		const names = Object.keys(isObject(schema.properties) ? schema.properties : {});
		const absent = names.find((key) => !listAt(schema, 'required').includes(key));
		if (absent !== undefined) return complain(`'required' is required to be supplied and to be an array including every key in properties. Missing '${absent}'.`);
	}
	const children = [
		...Object.entries(isObject(schema.properties) ? schema.properties : {}).map(([key, child]) => [child, `('properties', '${key}')`] as const),
		...Object.entries(isObject(schema.$defs) ? schema.$defs : {}).map(([key, child]) => [child, `('$defs', '${key}')`] as const),
		[schema.items, "('items',)"] as const,
		...listAt(schema, 'anyOf').map((child, index) => [child, `('anyOf', '${index}')`] as const),
	];
	for (const [child, where] of children) {
		const problem = badStrictSchema(child, name, where);
		if (problem) return problem;
	}
	return undefined;
}

function badFormat(format: unknown, param: string, prompt: string): Refusal | undefined {
	if (format === undefined) return undefined;
	const type = textAt(format, 'type');
	if (!type || !['text', 'json_object', 'json_schema'].includes(type)) return invalid(`${param}.type`, `Invalid value: '${String(type)}'. Supported values are: 'json_object', 'json_schema', and 'text'.`);
	if (type === 'json_object' && !/json/i.test(prompt)) {
		return { message: `'messages' must contain the word 'json' in some form, to use '${param}' of type 'json_object'.`, param: 'messages', code: null };
	}
	if (type !== 'json_schema' || !isObject(format)) return undefined;
	const inner = isObject(format.json_schema) ? format.json_schema : format;
	const name = textAt(inner, 'name');
	if (!name || !/^[a-zA-Z0-9_-]{1,64}$/.test(name)) return missing(`${param}.name`);
	if (!isObject(inner.schema)) return missing(`${param}.schema`);
	const problem = inner.strict === true ? badStrictSchema(inner.schema, name) : undefined;
	return problem ? { message: problem, param, code: null } : undefined;
}

function readTools(body: JsonObject): ModelTool[] {
	return listAt(body, 'tools').flatMap((tool) => {
		const definition = isObject(tool) && isObject(tool.function) ? tool.function : tool;
		const name = textAt(definition, 'name');
		return name === undefined ? [] : [{ name, schema: isObject(definition) && isObject(definition.parameters) ? definition.parameters : {} }];
	});
}

function forcedTool(body: JsonObject): string | undefined {
	if (body.tool_choice === 'required') return 'any';
	return textAt(body.tool_choice, 'function', 'name') ?? textAt(body.tool_choice, 'name');
}

/** Turns a request into the common form, or says what OpenAI dislikes about it. */
export function readOpenAi(body: unknown, endpoint: 'chat/completions' | 'responses', apiKey: string): ModelRequest | Refusal {
	const isChat = endpoint === 'chat/completions';
	const common = badCommon(body, isChat ? CHAT_PARAMETERS : RESPONSE_PARAMETERS);
	if (common || !isObject(body)) return common ?? missing('model');
	const list = isChat ? 'messages' : 'input';
	const given = typeof body.input === 'string' && !isChat ? [{ role: 'user', content: body.input }] : body[list];
	if (!Array.isArray(given)) return missing(list);
	if (given.length === 0) return invalid(list, `Invalid '${list}': empty array. Expected an array with minimum length 1, but got an empty array instead.`, 'empty_array');
	const system: string[] = typeof body.instructions === 'string' ? [body.instructions] : [];
	const messages: ModelRequest['messages'] = [];
	for (const [index, message] of given.entries()) {
		const type = textAt(message, 'type');
		if (!isChat && type !== undefined && type !== 'message') {
			if (type === 'function_call_output') messages.push({ role: 'tool', text: contentText(isObject(message) ? message.output : '') });
			continue;
		}
		const role = textAt(message, 'role');
		if (!role || !ROLES.includes(role)) return invalid(`${list}[${index}].role`, `Invalid value: '${String(role)}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`);
		const content = isObject(message) ? message.content : undefined;
		const mayBeEmpty = role === 'assistant' && (listAt(message, 'tool_calls').length > 0 || !isChat);
		if (typeof content !== 'string' && !Array.isArray(content) && !mayBeEmpty) return invalid(`${list}.[${index}].content`, `Invalid value for 'content': expected a string, got null.`, 'invalid_type');
		const text = contentText(content);
		if (role === 'system' || role === 'developer') system.push(text);
		else messages.push({ role: role === 'assistant' ? 'assistant' : role === 'user' ? 'user' : 'tool', text });
	}
	const format = isChat ? body.response_format : isObject(body.text) ? body.text.format : undefined;
	const problem = badFormat(format, isChat ? 'response_format' : 'text.format', system.join('\n') + messages.map(({ text }) => text).join('\n'));
	if (problem) return problem;
	const described = isObject(format) && isObject(format.json_schema) ? format.json_schema : format;
	const schema = isObject(described) && isObject(described.schema) ? described.schema : undefined;
	return { provider: 'openai', endpoint, apiKey, model: String(body.model), system: system.join('\n'), messages, schema, wantsJson: textAt(format, 'type') === 'json_object', tools: readTools(body), forcedTool: forcedTool(body), raw: body };
}
