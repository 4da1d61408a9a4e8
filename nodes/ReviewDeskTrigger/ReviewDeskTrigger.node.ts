import { NodeConnectionTypes, type IHookFunctions, type INodeType, type INodeTypeDescription, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';
import { deskCredentialMethods, readDeskCredential } from '../shared/deskCredential';
import { storeConfig } from '../shared/openNodeStore';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { reviewDeskProperties } from './description';
import { serveDesk } from './serveDesk';

export class ReviewDeskTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Review Desk Trigger',
		name: 'reviewDeskTrigger',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: "={{ 'Desk in ' + ({ de: 'German', en: 'English' })[$parameter.language] }}",
		description: "Serves the team's pages to look at what was planned, decide and steer, and starts the workflow with each decision",
		eventTriggerDescription: 'Open the webhook URL in a browser and decide something',
		defaults: { name: 'Review Desk Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		outputNames: ['Decided'],
		credentials: [
			{ name: 'leadAutopilotDeskApi', displayName: 'Desk Credential', required: true, testedBy: 'leadAutopilotDeskTest' },
			{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' },
		],
		webhooks: [
			{ name: 'setup', httpMethod: 'GET', responseMode: 'onReceived', path: 'desk' },
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'desk', ndvHideUrl: true },
		],
		properties: reviewDeskProperties,
		usableAsTool: undefined,
	};

	methods = { credentialTest: { ...storeCredentialMethods.credentialTest, ...deskCredentialMethods.credentialTest } };

	/** Nobody has to be told the address; publishing only says at once what would never work. */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				readDeskCredential(await this.getCredentials('leadAutopilotDeskApi'));
				await storeConfig(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await serveDesk(this);
	}
}
