import { EVIDENCE_POLICY } from '../../engine/classify/evidence';
import { cosine, Highest, MOST_EXACT_CHUNKS, unitVector } from '../../engine/retrieval/vectors';
import { redactPii } from '../../engine/privacy/redactPii';
import type { EmbeddingAccess } from '../../llm/embeddingAccess';
import type { ChunkKey, Store } from '../../store/store';
import { modelFailure } from '../shared/model';
import { candidateOf, chunkId, type KnowledgeQuery, type Nearest } from '../shared/searchKnowledge';

/** Chunks that get their vectors in one run: about five calls. A big library is embedded over several runs. */
const EMBEDDED_A_RUN = 480;

interface NearestOptions {
	mayWrite: boolean;
	/** Whether personal data in chunks is hidden; that in queries is already. */
	redact: boolean;
	signal?: AbortSignal;
}

/** Gives chunks without a vector of the model theirs. */
async function embedWaiting(store: Store, workspace: string, access: EmbeddingAccess, { redact, signal }: NearestOptions): Promise<void> {
	const waiting = await store.knowledge.withoutVector(workspace, access.modelId, EMBEDDED_A_RUN);
	if (waiting.length === 0) return;
	const vectors = await access.embed(waiting.map(({ text }) => (redact ? redactPii(text).text : text)), signal);
	await store.knowledge.saveVectors(
		workspace,
		access.modelId,
		waiting.flatMap((chunk, place) => {
			const vector = unitVector(vectors[place]);
			return vector ? [{ ...chunk, vector }] : [];
		}),
	);
}

export interface NearestResult {
	/** One a query, in order; all empty when vectors could not be compared. */
	nearest: Nearest[];
	/** Why vectors were not compared, for the user. */
	problem?: string;
}

/** The chunks nearest to each query by exact cosine. New chunks are embedded first, when the run may write. */
export async function nearestChunks(store: Store, workspace: string, queries: readonly KnowledgeQuery[], access: EmbeddingAccess, options: NearestOptions): Promise<NearestResult> {
	const none = queries.map(() => []);
	const counts = await store.knowledge.counts(workspace);
	const all = counts.document + counts.lead;
	if (all === 0) return { nearest: none };
	if (all > MOST_EXACT_CHUNKS) {
		return { nearest: none, problem: `Workspace '${workspace}' holds ${all} chunks of knowledge, more than the ${MOST_EXACT_CHUNKS} whose vectors are compared exactly. Connect a Vector Store node, or remove documents; until then only words are searched.` };
	}
	try {
		if (options.mayWrite) await embedWaiting(store, workspace, access, options);
		const texts = [...new Set(queries.map(({ shown }) => shown))];
		const vectors = await access.embed(texts, options.signal);
		const units = new Map(texts.map((text, place) => [text, unitVector(vectors[place])]));
		const best = queries.map(() => new Highest<ChunkKey>(EVIDENCE_POLICY.snippets));
		await store.knowledge.scanVectors(workspace, access.modelId, (page) => {
			for (const { vector, ...key } of page) {
				queries.forEach(({ kind, shown, exclude }, place) => {
					const unit = units.get(shown);
					const height = unit && kind === key.kind && exclude !== key.documentId ? cosine(unit, vector) : undefined;
					if (height !== undefined) best[place].offer(key, height);
				});
			}
		});
		const keys = new Map(best.flatMap(({ all: kept }) => kept.map(({ value }) => [chunkId(value), value])));
		const chunks = await store.knowledge.chunks(workspace, [...keys.values()]);
		const found = new Map([...keys.keys()].map((id, place) => [id, chunks[place]]));
		return {
			nearest: best.map(({ all: kept }) =>
				kept.flatMap(({ value, height }) => {
					const chunk = found.get(chunkId(value));
					return chunk ? [{ chunk: candidateOf(chunk), cosine: height }] : [];
				}),
			),
		};
	} catch (error) {
		return { nearest: none, problem: `Vectors could not be compared, because ${modelFailure(error).why.replace('the model', 'the embeddings model')}; knowledge was searched by words alone.` };
	}
}
