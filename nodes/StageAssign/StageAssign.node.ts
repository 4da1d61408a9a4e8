import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { executeBatch } from '../shared/batch';
import { withStoreIfReachable } from '../shared/openNodeStore';
import { decideStages } from './decideStages';
import { stageAssignDescription } from './description';
import { readStageParameters } from './readStageParameters';

const ASSIGNED = 0;
const UNCHANGED = 1;
const NEEDS_REVIEW = 2;

export class StageAssign implements INodeType {
	description = stageAssignDescription;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeBatch(this, {
			outputs: 3,
			failedOutput: NEEDS_REVIEW,
			read: (index, item) => readStageParameters(this, index, item),
			decide: async (items) =>
				await withStoreIfReachable(this, async (store, reason) => {
					if (!store) {
						const message = `Decided without the store (${reason}): the contact's present stage was taken from the item and nothing was saved.`;
						this.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
					}
					return await decideStages(store, items);
				}),
			write: (stage) => ({ output: stage.needsReview ? NEEDS_REVIEW : stage.changed ? ASSIGNED : UNCHANGED, json: { stage } }),
		});
	}
}
