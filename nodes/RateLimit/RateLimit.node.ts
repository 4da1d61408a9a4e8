import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { chosenName } from '../shared/subtitle';
import { rateLimitProperties } from './description';
import { reserve } from './reserve';
import { settleReservations } from './settleReservations';

export class RateLimit implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Rate Limit',
		name: 'rateLimit',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: `={{ ${chosenName(rateLimitProperties, 'operation')} }}`,
		description: 'Lets a message through only within the limits for its contact, channel and sender, and says when it may go otherwise',
		defaults: { name: 'Rate Limit' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Allowed', 'Limited'],
		credentials: [{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' }],
		properties: rateLimitProperties,
		// Not for agents: it counts a message as planned.
		usableAsTool: undefined,
	};

	methods = storeCredentialMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = this.getNodeParameter('operation', 0);
		return operation === 'commit' || operation === 'release' ? await settleReservations(this, operation) : await reserve(this);
	}
}
