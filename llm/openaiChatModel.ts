import type OpenAI from 'openai';
import { z } from 'zod';
import { withinTime } from './callWindow';
import { ModelError, type ChatAnswer, type ChatModel, type ChatRequest } from './chatModel';
import { sendLearning } from './learntDialect';
import { openAiServer } from './openaiServer';
import { readFailure, toModelError } from './providerError';
import { toOpenAiSchema, withSchemaInstruction } from './schemaDialect';

/** Where and what to call. */
export interface OpenAiConfig {
	/** The API's root, e.g. `http://127.0.0.1:11434/v1`; OpenAI's own when absent. */
	baseUrl?: string;
	modelId: string;
	/** Milliseconds since the epoch; the machine's clock when absent. */
	now?: () => number;
	/** Instead of the platform's. */
	fetch?: typeof fetch;
}

/**
 * What this server has been found to accept. Servers that speak OpenAI's protocol differ in these three, and say so only by
 * refusing; what was learnt is kept so that the next call is right at once.
 */
interface Dialect {
	structured: 'json_schema' | 'json_object' | 'prompt';
	tokenLimit: 'max_completion_tokens' | 'max_tokens';
	temperature: boolean;
	tokenLimitSwapped: boolean;
}

const completion = z.object({
	model: z.string().min(1).optional().catch(undefined),
	choices: z
		.array(
			z.object({
				finish_reason: z.string().nullish(),
				message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
			}),
		)
		.min(1),
	usage: z
		.object({ prompt_tokens: z.number().int().nonnegative(), completion_tokens: z.number().int().nonnegative() })
		.optional()
		.catch(undefined),
});

/** Changes the dialect according to a refusal; false when the refusal is about something else. */
function learn(dialect: Dialect, request: ChatRequest, thrown: unknown): boolean {
	const { status, reason, message } = readFailure(thrown);
	if (status !== 400 && status !== 422) return false;
	const said = `${reason} ${message}`;
	if (request.temperature !== undefined && dialect.temperature && /temperature/i.test(said)) {
		dialect.temperature = false;
		return true;
	}
	if (request.maxTokens !== undefined && !dialect.tokenLimitSwapped && /max_(completion_)?tokens/.test(said)) {
		dialect.tokenLimit = dialect.tokenLimit === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
		dialect.tokenLimitSwapped = true;
		return true;
	}
	if (request.schema && dialect.structured !== 'prompt' && /response_format|json_schema|json_object|schema|structured/i.test(said)) {
		dialect.structured = dialect.structured === 'json_schema' ? 'json_object' : 'prompt';
		return true;
	}
	return false;
}

function bodyFor(request: ChatRequest, modelId: string, dialect: Dialect, official: boolean): OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming {
	const { schema } = request;
	// Compatible servers may ignore the response format without a word, so they are told in words as well.
	const inWords = schema !== undefined && (dialect.structured !== 'json_schema' || !official);
	const system = inWords ? withSchemaInstruction(request.system, schema.jsonSchema) : request.system;
	const body: OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming = {
		model: modelId,
		messages: [...(system === '' ? [] : [{ role: 'system' as const, content: system }]), ...request.messages],
	};
	if (request.maxTokens !== undefined) body[dialect.tokenLimit] = request.maxTokens;
	if (request.temperature !== undefined && dialect.temperature) body.temperature = request.temperature;
	if (schema && dialect.structured === 'json_schema') {
		body.response_format = { type: 'json_schema', json_schema: { name: schema.name, ...toOpenAiSchema(schema.jsonSchema) } };
	} else if (schema && dialect.structured === 'json_object') {
		body.response_format = { type: 'json_object' };
	}
	return body;
}

/**
 * Models of one OpenAI-compatible server, one per key; what is learnt about the server is shared between them.
 * The key may be empty for servers that want none.
 */
export function openAiChatModels(config: OpenAiConfig): (apiKey: string) => ChatModel {
	const now = config.now ?? Date.now;
	const { official, provider, client: clientFor } = openAiServer(config.baseUrl, config.fetch);
	const dialect: Dialect = {
		structured: 'json_schema',
		tokenLimit: official ? 'max_completion_tokens' : 'max_tokens',
		temperature: true,
		tokenLimitSwapped: false,
	};
	return (apiKey) => {
		const client = clientFor(apiKey);
		const send = async (request: ChatRequest, signal: AbortSignal): Promise<unknown> =>
			await sendLearning(
				dialect,
				async (used) => await client.chat.completions.create(bodyFor(request, config.modelId, used, official), { signal, timeout: request.timeoutMs }),
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
			const parsed = completion.safeParse(raw);
			if (!parsed.success) throw new ModelError('unavailable', `${provider} answered something that is no chat completion. Check the base URL.`);
			const [choice] = parsed.data.choices;
			const modelId = parsed.data.model ?? config.modelId;
			const usage = parsed.data.usage && { inputTokens: parsed.data.usage.prompt_tokens, outputTokens: parsed.data.usage.completion_tokens };
			if (choice?.message.refusal || choice?.finish_reason === 'content_filter') {
				throw new ModelError('refused', `${provider} declined to answer this message.`, { usage, modelId });
			}
			return { text: choice?.message.content ?? '', usage, modelId, latencyMs: now() - startedAt, truncated: choice?.finish_reason === 'length' };
		};
		return { modelId: config.modelId, complete };
	};
}
