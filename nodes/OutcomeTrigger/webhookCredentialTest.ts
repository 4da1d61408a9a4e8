import type { ICredentialDataDecryptedObject, ICredentialsDecrypted, INodeCredentialTestResult } from 'n8n-workflow';
import { verifierFor, WEBHOOK_SOURCES, type WebhookSource } from '../../engine/outcome/signatures/verifier';
import { readSecrets, SOURCE_NAMES } from './readSecrets';

const FIELDS: Readonly<Record<WebhookSource, readonly string[]>> = {
	calendly: ['calendlySigningSecret'],
	hmac: ['hmacSecret'],
	hubspot: ['hubSpotClientSecret'],
	meta: ['metaAppSecret'],
	pipedrive: ['pipedriveUser', 'pipedrivePassword'],
	salesforce: ['salesforceSecret'],
	sendgrid: ['sendGridVerification'],
	twilio: ['twilioAuthToken'],
};

/** The test button: whether each provider that is filled in could be checked with what is there. Nobody can be asked whether a secret is the right one. */
async function testWebhookSecrets({ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>): Promise<INodeCredentialTestResult> {
	const secrets = readSecrets(data);
	const given = WEBHOOK_SOURCES.filter((source) => FIELDS[source].some((field) => String(data[field] ?? '').trim() !== ''));
	if (given.length === 0) return { status: 'Error', message: 'No provider is filled in' };
	for (const source of given) {
		try {
			verifierFor(source, secrets);
		} catch (error) {
			return { status: 'Error', message: `${SOURCE_NAMES[source]}: ${error instanceof Error ? error.message : String(error)}` };
		}
	}
	return { status: 'OK', message: `Ready to check reports of ${given.map((source) => SOURCE_NAMES[source]).join(', ')}` };
}

/** What a node that declares the webhook credential with `testedBy: 'leadAutopilotWebhookTest'` carries in its `methods`. */
export const webhookCredentialMethods = { credentialTest: { leadAutopilotWebhookTest: testWebhookSecrets } };
