import { z } from 'zod';
import { withinTime } from './callWindow';
import { ModelError, type ChatAnswer, type ChatModel, type ChatRequest, type JsonSchema } from './chatModel';
import { readFailure, toModelError } from './providerError';
import { toOpenAiSchema, withSchemaInstruction } from './schemaDialect';

type Turn = ['system' | 'human' | 'ai', string];

/** The part of an n8n chat-model sub-node's object that is used. LangChain is not a dependency, so it is known by shape only. */
export interface ConnectedModel {
	invoke(messages: Turn[], options?: { signal?: AbortSignal }): Promise<unknown>;
	withStructuredOutput?(schema: JsonSchema, options?: { name?: string; includeRaw?: boolean }): {
		invoke(messages: Turn[], options?: { signal?: AbortSignal }): Promise<unknown>;
	};
	/** LangChain's models name themselves in one of these. */
	model?: unknown;
	modelName?: unknown;
}

/** Whether a value got from an AI connection can be used as a chat model. */
export function isConnectedModel(value: unknown): value is ConnectedModel {
	return typeof value === 'object' && value !== null && 'invoke' in value && typeof value.invoke === 'function';
}

const tokens = z.number().int().nonnegative();
const chatMessage = z.object({
	content: z.union([z.string(), z.array(z.union([z.string(), z.object({ type: z.string().optional(), text: z.string().optional() })]))]),
	usage_metadata: z.object({ input_tokens: tokens, output_tokens: tokens }).optional().catch(undefined),
	response_metadata: z
		.object({
			model_name: z.string().min(1).optional().catch(undefined),
			model: z.string().min(1).optional().catch(undefined),
			finish_reason: z.string().optional().catch(undefined),
			stop_reason: z.string().optional().catch(undefined),
		})
		.optional()
		.catch(undefined),
	additional_kwargs: z.object({ refusal: z.string().min(1).optional().catch(undefined) }).optional().catch(undefined),
});
const structuredResult = z.object({ raw: chatMessage, parsed: z.unknown() });

function turns(request: ChatRequest, system: string): Turn[] {
	const said = request.messages.map(({ role, content }): Turn => [role === 'user' ? 'human' : 'ai', content]);
	return system === '' ? said : [['system', system], ...said];
}

function ownName(model: ConnectedModel): string {
	for (const name of [model.model, model.modelName]) if (typeof name === 'string' && name !== '') return name;
	return 'unknown';
}

/** Whether a failure means "this model cannot do structured output", as opposed to a failed call. */
function cannotStructure(thrown: unknown): boolean {
	const { status, message, reason } = readFailure(thrown);
	if (status !== undefined && status !== 400 && status !== 422) return false;
	return /response_format|json_schema|structured|output_config|tool_choice|tools?\b.*(support|allow)|not supported|not implemented/i.test(`${reason} ${message}`);
}

/**
 * Whether a failure means "the model answered, but not JSON". LangChain parses inside the call, and what it throws then has lost
 * both text and token count.
 */
function answerWasLost(thrown: unknown): boolean {
	const { status, name, message } = readFailure(thrown);
	return status === undefined && /SyntaxError|OutputParser|LengthFinishReason|not valid JSON|failed to parse|could not parse|length limit/i.test(`${name} ${message}`);
}

/**
 * A chat model the user connected on the canvas. Token limit and temperature are set on that node, not here; so are its own
 * retries, which happen inside one call's time. `usage` is absent when the model reports none.
 */
export function connectedChatModel(model: ConnectedModel, options: { now?: () => number } = {}): ChatModel {
	const now = options.now ?? Date.now;
	const named = ownName(model);
	let structures = true;

	const ask = async (request: ChatRequest, signal: AbortSignal): Promise<{ message: z.infer<typeof chatMessage>; json?: unknown }> => {
		const { schema } = request;
		if (schema && structures && model.withStructuredOutput) {
			try {
				const bound = model.withStructuredOutput(toOpenAiSchema(schema.jsonSchema).schema, { name: schema.name, includeRaw: true });
				const result = structuredResult.safeParse(await bound.invoke(turns(request, request.system), { signal }));
				// `parsed` is null when the model's own parser gave up; the raw text still goes to ours.
				if (result.success) return { message: result.data.raw, ...(result.data.parsed == null ? {} : { json: result.data.parsed }) };
			} catch (error) {
				if (answerWasLost(error)) {
					// From now on in words, where a bad answer keeps its text: the repair can then show it.
					structures = false;
					return { message: { content: '' } };
				}
				if (!cannotStructure(error)) throw error;
			}
			structures = false;
		}
		const system = schema ? withSchemaInstruction(request.system, schema.jsonSchema) : request.system;
		const parsed = chatMessage.safeParse(await model.invoke(turns(request, system), { signal }));
		if (!parsed.success) throw new ModelError('unavailable', 'The connected chat model answered something that is no message. Connect a chat model node.');
		return { message: parsed.data };
	};

	const complete = async (request: ChatRequest): Promise<ChatAnswer> => {
		const startedAt = now();
		let answer: Awaited<ReturnType<typeof ask>>;
		try {
			answer = await withinTime(request, (signal) => ask(request, signal));
		} catch (error) {
			throw toModelError(error, { provider: 'The connected chat model', secrets: [], now: now(), modelId: named });
		}
		const { message, json } = answer;
		const counted = message.usage_metadata;
		// LangChain reports zeros when a server sent no counts; no call has zero input, so that is "unknown".
		const usage = counted && counted.input_tokens > 0 ? { inputTokens: counted.input_tokens, outputTokens: counted.output_tokens } : undefined;
		const about = message.response_metadata;
		const modelId = about?.model_name ?? about?.model ?? named;
		const stop = about?.finish_reason ?? about?.stop_reason;
		if (message.additional_kwargs?.refusal || stop === 'content_filter' || stop === 'refusal') {
			throw new ModelError('refused', 'The connected chat model declined to answer this message.', { usage, modelId });
		}
		const blocks = typeof message.content === 'string' ? [message.content] : message.content;
		const text = blocks.map((block) => (typeof block === 'string' ? block : (block.type ?? 'text') === 'text' ? (block.text ?? '') : '')).join('');
		return {
			text: text === '' && json !== undefined ? JSON.stringify(json) : text,
			...(json === undefined ? {} : { json }),
			usage,
			modelId,
			latencyMs: now() - startedAt,
			truncated: stop === 'length' || stop === 'max_tokens',
		};
	};
	return { modelId: named, complete };
}
