import type { EmbeddingSource } from './embeddingAccess';
import { localAddresses, notLocal, type Resolve } from './localOnly';
import type { ModelSource } from './modelSource';

/** LangChain's classes that say where they send what they are given, and where in them it stands. */
const TELLING: Readonly<Record<string, (model: object) => unknown>> = {
	ChatOllama: (model) => Reflect.get(model, 'baseUrl'),
	OllamaEmbeddings: (model) => Reflect.get(model, 'baseUrl'),
	ChatOpenAI: (model) => baseOf(Reflect.get(model, 'clientConfig')),
	OpenAIEmbeddings: (model) => baseOf(Reflect.get(model, 'clientConfig')),
};
const baseOf = (config: unknown): unknown => (typeof config === 'object' && config !== null ? Reflect.get(config, 'baseURL') : undefined);

/** Where a connected model or embeddings node sends to; undefined when it cannot be told. */
function addressOf(connected: object): string | undefined {
	const kind: unknown = connected.constructor?.name;
	const address = typeof kind === 'string' && Object.hasOwn(TELLING, kind) ? TELLING[kind](connected) : undefined;
	return typeof address === 'string' && URL.canParse(address) ? address : undefined;
}

/**
 * Makes sure, before each call, that what a model is told stays in one's own network.
 * @throws ModelError `not_local`; no connection was made then, and for a provider's own address no name was looked up.
 */
export function localGuard(source: ModelSource | EmbeddingSource, resolve?: Resolve): () => Promise<void> {
	return async () => {
		if (source.kind === 'port') throw notLocal('it cannot be told where this model runs');
		if (source.kind === 'connected') {
			const address = addressOf('model' in source ? source.model : source.embeddings);
			if (address === undefined) throw notLocal('it cannot be told where the connected node sends what it is given (an Ollama node can be)');
			await localAddresses(address, resolve);
			return;
		}
		const { baseUrl = '' } = source;
		if (baseUrl.trim() === '') throw notLocal(`the credential names no base URL, so ${source.kind === 'openai' ? 'OpenAI' : 'Anthropic'} itself would be called`);
		if (!URL.canParse(baseUrl.trim())) throw notLocal('the base URL of the credential cannot be read');
		await localAddresses(baseUrl.trim(), resolve);
	};
}
