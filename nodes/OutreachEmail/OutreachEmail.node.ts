import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { outreachEmailProperties } from './description';
import { sendMails } from './sendMails';

export class OutreachEmail implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outreach Email',
		name: 'outreachEmail',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: 'Send by SMTP',
		description: 'Sends e-mail over SMTP with one-click unsubscription, threads, postal address and AI disclosure',
		defaults: { name: 'Outreach Email' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			// n8n's own, as its Send Email takes it: nobody has to fill it in twice.
			{ name: 'smtp', required: true },
			{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' },
		],
		properties: outreachEmailProperties,
		// Not for agents: sending is decided by rules, not by a conversation.
		usableAsTool: undefined,
	};

	methods = storeCredentialMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await sendMails(this);
	}
}
