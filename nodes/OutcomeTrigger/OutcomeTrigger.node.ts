import { NodeConnectionTypes, type IHookFunctions, type INodeType, type INodeTypeDescription, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';
import { storeConfig } from '../shared/openNodeStore';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { answerGet } from './answerGet';
import { tryLater } from './answers';
import { outcomeTriggerProperties } from './description';
import { readSettings, type TriggerSettings } from './readSettings';
import { receiveReports } from './receiveReports';
import { linkToken, serveUnsubscribe } from './serveUnsubscribe';
import { webhookCredentialMethods } from './webhookCredentialTest';

export class OutcomeTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Outcome Trigger',
		name: 'outcomeTrigger',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			"={{ ({ calendly: 'Calendly', hmac: 'Any Sender', hubspot: 'HubSpot', meta: 'Meta', pipedrive: 'Pipedrive', salesforce: 'Salesforce', sendgrid: 'SendGrid', twilio: 'Twilio' })[$parameter.provider] }}",
		description: 'Takes signed reports of what became of messages, puts them on record and starts the workflow',
		eventTriggerDescription: 'Waiting for a signed report',
		defaults: { name: 'Outcome Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'leadAutopilotWebhookApi', displayName: 'Webhook Credential', required: true, testedBy: 'leadAutopilotWebhookTest' },
			{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' },
		],
		webhooks: [
			{ name: 'setup', httpMethod: 'GET', responseMode: 'onReceived', path: 'webhook', ndvHideUrl: true },
			{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' },
		],
		properties: outcomeTriggerProperties,
		usableAsTool: undefined,
	};

	methods = { credentialTest: { ...storeCredentialMethods.credentialTest, ...webhookCredentialMethods.credentialTest } };

	/** The provider is told the address by hand; publishing only says at once what would never work. */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				await readSettings(this);
				await storeConfig(this);
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const token = linkToken(this);
		if (token !== undefined) return await serveUnsubscribe(this, token);
		let settings: TriggerSettings;
		try {
			settings = await readSettings(this);
		} catch (error) {
			this.logger.error('autopilot_webhook_not_set_up', { node: this.getNode().name, reason: error instanceof Error ? error.message : 'unknown' });
			return tryLater(this, 'Reports are not taken at the moment');
		}
		return this.getWebhookName() === 'setup' ? answerGet(this, settings) : await receiveReports(this, settings);
	}
}
