import { EVIDENCE_POLICY, evidenceQuery, type Snippet } from '../../engine/classify/evidence';
import { fuseRankings, takeInTurn } from '../../engine/retrieval/fusion';
import { redactPii } from '../../engine/privacy/redactPii';
import { createLimiter } from '../../llm/concurrency';
import type { EmbeddingAccess } from '../../llm/embeddingAccess';
import type { Store } from '../../store/store';
import { searchKnowledge, type KnowledgeQuery } from '../shared/searchKnowledge';
import type { VectorStoreHit, VectorStoreSearch } from '../shared/vectorStore';
import { redactingOf, type Lead } from './loadLeads';
import { nearestChunks } from './nearestChunks';

export interface EvidenceSources {
	store?: Store;
	embeddings?: EmbeddingAccess;
	vectorStore?: VectorStoreSearch;
	/** False for an agent's tool, which changes nothing. */
	mayWrite: boolean;
	/** Whether personal data is hidden from the embeddings model. */
	redact: boolean;
	signal?: AbortSignal;
	/** Tells the user, once each, what could not be searched. */
	tell(problem: string): void;
}

/** Documents of the store and hits of a connected vector store as one ranking. */
function merged(own: readonly Snippet[], hits: readonly VectorStoreHit[]): Snippet[] {
	if (hits.length === 0) return [...own];
	// Its scores mean something else in every store: the rank is what is known, and as similarity the place among the hits.
	const theirs = hits.map((hit, place): Snippet => ({ kind: 'document', ...hit, similarity: 1 / (place + 1) }));
	const all = new Map([...theirs, ...own].map((snippet) => [snippet.id, snippet]));
	return fuseRankings([own.map(({ id }) => id), theirs.map(({ id }) => id)]).flatMap((id) => all.get(id) ?? []);
}

async function searchVectorStore(texts: readonly string[], sources: EvidenceSources): Promise<Map<string, VectorStoreHit[]>> {
	const { vectorStore, tell } = sources;
	if (!vectorStore) return new Map();
	const limiter = createLimiter();
	const found = await Promise.all(
		[...new Set(texts)].map(async (text): Promise<[string, VectorStoreHit[]]> => {
			try {
				return [text, await limiter.run(async () => await vectorStore(text, EVIDENCE_POLICY.snippets))];
			} catch (error) {
				tell(`The connected vector store could not be searched: ${(error instanceof Error ? error.message : String(error)).slice(0, 200)}`);
				return [text, []];
			}
		}),
	);
	return new Map(found);
}

/** As `lookUp`; when looking things up fails, leads are classified without, and the user is told. */
export async function findEvidence(workspace: string, leads: readonly (Lead | undefined)[], sources: EvidenceSources): Promise<Snippet[][]> {
	try {
		return await lookUp(workspace, leads, sources);
	} catch (error) {
		sources.tell(`Knowledge could not be searched, so leads were classified without: ${(error instanceof Error ? error.message : String(error)).slice(0, 300)}`);
		return leads.map(() => []);
	}
}

/** What the team knows and which past leads are like each of these, in order; the number of store calls does not depend on theirs. */
async function lookUp(workspace: string, leads: readonly (Lead | undefined)[], sources: EvidenceSources): Promise<Snippet[][]> {
	const { store, embeddings } = sources;
	const texts = leads.map((lead) => (lead ? evidenceQuery(lead.conversation) : ''));
	// Words are searched here, meanings by a model elsewhere.
	const shown = leads.map((lead, place) => {
		const redacting = lead && redactingOf(lead);
		return redacting ? evidenceQuery(lead.conversation, (text) => redactPii(text, redacting).text) : texts[place];
	});
	const queries = leads.flatMap((lead, place): KnowledgeQuery[] => {
		const query = { text: texts[place], shown: shown[place] };
		return query.text === '' ? [] : [{ kind: 'document', ...query }, { kind: 'lead', ...query, ...(lead?.contactId === undefined ? {} : { exclude: lead.contactId }) }];
	});
	if (queries.length === 0) return leads.map(() => []);
	const near = store && embeddings ? await nearestChunks(store, workspace, queries, embeddings, sources) : { nearest: [] };
	// With a vector store connected for the big library, that the own one is too big to compare is no news.
	if (near.problem !== undefined && !sources.vectorStore) sources.tell(near.problem);
	const found = store ? await searchKnowledge(store, workspace, queries, near.nearest, EVIDENCE_POLICY.snippets) : queries.map(() => []);
	const stored = await searchVectorStore(shown.filter((text) => text !== ''), sources);
	let next = 0;
	return texts.map((text, place) => {
		if (text === '') return [];
		const documents = merged(found[next], stored.get(shown[place]) ?? []);
		const pastLeads = found[next + 1];
		next += 2;
		return takeInTurn([documents, pastLeads], EVIDENCE_POLICY.snippets);
	});
}
