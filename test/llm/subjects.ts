import { z } from 'zod';
import { inspect } from 'node:util';
import { inMemoryCallLog } from '../../llm/callLog';
import { ModelError } from '../../llm/chatModel';
import { createModelAccess, type ModelAccessConfig } from '../../llm/modelAccess';
import type { ModelSource } from '../../llm/modelSource';
import { handMadeModel, langchainModel, LANGCHAIN } from './connectedModels';
import { fakeTime } from './fakeTime';

export const FIRST = 'sk-test-first-0123456789abcdef';
export const SECOND = 'sk-test-second-0123456789abcdef';

/** One way to a model, and how it differs from the others. */
export interface Subject {
	name: string;
	model: string;
	/** As the provider names the model in its answers. */
	answersAs: string;
	/** USD for 1,000 tokens in and 200 out, by hand. */
	cost: number;
	/** Whether keys are ours to rotate. */
	ring: boolean;
	/** LangChain drops OpenAI's refusal, so an empty text is all that is left of it. */
	refusalIs: 'refused' | 'bad_output';
	/** LangChain throws on an answer that is no JSON and loses its text and tokens. */
	losesRubbish: boolean;
	/** Whether the schema goes out in the request and not in words. */
	nativeSchema: boolean;
	source(url: string, keys: string[]): ModelSource;
}

/** The three adapters; the connected one twice when LangChain is installed. */
export const subjects: Subject[] = [
	{
		name: 'OpenAI',
		model: 'gpt-4o-mini',
		answersAs: 'gpt-4o-mini-2024-07-18',
		cost: 0.00027, // 1,000 × 0.15/M + 200 × 0.60/M
		ring: true,
		refusalIs: 'refused',
		losesRubbish: false,
		nativeSchema: true,
		source: (url, keys) => ({ kind: 'openai', modelId: 'gpt-4o-mini', baseUrl: `${url}/v1`, keys: keys.map((key) => ({ key })) }),
	},
	{
		name: 'Anthropic',
		model: 'claude-haiku-4-5',
		answersAs: 'claude-haiku-4-5-20251001',
		cost: 0.002, // 1,000 × 1/M + 200 × 5/M
		ring: true,
		refusalIs: 'refused',
		losesRubbish: false,
		nativeSchema: true,
		source: (url, keys) => ({ kind: 'anthropic', modelId: 'claude-haiku-4-5', baseUrl: url, keys: keys.map((key) => ({ key })) }),
	},
	{
		name: 'a connected model of the least kind',
		model: 'gpt-4o-mini',
		answersAs: 'gpt-4o-mini-2024-07-18',
		cost: 0.00027,
		ring: false,
		refusalIs: 'refused',
		losesRubbish: false,
		nativeSchema: false,
		source: (url, [key = '']) => ({ kind: 'connected', model: handMadeModel({ url, key, model: 'gpt-4o-mini' }) }),
	},
];
if (LANGCHAIN) {
	subjects.push({
		name: "LangChain's ChatOpenAI, connected",
		model: 'gpt-4o-mini',
		answersAs: 'gpt-4o-mini-2024-07-18',
		cost: 0.00027,
		ring: false,
		refusalIs: 'bad_output',
		losesRubbish: true,
		nativeSchema: true,
		source: (url, [key = '']) => ({ kind: 'connected', model: langchainModel({ url, key, model: 'gpt-4o-mini' }) }),
	});
}

export const Lead = z.object({ intent: z.enum(['hot', 'warm', 'cold']), score: z.number().int().min(0).max(100) });
export const GOOD = { intent: 'hot', score: 72 };
export const SYSTEM = 'You judge leads.';
export const request = { system: SYSTEM, messages: [{ role: 'user' as const, content: 'How much is it?' }] };
export const context = { purpose: 'classify' as const, correlationId: 'draft-1' };

/** The ModelError a piece of work fails with; throws when it does not. */
export async function failureOf(work: Promise<unknown>): Promise<ModelError> {
	const settled = await work.then(
		() => undefined,
		(error: unknown) => error,
	);
	if (!(settled instanceof ModelError)) throw new Error(`Expected a ModelError, got ${inspect(settled)}`);
	return settled;
}

/** A model access under test with a clock that stands still, and what it logged and told. */
export function openAccess(source: ModelSource, more: Partial<ModelAccessConfig> = {}) {
	const time = fakeTime();
	const log = inMemoryCallLog();
	const errors: unknown[] = [];
	const access = createModelAccess({ source, workspace: 'acme', time, callLog: log, onStoreError: (error) => errors.push(error), ...more });
	return { access, time, log, errors };
}
