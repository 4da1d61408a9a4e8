import { NodeConnectionTypes, type IExecuteFunctions } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isToolRun } from './modelSource';

/** Of one hit, in characters: how a store was filled is not ours to say. */
const LONGEST_HIT = 2_000;

/** The part of an n8n Vector Store sub-node's object that is used; LangChain is known by shape only. */
interface ConnectedVectorStore {
	similaritySearchWithScore(query: string, k: number): Promise<unknown>;
}

const hits = z.array(z.tuple([z.object({ pageContent: z.string(), metadata: z.record(z.string(), z.unknown()).optional().catch(undefined) }), z.number()]));

function isVectorStore(value: unknown): value is ConnectedVectorStore {
	return typeof value === 'object' && value !== null && 'similaritySearchWithScore' in value && typeof value.similaritySearchWithScore === 'function';
}

export interface VectorStoreHit {
	id: string;
	text: string;
	title?: string;
}

/** Searches a connected vector store; the nearest first. */
export type VectorStoreSearch = (query: string, most: number) => Promise<VectorStoreHit[]>;

const word = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined);

/** The search of the vector store connected to a node; undefined when there is none. Scores differ from store to store and are not compared. */
export async function connectedVectorStore(context: IExecuteFunctions): Promise<VectorStoreSearch | undefined> {
	if (isToolRun(context)) return undefined;
	const found: unknown = await context.getInputConnectionData(NodeConnectionTypes.AiVectorStore, 0);
	const store: unknown = Array.isArray(found) ? found[0] : found;
	if (!isVectorStore(store)) return undefined;
	return async (query, most) => {
		const answer = hits.parse(await store.similaritySearchWithScore(query, most));
		return answer.map(([{ pageContent, metadata }]) => {
			const id = word(metadata?.id) ?? createHash('sha256').update(pageContent).digest('hex').slice(0, 16);
			const title = word(metadata?.title) ?? word(metadata?.source);
			return { id: `store:${id}`, text: pageContent.slice(0, LONGEST_HIT), ...(title === undefined ? {} : { title }) };
		});
	};
}
