import type { Execution, N8nApi, NodeRun } from '../../../sandbox/n8n/api';
import type { NodeJson, WorkflowJson } from '../../../sandbox/n8n/importing';
import { waitFor } from '../../../sandbox/waitFor';

export type Row = Readonly<Record<string, unknown>>;
/** A node as the canvas has it, without what its place there needs. */
export type NodeSettings = Pick<NodeJson, 'name' | 'type' | 'parameters'> & Partial<NodeJson>;

/** A workflow Webhook → Split Out → the node: each posted row is an item of its own, as after a spreadsheet. Its id is its path. */
export function rowsInto(id: string, node: NodeSettings): WorkflowJson {
	const nodes: NodeJson[] = [
		{ id: 'rows', name: 'Rows', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, position: [0, 0], webhookId: id, parameters: { path: id, httpMethod: 'POST', responseMode: 'lastNode', responseData: 'allEntries', options: {} } },
		{ id: 'split', name: 'Split', type: 'n8n-nodes-base.splitOut', typeVersion: 1, position: [200, 0], parameters: { fieldToSplitOut: 'body.rows', options: {} } },
		{ id: 'node', typeVersion: 1, position: [400, 0], ...node },
	];
	return {
		id,
		name: id,
		nodes,
		connections: { Rows: { main: [[{ node: 'Split', type: 'main', index: 0 }]] }, Split: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	};
}

/** What one execution of such a workflow did in its last node. */
export interface RowsRun {
	status: Execution['status'];
	/** The items that came out, whichever output they took, by the row they came from. */
	items: Map<number, Record<string, unknown>>;
	/** The last try of the node. */
	run: NodeRun & { hints?: { message: string }[] };
	/** The error that ended the execution. */
	error?: { message: string; description?: string | null };
}

/** Posts the rows and waits for the execution to end. */
export async function runRows(api: N8nApi, workflow: WorkflowJson, rows: readonly Row[]): Promise<RowsRun> {
	const before = (await api.executions({ workflowId: workflow.id })).length;
	const answer = await fetch(`${api.url}/webhook/${workflow.id}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ rows }) });
	await answer.text();
	const execution = await waitFor(
		async () => {
			const ended = await api.executions({ workflowId: workflow.id, includeData: true });
			return ended.length > before && ended[0].stoppedAt !== null ? ended[0] : undefined;
		},
		{ what: `an execution of ${workflow.name} to end (the webhook answered ${answer.status})` },
	);
	return read(execution, workflow);
}

function read(execution: Execution, workflow: WorkflowJson): RowsRun {
	const name = workflow.nodes[workflow.nodes.length - 1].name;
	const run = execution.data?.resultData.runData[name]?.at(-1);
	if (!run) throw new Error(`'${name}' did not run: ${JSON.stringify(execution.data?.resultData.error ?? execution.status)}`);
	const items = new Map<number, Record<string, unknown>>();
	for (const output of run.data?.main ?? []) {
		for (const { json, pairedItem } of output ?? []) items.set(rowOf(pairedItem), json);
	}
	const error = execution.data?.resultData.error;
	return { status: execution.status, items, run, ...(error ? { error: { message: error.message, description: typeof error.description === 'string' ? error.description : undefined } } : {}) };
}

function rowOf(pairedItem: unknown): number {
	const first: unknown = Array.isArray(pairedItem) ? pairedItem[0] : pairedItem;
	const item: unknown = first !== null && typeof first === 'object' && 'item' in first ? first.item : first;
	if (typeof item !== 'number') throw new Error(`An item names no row it came from: ${JSON.stringify(pairedItem)}`);
	return item;
}
