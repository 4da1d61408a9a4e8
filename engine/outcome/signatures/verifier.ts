import { verifyCalendly } from './calendly';
import { verifyHmac, type HmacConfig } from './hmac';
import { verifyHubSpot } from './hubSpot';
import { verifyMeta } from './meta';
import { verifyPipedrive } from './pipedrive';
import type { Verifier } from './request';
import { verifySalesforce } from './salesforce';
import { verifySendGrid } from './sendGrid';
import { verifyTwilio } from './twilio';

/** Who may report outcomes by a webhook. */
export const WEBHOOK_SOURCES = ['calendly', 'hmac', 'hubspot', 'meta', 'pipedrive', 'salesforce', 'sendgrid', 'twilio'] as const;
export type WebhookSource = (typeof WEBHOOK_SOURCES)[number];

/** What both sides know, as the credential holds it; what a source does not need stays empty. */
export interface WebhookSecrets {
	calendlySigningSecret?: string;
	hmacSecret?: string;
	hubSpotClientSecret?: string;
	metaAppSecret?: string;
	pipedriveUser?: string;
	pipedrivePassword?: string;
	salesforceSecret?: string;
	sendGridVerification?: string;
	twilioAuthToken?: string;
}

export interface VerifierOptions {
	hmac?: Omit<HmacConfig, 'secret' | 'windowMs'>;
	/** Of the shared secret of Salesforce. */
	secretHeader?: string;
	/** Replaces the source's own replay window, in milliseconds. */
	windowMs?: number;
}

/**
 * The check a source's requests have to pass.
 * @throws RangeError naming the secret that is missing or no good
 */
export function verifierFor(source: WebhookSource, secrets: WebhookSecrets, { hmac, secretHeader, windowMs }: VerifierOptions = {}): Verifier {
	switch (source) {
		case 'calendly':
			return verifyCalendly({ signingKey: secrets.calendlySigningSecret, windowMs });
		case 'hmac':
			return verifyHmac({ headerName: 'X-Signature', ...hmac, secret: secrets.hmacSecret, windowMs });
		case 'hubspot':
			return verifyHubSpot({ clientSecret: secrets.hubSpotClientSecret, windowMs });
		case 'meta':
			return verifyMeta({ appSecret: secrets.metaAppSecret });
		case 'pipedrive':
			return verifyPipedrive({ user: secrets.pipedriveUser, password: secrets.pipedrivePassword });
		case 'salesforce':
			return verifySalesforce({ secret: secrets.salesforceSecret, headerName: secretHeader });
		case 'sendgrid':
			return verifySendGrid({ publicKey: secrets.sendGridVerification, windowMs });
		case 'twilio':
			return verifyTwilio({ authToken: secrets.twilioAuthToken });
	}
}
