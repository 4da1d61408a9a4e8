import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { iso } from '../../engine/time';
import type { Store, TrainingExportRecord } from '../../store/store';
import { eachItem } from './eachItem';

/** The newest exports an item names. */
const LISTED = 200;

function exportItem({ id, version, state, createdAt, finishedAt, contacts, erased, erasedAt, storage, sentence }: TrainingExportRecord): object {
	return {
		id, state, contacts, erased, sentence, createdAt: iso(createdAt),
		...(version === undefined ? {} : { version }),
		...(finishedAt === undefined ? {} : { finishedAt: iso(finishedAt) }),
		...(erasedAt === undefined ? {} : { erasedAt: iso(erasedAt) }),
		// Where n8n keeps the files, which names the execution that wrote them.
		...(storage === undefined ? {} : { storage }),
	};
}

async function list(store: Store, workspace: string): Promise<object> {
	const records = await store.training.exports(workspace, { limit: LISTED });
	const stale = records.filter(({ erased }) => erased > 0).length;
	return { trainingExports: { exports: records.map(exportItem), sentence: `${records.length} ${records.length === 1 ? 'export is' : 'exports are'} on record; the files of ${stale} hold people who were erased since and have to be deleted.` } };
}

/** List Exports: which files were written, when, and whether people in them were erased since. */
export async function listExports(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await eachItem(context, () => undefined, list);
}
