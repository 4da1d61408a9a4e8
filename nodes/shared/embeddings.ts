import { NodeConnectionTypes, type IExecuteFunctions } from 'n8n-workflow';
import { createEmbeddingAccess, type EmbeddingAccess, type EmbeddingSource } from '../../llm/embeddingAccess';
import { isConnectedEmbeddings } from '../../llm/embeddingModel';
import type { Store } from '../../store/store';
import { localModelsOnly, type ModelSettings } from './localModels';
import { lower, modelBookkeeping } from './model';
import { isToolRun, modelCredential } from './modelSource';

/** The embeddings of one node run; undefined when none are connected or named. */
export interface NodeEmbeddings {
	access(workspace: string, settings?: ModelSettings): EmbeddingAccess;
	signal?: AbortSignal;
}

async function connected(context: IExecuteFunctions): Promise<EmbeddingSource | undefined> {
	if (isToolRun(context)) return undefined;
	const found: unknown = await context.getInputConnectionData(NodeConnectionTypes.AiEmbedding, 0);
	const embeddings: unknown = Array.isArray(found) ? found[0] : found;
	return isConnectedEmbeddings(embeddings) ? { kind: 'connected', embeddings } : undefined;
}

function hint(context: IExecuteFunctions, message: string): undefined {
	context.addExecutionHints({ message: `${message} Knowledge was searched by words alone.`, location: 'outputPane', type: 'warning' });
	return undefined;
}

/** Finds the embeddings a node is to use: a connected node's, else the named model of the credential. */
export async function openNodeEmbeddings(context: IExecuteFunctions, store: Store | undefined, embeddingsModel: string | undefined): Promise<NodeEmbeddings | undefined> {
	const fromNode = await connected(context);
	let source = fromNode;
	let dailyCapUsd: number | undefined;
	if (!source && embeddingsModel !== undefined) {
		const credential = await modelCredential(context);
		if (credential === undefined || credential === 'unreadable') return hint(context, `'Embeddings Model' is '${embeddingsModel}', but there is no model credential to call it with.`);
		if (credential.provider === 'anthropic') return hint(context, 'Anthropic serves no embeddings: connect an Embeddings node, or choose a credential of OpenAI or a compatible server.');
		source = { kind: 'openai', modelId: embeddingsModel, baseUrl: credential.baseUrl, keys: credential.keys };
		dailyCapUsd = credential.dailyCapUsd;
	}
	if (!source) return undefined;
	const chosen = source;
	const accesses = new Map<string, EmbeddingAccess>();
	return {
		signal: context.getExecutionCancelSignal(),
		access(workspace, settings) {
			const open = accesses.get(workspace);
			if (open) return open;
			const access = createEmbeddingAccess({
				source: chosen,
				workspace,
				dailyCapUsd: lower(dailyCapUsd, settings?.modelSpendCapUsd),
				localOnly: localModelsOnly(settings),
				...modelBookkeeping(store),
				onStoreError: () => context.logger.warn('autopilot_model_bookkeeping_failed', { workspace }),
			});
			accesses.set(workspace, access);
			return access;
		},
	};
}
