import { createHash, createHmac, createPublicKey, createVerify } from 'node:crypto';
import { SANDBOX, sendgridError, startStandIns, twilioError, type StandIns } from '../../sandbox/standins';
import { parseJson, textAt } from '../../sandbox/standins/shapes';
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
});

describe('Twilio', () => {
	const basic = (password: string) => `Basic ${Buffer.from(`${SANDBOX.twilioAccountSid}:${password}`).toString('base64')}`;
	const twilio = async (method: string, path: string, form: Record<string, string> | undefined, password: string = SANDBOX.twilioAuthToken) => {
		const response = await fetch(`http://127.0.0.1:${world.httpPort}${path}`, { method, headers: { authorization: basic(password) }, body: form === undefined ? undefined : new URLSearchParams(form) });
		return { status: response.status, body: parseJson(await response.text()) };
	};
	const MESSAGES = `/2010-04-01/Accounts/${SANDBOX.twilioAccountSid}/Messages.json`;
	const sms = (fields: Record<string, string> = {}) => twilio('POST', MESSAGES, { From: SANDBOX.smsNumber, To: '+15551234567', Body: 'Hello', ...fields });
	const without = (name: string) => {
		const fields = Object.entries({ From: SANDBOX.smsNumber, To: '+15551234567', Body: 'Hello' });
		return twilio('POST', MESSAGES, Object.fromEntries(fields.filter(([field]) => field !== name)));
	};

	it('accepts a message and can be asked what became of it', async () => {
		const { status, body } = await sms();
		expect(status).toBe(201);
		expect(body).toMatchObject({ sid: expect.stringMatching(/^SM[0-9a-f]{32}$/), status: 'queued', error_code: null });
		await world.settled();
		expect((await twilio('GET', MESSAGES.replace('.json', `/${textAt(body, 'sid') ?? ''}.json`), undefined)).body).toMatchObject({ status: 'delivered' });
		expect(world.inbox.list()).toMatchObject([{ channel: 'sms', to: '+15551234567', text: 'Hello', state: 'delivered' }]);
	});

	it('refuses wrong shapes with Twilio’s codes', async () => {
		expect(await without('To')).toMatchObject({ status: 400, body: { code: 21604 } });
		expect(await without('From')).toMatchObject({ status: 400, body: { code: 21603 } });
		expect(await without('Body')).toMatchObject({ status: 400, body: { code: 21602 } });
		expect(await sms({ To: '0151 2345' })).toMatchObject({ status: 400, body: { code: 21211, more_info: expect.any(String), status: 400 } });
		expect(await sms({ Body: 'x'.repeat(1601) })).toMatchObject({ body: { code: 21617 } });
		expect(await sms({ StatusCallback: 'nowhere' })).toMatchObject({ body: { code: 21609 } });
		expect(await twilio('POST', MESSAGES, {}, 'wrong')).toMatchObject({ status: 401, body: { code: 20003 } });
		expect(world.inbox.list()).toEqual([]);
	});

	it('fails and limits on demand', async () => {
		world.script.next('twilio', twilioError(21610));
		expect(await sms()).toMatchObject({ status: 400, body: { code: 21610 } });
		world.script.rate('twilio', { limit: 0, windowMs: 1000 });
		expect((await sms()).status).toBe(201);
		world.script.rate('twilio', { limit: 1, windowMs: 60_000 });
		await sms();
		expect(await sms()).toMatchObject({ status: 429, body: { code: 20429 } });
	});

	it('signs status callbacks the classic way', async () => {
		await sms({ StatusCallback: `${receiver.url}?draft=1` });
		await world.settled();
		expect(receiver.posts.map(({ body }) => new URLSearchParams(body).get('MessageStatus'))).toEqual(['sent', 'delivered']);
		const [post] = receiver.posts;
		const fields = [...new URLSearchParams(post?.body ?? '')].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => name + value).join('');
		expect(post?.headers['x-twilio-signature']).toBe(createHmac('sha1', SANDBOX.twilioAuthToken).update(`${receiver.url}?draft=1${fields}`).digest('base64'));
	});

	it('keeps sinks and subscriptions, and delivers signed events to them', async () => {
		const type = 'com.twilio.messaging.inbound-message.received';
		await expect(world.twilio.inbound({ from: '+15551234567', text: 'Hi' })).rejects.toThrow('No sink is subscribed');
		expect(await twilio('POST', '/v1/Sinks', { Description: 'x', SinkType: 'webhook', SinkConfiguration: 'nothing' })).toMatchObject({ status: 400 });
		const sink = await twilio('POST', '/v1/Sinks', { Description: 'x', SinkType: 'webhook', SinkConfiguration: `{	"destination": "${receiver.url}",	"method": "POST"	}` });
		const sinkSid = textAt(sink.body, 'sid') ?? '';
		const subscription = await twilio('POST', '/v1/Subscriptions', { Description: 'x', SinkSid: sinkSid, Types: `{ "type": "${type}" }` });
		const sid = textAt(subscription.body, 'sid') ?? '';
		expect((await twilio('GET', `/v1/Subscriptions/${sid}/SubscribedEvents`, undefined)).body).toMatchObject({ types: [{ type }] });
		await expect(world.twilio.inbound({ from: '+15551234567', text: 'Hi' })).resolves.toEqual([200]);
		const [post] = receiver.posts;
		expect(parseJson(post?.body ?? '')).toMatchObject([{ specversion: '1.0', type, data: { from: '+15551234567', body: 'Hi' } }]);
		const url = `${new URL(receiver.url).origin}${post?.url ?? ''}`;
		expect(new URL(url).searchParams.get('bodySHA256')).toBe(createHash('sha256').update(post?.body ?? '').digest('hex'));
		expect(post?.headers['x-twilio-signature']).toBe(createHmac('sha1', SANDBOX.twilioAuthToken).update(url).digest('base64'));
		expect((await twilio('DELETE', `/v1/Sinks/${sinkSid}`, undefined)).status).toBe(204);
		expect((await twilio('DELETE', `/v1/Subscriptions/${sid}`, undefined)).status).toBe(204);
		expect(world.twilio.sinks()).toEqual([]);
	});
});

describe('SendGrid', () => {
	const good = { personalizations: [{ to: [{ email: 'lena@demo.example' }], custom_args: { draftId: 'draft-7' } }], from: { email: SANDBOX.mailUser }, subject: 'Hello', content: [{ type: 'text/plain', value: 'Hi Lena' }] };
	const mail = async (body: unknown, key: string = SANDBOX.sendgridKey) => {
		const response = await fetch(`http://127.0.0.1:${world.httpPort}/v3/mail/send`, { method: 'POST', headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
		return { status: response.status, body: parseJson(await response.text()), id: response.headers.get('x-message-id') };
	};

	it('accepts a mail with 202 and a message id', async () => {
		const { status, id } = await mail(good);
		expect(status).toBe(202);
		expect(id).toBeTruthy();
		expect(world.inbox.list()).toMatchObject([{ channel: 'email', provider: 'sendgrid', to: 'lena@demo.example', subject: 'Hello', text: 'Hi Lena', correlationId: 'draft-7', providerId: id }]);
	});

	it.each([
		['no personalizations', { ...good, personalizations: [] }, 'personalizations'],
		['no subject', { ...good, subject: undefined }, 'subject'],
		['no content', { ...good, content: undefined }, 'content'],
		['a bad address', { ...good, from: { email: 'sales' } }, 'from.email'],
		['a number as custom argument', { ...good, custom_args: { n: 1 } }, 'custom_args.n'],
		['an unknown field', { ...good, text: 'Hi' }, null],
	])('refuses %s', async (_what, body, field) => {
		expect(await mail(body)).toMatchObject({ status: 400, body: { errors: [{ field, message: expect.any(String) }] } });
		expect(world.inbox.list()).toEqual([]);
	});

	it('refuses a wrong key and fails on demand', async () => {
		expect((await mail(good, 'SG.wrong')).status).toBe(401);
		world.script.next('sendgrid', { ...sendgridError(429, 'too many requests'), to: 'lena@demo.example' });
		expect((await mail(good)).status).toBe(429);
	});

	it('signs its event webhook with the published key', async () => {
		await world.sendgrid.event({ url: receiver.url, event: 'delivered', email: 'lena@demo.example', messageId: 'abc', fields: { draftId: 'draft-7' } });
		const [post] = receiver.posts;
		const key = createPublicKey({ key: Buffer.from(world.sendgrid.publicKey, 'base64'), format: 'der', type: 'spki' });
		const stamp = String(post?.headers['x-twilio-email-event-webhook-timestamp']);
		expect(createVerify('sha256').update(stamp + (post?.body ?? '')).verify(key, String(post?.headers['x-twilio-email-event-webhook-signature']), 'base64')).toBe(true);
		expect(parseJson(post?.body ?? '')).toMatchObject([{ event: 'delivered', draftId: 'draft-7' }]);
	});
});
