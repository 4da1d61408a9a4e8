import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { ownEntry } from '../../engine/ownEntry';
import { outputsOf } from '../shared/outputs';
import { ItemInputError, toNodeError } from '../shared/errors';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { chosenName } from '../shared/subtitle';
import { modelTrainerProperties, OPERATION_GROUPS } from './description';
import { TRAINING_OPERATIONS } from './trainingJobGroup';

export class ModelTrainer implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Model Trainer',
		name: 'modelTrainer',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: `={{ ${chosenName(modelTrainerProperties, 'operation')} }}`,
		description: 'Makes what was sent and what came of it into training sets, with known names and addresses replaced, and says when there is enough',
		defaults: { name: 'Model Trainer' },
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsOf(Object.assign({}, ...OPERATION_GROUPS.map(({ outputs }) => outputs ?? {})), '$parameter.operation'),
		credentials: [
			{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' },
			{ name: 'leadAutopilotModelApi', displayName: 'Model Credential', required: false, displayOptions: { show: { operation: TRAINING_OPERATIONS } } },
		],
		properties: modelTrainerProperties,
		// Not for agents: what it does has side effects a conversation must not cause.
		usableAsTool: undefined,
	};

	methods = storeCredentialMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = String(this.getNodeParameter('operation', 0));
		const run = OPERATION_GROUPS.map((group) => ownEntry(group.run, operation)).find((found) => found !== undefined);
		if (!run) throw toNodeError(this.getNode(), new ItemInputError(`The operation '${operation.slice(0, 40)}' is not known`, "Open the node and choose one under 'Operation'."), 0);
		return await run(this);
	}
}
