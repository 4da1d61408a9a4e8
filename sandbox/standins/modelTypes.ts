import type { Failure } from './failureScript';
import type { JsonObject } from './shapes';

export interface ModelTool {
	name: string;
	schema: JsonObject;
}

/** A call to a model stand-in, the same for every provider. */
export interface ModelRequest {
	provider: 'openai' | 'anthropic';
	endpoint: 'chat/completions' | 'responses' | 'messages';
	apiKey: string;
	model: string;
	system: string;
	/** Without the system message; a tool's result has the role `tool`. */
	messages: { role: 'user' | 'assistant' | 'tool'; text: string }[];
	/** The JSON Schema the answer must follow, when one was asked for. */
	schema?: JsonObject;
	/** Any JSON object will do. */
	wantsJson: boolean;
	tools: ModelTool[];
	/** The tool the caller insists on; `'any'` when one of them must be called. */
	forcedTool?: string;
	raw: unknown;
}

/** A model's answer: text, a JSON value, tool calls, a refusal, or a failure of the service. */
export interface ModelReply extends Omit<Failure, 'times' | 'match' | 'to' | 'key'> {
	text?: string;
	json?: unknown;
	toolCalls?: { name: string; arguments: unknown }[];
	refusal?: string;
	/** `length`: cut off at the token limit. */
	finish?: 'stop' | 'length';
	usage?: { input: number; output: number };
}

/** Decides each answer; `'default'` leaves it to the stand-in, any other string is the answer's text. */
export type ModelScript = (request: ModelRequest) => ModelReply | string | Promise<ModelReply | string>;
