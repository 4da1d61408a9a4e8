import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { fieldsOf } from '../../engine/message/intake/parsed';
import type { ExecutionResult } from '../../store/store';
import { commitIsolated, executeBatch } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { executionOf } from '../shared/executionOf';
import { makeItems } from '../shared/makeItems';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readNumber, readText } from '../shared/readParameter';

const MOST_EXECUTIONS = 1_000;
const NOT_FOUND = '404';
/** n8n's words for an execution that has not ended: it is deleted at the next run. */
const STILL_RUNNING = /running execution/i;
const NO_ANSWER = "n8n did not say that it was deleted. Choose an 'n8n API' credential in the node before this one.";

/** Get Executions to Delete: one item each, those of this n8n alone. The one that asks is left for a later run. */
export async function executionsToDelete(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const workspace = readText(context, 'workspace', 0, 'Workspace');
		const limit = Math.min(Math.max(1, Math.floor(readNumber(context, 'executionLimit', 0, 'Limit'))), MOST_EXECUTIONS);
		const own = executionOf(context);
		if (!own) return [];
		const queued = await store.executions.toDelete(workspace, own.instance, { limit, except: own.executionId });
		return queued.map(({ executionId, ...rest }) => ({ execution: { id: executionId, ...rest } }));
	});
}

/** What n8n's own node made of a deletion: the execution it deleted, or an error. Anything else confirms nothing. */
export function resultOf(executionId: string, item: INodeExecutionData): ExecutionResult {
	const { error = item.json.error, json } = item;
	if (error === undefined) return String(json.id ?? '') === executionId ? { executionId, deleted: true } : { executionId, deleted: false, error: NO_ANSWER };
	const { httpCode, description, response, status, ...fields } = fieldsOf(error);
	const message = error instanceof Error ? error.message : typeof error === 'string' ? error : fields.message;
	if (String(httpCode ?? fieldsOf(response).status ?? status) === NOT_FOUND) return { executionId, deleted: true };
	return { executionId, deleted: false, error: [message, description].filter((part) => typeof part === 'string' && part !== '').join(': ') || NO_ANSWER };
}

interface Confirmation extends ExecutionResult {
	workspace: string;
}

function sentenceOf({ deleted, error = '' }: ExecutionResult): string {
	if (deleted) return 'The execution is gone.';
	return STILL_RUNNING.test(error) ? 'The execution has not ended yet; it is deleted at the next run.' : `The execution could not be deleted: ${error}`;
}

/** Told once a day and workspace, and not while it only has to end first. */
function alertOf(workspace: string, failed: readonly ExecutionResult[], left: number, at: string): object {
	const [worst] = failed.filter(({ error = '' }) => !STILL_RUNNING.test(error));
	if (!worst) return {};
	const sentence = `n8n still holds data of erased people in ${left} execution${left === 1 ? '' : 's'} that could not be deleted: ${worst.error ?? ''} See workflow 09-housekeeping.`;
	return { alert: { kind: 'executions_not_deleted', workspace, ids: [at.slice(0, 10)], at, sentence } };
}

/** Confirm Deleted Executions: each item is what n8n's own node answered; a missing execution counts as deleted. */
export async function confirmExecutions(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<Confirmation, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index, item) => ({ workspace: readText(context, 'workspace', index, 'Workspace'), ...resultOf(readText(context, 'executionId', index, 'Execution ID'), item) }),
		decide: async (items) =>
			await withStore(context, async (store) => {
				const own = executionOf(context);
				if (!own) throw new ItemInputError('n8n does not say which installation this is', 'Run the workflow in n8n.');
				const at = new Date(await store.clock.now()).toISOString();
				return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, results) => {
					return await commitIsolated(results, async (batch) => {
						const { left } = await store.executions.settle(workspace, own.instance, batch);
						const alert = alertOf(workspace, batch.filter(({ deleted }) => !deleted), left, at);
						// One alert for all: the same one twice in a run would be mailed twice.
						return batch.map((result, place) => ({ execution: { id: result.executionId, deleted: result.deleted, left, sentence: sentenceOf(result) }, ...(place === 0 ? alert : {}) }));
					});
				});
			}),
		write: (json) => ({ output: 0, json }),
	});
}
