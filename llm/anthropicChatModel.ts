import Anthropic from '@anthropic-ai/sdk';
import { transformJSONSchema } from '@anthropic-ai/sdk/lib/transform-json-schema';
import { z } from 'zod';
import { withinTime } from './callWindow';
import { ModelError, type ChatAnswer, type ChatModel, type ChatRequest, type JsonSchema } from './chatModel';
import { sendLearning } from './learntDialect';
import { readFailure, toModelError } from './providerError';
import { hasRecords, withSchemaInstruction } from './schemaDialect';

/** Where and what to call. */
export interface AnthropicConfig {
	/** The API's root without `/v1`; Anthropic's own when absent. */
	baseUrl?: string;
	modelId: string;
	/** Milliseconds since the epoch; the machine's clock when absent. */
	now?: () => number;
	/** Instead of the platform's. */
	fetch?: typeof fetch;
}

/** The API demands a limit; thinking models count their thinking into it, so it is not tight. */
const DEFAULT_MAX_TOKENS = 4096;

const message = z.object({
	model: z.string().min(1).optional().catch(undefined),
	stop_reason: z.string().nullish(),
	content: z.array(z.object({ type: z.string(), text: z.string().optional() })),
	usage: z
		.object({
			input_tokens: z.number().int().nonnegative(),
			output_tokens: z.number().int().nonnegative(),
			cache_creation_input_tokens: z.number().int().nonnegative().nullish(),
			cache_read_input_tokens: z.number().int().nonnegative().nullish(),
		})
		.optional()
		.catch(undefined),
});

/** The API takes 0–1, OpenAI's 0–2. */
const MAX_TEMPERATURE = 1;

/** What this model has been found to accept: those before Claude 4.5 know no output format, newer ones may take no temperature. */
interface Dialect {
	outputFormat: boolean;
	temperature: boolean;
}

function learn(dialect: Dialect, request: ChatRequest, thrown: unknown): boolean {
	const { status, reason, message: words } = readFailure(thrown);
	if (status !== 400 && status !== 422) return false;
	const said = `${reason} ${words}`;
	if (request.temperature !== undefined && dialect.temperature && /temperature/i.test(said)) {
		dialect.temperature = false;
		return true;
	}
	if (request.schema && dialect.outputFormat && /output_config|output format|structured|schema/i.test(said)) {
		dialect.outputFormat = false;
		return true;
	}
	return false;
}

/** The schema as the API takes it, or undefined when it cannot be expressed there (a part of any type, a record). */
function apiSchema(schema: JsonSchema): JsonSchema | undefined {
	// The SDK would turn a record into an object without any key, and the model could then answer nothing but {}.
	if (hasRecords(schema)) return undefined;
	try {
		return { ...transformJSONSchema(schema) };
	} catch {
		// The SDK throws on what the API would refuse; the caller then asks for JSON in words, which works for every schema.
		return undefined;
	}
}

function bodyFor(request: ChatRequest, modelId: string, dialect: Dialect): Anthropic.MessageCreateParamsNonStreaming {
	const format = request.schema && dialect.outputFormat ? apiSchema(request.schema.jsonSchema) : undefined;
	const system = request.schema && !format ? withSchemaInstruction(request.system, request.schema.jsonSchema) : request.system;
	return {
		model: modelId,
		max_tokens: request.maxTokens ?? DEFAULT_MAX_TOKENS,
		messages: request.messages,
		...(system === '' ? {} : { system }),
		...(request.temperature !== undefined && dialect.temperature ? { temperature: Math.min(request.temperature, MAX_TEMPERATURE) } : {}),
		// Generally available, so no beta header. Not a forced tool call: models since Opus 5.5 and Sonnet 5.5 refuse forced tools.
		...(format ? { output_config: { format: { type: 'json_schema', schema: format } } } : {}),
	};
}

/** Anthropic models, one per key; what is learnt about the model is shared between them. */
export function anthropicChatModels(config: AnthropicConfig): (apiKey: string) => ChatModel {
	const now = config.now ?? Date.now;
	const given = config.baseUrl?.trim().replace(/\/+$/, '').replace(/\/v1$/, '');
	const baseURL = given === undefined || given === '' ? 'https://api.anthropic.com' : given;
	const { hostname, host } = new URL(baseURL);
	const provider = hostname === 'api.anthropic.com' ? 'Anthropic' : `The model server at ${host}`;
	const dialect: Dialect = { outputFormat: true, temperature: true };
	return (apiKey) => {
		// Everything the SDK would otherwise take from the environment is set, so the host's own Anthropic settings never mix in.
		const client = new Anthropic({ apiKey: apiKey === '' ? 'none' : apiKey, authToken: null, baseURL, maxRetries: 0, logLevel: 'off', ...(config.fetch && { fetch: config.fetch }) });
		const send = async (request: ChatRequest, signal: AbortSignal): Promise<unknown> =>
			await sendLearning(
				dialect,
				async (used) => await client.messages.create(bodyFor(request, config.modelId, used), { signal, timeout: request.timeoutMs }),
				(used, thrown) => learn(used, request, thrown),
			);
		const complete = async (request: ChatRequest): Promise<ChatAnswer> => {
			const startedAt = now();
			let raw: unknown;
			try {
				raw = await withinTime(request, (signal) => send(request, signal));
			} catch (error) {
				throw toModelError(error, { provider, secrets: [apiKey], now: now(), modelId: config.modelId });
			}
			const parsed = message.safeParse(raw);
			if (!parsed.success) throw new ModelError('unavailable', `${provider} answered something that is no message. Check the base URL.`);
			const { content, stop_reason: stop, usage: counted } = parsed.data;
			const modelId = parsed.data.model ?? config.modelId;
			// input_tokens leaves out what the prompt cache wrote or served; both are input all the same.
			const usage = counted && {
				inputTokens: counted.input_tokens + (counted.cache_creation_input_tokens ?? 0) + (counted.cache_read_input_tokens ?? 0),
				outputTokens: counted.output_tokens,
			};
			if (stop === 'refusal') throw new ModelError('refused', `${provider} declined to answer this message.`, { usage, modelId });
			const text = content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join('');
			return { text, usage, modelId, latencyMs: now() - startedAt, truncated: stop === 'max_tokens' };
		};
		return { modelId: config.modelId, complete };
	};
}
