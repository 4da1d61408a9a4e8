import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { outputsOf } from '../shared/outputs';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { chosenName } from '../shared/subtitle';
import { claimDue, listJobs, tidyUp } from './collectJobs';
import { beginSend, cancelJobs, settleWithoutReply } from './jobOperations';
import { outboxProperties } from './description';
import { planJobs } from './planJobs';
import { settleSends } from './settleSends';

const NAMED_OUTPUTS: Readonly<Record<string, readonly string[]>> = {
	schedule: ['Scheduled', 'In Review', 'Blocked'],
	beginSend: ['Send', 'Do Not Send'],
};

const OPERATIONS: Readonly<Record<string, (context: IExecuteFunctions) => Promise<INodeExecutionData[][]>>> = {
	schedule: async (context) => await planJobs(context, false),
	sendToReview: async (context) => await planJobs(context, true),
	noReply: settleWithoutReply,
	claimDue,
	beginSend,
	markSent: async (context) => await settleSends(context, 'markSent'),
	markFailed: async (context) => await settleSends(context, 'markFailed'),
	cancel: cancelJobs,
	list: listJobs,
	tidyUp,
};

export class Outbox implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outbox',
		name: 'outbox',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: `={{ ${chosenName(outboxProperties, 'operation')} }}`,
		description: 'Plans messages, hands due ones out for sending once, and keeps what became of them',
		defaults: { name: 'Outbox' },
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsOf(NAMED_OUTPUTS, '$parameter.operation'),
		credentials: [{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' }],
		properties: outboxProperties,
		// Not for agents: sending is decided by rules, not by a conversation.
		usableAsTool: undefined,
	};

	methods = storeCredentialMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await OPERATIONS[String(this.getNodeParameter('operation', 0))](this);
	}
}
