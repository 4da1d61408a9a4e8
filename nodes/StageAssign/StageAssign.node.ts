import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { executeBatch } from '../shared/batch';
import { withStoreIfReachable } from '../shared/openNodeStore';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { decideStages } from './decideStages';
import { stageAssignProperties } from './description';
import { readStageParameters } from './readStageParameters';

const STAGE_OUTPUTS = ['Assigned', 'Unchanged', 'Needs Review'] as const;
const ASSIGNED = 0;
const UNCHANGED = 1;
const NEEDS_REVIEW = 2;

export class StageAssign implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Stage Assign',
		name: 'stageAssign',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: "={{ $parameter.pipelineSource === 'inline' ? 'Own stages' : 'Saved pipeline' }}",
		description: 'Places a contact in the right pipeline stage, and defends good stages against bad readings',
		defaults: { name: 'Stage Assign' },
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ $parameter.split === false ? [{ type: 'main' }] : ${JSON.stringify(STAGE_OUTPUTS)}.map((displayName) => ({ type: 'main', displayName })) }}`,
		credentials: [{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' }],
		properties: stageAssignProperties,
		// Not for agents: what it does has side effects a conversation must not cause.
		usableAsTool: undefined,
	};

	methods = storeCredentialMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const splits = this.getNodeParameter('split', 0, true) !== false;
		return await executeBatch(this, {
			outputs: splits ? STAGE_OUTPUTS.length : 1,
			failedOutput: splits ? NEEDS_REVIEW : 0,
			read: (index, item) => readStageParameters(this, index, item),
			decide: async (items) =>
				await withStoreIfReachable(this, async (store, reason) => {
					if (!store) {
						const message = `Decided without the store (${reason}): the contact's present stage was taken from the item and nothing was saved.`;
						this.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
					}
					return await decideStages(store, items);
				}),
			write: (stage) => ({ output: !splits ? 0 : stage.needsReview ? NEEDS_REVIEW : stage.changed ? ASSIGNED : UNCHANGED, json: { stage } }),
		});
	}
}
