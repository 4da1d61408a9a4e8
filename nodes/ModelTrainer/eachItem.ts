import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Store } from '../../store/store';
import { executeBatch, settled, type Settled } from '../shared/batch';
import { withStore } from '../shared/openNodeStore';
import { readText } from '../shared/readParameter';

/**
 * Runs an operation for each item, one after the other: steering versions is one act a workspace, a handful of items at
 * most, and the order counts. What it returns is added to the item.
 */
export async function eachItem<P>(context: IExecuteFunctions, read: (index: number) => P, run: (store: Store, workspace: string, params: P) => Promise<object>): Promise<INodeExecutionData[][]> {
	return await executeBatch<{ workspace: string; params: P }, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({ workspace: readText(context, 'workspace', index, 'Workspace'), params: read(index) }),
		decide: async (items) =>
			await withStore(context, async (store) => {
				const results: Settled<object>[] = [];
				for (const { params } of items) {
					try {
						results.push(settled.ok(await run(store, params.workspace, params.params)));
					} catch (error) {
						results.push(settled.failed(error));
					}
				}
				return results;
			}),
		write: (json) => ({ output: 0, json }),
	});
}
