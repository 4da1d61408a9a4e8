import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { retentionDays, retentionSentence } from '../../engine/privacy/retention';
import { makeItems } from '../shared/makeItems';
import { readText } from '../shared/readParameter';

/** Rows a transaction, and transactions of one kind a run: a quarter of an hour later the next run goes on. */
const LIMITS = { batch: 500, batches: 20 };

/** Apply Retention: one item for each kind of data something was deleted of. Runs once, for the first item. */
export async function applyRetention(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const workspace = readText(context, 'workspace', 0, 'Workspace');
		const [settings] = await store.settings.effective([{ workspace }]);
		const days = retentionDays(settings.retentionDays);
		const results = await store.retention.apply(workspace, days, LIMITS);
		return results.filter(({ rows }) => rows > 0).map(({ kind, rows, more }) => ({ retention: { workspace, kind, days: days[kind], rows, more, sentence: retentionSentence(kind, rows, days[kind], more) } }));
	});
}
