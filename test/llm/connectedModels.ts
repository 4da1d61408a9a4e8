import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { isConnectedModel, type ConnectedModel } from '../../llm/connectedChatModel';

const MANIFEST = join(__dirname, '../../sandbox/node_modules/@langchain/openai/package.json');

/** Whether the sandbox's LangChain is installed. */
export const LANGCHAIN = existsSync(MANIFEST);

const completion = z.object({
	model: z.string(),
	choices: z.tuple([z.object({ finish_reason: z.string(), message: z.object({ content: z.string().nullable(), refusal: z.string().nullable() }) })]),
	usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).optional(),
});
const failure = z.object({ error: z.object({ message: z.string() }) });

interface Target {
	url: string;
	key: string;
	model: string;
}

/** LangChain's ChatOpenAI, as n8n's OpenAI Chat Model sub-node hands it over; needs the sandbox installed. */
export function langchainModel({ url, key, model }: Target): ConnectedModel {
	const loaded: unknown = createRequire(MANIFEST)('@langchain/openai');
	if (typeof loaded !== 'object' || loaded === null || !('ChatOpenAI' in loaded) || typeof loaded.ChatOpenAI !== 'function') throw new Error('No ChatOpenAI in the package.');
	// maxRetries 0: the contract counts requests, and LangChain's own retries would add to them.
	const chat: unknown = Reflect.construct(loaded.ChatOpenAI, [{ model, apiKey: key, maxRetries: 0, configuration: { baseURL: `${url}/v1` } }]);
	if (!isConnectedModel(chat)) throw new Error('ChatOpenAI has no invoke.');
	return chat;
}

/** Shaped like LangChain's chat models, with plain fetch and no structured output. */
export function handMadeModel({ url, key, model }: Target): ConnectedModel {
	return {
		model,
		async invoke(messages, options) {
			const roles = { system: 'system', human: 'user', ai: 'assistant' };
			const response = await fetch(`${url}/v1/chat/completions`, {
				method: 'POST',
				headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
				body: JSON.stringify({ model, messages: messages.map(([role, content]) => ({ role: roles[role], content })) }),
				signal: options?.signal,
			});
			const answer: unknown = await response.json();
			if (!response.ok) {
				const { error } = failure.parse(answer);
				throw Object.assign(new Error(`${response.status} ${error.message}`), { status: response.status, headers: response.headers, error });
			}
			const body = completion.parse(answer);
			const [choice] = body.choices;
			return {
				content: choice.message.content ?? '',
				additional_kwargs: { refusal: choice.message.refusal ?? undefined },
				response_metadata: { model_name: body.model, finish_reason: choice.finish_reason },
				...(body.usage ? { usage_metadata: { input_tokens: body.usage.prompt_tokens, output_tokens: body.usage.completion_tokens } } : {}),
			};
		},
	};
}
