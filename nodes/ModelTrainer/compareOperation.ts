import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { compareCanary, type CanaryComparison } from '../../desk/versions/compareCanary';
import { followComparison, type Steered } from '../../desk/versions/steerCanary';
import { iso } from '../../engine/time';
import type { Store } from '../../store/store';
import { eachItem } from './eachItem';

const BY = 'Model Trainer';
const NOTHING = 'No candidate serves a share of contacts, so there is nothing to compare. Deploy one first.';

function item({ startedAt, nextLookAt, ...comparison }: CanaryComparison, done: Steered | undefined): object {
	// Whoever does not let it act may still choose what it would have retired.
	const offer = done === undefined && comparison.verdict === 'no_difference' ? ` Or promote ${comparison.candidate.version} yourself.` : '';
	const sentence = offer !== '' ? `${comparison.sentence}${offer}` : done?.changed ? `${comparison.sentence} Done.` : done && done.action === 'none' && done.sentence !== comparison.sentence ? `${comparison.sentence} ${done.sentence}` : comparison.sentence;
	return { comparison: { ...comparison, startedAt: iso(startedAt), ...(nextLookAt === undefined ? {} : { nextLookAt: iso(nextLookAt) }), action: done?.changed ? done.action : 'none', sentence } };
}

async function compare(store: Store, workspace: string, act: boolean): Promise<object> {
	const comparison = await compareCanary(store, workspace, { keep: true });
	if (!comparison) return { comparison: { verdict: 'none', action: 'none', sentence: NOTHING } };
	return item(comparison, act ? await followComparison(store, workspace, comparison, BY) : undefined);
}

export async function compareOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await eachItem(context, (index) => context.getNodeParameter('act', index, true) === true, compare);
}
