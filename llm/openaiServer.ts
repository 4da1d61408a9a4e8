import OpenAI from 'openai';

const OPENAI_ROOT = 'https://api.openai.com/v1';

function rootOf(baseUrl: string | undefined): string {
	if (baseUrl === undefined || baseUrl.trim() === '') return OPENAI_ROOT;
	const trimmed = baseUrl.trim().replace(/\/+$/, '');
	// "http://localhost:11434" is what people paste; the protocol lives under /v1 on every such server.
	return /^https?:\/\/[^/]+$/.test(trimmed) ? `${trimmed}/v1` : trimmed;
}

/** One server that speaks OpenAI's protocol. */
export interface OpenAiServer {
	/** Whether it is OpenAI's own. */
	official: boolean;
	/** Its name in sentences. */
	provider: string;
	/** A client with one key; the key may be empty for servers that want none. */
	client(apiKey: string): OpenAI;
}

/** The server at a base URL; OpenAI's own when absent. `fetch` replaces the platform's. Opens no connection. */
export function openAiServer(baseUrl: string | undefined, own?: typeof fetch): OpenAiServer {
	const root = rootOf(baseUrl);
	const official = new URL(root).hostname === 'api.openai.com';
	return {
		official,
		provider: official ? 'OpenAI' : `The model server at ${new URL(root).host}`,
		client: (apiKey) =>
			// Everything the SDK would otherwise take from the environment is set, so the host's own OpenAI settings never mix in.
			new OpenAI({
				apiKey: apiKey === '' ? 'none' : apiKey,
				baseURL: root,
				organization: null,
				project: null,
				webhookSecret: null,
				maxRetries: 0,
				logLevel: 'off',
				...(own && { fetch: own }),
			}),
	};
}
