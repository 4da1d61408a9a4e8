import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { INodeParameters } from 'n8n-workflow';
import { DraftSchema } from '../../engine/draft/draft';
import { OutcomeSchema } from '../../engine/outcome/outcome';
import { OutcomeTrigger } from '../../nodes/OutcomeTrigger/OutcomeTrigger.node';
import { openStore } from '../../store/openStore';
import { useEmbeddedStore } from './embeddedStore';
import { listen, type Listening } from './runWebhook';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const SECRETS = {
	calendlySigningSecret: 'calendly-key',
	hmacSecret: 'hmac-secret',
	hubSpotClientSecret: 'hub-secret',
	metaAppSecret: 'app-secret',
	metaVerifyToken: 'our word',
	pipedriveUser: 'pipe',
	pipedrivePassword: 'drive',
	salesforceSecret: 'sales-secret',
	sendGridVerification: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
	twilioAuthToken: 'twilio-token',
};
const seconds = (): string => String(Math.floor(Date.now() / 1000));
const JSON_TYPE = { 'content-type': 'application/json' };

function sendGridHeaders(body: string | Buffer, timestamp = seconds()): Record<string, string> {
	const signature = sign('sha256', Buffer.concat([Buffer.from(timestamp), Buffer.from(body)]), privateKey).toString('base64');
	return { ...JSON_TYPE, 'X-Twilio-Email-Event-Webhook-Signature': signature, 'X-Twilio-Email-Event-Webhook-Timestamp': timestamp };
}
const hmacHex = (key: string, text: string | Buffer): string => createHmac('sha256', key).update(text).digest('hex');

describe('Outcome Trigger', () => {
	const { store, breakStore } = useEmbeddedStore();
	let listening: Listening | undefined;
	afterEach(async () => {
		await listening?.close();
		listening = undefined;
	});

	async function start(provider: string, parameters: INodeParameters = {}, secrets: object = SECRETS): Promise<Listening> {
		listening = await listen(new OutcomeTrigger(), { parameters: { provider, ...parameters }, credentials: { leadAutopilotWebhookApi: { ...secrets } } });
		// The store is the embedded one: its credential is not chosen.
		return listening;
	}
	const post = async (body: string | Buffer, headers: Record<string, string>, query = ''): Promise<{ status: number; json: unknown; retryAfter: string | null }> => {
		const response = await fetch(`${listening?.url}${query}`, { method: 'POST', headers, body });
		return { status: response.status, json: await response.json(), retryAfter: response.headers.get('retry-after') };
	};
	async function sent(id: string, options: { to?: string; channel?: 'email' | 'sms' | 'whatsapp'; providerId?: string; contactId?: string; workspace?: string } = {}): Promise<void> {
		const { to = `${id}@mail.example`, channel = 'email', providerId, contactId = `c-${id}`, workspace = 'default' } = options;
		const draft = DraftSchema.parse({ id, text: 'Hello', language: 'en', usedFallback: false, framework: 'AIDA', decision: { autoSend: true, threshold: 0.85, source: 'fixed', audited: false }, sentence: 'x' });
		await store().outbound.markSent([{ workspace, id, providerId, draft: { workspace, id, contactId, channel, to, inboundIds: [], purpose: 'outreach', draft } }]);
	}
	const recorded = async (workspace = 'default') => (await store().outcomes.list(workspace, { limit: 20_000 })).filter(({ event }) => event !== 'sent');
	const sendGrid = (id: string, more: object = {}): object => ({ email: `${id}@mail.example`, event: 'delivered', sg_event_id: `ev-${id}`, sg_message_id: `${id}.filter1`, timestamp: Math.floor(Date.now() / 1000), draft_id: id, ...more });

	it('puts SendGrid’s signed events on record and starts the workflow with them', async () => {
		await sent('d1');
		await start('sendgrid');
		const body = JSON.stringify([sendGrid('d1'), sendGrid('d1', { event: 'click', sg_event_id: 'ev-click', timestamp: Math.floor(Date.now() / 1000) + 60 })]);
		expect(await post(body, sendGridHeaders(body))).toMatchObject({ status: 200, json: { recorded: 2, repeated: 0 } });
		expect((await recorded()).map(({ event, outboundId, attributed }) => [event, outboundId, attributed]).sort()).toEqual([['clicked', 'd1', 'id'], ['delivered', 'd1', 'id']]);
		const [items] = listening?.executions ?? [];
		expect(items.map(({ outcome }) => OutcomeSchema.parse(outcome))).toMatchObject([{ event: 'delivered', outboundId: 'd1', attributed: 'id', recorded: true, attribution: { framework: 'AIDA' } }, { event: 'clicked' }]);
	});

	it('serves the link of a mail: a look changes nothing, the button or a mail service acts at once, a forged link never', async () => {
		await sent('d1');
		await start('sendgrid', {}, {});
		const [token] = await store().unsubscribes.tokens([{ workspace: 'default', outboundId: 'd1', channel: 'email', address: 'd1@mail.example' }]);
		const suppressed = async () => (await store().suppressions.check('default', [{ channel: 'email', address: 'd1@mail.example' }]))[0];
		const link = `${listening?.url}?t=${encodeURIComponent(token)}`;

		const look = await fetch(link, { headers: { 'accept-language': 'de' } });
		expect([look.status, look.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html/)]);
		expect(await look.text()).toMatch(/<form[^>]*method="post"/i);
		expect(await suppressed()).toBeUndefined();

		const oneClick = async (address: string) => await fetch(address, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' });
		const forged = await oneClick(`${link.slice(0, -4)}AAAA`);
		expect(forged.status).toBeGreaterThanOrEqual(400);
		expect(await suppressed()).toBeUndefined();

		expect([(await oneClick(link)).status, (await oneClick(link)).status]).toEqual([200, 200]);
		expect(await suppressed()).toBeDefined();
		expect(listening?.executions).toHaveLength(1);
		expect(listening?.executions[0][0].unsubscribed).toMatchObject({ sentence: expect.stringContaining('Unsubscribed by the link') });
	});

	it('answers a replay inside the window and does nothing a second time', async () => {
		await start('sendgrid');
		const body = JSON.stringify([sendGrid('d1')]);
		const headers = sendGridHeaders(body);
		await post(body, headers);
		expect(await post(body, headers)).toMatchObject({ status: 200, json: { recorded: 0, repeated: 1 } });
		expect(listening?.executions).toHaveLength(1);
		expect(await recorded()).toHaveLength(1);
	});

	it('refuses what is forged, replayed late, cut, re-encoded or too large, each with its status, and does no work', async () => {
		await start('sendgrid', { options: { limitMb: 0.01 } });
		const body = JSON.stringify([sendGrid('d1', { note: 'Grüße' })]);
		const good = sendGridHeaders(body);
		const garbage = Buffer.from([0xff, 0xfe, 0x5b]);
		const huge = JSON.stringify([sendGrid('d1', { note: 'x'.repeat(11_000) })]);
		const old = String(Number(seconds()) - 3600);
		const tries: [string, string | Buffer, Record<string, string>, number][] = [
			['unsigned', body, JSON_TYPE, 401],
			['forged', body.replace('delivered', 'click'), good, 401],
			['signed for another time', body, { ...good, 'X-Twilio-Email-Event-Webhook-Timestamp': String(Number(seconds()) + 1) }, 401],
			['replayed an hour later', body, sendGridHeaders(body, old), 401],
			['cut', body.slice(0, -1), good, 401],
			['written anew', JSON.stringify(JSON.parse(body), null, 1), good, 401],
			['in Latin-1', Buffer.from(body, 'latin1'), good, 401],
			['empty', '', good, 401],
			['too large', huge, sendGridHeaders(huge), 413],
			['signed, yet cut', body.slice(0, -1), sendGridHeaders(body.slice(0, -1)), 400],
			['signed, yet no text', garbage, sendGridHeaders(garbage), 400],
			['signed, yet no object', '"event"', sendGridHeaders('"event"'), 400],
			['in parts', body, { ...good, 'content-type': 'multipart/form-data; boundary=x' }, 400],
		];
		for (const [name, bytes, headers, status] of tries) expect({ name, status: (await post(bytes, headers)).status }).toEqual({ name, status });
		expect([await recorded(), listening?.executions]).toEqual([[], []]);
		expect(listening?.logged.map(({ event }) => event)).toEqual(tries.map(() => 'autopilot_webhook_refused'));
		expect(JSON.stringify(listening?.logged)).not.toContain('mail.example');
	});

	it('reads a body of a type n8n leaves alone', async () => {
		await start('sendgrid');
		const body = JSON.stringify([sendGrid('d1')]);
		expect(await post(body, { ...sendGridHeaders(body), 'content-type': 'application/octet-stream' })).toMatchObject({ status: 200, json: { recorded: 1 } });
	});

	it('takes 10,000 events at once', async () => {
		await sent('d1');
		await start('sendgrid');
		const body = JSON.stringify(Array.from({ length: 10_000 }, (_, at) => sendGrid('d1', { sg_event_id: `ev-${at}`, event: at % 2 === 0 ? 'open' : 'click' })));
		expect(await post(body, sendGridHeaders(body))).toMatchObject({ status: 200, json: { recorded: 10_000, repeated: 0 } });
		expect(await recorded()).toHaveLength(10_000);
		expect(listening?.executions[0]).toHaveLength(10_000);
		expect(await post(body, sendGridHeaders(body))).toMatchObject({ json: { recorded: 0, repeated: 10_000 } });
	}, 60_000);

	it('has committed when it answers: another process sees it at that moment', async () => {
		await start('sendgrid');
		const body = JSON.stringify([sendGrid('d1')]);
		const seen = await new Promise<number>((resolve, reject) => {
			const headers = { ...sendGridHeaders(body), 'content-length': Buffer.byteLength(body) };
			const call = httpRequest(listening?.url ?? '', { method: 'POST', headers }, () => {
				// The first byte of the answer: nothing that comes after it may be needed.
				void (async () => {
					const other = await openStore({ kind: 'sqlite', file: `${process.env.N8N_USER_FOLDER}/.n8n/lead-autopilot.sqlite` });
					resolve((await other.outcomes.list('default', { limit: 5 })).length);
					await other.close();
				})().catch(reject);
			});
			call.on('error', reject).end(body);
		});
		expect(seen).toBe(1);
	});

	it('asks for another try while the store is away, and has lost nothing then', async () => {
		await start('sendgrid');
		const body = JSON.stringify([sendGrid('d1')]);
		const folder = process.env.N8N_USER_FOLDER;
		breakStore();
		expect(await post(body, sendGridHeaders(body))).toMatchObject({ status: 503, retryAfter: '60' });
		expect(listening?.executions).toEqual([]);
		process.env.N8N_USER_FOLDER = folder;
		expect(await post(body, sendGridHeaders(body))).toMatchObject({ status: 200, json: { recorded: 1 } });
	});

	it('answers and starts nothing when the events are none of ours', async () => {
		await start('sendgrid');
		const body = JSON.stringify([sendGrid('d1', { event: 'processed' })]);
		expect(await post(body, sendGridHeaders(body))).toMatchObject({ status: 200, json: { recorded: 0, repeated: 0 } });
		expect(listening?.executions).toEqual([]);
	});

	it('stops writing to whoever unsubscribes or complains, known or not', async () => {
		await store().contacts.upsert('default', [{ id: 'ann', email: 'Ann@mail.example' }]);
		await start('sendgrid');
		const body = JSON.stringify([sendGrid('ann', { event: 'unsubscribe', draft_id: undefined }), sendGrid('stranger', { event: 'spamreport', draft_id: undefined })]);
		await post(body, sendGridHeaders(body));
		const reasons = await store().suppressions.check('default', [{ channel: 'email', contactId: 'ann' }, { channel: 'email', address: 'stranger@mail.example' }, { channel: 'email', address: 'other@mail.example' }]);
		expect(reasons.map((reason) => reason !== undefined)).toEqual([true, true, false]);
	});

	it('settles an SMS by Twilio’s signed form fields, and takes nothing for another address', async () => {
		await sent('d2', { channel: 'sms', to: '+4915112345678', providerId: 'SM1' });
		const { url } = await start('twilio');
		const body = 'MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003&To=%2B4915112345678&From=%2B4930123';
		const fields = 'ErrorCode30003From+4930123MessageSidSM1MessageStatusundeliveredTo+4915112345678';
		const signature = (address: string): Record<string, string> => ({ 'content-type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': createHmac('sha1', 'twilio-token').update(address + fields).digest('base64') });
		expect((await post(body, signature('https://elsewhere.example/hook'))).status).toBe(401);
		expect(await post(body, signature(url))).toMatchObject({ status: 200, json: { recorded: 1 } });
		expect(await recorded()).toMatchObject([{ event: 'failed', outboundId: 'd2', attributed: 'id', errorCode: '30003' }]);
	});

	it('follows the address it is told when a proxy stands before n8n, and gives a saved account’s workspace', async () => {
		await store().accounts.upsert([{ channel: 'sms', externalId: '+4930123', workspace: 'client-b', enabled: true }]);
		await sent('d2', { channel: 'sms', to: '+4915112345678', providerId: 'SM1', workspace: 'client-b' });
		await start('twilio', { options: { publicUrl: 'https://hooks.example.com/twilio' } });
		const body = JSON.stringify([{ type: 'com.twilio.messaging.message.delivered', time: new Date().toISOString(), data: { messageSid: 'SM1', to: '+4915112345678', from: '+4930123' } }]);
		const query = `?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
		const headers = { ...JSON_TYPE, 'X-Twilio-Signature': createHmac('sha1', 'twilio-token').update(`https://hooks.example.com/twilio${query}`).digest('base64') };
		expect(await post(body, headers, query)).toMatchObject({ status: 200, json: { recorded: 1 } });
		expect(await recorded('client-b')).toMatchObject([{ event: 'delivered', outboundId: 'd2' }]);
	});

	it('books a meeting by Calendly, for the last message to that person', async () => {
		await store().contacts.upsert('default', [{ id: 'ann', email: 'ann@mail.example' }]);
		await sent('d3', { contactId: 'ann' });
		await start('calendly');
		const body = JSON.stringify({ event: 'invitee.created', created_at: new Date().toISOString(), payload: { uri: 'https://api.calendly.com/i/1', email: 'Ann@Mail.example' } });
		const t = seconds();
		expect(await post(body, { ...JSON_TYPE, 'Calendly-Webhook-Signature': `t=${t},v1=${hmacHex('calendly-key', `${t}.${body}`)}` })).toMatchObject({ status: 200 });
		expect(await recorded()).toMatchObject([{ event: 'meeting_booked', outboundId: 'd3', attributed: 'contact', contactId: 'ann' }]);
	});

	it('counts revenue by Pipedrive, Salesforce and HubSpot', async () => {
		const { url } = await start('hubspot');
		const now = Date.now();
		const changes = JSON.stringify([{ subscriptionType: 'deal.propertyChange', propertyName: 'dealstage', propertyValue: 'closedwon', objectId: 5, portalId: 1, occurredAt: now }]);
		const signature = createHmac('sha256', 'hub-secret').update(`POST${url}${changes}${now}`).digest('base64');
		expect((await post(changes, { ...JSON_TYPE, 'X-HubSpot-Signature-v3': signature, 'X-HubSpot-Request-Timestamp': `${now}` })).status).toBe(200);
		await listening?.close();

		await start('pipedrive');
		const deal = JSON.stringify({ data: { id: 7, status: 'won', value: 1200.5, currency: 'EUR', person_id: 3, won_time: new Date().toISOString() }, previous: { status: 'open' }, meta: { action: 'change', entity: 'deal' } });
		expect((await post(deal, { ...JSON_TYPE, Authorization: `Basic ${Buffer.from('pipe:drivel').toString('base64')}` })).status).toBe(401);
		expect((await post(deal, { ...JSON_TYPE, Authorization: `Basic ${Buffer.from('pipe:drive').toString('base64')}` })).status).toBe(200);
		await listening?.close();

		await start('salesforce', { options: { authHeader: 'X-Our-Secret' } });
		const opportunity = JSON.stringify({ Id: '006A', StageName: 'Closed Won', Amount: 99, CurrencyIsoCode: 'USD' });
		expect((await post(opportunity, { ...JSON_TYPE, 'X-Our-Secret': 'sales-secret' })).status).toBe(200);
		expect((await recorded()).map(({ event, value, currency }) => `${event} ${value} ${currency}`).sort()).toEqual(['deal_won 1200.5 EUR', 'deal_won 99 USD', 'deal_won undefined undefined']);
	});

	it('takes any sender’s signed events in our words or its own, and says what is wrong with others', async () => {
		await start('hmac', { signatureHeader: 'X-Shop-Signature', timestampHeader: 'X-Shop-Time', options: { prefix: 'sha512=', algorithm: 'sha512', encoding: 'base64', eventNames: { names: [{ name: 'order.paid', event: 'deal_won' }] } } });
		const headers = (body: string): Record<string, string> => {
			const t = seconds();
			return { ...JSON_TYPE, 'X-Shop-Time': t, 'X-Shop-Signature': `sha512=${createHmac('sha512', 'hmac-secret').update(`${t}.${body}`).digest('base64')}` };
		};
		const good = JSON.stringify({ type: 'order.paid', id: 'o1', email: 'bo@mail.example', amount: 10, currency: 'EUR' });
		expect(await post(good, headers(good))).toMatchObject({ status: 200, json: { recorded: 1 } });
		const bad = JSON.stringify({ type: 'order.sent', id: 'o1' });
		expect(await post(bad, headers(bad))).toMatchObject({ status: 400, json: { message: expect.stringContaining('No event in it') } });
	});

	it('passes Meta’s questions about the address and takes its statuses', async () => {
		await sent('d4', { channel: 'whatsapp', to: '+49151', providerId: 'wamid.1' });
		const { url } = await start('meta');
		const ask = async (token: string) => await fetch(`${url}?hub.mode=subscribe&hub.challenge=12345&hub.verify_token=${encodeURIComponent(token)}`);
		const answered = await ask('our word');
		expect([answered.status, await answered.text(), answered.headers.get('content-type')]).toEqual([200, '12345', 'text/plain']);
		expect((await ask('their word')).status).toBe(403);
		expect((await fetch(`${url}?hub.mode=subscribe&hub.challenge=<b>&hub.verify_token=our%20word`)).status).toBe(400);
		const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ changes: [{ value: { statuses: [{ id: 'wamid.1', status: 'read', timestamp: seconds() }] } }] }] });
		expect(await post(body, { ...JSON_TYPE, 'X-Hub-Signature-256': `sha256=${hmacHex('app-secret', body)}` })).toMatchObject({ status: 200, json: { recorded: 1 } });
		expect(await recorded()).toMatchObject([{ event: 'read', outboundId: 'd4' }]);
	});

	it('has nothing to get where only POST is meant', async () => {
		const { url } = await start('sendgrid');
		const response = await fetch(url);
		expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
	});

	it('cannot be published without the secret it needs, and takes nothing then', async () => {
		const without = await start('twilio', {}, { hmacSecret: 'x' });
		await expect(without.publish()).rejects.toThrow("'Twilio Auth Token' is empty");
		expect((await post('{}', JSON_TYPE)).status).toBe(503);
		await without.close();
		await (await start('twilio')).publish();
		await listening?.close();
		await expect((await start('sendgrid', { workspace: ' ' })).publish()).rejects.toThrow("'Workspace' is empty");
	});

	it('tests a credential without asking anybody', async () => {
		const test = new OutcomeTrigger().methods.credentialTest.leadAutopilotWebhookTest;
		const run = async (data: Record<string, string>) => await test({ id: '1', name: 'x', type: 'leadAutopilotWebhookApi', data });
		expect(await run(SECRETS)).toMatchObject({ status: 'OK', message: expect.stringContaining('SendGrid') });
		expect(await run({})).toMatchObject({ status: 'Error', message: 'No provider is filled in' });
		expect(await run({ pipedriveUser: 'pipe' })).toMatchObject({ status: 'Error', message: "Pipedrive: 'Pipedrive Password' is empty" });
		expect(await run({ sendGridVerification: 'nonsense' })).toMatchObject({ status: 'Error', message: expect.stringContaining('no P-256') });
	});
});
