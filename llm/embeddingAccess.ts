import type { CallLog } from './callLog';
import { ModelError } from './chatModel';
import { createLimiter, type Limiter } from './concurrency';
import { connectedEmbeddingModel, openAiEmbeddingModels, type ConnectedEmbeddings, type EmbeddingAnswer, type EmbeddingModel } from './embeddingModel';
import { inMemoryKeyLedger, type KeyLedger } from './keyLedger';
import { createKeyRing, type KeyRing, type ModelKey } from './keyRing';
import { costUsd, priceOf } from './prices';
import { createLocalFetch } from './localFetch';
import { localGuard } from './localGuard';
import { RETRY_POLICY, SYSTEM_TIME, withRetry, type TimeSource } from './retry';
import { createSpendCap, inMemorySpendLedger, type SpendLedger } from './spendCap';

/** Whose vectors: a sub-node's, or those of a credential's server. */
export type EmbeddingSource = { kind: 'connected'; embeddings: ConnectedEmbeddings } | { kind: 'openai'; modelId: string; baseUrl?: string; keys: readonly ModelKey[] };

export interface EmbeddingAccessConfig {
	source: EmbeddingSource;
	workspace: string;
	/** USD per UTC day for the workspace; no cap when absent. */
	dailyCapUsd?: number;
	keyLedger?: KeyLedger;
	spendLedger?: SpendLedger;
	callLog?: CallLog;
	/** As for chat models: only in one's own network. */
	localOnly?: boolean;
	limiter?: Limiter;
	time?: TimeSource;
	onStoreError?: (error: unknown) => void;
}

/** Texts to vectors with retries, key rotation, cap and log inside. */
export interface EmbeddingAccess {
	readonly modelId: string;
	/** One vector a text, in order. Rejects with `ModelError`. */
	embed(texts: readonly string[], signal?: AbortSignal): Promise<number[][]>;
}

/** Texts a request: with chunks of 800 characters about 20,000 tokens, far under every provider's limit. */
const TEXTS_A_CALL = 96;

function openSource(source: EmbeddingSource, ledger: KeyLedger, now: () => number, onStoreError: (error: unknown) => void, own?: typeof fetch): { ring: KeyRing<EmbeddingModel>; modelId: string } {
	if (source.kind === 'connected') {
		const model = connectedEmbeddingModel(source.embeddings, now);
		return { modelId: model.modelId, ring: { size: 1, run: async (call) => ({ value: await call(model) }) } };
	}
	const { modelId, baseUrl } = source;
	const keys = source.keys.length > 0 ? source.keys : [{ key: '' }];
	return { modelId, ring: createKeyRing({ keys, connect: openAiEmbeddingModels({ modelId, baseUrl, now, fetch: own }), ledger, now, onStoreError }) };
}

/** Builds the access; opens no connection. */
export function createEmbeddingAccess(config: EmbeddingAccessConfig): EmbeddingAccess {
	const { workspace, callLog } = config;
	const time = config.time ?? SYSTEM_TIME;
	const now = () => time.now();
	const limiter = config.limiter ?? createLimiter();
	const onStoreError = config.onStoreError ?? (() => undefined);
	const staysHome = config.localOnly === true ? localGuard(config.source) : undefined;
	const { ring, modelId } = openSource(config.source, config.keyLedger ?? inMemoryKeyLedger(), now, onStoreError, staysHome && createLocalFetch());
	const price = priceOf(modelId);
	const spend = createSpendCap({ workspace, dailyCapUsd: config.dailyCapUsd, ledger: config.spendLedger ?? inMemorySpendLedger(now), priceOf, modelId, now, onStoreError });
	const costOf = ({ usage }: Pick<EmbeddingAnswer, 'usage'>): number | undefined => (usage && price ? costUsd(usage, price) : undefined);
	const log = async (entry: Omit<Parameters<CallLog['record']>[0], 'workspace' | 'purpose' | 'promptVersion'>): Promise<void> => {
		try {
			await callLog?.record({ workspace, purpose: 'embed', promptVersion: '', ...entry });
		} catch (error) {
			onStoreError(error);
		}
	};

	const embedSome = async (texts: readonly string[], signal?: AbortSignal): Promise<number[][]> =>
		await limiter.run(async () => {
			const startedAt = now();
			const at = new Date(startedAt).toISOString();
			const request = { system: '', messages: texts.map((content) => ({ content })) };
			try {
				const { value, attempts } = await withRetry(
					async ({ timeoutMs }) => {
						await staysHome?.();
						return await ring.run(async (model) => await spend(request, 0, async () => await model.embed(texts, { timeoutMs, signal })), costOf);
					},
					{ deadline: startedAt + RETRY_POLICY.itemBudgetMs, time, signal },
				);
				const { value: answer, fingerprint } = value;
				await log({ modelId, keyFingerprint: fingerprint, ...answer.usage, costUsd: costOf(answer), latencyMs: now() - startedAt, attempts, outcome: 'ok', at });
				return answer.vectors;
			} catch (error) {
				const failed = error instanceof ModelError ? error : new ModelError('unavailable', 'The embeddings call failed for an unforeseen reason. Report it with the steps that led here.');
				if (failed !== error) onStoreError(error);
				await log({ modelId, keyFingerprint: failed.keyFingerprint, latencyMs: now() - startedAt, attempts: failed.kind === 'not_local' ? 0 : (failed.attempts ?? 0), outcome: failed.kind, at });
				throw failed;
			}
		});

	return {
		modelId,
		async embed(texts, signal) {
			const parts = Array.from({ length: Math.ceil(texts.length / TEXTS_A_CALL) }, (_, part) => texts.slice(part * TEXTS_A_CALL, (part + 1) * TEXTS_A_CALL));
			return (await Promise.all(parts.map(async (part) => await embedSome(part, signal)))).flat();
		},
	};
}
