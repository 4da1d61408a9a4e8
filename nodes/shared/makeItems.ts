import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Store } from '../../store/store';
import { toNodeError } from './errors';
import { notingWhoIsHeld } from './noteWhoIsHeld';
import { withStore } from './openNodeStore';

/** For operations that make items instead of changing them: they run once, for the first item, and what they find belongs to it. */
export async function makeItems(context: IExecuteFunctions, work: (store: Store) => Promise<object[]>): Promise<INodeExecutionData[][]> {
	return await notingWhoIsHeld(context, async () => await runOnce(context, work));
}

async function runOnce(context: IExecuteFunctions, work: (store: Store) => Promise<object[]>): Promise<INodeExecutionData[][]> {
	try {
		const found = await withStore(context, work);
		return [found.map((json) => ({ json: { ...json } as IDataObject, pairedItem: { item: 0 } }))];
	} catch (error) {
		const failure = toNodeError(context.getNode(), error, 0);
		if (!context.continueOnFail()) throw failure;
		return [[{ json: { error: failure.message }, pairedItem: { item: 0 } }]];
	}
}
