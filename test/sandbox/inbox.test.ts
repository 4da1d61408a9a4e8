import { createServer } from 'node:http';
import { once } from 'node:events';
import { startInbox, type Inbox } from '../../sandbox/inbox';
import { SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';
import { startReceiver, type Receiver } from './webhookReceiver';

let world: StandIns;
let page: Inbox;
let receiver: Receiver;

beforeAll(async () => {
	world = await startStandIns();
	page = await startInbox(world, { port: 0 });
	receiver = await startReceiver();
	await fetch(`http://127.0.0.1:${world.httpPort}/v23.0/${SANDBOX.metaAppId}/subscriptions?access_token=${SANDBOX.metaToken}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ object: 'whatsapp_business_account', callback_url: receiver.url, verify_token: 'the-token', fields: ['messages'] }),
	});
});
afterAll(async () => {
	await page.stop();
	await world.stop();
	await receiver.stop();
});
beforeEach(() => {
	world.inbox.clear();
	receiver.posts.length = 0;
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) => fetch(new URL(path, page.url), { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body), redirect: 'manual' });
const control = async (operation: string, body: unknown) => {
	const response = await fetch(`http://127.0.0.1:${world.httpPort}/__sandbox/${operation}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
	return { status: response.status, body: await response.text() };
};

describe('the inbox page', () => {
	it('shows messages as text, never as markup', async () => {
		world.mail.deliver({ from: 'eve@demo.example', name: '<img src=x onerror=alert(1)>', subject: '"><script>alert(2)</script>', text: '<b onclick="x">bold</b>' });
		const response = await fetch(page.url);
		const markup = await response.text();
		expect(markup).toContain('&lt;img src=x');
		expect(markup).not.toMatch(/<img|<b |<script>/);
		expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
	});

	it('puts what one person wrote and got into one conversation, the liveliest first', async () => {
		world.mail.deliver({ from: 'old@demo.example', subject: 'Old', text: 'First' });
		await world.meta.inboundWhatsApp({ from: '4915112345678', name: 'Lena', text: 'Was kostet das?' });
		world.inbox.add({ direction: 'toLead', channel: 'whatsapp', provider: 'meta', from: SANDBOX.phoneNumberId, to: '4915112345678', text: 'Gerne!', providerId: 'wamid.1' });
		const markup = await (await fetch(new URL('/conversations', page.url))).text();
		expect(markup.match(/<article/g)).toHaveLength(2);
		expect(markup.indexOf('Lena')).toBeLessThan(markup.indexOf('old@demo.example'));
		expect(markup.indexOf('Was kostet das?')).toBeLessThan(markup.indexOf('Gerne!'));
	});

	it('answers as the lead through the real webhook, with and without script', async () => {
		const reply = { channel: 'whatsapp', from: '4915112345678', to: SANDBOX.phoneNumberId, text: 'Ja, bitte' };
		expect((await post('/reply', reply)).status).toBe(200);
		const form = await fetch(new URL('/reply', page.url), { method: 'POST', body: new URLSearchParams(reply), redirect: 'manual' });
		expect(form.status).toBe(303);
		expect(receiver.posts).toHaveLength(2);
		expect(receiver.posts[0]?.body).toContain('Ja, bitte');
	});

	it('says why an answer did not get through', async () => {
		const answer = await post('/reply', { channel: 'sms', from: '+15551234567', text: 'Hi' });
		expect(answer.status).toBe(400);
		expect(await answer.text()).toContain('No sink is subscribed');
		receiver.refuseWith.push(404);
		expect(await (await post('/reply', { channel: 'whatsapp', from: '4915112345678', text: 'Hi' })).text()).toContain('status 404');
	});

	it('takes nothing from another site', async () => {
		expect((await post('/reply', { channel: 'email', from: 'a@b.example', text: 'Hi' }, { origin: 'http://evil.example' })).status).toBe(403);
		expect(world.inbox.list('any')).toEqual([]);
	});

	it('tells open pages of each message at once', async () => {
		const response = await fetch(new URL('/events', page.url));
		const reader = response.body?.getReader();
		await reader?.read();
		const id = world.inbox.add({ direction: 'toLead', channel: 'sms', provider: 'twilio', from: '+1', to: '+2', text: 'Hi', providerId: 'SM1' }).id;
		expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(`data: ${id}\n\n`);
		await reader?.cancel();
	});
});

describe('the control API', () => {
	it('lists messages by direction and channel, and forgets them', async () => {
		world.mail.deliver({ from: 'lena@demo.example', subject: 'Hi', text: 'Hi' });
		const list = async (query: string): Promise<unknown> => await (await fetch(`http://127.0.0.1:${world.httpPort}/__sandbox/messages?${query}`)).json();
		expect(await list('')).toEqual([]);
		expect(await list('direction=any&channel=email')).toHaveLength(1);
		expect(await list('direction=any&channel=sms')).toEqual([]);
		await fetch(`http://127.0.0.1:${world.httpPort}/__sandbox/messages`, { method: 'DELETE' });
		expect(await list('direction=any')).toEqual([]);
	});

	it('scripts failures and sends events from another process', async () => {
		expect(await control('script/next', { service: 'openai', failure: { status: 500, body: {} } })).toMatchObject({ status: 200 });
		const models = () => fetch(`http://127.0.0.1:${world.httpPort}/v1/models`, { headers: { authorization: `Bearer ${SANDBOX.openaiKey}` } });
		expect((await models()).status).toBe(500);
		expect((await models()).status).toBe(200);
		expect(await control('meta/inboundWhatsApp', { from: '1555', text: 'Hi', times: 2 })).toMatchObject({ status: 200, body: '{"ok":true,"result":[200,200]}' });
		expect(receiver.posts).toHaveLength(2);
	});

	it('says what is wrong with a request', async () => {
		expect(await control('script/next', { service: 'fax', failure: {} })).toMatchObject({ status: 400, body: expect.stringContaining('service') });
		expect(await control('nothing', {})).toMatchObject({ status: 404, body: expect.stringContaining('Known: reply') });
	});
});

describe('starting and stopping', () => {
	it('fails on a taken port and leaves nothing open', async () => {
		const blocker = createServer();
		blocker.listen(0, '127.0.0.1');
		await once(blocker, 'listening');
		const address = blocker.address();
		const port = typeof address === 'object' && address !== null ? address.port : 0;
		await expect(startStandIns({ ports: { http: port } })).rejects.toThrow('EADDRINUSE');
		blocker.close();
	});

	it('waits for a message to come, and gives up with a sentence', async () => {
		const waiting = world.inbox.waitFor(({ text }) => text === 'At last');
		world.inbox.add({ direction: 'toLead', channel: 'sms', provider: 'twilio', from: '+1', to: '+2', text: 'At last', providerId: 'SM2' });
		await expect(waiting).resolves.toMatchObject({ providerId: 'SM2' });
		await expect(world.inbox.waitFor(() => false, 20)).rejects.toThrow('No matching message arrived within 20 ms; 1 other messages did.');
	});
});
