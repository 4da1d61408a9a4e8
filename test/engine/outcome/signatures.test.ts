import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import path from 'node:path';
import fc from 'fast-check';
import type { SignedRequest, Verifier } from '../../../engine/outcome/signatures/request';
import { verifierFor, WEBHOOK_SOURCES, type VerifierOptions, type WebhookSecrets, type WebhookSource } from '../../../engine/outcome/signatures/verifier';
import { verifyHubSpot } from '../../../engine/outcome/signatures/hubSpot';
import { epochMs, later, MINUTE } from '../../../engine/time';
import { signatureVectors } from '../../../eval/webhookSignatures';

const NOW = epochMs('2026-05-20T10:00:00Z');
const SECONDS = String(NOW / 1000);
const URL = 'https://n8n.example.com/webhook/abc/webhook?client=a%20b';
const BODY = '[{"event":"delivered","text":"Grüße 👋","n":1.0}]';
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const SECRETS: Required<WebhookSecrets> = {
	calendlySigningSecret: 'calendly-key',
	hmacSecret: 'hmac-secret',
	hubSpotClientSecret: 'hub-secret',
	metaAppSecret: 'app-secret',
	pipedriveUser: 'pipe',
	pipedrivePassword: 'drive:with:colons',
	salesforceSecret: 'sales-secret',
	sendGridVerification: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
	twilioAuthToken: 'twilio-token',
};
const OPTIONS: VerifierOptions = { hmac: { headerName: 'X-Sig', timestampHeader: 'X-Time', prefix: 'v0=' } };

const hmac = (algorithm: string, key: string, text: string, encoding: 'hex' | 'base64'): string => createHmac(algorithm, key).update(text).digest(encoding);
/** What each provider would send, from its documentation and not from the verifiers. */
const SIGNED: Readonly<Record<WebhookSource, (body: string) => Record<string, string>>> = {
	calendly: (body) => ({ 'calendly-webhook-signature': `t=${SECONDS},v1=${hmac('sha256', 'calendly-key', `${SECONDS}.${body}`, 'hex')}` }),
	hmac: (body) => ({ 'x-sig': `v0=${hmac('sha256', 'hmac-secret', `${SECONDS}.${body}`, 'hex')}`, 'x-time': SECONDS }),
	hubspot: (body) => ({ 'x-hubspot-signature-v3': hmac('sha256', 'hub-secret', `POST${URL}${body}${NOW}`, 'base64'), 'x-hubspot-request-timestamp': `${NOW}` }),
	meta: (body) => ({ 'x-hub-signature-256': `sha256=${hmac('sha256', 'app-secret', body, 'hex')}` }),
	pipedrive: () => ({ authorization: `Basic ${Buffer.from('pipe:drive:with:colons').toString('base64')}` }),
	salesforce: () => ({ 'x-webhook-secret': 'sales-secret' }),
	sendgrid: (body) => ({ 'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(SECONDS + body), privateKey).toString('base64'), 'x-twilio-email-event-webhook-timestamp': SECONDS }),
	twilio: (body) => ({ 'x-twilio-signature': hmac('sha1', 'twilio-token', `${URL}&bodySHA256=${createHash('sha256').update(body).digest('hex')}`, 'base64') }),
};
/** Those that sign the body; the others send a secret. */
const SIGNING = WEBHOOK_SOURCES.filter((source) => source !== 'pipedrive' && source !== 'salesforce');
const TIMED = SIGNING.filter((source) => source !== 'meta' && source !== 'twilio');
const verifier = (source: WebhookSource): Verifier => verifierFor(source, SECRETS, OPTIONS);

function genuine(source: WebhookSource, body = BODY): SignedRequest {
	const url = source === 'twilio' ? `${URL}&bodySHA256=${createHash('sha256').update(body).digest('hex')}` : URL;
	return { rawBody: Buffer.from(body), headers: SIGNED[source](body), url, method: 'POST', now: NOW };
}

it('decides every published vector as marked', () => {
	const vectors = signatureVectors(path.join(__dirname, '../../data/webhook_signatures'));
	expect(vectors.filter(({ verifier: verify, request, genuine: wanted }) => verify(request).ok !== wanted).map(({ name }) => name)).toEqual([]);
	expect(vectors.length).toBeGreaterThanOrEqual(24);
	expect(vectors.some(({ genuine: wanted }) => wanted) && vectors.some(({ genuine: wanted }) => !wanted)).toBe(true);
});

describe.each(WEBHOOK_SOURCES)('%s', (source) => {
	const verify = verifier(source);
	const refusedAs401 = { ok: false, status: 401, why: expect.stringMatching(/^\p{Lu}/u) };

	it('lets a genuine request through', () => {
		expect(verify(genuine(source))).toEqual({ ok: true });
	});

	it('refuses a request without a signature, or with each header twice, empty, cut or of another case', () => {
		const { headers } = genuine(source);
		for (const name of Object.keys(headers)) {
			const value = String(headers[name]);
			const lower = value.toLowerCase();
			const altered = [undefined, '', [value, value], `${value}, ${value}`, value.slice(0, -2), value.slice(2), ...(lower === value ? [] : [lower]), `${value}x`, '\0'];
			for (const other of altered) expect({ name, other, verdict: verify({ ...genuine(source), headers: { ...headers, [name]: other } }) }).toEqual({ name, other, verdict: refusedAs401 });
		}
		expect(verify({ ...genuine(source), headers: {} })).toEqual(refusedAs401);
	});

	it('never says in its refusal what would have been right', () => {
		const verdict = verify({ ...genuine(source), headers: Object.fromEntries(Object.keys(genuine(source).headers).map((name) => [name, 'x'])) });
		const text = JSON.stringify(verdict);
		for (const secret of [...Object.values(SECRETS), ...Object.values(genuine(source).headers).map(String)]) expect(text).not.toContain(secret);
	});

	it('refuses to work with an empty secret', () => {
		expect(() => verifierFor(source, {}, OPTIONS)).toThrow(/is empty/);
		expect(() => verifierFor(source, Object.fromEntries(Object.keys(SECRETS).map((name) => [name, '  '])), OPTIONS)).toThrow(/is empty/);
	});

	it('never throws, whatever comes', () => {
		const headers = fc.constantFrom(...Object.keys(genuine(source).headers));
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 50 }), fc.dictionary(headers, fc.oneof(fc.string(), fc.array(fc.string()), fc.constant(undefined))), fc.oneof(fc.webUrl(), fc.string()), (bytes, some, url) => {
				expect(verify({ rawBody: Buffer.from(bytes), headers: some, url, method: 'POST', now: NOW }).ok).toBe(false);
			}),
		);
	});
});

describe.each(SIGNING)('the body that %s signed', (source) => {
	const verify = verifier(source);

	it('is refused when any bit of it is another', () => {
		const bytes = genuine(source).rawBody;
		for (let at = 0; at < bytes.length * 8; at += 3) {
			const changed = Buffer.from(bytes);
			changed[at >> 3] ^= 1 << (at & 7);
			expect({ at, ok: verify({ ...genuine(source), rawBody: changed }).ok }).toEqual({ at, ok: false });
		}
	});

	it('is refused when it is cut, longer, empty, or written anew with the same meaning', () => {
		const others = [BODY.slice(0, -1), `${BODY} `, `\uFEFF${BODY}`, '', JSON.stringify(JSON.parse(BODY)), BODY.replace('ü', '\\u00fc'), BODY.normalize('NFD')];
		for (const other of others) expect({ other, ok: verify({ ...genuine(source), rawBody: Buffer.from(other) }).ok }).toEqual({ other, ok: false });
		expect(verify({ ...genuine(source), rawBody: Buffer.from(BODY, 'latin1') }).ok).toBe(false);
		expect(verify({ ...genuine(source), rawBody: Buffer.from(BODY, 'utf16le') }).ok).toBe(false);
	});
});

describe.each(TIMED)('the time that %s signed', (source) => {
	const minutes = source === 'calendly' ? 3 : 5;

	it(`may be ${minutes} minutes off, and no more`, () => {
		for (const [offset, ok] of [[minutes * MINUTE, true], [minutes * MINUTE + 1, false], [-minutes * MINUTE, true], [-minutes * MINUTE - 1, false]] as const) {
			expect({ offset, ok: verifier(source)({ ...genuine(source), now: later(NOW, offset) }).ok }).toEqual({ offset, ok });
		}
		expect(verifier(source)({ ...genuine(source), now: later(NOW, 60 * MINUTE) })).toMatchObject({ why: 'It was signed too long ago' });
	});

	it('may be given more', () => {
		expect(verifierFor(source, SECRETS, { ...OPTIONS, windowMs: 24 * 60 * MINUTE })({ ...genuine(source), now: later(NOW, 23 * 60 * MINUTE) }).ok).toBe(true);
	});

	it('cannot be replaced by a fresh one', () => {
		const request = genuine(source);
		const moved = { ...request, now: later(NOW, 60 * MINUTE) };
		const fresh = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value).replace(SECONDS, String(moved.now / 1000)).replace(String(NOW), String(moved.now))]));
		expect(verifier(source)({ ...moved, headers: fresh })).toMatchObject({ ok: false, why: 'The signature does not fit' });
	});
});

describe('HubSpot', () => {
	it('takes the older signatures only when told to: they sign no time', () => {
		const secret = 'hub-secret';
		const request = (version: string, text: string): SignedRequest => ({ ...genuine('hubspot'), headers: { 'x-hubspot-signature': createHash('sha256').update(text).digest('hex'), 'x-hubspot-signature-version': version } });
		for (const [version, text] of [['v1', secret + BODY], ['v2', `${secret}POST${URL}${BODY}`]] as const) {
			expect(verifyHubSpot({ clientSecret: secret })(request(version, text)).ok).toBe(false);
			expect(verifyHubSpot({ clientSecret: secret, versions: [version] })(request(version, text)).ok).toBe(true);
		}
	});

	it('signs the address with some escapes written out', () => {
		const called = 'https://n8n.example.com/webhook/a%3Ab%2fc?x=%40%20%C3%BC';
		const signed = 'https://n8n.example.com/webhook/a:b/c?x=@%20%C3%BC';
		const headers = { ...genuine('hubspot').headers, 'x-hubspot-signature-v3': hmac('sha256', 'hub-secret', `POST${signed}${BODY}${NOW}`, 'base64') };
		expect(verifier('hubspot')({ ...genuine('hubspot'), url: called, headers }).ok).toBe(true);
	});

	it('covers method and address', () => {
		expect(verifier('hubspot')({ ...genuine('hubspot'), method: 'PUT' }).ok).toBe(false);
		expect(verifier('hubspot')({ ...genuine('hubspot'), url: URL.replace('abc', 'abd') }).ok).toBe(false);
	});
});

describe('Twilio', () => {
	const form = 'MessageSid=SM1&MessageStatus=delivered&Body=a%2Bb+c+%C3%BC';
	// Names in the order of their letters, values as they read: a plus is a blank, an escape a letter.
	const fields = 'Bodya+b c üMessageSidSM1MessageStatusdelivered';
	const request = (signedUrl: string, url: string): SignedRequest => ({ rawBody: Buffer.from(form), headers: { 'x-twilio-signature': hmac('sha1', 'twilio-token', signedUrl + fields, 'base64') }, url, method: 'POST', now: NOW });

	it('signs form fields by name', () => {
		expect(verifier('twilio')(request(URL, URL)).ok).toBe(true);
		expect(verifier('twilio')({ ...request(URL, URL), rawBody: Buffer.from(`${form}&Extra=1`) }).ok).toBe(false);
	});

	it('may name the port or leave it out, and nothing else about the address may differ', () => {
		const named = URL.replace('example.com', 'example.com:443');
		expect(verifier('twilio')(request(named, URL)).ok).toBe(true);
		expect(verifier('twilio')(request(URL, named)).ok).toBe(true);
		for (const other of [URL.replace('https', 'http'), URL.replace('n8n.', 'm8n.'), `${URL}&x=1`, '', 'nonsense']) expect(verifier('twilio')(request(URL, other)).ok).toBe(false);
	});
});

it.each([['secp256k1'], ['secp384r1']])('takes no SendGrid key on the curve %s', (namedCurve) => {
	const other = generateKeyPairSync('ec', { namedCurve }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
	expect(() => verifierFor('sendgrid', { sendGridVerification: other })).toThrow(/no P-256 public key/);
});

it('takes SendGrid’s key with its PEM lines too', () => {
	const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
	expect(verifierFor('sendgrid', { sendGridVerification: pem })(genuine('sendgrid')).ok).toBe(true);
	expect(() => verifierFor('sendgrid', { sendGridVerification: 'SG.not-a-key' })).toThrow(/no P-256 public key/);
});

it.each([['pipedrive', 'authorization', `Basic ${Buffer.from('pipe:wrong').toString('base64')}`], ['pipedrive', 'authorization', 'Bearer pipe:drive:with:colons'], ['salesforce', 'x-webhook-secret', 'sales-secreT']] as const)('refuses a wrong secret of %s', (source, name, value) => {
	expect(verifier(source)({ ...genuine(source), headers: { [name]: value } })).toMatchObject({ ok: false, status: 401 });
});
