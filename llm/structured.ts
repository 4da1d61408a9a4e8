import { z } from 'zod';
import { ModelError, type ChatAnswer, type ChatMessage, type ChatModel, type ChatRequest, type JsonSchema, type TokenUsage } from './chatModel';

/** A checked answer and what it took. */
export interface StructuredAnswer<T> {
	value: T;
	/** Over all calls; absent when one of them reported none. */
	usage?: TokenUsage;
	/** 1, or 2 when a repair was needed. */
	calls: number;
	modelId: string;
	/** Milliseconds over all calls. */
	latencyMs: number;
}

/** What a model must answer for `schema.parse` to succeed, as JSON Schema. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
	return { ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) };
}

// A text of nothing but braces must not cost a quadratic scan.
const MOST_STARTS = 40;

function balancedFrom(text: string, start: number): string | undefined {
	let depth = 0;
	let quoted = false;
	for (let i = start; i < text.length; i += 1) {
		const c = text[i];
		if (quoted) {
			if (c === '\\') i += 1;
			else if (c === '"') quoted = false;
		} else if (c === '"') quoted = true;
		else if (c === '{' || c === '[') depth += 1;
		else if (c === '}' || c === ']') {
			depth -= 1;
			if (depth === 0) return text.slice(start, i + 1);
		}
	}
	return undefined;
}

function parsed(text: string): { value: unknown } | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return { value };
	} catch {
		// Not JSON: one candidate less, the caller goes on to the next.
		return undefined;
	}
}

/** Every JSON object or array found in a text, best guess first: the whole text, fenced blocks, then balanced brackets. */
export function jsonCandidates(text: string): unknown[] {
	const whole = parsed(text.trim());
	if (whole) return [whole.value];
	const found: unknown[] = [];
	for (const [, block = ''] of text.matchAll(/```[a-z]*\s*([\s\S]*?)```/gi)) {
		const fenced = parsed(block.trim());
		if (fenced) found.push(fenced.value);
	}
	let at = 0;
	for (let starts = 0; starts < MOST_STARTS && found.length < 5; starts += 1) {
		const next = text.slice(at).search(/[{[]/);
		if (next === -1) break;
		const piece = balancedFrom(text, at + next);
		const inner = piece === undefined ? undefined : parsed(piece);
		if (inner) found.push(inner.value);
		at += next + (inner && piece ? piece.length : 1);
	}
	return found;
}

/** The value in an answer, or what is wrong with it in words a model can act on. */
export function readStructured<T>(answer: Pick<ChatAnswer, 'text' | 'json' | 'truncated'>, schema: z.ZodType<T>): { value: T } | { problems: string } {
	const candidates = answer.json === undefined ? jsonCandidates(answer.text) : [answer.json, ...jsonCandidates(answer.text)];
	let problems: string | undefined;
	for (const candidate of candidates) {
		const result = schema.safeParse(candidate);
		if (result.success) return { value: result.data };
		problems ??= z.prettifyError(result.error).slice(0, 2000);
	}
	if (problems !== undefined) return { problems };
	return { problems: answer.truncated ? 'The answer was cut off before the JSON was complete. Answer more briefly.' : 'The answer held no JSON.' };
}

function repairTurns(answer: ChatAnswer, problems: string): ChatMessage[] {
	const shown = answer.text.trim() === '' ? '(empty)' : answer.text.slice(0, 8000);
	return [
		{ role: 'assistant', content: shown },
		{ role: 'user', content: `That answer could not be used:\n${problems}\nAnswer again with the corrected JSON only.` },
	];
}

/** The sum of two counts; absent when one is. */
export function addUsage(a: TokenUsage | undefined, b: TokenUsage | undefined): TokenUsage | undefined {
	return a && b && { inputTokens: a.inputTokens + b.inputTokens, outputTokens: a.outputTokens + b.outputTokens };
}

/**
 * Asks for a value of the schema's shape, checks it, and asks once more with the errors shown when it does not fit.
 * Rejects with kind `bad_output` when the second answer does not fit either, else as the model does.
 */
export async function completeStructured<T>(
	model: ChatModel,
	request: Omit<ChatRequest, 'schema'> & { schemaName?: string },
	schema: z.ZodType<T>,
): Promise<StructuredAnswer<T>> {
	const { schemaName, ...rest } = request;
	const asked: ChatRequest = { ...rest, schema: { name: schemaName ?? 'answer', jsonSchema: jsonSchemaOf(schema) } };
	const first = await model.complete(asked);
	const read = readStructured(first, schema);
	if ('value' in read) return { value: read.value, usage: first.usage, calls: 1, modelId: first.modelId, latencyMs: first.latencyMs };

	const second = await model.complete({ ...asked, messages: [...asked.messages, ...repairTurns(first, read.problems)] });
	const again = readStructured(second, schema);
	const usage = addUsage(first.usage, second.usage);
	if ('value' in again) {
		return { value: again.value, usage, calls: 2, modelId: second.modelId, latencyMs: first.latencyMs + second.latencyMs };
	}
	// The problems name fields only, but may quote the model's text; the first line is enough to act on.
	const [problem = ''] = again.problems.split('\n');
	throw new ModelError('bad_output', `The model "${second.modelId}" did not answer in the asked shape, not even after one correction (${problem.slice(0, 160)}). Choose a stronger model.`, {
		usage,
		modelId: second.modelId,
	});
}
