import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { modelInput } from '../shared/modelParameters';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { analyseReplies } from './analyseReply';
import { outcomeTrackProperties } from './description';
import { findOutcomes } from './findOutcomes';
import { performanceReport } from './performanceReport';
import { recordEvents } from './recordEvents';
import { recordPayloads } from './recordPayloads';
import { recordSent } from './recordSent';

const OPERATIONS = { analyseReply: analyseReplies, find: findOutcomes, performance: performanceReport, recordEvent: recordEvents, recordPayload: recordPayloads, recordSent };

export class OutcomeTrack implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outcome Track',
		name: 'outcomeTrack',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: "={{ ({ analyseReply: 'Analyse Reply', find: 'Find', performance: 'Performance', recordSent: 'Record Sent', recordEvent: 'Record Event: ' + $parameter.event, recordPayload: 'Record Provider Payload' })[$parameter.operation] }}",
		description: 'Records what became of a message, reads answers, and shows what works',
		defaults: { name: 'Outcome Track' },
		inputs: [NodeConnectionTypes.Main, modelInput],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'leadAutopilotModelApi', displayName: 'Model Credential (Optional)', required: false },
			{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' },
		],
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
