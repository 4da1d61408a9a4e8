import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { verifyHubSpot } from '../engine/outcome/signatures/hubSpot';
import { verifyMeta } from '../engine/outcome/signatures/meta';
import type { SignedRequest, Verifier } from '../engine/outcome/signatures/request';
import { verifySendGrid } from '../engine/outcome/signatures/sendGrid';
import { verifyTwilio } from '../engine/outcome/signatures/twilio';
import { epochMs } from '../engine/time';
import type { Section } from './table';

/** One request with what is to be decided about it. */
export interface SignatureVector {
	name: string;
	genuine: boolean;
	verifier: Verifier;
	request: SignedRequest;
}

const cases = <S extends z.ZodType>(schema: S) => z.object({ cases: z.array(schema) });
const SendGridSchema = cases(z.object({ name: z.string(), expected: z.boolean(), public_key: z.string(), signature: z.string(), timestamp: z.string(), payload: z.string() }));
const HubSpotSchema = cases(z.object({ version: z.enum(['v1', 'v2', 'v3']), client_secret: z.string(), method: z.string().default('POST'), uri: z.string().default(''), body: z.string(), timestamp: z.string().optional(), signature: z.string() }));
const TwilioSchema = cases(z.object({ name: z.string(), auth_token: z.string(), url: z.string(), params: z.record(z.string(), z.union([z.string(), z.array(z.string())])), signature: z.string(), expected: z.boolean() })).extend({
	body_sha256: z.object({ body: z.string(), bodySHA256: z.string() }),
});
const MetaSchema = cases(z.object({ secret: z.string(), body: z.string(), signature: z.string(), expected: z.boolean() }));

const requestOf = (body: string, headers: SignedRequest['headers'], more: Partial<SignedRequest> = {}): SignedRequest => ({ rawBody: Buffer.from(body, 'utf8'), headers, url: '', method: 'POST', now: epochMs(0), ...more });
/** The moment the request was signed, so that age plays no part. */
const at = (timestamp: string | undefined): ReturnType<typeof epochMs> => {
	const number = Number(timestamp);
	return epochMs(Number.isFinite(number) ? (number < 1e11 ? number * 1000 : number) : 0);
};

/** Every vector of a folder: signatures that providers, their SDKs or other projects published. */
export function signatureVectors(folder: string): SignatureVector[] {
	const read = <S extends z.ZodType>(name: string, schema: S): z.infer<S> => schema.parse(JSON.parse(readFileSync(path.join(folder, name), 'utf8')));
	const sendGrid = read('sendgrid_signature_vectors.json', SendGridSchema).cases.map((one): SignatureVector => ({
		name: `SendGrid: ${one.name}`,
		genuine: one.expected,
		verifier: verifySendGrid({ publicKey: one.public_key }),
		request: requestOf(one.payload, { 'x-twilio-email-event-webhook-signature': one.signature, 'x-twilio-email-event-webhook-timestamp': one.timestamp }, { now: at(one.timestamp) }),
	}));
	const hubSpot = read('hubspot_signature_vectors.json', HubSpotSchema).cases.map((one, place): SignatureVector => ({
		name: `HubSpot: ${one.version} (${place + 1})`,
		genuine: true,
		verifier: verifyHubSpot({ clientSecret: one.client_secret, versions: ['v1', 'v2', 'v3'] }),
		request: requestOf(
			one.body,
			one.version === 'v3' ? { 'x-hubspot-signature-v3': one.signature, 'x-hubspot-request-timestamp': one.timestamp } : { 'x-hubspot-signature': one.signature, 'x-hubspot-signature-version': one.version },
			{ url: one.uri, method: one.method, now: at(one.timestamp) },
		),
	}));
	const twilio = read('twilio_signature_vectors.json', TwilioSchema);
	const form = (params: Readonly<Record<string, string | string[]>>): string => new URLSearchParams(Object.entries(params).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]))).toString();
	const forms = twilio.cases.map((one): SignatureVector => ({
		name: `Twilio: ${one.name}`,
		genuine: one.expected,
		verifier: verifyTwilio({ authToken: one.auth_token }),
		request: requestOf(form(one.params), { 'x-twilio-signature': one.signature }, { url: one.url }),
	}));
	// The hash of a JSON body is all this vector holds: the address around it is signed here.
	const { body, bodySHA256 } = twilio.body_sha256;
	const url = `https://example.com/hook?bodySHA256=${bodySHA256}`;
	const signature = createHmac('sha1', '12345').update(url).digest('base64');
	const hashed = [body, `${body} `].map((text): SignatureVector => ({
		name: `Twilio: bodySHA256 of ${text === body ? 'the body' : 'another body'}`,
		genuine: text === body,
		verifier: verifyTwilio({ authToken: '12345' }),
		request: requestOf(text, { 'x-twilio-signature': signature }, { url }),
	}));
	const meta = read('x_hub_signature_256_vector.json', MetaSchema).cases.map((one, place): SignatureVector => ({
		name: `Meta: X-Hub-Signature-256 (${place + 1})`,
		genuine: one.expected,
		verifier: verifyMeta({ appSecret: one.secret }),
		request: requestOf(one.body, { 'x-hub-signature-256': one.signature }),
	}));
	return [...sendGrid, ...hubSpot, ...forms, ...hashed, ...meta];
}

/** Published signatures, decided at the moment they were made. */
export function webhookSignaturesSection(folder: string): Section {
	const vectors = signatureVectors(path.join(folder, 'webhook_signatures'));
	const providers = [...new Set(vectors.map(({ name }) => name.split(':')[0]))];
	return {
		title: 'Webhook signatures',
		note: 'Vectors of providers, their SDKs and other projects; each verified when it was signed. The two on bodySHA256 are signed here.',
		figures: providers.map((provider) => {
			const own = vectors.filter(({ name }) => name.startsWith(`${provider}:`));
			return { name: `${provider} vectors decided as marked`, hits: own.filter(({ genuine, verifier, request }) => verifier(request).ok === genuine).length, of: own.length, wanted: { atLeast: 1 } };
		}),
	};
}
