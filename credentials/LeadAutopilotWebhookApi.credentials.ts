import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** What proves that a report of an outcome comes from the provider it names. Only the fields of the providers in use need a value. */
export class LeadAutopilotWebhookApi implements ICredentialType {
	name = 'leadAutopilotWebhookApi';

	displayName = 'Lead Autopilot Webhook API';

	icon: Icon = { light: 'file:leadAutopilotWebhookApi.svg', dark: 'file:leadAutopilotWebhookApi.dark.svg' };

	documentationUrl = 'https://github.com/lead-autopilot/n8n-nodes-lead-autopilot#outcomes-from-other-tools';

	properties: INodeProperties[] = [
		{
			displayName: 'Fill in the providers you use; leave the others empty. A provider without its secret is refused, never let through.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{ displayName: 'Calendly Signing Key', name: 'calendlySigningSecret', type: 'string', typeOptions: { password: true }, default: '', description: 'The signing_key the webhook subscription was made with' },
		{ displayName: 'HMAC Secret', name: 'hmacSecret', type: 'string', typeOptions: { password: true }, default: '', description: 'For any other sender that signs its body: the secret both sides know' },
		{ displayName: 'HubSpot Client Secret', name: 'hubSpotClientSecret', type: 'string', typeOptions: { password: true }, default: '', description: 'Client secret of the HubSpot app that has the webhook subscriptions' },
		{ displayName: 'Meta App Secret', name: 'metaAppSecret', type: 'string', typeOptions: { password: true }, default: '', description: 'App secret of the Meta app, under App Settings → Basic' },
		{ displayName: 'Meta Verify Token', name: 'metaVerifyToken', type: 'string', typeOptions: { password: true }, default: '', description: 'Any word of your own; the same one is entered at Meta next to the callback URL' },
		{ displayName: 'Pipedrive User', name: 'pipedriveUser', type: 'string', default: '', description: 'HTTP auth user of the Pipedrive webhook' },
		{ displayName: 'Pipedrive Password', name: 'pipedrivePassword', type: 'string', typeOptions: { password: true }, default: '', description: 'HTTP auth password of the Pipedrive webhook' },
		{ displayName: 'Salesforce Secret', name: 'salesforceSecret', type: 'string', typeOptions: { password: true }, default: '', description: "A long random text of your own, which the Flow's or Apex callout sends as a header" },
		{ displayName: 'SendGrid Verification Key', name: 'sendGridVerification', type: 'string', default: '', description: 'The public key SendGrid shows once Signed Event Webhook is switched on' },
		{ displayName: 'Twilio Auth Token', name: 'twilioAuthToken', type: 'string', typeOptions: { password: true }, default: '', description: 'Auth token of the Twilio account that sends the messages' },
	];
}
