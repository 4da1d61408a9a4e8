import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { WebhookSecrets, WebhookSource } from '../../engine/outcome/signatures/verifier';

/** What a source is called on the node. */
export const SOURCE_NAMES: Readonly<Record<WebhookSource, string>> = {
	calendly: 'Calendly',
	hmac: 'Any Sender (HMAC)',
	hubspot: 'HubSpot',
	meta: 'Meta',
	pipedrive: 'Pipedrive',
	salesforce: 'Salesforce',
	sendgrid: 'SendGrid',
	twilio: 'Twilio',
};

export type WebhookCredential = WebhookSecrets & { metaVerifyToken?: string };

export function readSecrets(data: ICredentialDataDecryptedObject): WebhookCredential {
	const text = (name: keyof WebhookCredential): string | undefined => {
		const value = data[name];
		return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
	};
	return {
		calendlySigningSecret: text('calendlySigningSecret'),
		hmacSecret: text('hmacSecret'),
		hubSpotClientSecret: text('hubSpotClientSecret'),
		metaAppSecret: text('metaAppSecret'),
		metaVerifyToken: text('metaVerifyToken'),
		pipedriveUser: text('pipedriveUser'),
		pipedrivePassword: text('pipedrivePassword'),
		salesforceSecret: text('salesforceSecret'),
		sendGridVerification: text('sendGridVerification'),
		twilioAuthToken: text('twilioAuthToken'),
	};
}
