import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Snippet } from '../../engine/classify/evidence';
import { iso } from '../../engine/time';
import { commitIsolated, executeBatch } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { makeItems } from '../shared/makeItems';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readNumber, readOptionalText, readText } from '../shared/readParameter';
import { searchKnowledge } from '../shared/searchKnowledge';

const MOST_LISTED = 1_000;
const MOST_FOUND = 50;

function readMost(context: IExecuteFunctions, index: number, { name, label, most }: { name: string; label: string; most: number }): number {
	const wanted = readNumber(context, name, index, label);
	if (wanted < 1) throw new ItemInputError(`'${label}' must be 1 or more, but is ${wanted}`);
	return Math.min(Math.floor(wanted), most);
}

/** List: one item a document, the newest first. */
export async function listKnowledge(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const rows = await store.knowledge.list(readText(context, 'workspace', 0, 'Workspace'), { kind: 'document', limit: readMost(context, 0, { name: 'limit', label: 'Limit', most: MOST_LISTED }) });
		return rows.map(({ id, title, characters, chunks, createdAt, updatedAt }) => ({ knowledge: { id, title, characters, chunks, createdAt: iso(createdAt), updatedAt: iso(updatedAt) } }));
	});
}

/** Remove: forgets a document; one that is not there is no error. */
export async function removeKnowledge(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<{ workspace: string; id: string }, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({ workspace: readText(context, 'workspace', index, 'Workspace'), id: readText(context, 'sourceId', index, 'Source ID') }),
		decide: async (items) =>
			await withStore(context, async (store) =>
				await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) =>
					await commitIsolated(own, async (batch) => {
						const removed = await store.knowledge.remove(workspace, 'document', batch.map(({ id }) => id));
						return batch.map(({ id }, place) => ({ knowledge: { id, removed: removed[place], sentence: removed[place] ? `"${id}" is forgotten.` : `Nothing was known under '${id.slice(0, 80)}'.` } }));
					}),
				),
			),
		write: (json) => ({ output: 0, json }),
	});
}

function resultOf(query: string, snippets: readonly Snippet[]): object {
	const results = snippets.map(({ id, title, text, similarity }) => ({ id, ...(title === undefined ? {} : { title }), text, similarity: Math.round(similarity * 1000) / 1000 }));
	const sentence = results.length === 0 ? 'Nothing known fits these words.' : `${results.length} ${results.length === 1 ? 'passage fits' : 'passages fit'}, best "${snippets[0].title ?? snippets[0].id}".`;
	return { knowledge: { query, results, sentence } };
}

/** Search: the passages that fit some words best, by words. */
export async function searchKnowledgeBase(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<{ workspace: string; query: string; limit: number }, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({ workspace: readText(context, 'workspace', index, 'Workspace'), query: readOptionalText(context, 'query', index) ?? '', limit: readMost(context, index, { name: 'passages', label: 'Passages', most: MOST_FOUND }) }),
		decide: async (items) =>
			await withStore(context, async (store) =>
				await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) =>
					await commitIsolated(own, async (batch) => {
						const most = Math.max(...batch.map(({ limit }) => limit));
						const found = await searchKnowledge(store, workspace, batch.map(({ query }) => ({ kind: 'document' as const, text: query })), [], most);
						return batch.map(({ query, limit }, place) => resultOf(query, found[place].slice(0, limit)));
					}),
				),
			),
		write: (json) => ({ output: 0, json }),
	});
}
