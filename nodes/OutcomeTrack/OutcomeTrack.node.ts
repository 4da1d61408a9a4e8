import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { outcomeTrackProperties } from './description';
import { recordEvents } from './recordEvents';
import { recordPayloads } from './recordPayloads';
import { recordSent } from './recordSent';

const OPERATIONS = { recordEvent: recordEvents, recordPayload: recordPayloads, recordSent };

export class OutcomeTrack implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outcome Track',
		name: 'outcomeTrack',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: "={{ ({ recordSent: 'Record Sent', recordEvent: 'Record Event: ' + $parameter.event, recordPayload: 'Record Provider Payload' })[$parameter.operation] }}",
		description: 'Records what became of a message: sent, delivered, answered, booked, won',
		defaults: { name: 'Outcome Track' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' }],
		properties: outcomeTrackProperties,
		// Not for agents: what it does has side effects a conversation must not cause.
		usableAsTool: undefined,
	};

	methods = storeCredentialMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = this.getNodeParameter('operation', 0) as keyof typeof OPERATIONS;
		return await OPERATIONS[operation](this);
	}
}
