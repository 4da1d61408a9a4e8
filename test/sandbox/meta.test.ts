import { createHmac } from 'node:crypto';
import { metaError, SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';
import { at, listAt } from '../../sandbox/standins/shapes';
import { startReceiver, type Receiver } from './webhookReceiver';

let world: StandIns;
let receiver: Receiver;

beforeAll(async () => {
	world = await startStandIns();
	receiver = await startReceiver();
});
afterAll(async () => {
	await world.stop();
	await receiver.stop();
});
beforeEach(() => {
	world.script.reset();
	world.inbox.clear();
	receiver.posts.length = 0;
	Object.assign(world.meta.automatic, { statuses: true, echoes: true, delayMs: 0 });
});

async function graph(method: string, path: string, body?: unknown, token: string | null = SANDBOX.metaToken): Promise<{ status: number; body: unknown; headers: Headers }> {
	const response = await fetch(`http://127.0.0.1:${world.httpPort}/v23.0${path}`, {
		method,
		headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	return { status: response.status, body: await response.json(), headers: response.headers };
}

const text = (fields: object = {}): object => ({ messaging_product: 'whatsapp', recipient_type: 'individual', to: '4915112345678', type: 'text', text: { body: 'Hallo' }, ...fields });
const send = (body: unknown, token?: string | null) => graph('POST', `/${SANDBOX.phoneNumberId}/messages`, body, token);
const subscribe = (object: string, fields: string[], appId: string = SANDBOX.metaAppId, verify_token = 'the-token') =>
	graph('POST', `/${appId}/subscriptions`, { object, callback_url: receiver.url, verify_token, fields: JSON.stringify(fields), include_values: true });
const unsubscribe = (object: string) => graph('DELETE', `/${SANDBOX.metaAppId}/subscriptions`, { object });

describe('sending on WhatsApp', () => {
	it('accepts a text, logs it and answers as Meta does', async () => {
		const { status, body, headers } = await send(text({ biz_opaque_callback_data: 'draft-1' }));
		expect(status).toBe(200);
		expect(body).toMatchObject({ messaging_product: 'whatsapp', contacts: [{ wa_id: '4915112345678' }], messages: [{ id: expect.stringMatching(/^wamid\./) }] });
		expect(headers.get('x-app-usage')).toContain('call_count');
		expect(world.inbox.list()).toMatchObject([{ channel: 'whatsapp', to: '4915112345678', text: 'Hallo', correlationId: 'draft-1', provider: 'meta' }]);
	});

	it.each([
		['no messaging_product', { messaging_product: undefined }, 100],
		['no recipient', { to: undefined }, 100],
		['a recipient that is no number', { to: 'lena@demo.example' }, 131009],
		['a recipient with a plus sign', { to: '+4915112345678' }, 131009],
		['an unknown type', { type: 'poem' }, 100],
		['an empty text', { text: { body: '' } }, 100],
		['a text as a string', { text: 'Hallo' }, 100],
		['4,097 characters', { text: { body: 'x'.repeat(4097) } }, 100],
		['a template without language', { type: 'template', template: { name: 'follow_up' } }, 100],
		['a template name with spaces', { type: 'template', template: { name: 'Follow up', language: { code: 'en' } } }, 132001],
		['a template parameter with a line break', { type: 'template', template: { name: 'follow_up', language: { code: 'en' }, components: [{ type: 'body', parameters: [{ type: 'text', text: 'a\nb' }] }] } }, 100],
		['callback data that is too long', { biz_opaque_callback_data: 'x'.repeat(513) }, 100],
	])('refuses %s in Meta’s envelope', async (_what, fields, code) => {
		const { status, body } = await send(text(fields));
		expect(status).toBeGreaterThanOrEqual(400);
		expect(body).toMatchObject({ error: { code, type: 'OAuthException', message: expect.any(String), fbtrace_id: expect.any(String) } });
		expect(world.inbox.list()).toEqual([]);
	});

	it('takes 4,096 characters and a template', async () => {
		expect((await send(text({ text: { body: 'x'.repeat(4096) } }))).status).toBe(200);
		const template = { name: 'follow_up', language: { code: 'en_US' }, components: [{ type: 'body', parameters: [{ type: 'text', text: 'Lena' }] }] };
		expect((await send(text({ type: 'template', text: undefined, template }))).status).toBe(200);
		expect(world.inbox.list()[1]).toMatchObject({ template: { name: 'follow_up', language: 'en_US' } });
	});

	it('refuses a wrong and a missing token', async () => {
		expect(await send(text(), 'EAAwrong')).toMatchObject({ status: 401, body: { error: { code: 190 } } });
		expect(await send(text(), null)).toMatchObject({ status: 400, body: { error: { code: 2500 } } });
	});

	it.each([131047, 131056, 131026, 130429, 131049, 131050, 132015, 190, 368, 100, 10])('fails with %i on demand, once', async (code) => {
		world.script.next('whatsapp', metaError(code));
		expect(await send(text())).toMatchObject({ body: { error: { code } } });
		expect(world.inbox.list()).toEqual([]);
		expect((await send(text())).status).toBe(200);
	});

	it('holds the pair rate limit per recipient', async () => {
		world.script.rate('whatsapp', { limit: 1, windowMs: 6000, per: 'recipient' });
		expect((await send(text())).status).toBe(200);
		expect(await send(text())).toMatchObject({ status: 400, body: { error: { code: 131056 } } });
		expect((await send(text({ to: '4915100000000' }))).status).toBe(200);
	});

	it('carries a send out and loses the answer on demand', async () => {
		world.script.next('whatsapp', { drop: true, when: 'after' });
		await expect(send(text())).rejects.toThrow('fetch failed');
		expect(world.inbox.list()).toHaveLength(1);
	});
});

describe('sending on Messenger and Instagram', () => {
	const sendPage = (account: string, body: unknown) => graph('POST', `/${account}/messages`, body);

	it('tells them apart and measures each text its own way', async () => {
		const message = { recipient: { id: '555' }, messaging_type: 'RESPONSE', message: { text: 'ä'.repeat(501), metadata: 'draft-2' } };
		expect(await sendPage(SANDBOX.pageId, message)).toMatchObject({ status: 200, body: { recipient_id: '555', message_id: expect.any(String) } });
		expect(await sendPage(SANDBOX.instagramId, message)).toMatchObject({ status: 400, body: { error: { code: 100 } } });
		expect(world.inbox.list()).toMatchObject([{ channel: 'messenger', to: '555', correlationId: 'draft-2' }]);
	});

	it('takes JSON in query parameters, as the Facebook Graph node sends it', async () => {
		const query = new URLSearchParams({ recipient: JSON.stringify({ id: '555' }), message: JSON.stringify({ text: 'Hi' }), access_token: SANDBOX.metaToken });
		expect((await graph('POST', `/me/messages?${query.toString()}`, undefined, null)).status).toBe(200);
		expect(world.inbox.list()).toMatchObject([{ channel: 'messenger', text: 'Hi' }]);
	});

	it.each([
		['no recipient', { message: { text: 'Hi' } }],
		['an empty text', { recipient: { id: '1' }, message: { text: ' ' } }],
		['an unknown messaging type', { recipient: { id: '1' }, messaging_type: 'HELLO', message: { text: 'Hi' } }],
		['a tagged message without tag', { recipient: { id: '1' }, messaging_type: 'MESSAGE_TAG', message: { text: 'Hi' } }],
		['2,001 characters', { recipient: { id: '1' }, message: { text: 'x'.repeat(2001) } }],
	])('refuses %s', async (_what, body) => {
		expect(await sendPage(SANDBOX.pageId, body)).toMatchObject({ status: 400, body: { error: { code: 100 } } });
	});
});

describe('webhooks', () => {
	it('verifies the callback with a challenge before it accepts it', async () => {
		expect(await subscribe('page', ['messages'], SANDBOX.metaAppId, 'another-token')).toMatchObject({ body: { error: { code: 2200 } } });
		expect(await subscribe('page', ['messages'])).toMatchObject({ status: 200, body: { success: true } });
		expect(await graph('GET', `/${SANDBOX.metaAppId}/subscriptions`)).toMatchObject({ body: { data: [{ object: 'page', active: true, callback_url: receiver.url, fields: [{ name: 'messages' }] }] } });
		await unsubscribe('page');
		expect((await graph('GET', `/${SANDBOX.metaAppId}/subscriptions`)).body).toEqual({ data: [] });
	});

	it('signs the exact body with the app’s secret, in both forms', async () => {
		await subscribe('whatsapp_business_account', ['messages']);
		await expect(world.meta.inboundWhatsApp({ from: '4915112345678', name: 'Lena', text: 'Größe?' })).resolves.toEqual([200]);
		const [post] = receiver.posts;
		const sign = (hash: string) => createHmac(hash, SANDBOX.metaAppSecret).update(post?.body ?? '').digest('hex');
		expect(post?.headers['x-hub-signature-256']).toBe(`sha256=${sign('sha256')}`);
		expect(post?.headers['x-hub-signature']).toBe(`sha1=${sign('sha1')}`);
		expect(JSON.parse(post?.body ?? '')).toMatchObject({ object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'messages', value: { contacts: [{ wa_id: '4915112345678' }], messages: [{ text: { body: 'Größe?' } }] } }] }] });
	});

	it('redelivers the same event, and tries again after a refusal', async () => {
		await subscribe('whatsapp_business_account', ['messages']);
		receiver.refuseWith.push(503);
		await expect(world.meta.inboundWhatsApp({ from: '1555', text: 'Hi', messageId: 'wamid.A', times: 2 })).resolves.toEqual([200, 200]);
		expect(receiver.posts).toHaveLength(3);
		expect(new Set(receiver.posts.map(({ body }) => body)).size).toBe(1);
	});

	it('reports sent, then delivered, with the callback data; or failed on demand', async () => {
		await subscribe('whatsapp_business_account', ['messages']);
		const statuses = () => receiver.posts.map(({ body }) => listAt(JSON.parse(body), 'entry').flatMap((entry) => listAt(at(listAt(entry, 'changes')[0], 'value'), 'statuses'))[0]);
		await send(text({ biz_opaque_callback_data: 'draft-3' }));
		await world.settled();
		expect(statuses()).toMatchObject([{ status: 'sent', biz_opaque_callback_data: 'draft-3' }, { status: 'delivered', biz_opaque_callback_data: 'draft-3' }]);
		expect(world.inbox.list()).toMatchObject([{ state: 'delivered' }]);
		receiver.posts.length = 0;
		world.meta.failDelivery(131047);
		await send(text());
		await world.settled();
		expect(statuses()).toMatchObject([{ status: 'failed', errors: [{ code: 131047 }] }]);
	});

	it('echoes our own page messages with the app id, a colleague’s without', async () => {
		await subscribe('page', ['messages', 'message_echoes', 'message_deliveries']);
		await graph('POST', `/${SANDBOX.pageId}/messages`, { recipient: { id: '555' }, message: { text: 'Hi' } });
		await world.settled();
		await world.meta.pageEcho({ platform: 'messenger', to: '555', text: 'I take over' });
		const events = receiver.posts.map(({ body }) => listAt(listAt(JSON.parse(body), 'entry')[0], 'messaging')[0]);
		expect(events.filter((event) => at(event, 'message', 'is_echo') === true).map((event) => at(event, 'message', 'app_id'))).toEqual([Number(SANDBOX.metaAppId), undefined]);
		expect(events.some((event) => at(event, 'delivery') !== undefined)).toBe(true);
		await unsubscribe('page');
	});

	it('says so when nobody subscribed to a field', async () => {
		await subscribe('page', ['feed']);
		await expect(world.meta.inboundPage({ platform: 'messenger', from: '555', text: 'Hi' })).rejects.toThrow('No webhook is subscribed to the field messages of page');
		await unsubscribe('page');
	});

	it('sends each account’s events to its own app only', async () => {
		const other = '900000000000002';
		await graph('POST', '/oauth/access_token', { client_id: other, client_secret: 'sandbox-second-secret', grant_type: 'client_credentials' }, null);
		await subscribe('whatsapp_business_account', ['messages']);
		await subscribe('whatsapp_business_account', ['messages'], other);
		world.meta.subscriptions.ownAccounts(other, ['300000000000002']);
		world.meta.subscriptions.ownAccounts(SANDBOX.metaAppId, [SANDBOX.phoneNumberId]);
		await world.meta.inboundWhatsApp({ from: '1555', text: 'Hi', phoneNumberId: '300000000000002' });
		expect(receiver.posts).toHaveLength(1);
		expect(receiver.posts[0]?.headers['x-hub-signature-256']).toBe(`sha256=${createHmac('sha256', 'sandbox-second-secret').update(receiver.posts[0]?.body ?? '').digest('hex')}`);
	});
});
