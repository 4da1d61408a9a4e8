import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { chosenName } from '../shared/subtitle';
import { abVariantProperties } from './description';
import { manageExperiments } from './manageExperiments';
import { selectVariants } from './selectVariants';

export class AbVariant implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'A/B Variant',
		name: 'abVariant',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: `={{ $parameter.operation === 'select' && $parameter.experiment ? 'Select: ' + $parameter.experiment : ${chosenName(abVariantProperties, 'operation')} }}`,
		description: 'Gives each contact one variant of an experiment, and keeps it',
		defaults: { name: 'A/B Variant' },
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ $parameter.operation === 'select' && $parameter.split ? [...String($parameter.outputIds ?? '').split(',').map((id) => id.trim()).filter((id) => id), 'Other'].map((displayName) => ({ type: 'main', displayName })) : [{ type: 'main' }] }}`,
		credentials: [{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' }],
		properties: abVariantProperties,
		// Not for agents: what it does has side effects a conversation must not cause.
		usableAsTool: undefined,
	};

	methods = storeCredentialMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return this.getNodeParameter('operation', 0) === 'select' ? await selectVariants(this) : await manageExperiments(this);
	}
}
