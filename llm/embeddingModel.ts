import { z } from 'zod';
import { withinTime } from './callWindow';
import { ModelError, type TokenUsage } from './chatModel';
import { openAiServer } from './openaiServer';
import { toModelError } from './providerError';

/** One answer of an embedding model. */
export interface EmbeddingAnswer {
	/** One a text, in order. */
	vectors: number[][];
	/** Absent when the provider reported none. */
	usage?: TokenUsage;
	/** The model asked for: vectors of different models cannot be compared, so the name must not change with a dated release. */
	modelId: string;
}

/** The one door to models that turn texts into vectors. Rejects with `ModelError` only. */
export interface EmbeddingModel {
	readonly modelId: string;
	embed(texts: readonly string[], call: { timeoutMs: number; signal?: AbortSignal }): Promise<EmbeddingAnswer>;
}

const list = z.object({
	data: z.array(z.object({ index: z.number().int().nonnegative().optional(), embedding: z.array(z.number()).min(1) })),
	usage: z.object({ prompt_tokens: z.number().int().nonnegative() }).optional().catch(undefined),
});

/** Embedding models of one OpenAI-compatible server, one per key. */
export function openAiEmbeddingModels(config: { baseUrl?: string; modelId: string; now?: () => number; fetch?: typeof fetch }): (apiKey: string) => EmbeddingModel {
	const { modelId } = config;
	const now = config.now ?? Date.now;
	const { provider, client: clientFor } = openAiServer(config.baseUrl, config.fetch);
	return (apiKey) => {
		const client = clientFor(apiKey);
		return {
			modelId,
			async embed(texts, call) {
				let raw: unknown;
				try {
					// Asked for as numbers: not every server knows base64, which the SDK would ask for.
					raw = await withinTime(call, async (signal) => await client.embeddings.create({ model: modelId, input: [...texts], encoding_format: 'float' }, { signal, timeout: call.timeoutMs }));
				} catch (error) {
					throw toModelError(error, { provider, secrets: [apiKey], now: now(), modelId });
				}
				const parsed = list.safeParse(raw);
				if (!parsed.success || parsed.data.data.length !== texts.length) throw new ModelError('unavailable', `${provider} answered something that is no list of embeddings. Check the base URL and the embeddings model "${modelId}".`);
				const { data, usage } = parsed.data;
				const ordered = [...data].sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
				return { vectors: ordered.map(({ embedding }) => embedding), modelId, ...(usage && { usage: { inputTokens: usage.prompt_tokens, outputTokens: 0 } }) };
			},
		};
	};
}

/** The part of an n8n Embeddings sub-node's object that is used; LangChain is known by shape only. */
export interface ConnectedEmbeddings {
	embedDocuments(texts: string[]): Promise<unknown>;
	model?: unknown;
	modelName?: unknown;
}

/** Whether a value got from an AI connection can be used as embeddings. */
export function isConnectedEmbeddings(value: unknown): value is ConnectedEmbeddings {
	return typeof value === 'object' && value !== null && 'embedDocuments' in value && typeof value.embedDocuments === 'function';
}

const vectors = z.array(z.array(z.number()).min(1));

/** Embeddings the user connected on the canvas. They report no tokens, so their cost is not counted here. */
export function connectedEmbeddingModel(connected: ConnectedEmbeddings, now: () => number = Date.now): EmbeddingModel {
	const named = [connected.model, connected.modelName].find((name) => typeof name === 'string' && name !== '');
	const modelId = `connected:${typeof named === 'string' ? named : 'unknown'}`;
	return {
		modelId,
		async embed(texts, call) {
			let raw: unknown;
			try {
				raw = await withinTime(call, async () => await connected.embedDocuments([...texts]));
			} catch (error) {
				throw toModelError(error, { provider: 'The connected embeddings node', secrets: [], now: now(), modelId });
			}
			const parsed = vectors.safeParse(raw);
			if (!parsed.success || parsed.data.length !== texts.length) throw new ModelError('unavailable', 'The connected embeddings node answered something that is no list of vectors. Connect an Embeddings node.');
			return { vectors: parsed.data, modelId };
		},
	};
}
