/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = Record<string, unknown>;

/** One turn of the conversation sent to the model. */
export interface ChatMessage {
	role: 'user' | 'assistant';
	content: string;
}

/** Tokens as the provider counted them. Input includes what the provider served from its prompt cache. */
export interface TokenUsage {
	inputTokens: number;
	outputTokens: number;
}

/** One request to a chat model. */
export interface ChatRequest {
	/** The instructions; may be empty. */
	system: string;
	/** Oldest first; at least one, and the last one is the user's. */
	messages: ChatMessage[];
	/** Asks for JSON of this shape. `name` is letters, digits, `_` and `-`, at most 64. */
	schema?: { name: string; jsonSchema: JsonSchema };
	/** Most tokens the answer may have; the adapter's default when absent. */
	maxTokens?: number;
	/** 0–2; left to the model when absent, and dropped for models that accept no temperature. */
	temperature?: number;
	/** Milliseconds this single call may take, connection included. */
	timeoutMs: number;
	/** Ends the call early with kind `aborted`. */
	signal?: AbortSignal;
}

/** One answer of a chat model. */
export interface ChatAnswer {
	text: string;
	/** Present when a schema was asked for and the provider handed over parsed JSON. Not checked against the schema. */
	json?: unknown;
	/** Absent when the provider reported none; never estimated. */
	usage?: TokenUsage;
	/** The model that answered, as the provider names it (often dated), else the one asked for. */
	modelId: string;
	/** Milliseconds from request to complete answer. */
	latencyMs: number;
	/** True when the answer was cut at the token limit. */
	truncated?: boolean;
}

/** The one door to every model. Rejects with `ModelError` only. */
export interface ChatModel {
	/** The model asked for; `unknown` when a connected model does not say. */
	readonly modelId: string;
	complete(request: ChatRequest): Promise<ChatAnswer>;
}

/**
 * Why a model gave no usable answer:
 * `rate_limited` too many requests, `invalid_key` key refused, `quota` no credit or budget left, `timeout` no answer in time,
 * `unavailable` provider down or unreachable, `bad_request` the request itself is wrong, `refused` the model declined,
 * `bad_output` not the asked shape, `spend_cap` our daily cap, `not_local` only local models are allowed, `aborted` the caller stopped it.
 */
export type ModelErrorKind =
	| 'rate_limited'
	| 'invalid_key'
	| 'quota'
	| 'timeout'
	| 'unavailable'
	| 'bad_request'
	| 'refused'
	| 'bad_output'
	| 'spend_cap'
	| 'not_local'
	| 'aborted';

/** What is known about a failed call besides its kind. */
export interface ModelErrorDetails {
	/** Milliseconds after which another try makes sense, as the provider or our own limits said. */
	retryAfterMs?: number;
	/** HTTP status, when there was one. */
	status?: number;
	/** Tokens paid for although the answer is of no use. */
	usage?: TokenUsage;
	/** The model that failed, when it answered at all. */
	modelId?: string;
	/** Short hash of the key used; never the key. */
	keyFingerprint?: string;
	/** How many tries were made, the failed one included. */
	attempts?: number;
}

/**
 * The only error the model access throws. Its message says what happened and how to get unstuck, and never contains a key:
 * it carries no `cause`, since provider errors hold request headers.
 */
export class ModelError extends Error {
	override readonly name = 'ModelError';
	readonly kind: ModelErrorKind;
	readonly retryAfterMs?: number;
	readonly status?: number;
	readonly usage?: TokenUsage;
	readonly modelId?: string;
	readonly keyFingerprint?: string;
	readonly attempts?: number;

	constructor(kind: ModelErrorKind, message: string, details: ModelErrorDetails = {}) {
		super(message);
		this.kind = kind;
		this.retryAfterMs = details.retryAfterMs;
		this.status = details.status;
		this.usage = details.usage;
		this.modelId = details.modelId;
		this.keyFingerprint = details.keyFingerprint;
		this.attempts = details.attempts;
	}

	/** The same error with some details added or replaced. */
	with(details: ModelErrorDetails): ModelError {
		const { retryAfterMs, status, usage, modelId, keyFingerprint, attempts } = this;
		return new ModelError(this.kind, this.message, { retryAfterMs, status, usage, modelId, keyFingerprint, attempts, ...details });
	}
}
