import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { checkReadiness as judge } from '../../engine/training/readiness';
import { iso } from '../../engine/time';
import { ItemInputError } from '../shared/errors';
import { makeItems } from '../shared/makeItems';
import { readNumber, readText } from '../shared/readParameter';
import { readWindow } from './readWindow';

/** Check Readiness: whether there is enough to train, and what is missing in words. */
export async function checkReadiness(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const workspace = readText(context, 'workspace', 0, 'Workspace');
		const least = readNumber(context, 'minimumExamples', 0, 'Minimum Examples');
		if (!Number.isInteger(least) || least < 1) throw new ItemInputError(`'Minimum Examples' must be a whole number of 1 or more, but is ${least}`);
		const window = await readWindow(context, store);
		const counts = await store.training.counts(workspace, window);
		return [{ readiness: { workspace, since: iso(window.since), until: iso(window.until), ...judge(counts, { least }) } }];
	});
}
