import type { IDataObject } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';
import { readSendFailure } from '../../engine/message/sendFailure';
import { epochMs } from '../../engine/time';
import { OutreachEmail } from '../../nodes/OutreachEmail/OutreachEmail.node';
import { SANDBOX, startStandIns } from '../../sandbox/standins';
import { CLAIM, dueJob, sendNow, draftOf } from '../store/fixtures';
import { useEmbeddedStore } from './embeddedStore';
import { headerOf, linesOf, PASSWORD, smtpCredential, startMailServer, type MailServer } from './mailServer';
import { runNode, type RunOptions } from './runNode';
import { countingCalls, storeCalls } from './storeCalls';

jest.mock('../../store/openStore', () => {
	const actual = jest.requireActual<typeof import('../../store/openStore')>('../../store/openStore');
	return { ...actual, openStore: async (...parameters: Parameters<typeof actual.openStore>) => countingCalls(await actual.openStore(...parameters)) };
});

const node = new OutreachEmail();
const BASE = 'https://n8n.acme.example/webhook/unsubscribe';
const JOB = '2b4a1f0e-0000-5000-8000-000000000001';
const row = (fields: IDataObject = {}): IDataObject => ({ email: 'anna@client.example', fromEmail: 'sales@acme.example', subject: 'Your kitchen', draftText: 'Hello Anna', country: 'NO', unsubscribeUrl: BASE, ...fields });

describe('Outreach Email', () => {
	const { store, breakStore } = useEmbeddedStore();
	let server: MailServer;
	beforeEach(async () => {
		server = await startMailServer();
	});
	afterEach(async () => await server.stop());

	const send = async (items: IDataObject[], options: RunOptions = {}) => await runNode(node, items, { credentials: { smtp: smtpCredential(server.port) }, ...options });
	const failing = async (item: IDataObject = row(), options: RunOptions = {}): Promise<string> => String((await send([item], { continueOnFail: true, ...options })).outputs[0][0].json.error);
	const NOW = epochMs('2026-03-02T12:00:00Z');

	it('sends outreach with both headers of RFC 8058, each on one line, the link whole', async () => {
		const { outputs } = await send([row({ job: { id: JOB, to: 'anna@client.example', accountId: 'sales@acme.example' } })]);
		const [mail] = server.mails;
		const [line, ...folded] = linesOf(mail, 'List-Unsubscribe');
		expect(folded).toEqual([]);
		const links = [...line.matchAll(/<([^>]+)>/g)].map(([, link]) => link);
		expect(links).toEqual([expect.stringMatching(/^https:\/\/n8n\.acme\.example\/webhook\/unsubscribe\?t=1\.[\w-]+\.[\w-]{22}$/), 'mailto:sales@acme.example?subject=unsubscribe']);
		expect(linesOf(mail, 'List-Unsubscribe-Post')).toEqual(['List-Unsubscribe-Post: List-Unsubscribe=One-Click']);
		expect(Math.max(...mail.raw.split('\r\n').map((one) => Buffer.byteLength(one)))).toBeLessThanOrEqual(998);
		expect(headerOf(mail, 'message-id')).toBe(`<${JOB}@acme.example>`);
		expect(mail.parsed.text).toContain(`Unsubscribe: ${links[0]}`);
		expect(outputs[0][0].json).toMatchObject({ messageId: `<${JOB}@acme.example>`, email: { unsubscribe: 'one click', sentence: expect.any(String) }, subject: 'Your kitchen' });
		expect(outputs[0][0].pairedItem).toEqual({ item: 0 });
		expect(mail.raw).not.toMatch(/n8n\.io|X-Mailer|automatically with n8n/i);
	});

	it('names nobody in the link, and the link stops the next mail', async () => {
		await send([row()]);
		const link = /<(https:[^>]+)>/.exec(linesOf(server.mails[0], 'List-Unsubscribe')[0])?.[1] ?? '';
		const token = new URL(link).searchParams.get('t') ?? '';
		const shown = token.split('.').map((part) => Buffer.from(part, 'base64url').toString()).join(' ');
		expect(`${link} ${shown}`).not.toMatch(/anna|client\.example/i);
		expect(await store().unsubscribes.honour(token)).toEqual({ result: 'honoured', cancelled: [] });
		const error = await failing();
		expect(error).toMatch(/^Nothing was sent: Opted out of email/);
		expect(readSendFailure({ error }, { now: NOW })).toMatchObject({ kind: 'permanent', code: 'refused' });
		expect(server.mails).toHaveLength(1);
	});

	it('leaves those headers off a reply, which goes under the subject and mail it answers', async () => {
		await send([row({ message: { purpose: 'reply', subject: 'Oven?', answersProviderId: '<q1@client.example>' }, subject: undefined })]);
		const [mail] = server.mails;
		expect([linesOf(mail, 'List-Unsubscribe'), linesOf(mail, 'List-Unsubscribe-Post')]).toEqual([[], []]);
		expect([mail.parsed.subject, mail.parsed.inReplyTo, mail.parsed.references]).toEqual(['Re: Oven?', '<q1@client.example>', '<q1@client.example>']);
		expect(mail.parsed.text).not.toMatch(/unsubscribe/i);
	});

	it('threads three mails: each names the one before it and all before that', async () => {
		const [contact] = await store().contacts.upsert('default', [{ email: 'anna@client.example' }]);
		const step = async (subject: string, message: IDataObject = {}) => {
			const id = await dueJob(store(), { workspace: 'default', contactId: contact.id, channel: 'email', to: 'anna@client.example', purpose: 'outreach', inboundIds: [subject] });
			await store().outbound.claimDue(CLAIM, (facts) => ({ ...sendNow(facts), status: 'claimed' }));
			await store().outbound.beginSend('default', [id]);
			const { outputs } = await send([row({ contact: { id: contact.id, email: 'anna@client.example' }, job: { id, workspace: 'default', to: 'anna@client.example', accountId: 'sales@acme.example' }, subject, message })]);
			const providerId = String(outputs[0][0].json.messageId);
			await store().outbound.markSent([{ workspace: 'default', id, providerId }]);
			return providerId;
		};
		const first = await step('One');
		const second = await step('Two');
		await store().messages.record('default', [{ message: { channel: 'email', direction: 'inbound', source: 'channel', threadId: 't', text: 'Yes?', attachments: [], timestamp: new Date(Date.now() + 1000).toISOString(), providerId: 'answer@client.example' }, contact: { email: 'anna@client.example' } }]);
		await step('Three', { purpose: 'reply', answersProviderId: 'answer@client.example' });
		const [one, two, three] = server.mails.map(({ parsed }) => parsed);
		expect([one.inReplyTo, one.references]).toEqual([undefined, undefined]);
		expect([two.inReplyTo, two.references]).toEqual([first, first]);
		expect([three.inReplyTo, three.references]).toEqual(['<answer@client.example>', `${first} ${second} <answer@client.example>`]);
	});

	it('carries any script in subject, name and text, and very long lines', async () => {
		const long = 'ä'.repeat(3_000);
		const subject = '🍳 Küche für Zoë – 日本語';
		await send([row({ subject, draftText: `Grüße 👋🏽\n${long}`, contact: { email: 'anna@client.example' } })], { parameters: { options: { fromName: 'Zoë, "Bob" Ångström 🎉', toName: 'Анна' } } });
		const { parsed, raw } = server.mails[0];
		expect(parsed.subject).toBe(subject);
		expect(parsed.from).toMatchObject({ name: 'Zoë, "Bob" Ångström 🎉', address: 'sales@acme.example' });
		expect(parsed.to?.[0]).toMatchObject({ name: 'Анна', address: 'anna@client.example' });
		expect(parsed.text).toContain(`Grüße 👋🏽\n${long}`);
		expect(parsed.html).toContain(`Grüße 👋🏽<br>\n${long}`);
		expect(parsed.attachments).toEqual([]);
		expect(raw).toMatch(/content-type: multipart\/alternative/i);
		expect(Math.max(...raw.split('\r\n').map((one) => Buffer.byteLength(one)))).toBeLessThanOrEqual(998);
	});

	it('lets no text become markup, and no field another header', async () => {
		const evil = '<script>alert(1)</script> & "q" https://x.example/?a=1&b="><img src=x>';
		await send([row({ subject: 'Hi\r\nBcc: victim@other.example\r\n\r\nbody', draftText: evil, job: { id: 'x>\r\nBcc: v@o.example', to: 'anna@client.example', accountId: 'sales@acme.example' }, message: { answersProviderId: '<a@b>\r\nBcc: v@o.example' } })], {
			parameters: { options: { fromName: 'Eve\r\nBcc: victim@other.example', toName: 'A\u2028B\nBcc: x@y.example', postalAddress: '1 <b>Street</b>\nTown' } },
		});
		const [mail] = server.mails;
		expect(mail.envelope.to).toEqual(['anna@client.example']);
		expect([mail.parsed.bcc ?? [], mail.parsed.cc ?? []]).toEqual([[], []]);
		expect(linesOf(mail, 'bcc')).toEqual([]);
		expect(mail.parsed.html).not.toMatch(/<script|<img|<b>/);
		expect(mail.parsed.html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;q&quot;');
		expect(mail.parsed.text).toContain(evil);
		expect(mail.parsed.subject).toBe('Hi Bcc: victim@other.example body');
		for (const to of ['anna@client.example\r\nBcc: v@o.example', 'a@x.example, b@x.example', 'a b@x.example', 'Anna <anna@client.example>', '<a@x.example', '', 'a@', '@x', 'ä\u0000@x.example']) expect(await failing(row({ email: to }))).toMatch(/^Nothing was sent: 'To' is not one e-mail address/);
		expect(await failing(row({ fromEmail: 'a@x.example\r\nBcc: v@o.example' }))).toMatch(/^Nothing was sent yet: 'From' is not an e-mail address/);
		expect(server.mails).toHaveLength(1);
	});

	it('sends several items on one connection, a refused one apart', async () => {
		server.refuse.set('gone@client.example', [550, '5.1.1 <gone@client.example> unknown']);
		const { outputs } = await send([row(), row({ email: 'gone@client.example' }), row({ email: 'ben@client.example' }), row({ email: 'nobody' })], { continueOnFail: true });
		expect(server.mails.map(({ envelope }) => envelope.to[0])).toEqual(['anna@client.example', 'ben@client.example']);
		expect(outputs[0].map(({ json }) => 'error' in json)).toEqual([false, true, false, true]);
		expect(outputs[0].map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2, 3].map((item) => ({ item })));
		expect(server.connections.opened).toBe(1);
	});

	it('asks the store as often for thirty mails as for one', async () => {
		storeCalls.length = 0;
		await send([row()]);
		const forOne = [...storeCalls];
		storeCalls.length = 0;
		await send(Array.from({ length: 30 }, (_, at) => row({ email: `p${at}@client.example` })));
		expect(storeCalls).toEqual(forOne);
		expect([server.mails.length, server.connections.opened]).toEqual([31, 2]);
		expect(new Set(server.mails.map(({ parsed }) => parsed.messageId)).size).toBe(31);
	});

	it('sends nothing at all when one of its items cannot be sent and it may not go on', async () => {
		await expect(send([row(), row({ email: 'nobody' })])).rejects.toThrow(/'To' is not one e-mail address/);
		expect(server.mails).toEqual([]);
		server.refuse.set('anna@client.example', [550, '5.1.1 unknown']);
		await expect(send([row(), row({ email: 'ben@client.example' })])).rejects.toThrow(/550/);
		expect(server.mails).toEqual([]);
	});

	it.each([
		[550, '5.1.1 <anna@client.example> no such user', { kind: 'permanent', code: '5.1.1', suppress: 'hard_bounce' }],
		[550, '5.7.1 blocked', { kind: 'permanent', code: '5.7.1' }],
		[554, 'no', { kind: 'permanent', code: '554' }],
		[451, '4.7.1 greylisted', { kind: 'not_sent', code: '451' }],
		[452, '4.2.2 mailbox full', { kind: 'not_sent', code: '4.2.2' }],
		[421, '4.7.0 closing', { kind: 'not_sent', code: '4.7.0' }],
	])('says what a %i %s means, so that Mark Failed knows', async (code, text, expected) => {
		server.refuse.set('anna@client.example', [code, text]);
		const error = await failing();
		expect(error).not.toContain('anna@');
		expect(readSendFailure({ ...row(), error }, { now: NOW })).toMatchObject(expected);
		server.refuse.clear();
		server.atTheEnd = [code, text];
		expect(readSendFailure({ ...row(), error: await failing() }, { now: NOW })).toMatchObject(expected);
	});

	it('does not blame the recipient when the sender is refused', async () => {
		server.refuseSender = [550, '5.1.1 sender unknown'];
		const failure = readSendFailure({ error: await failing() }, { now: NOW });
		expect([failure.kind, failure.suppress]).toEqual(['permanent', undefined]);
	});

	it('tells that nobody knows when the connection is cut after the mail was taken, and that nothing left when before', async () => {
		server.atTheEnd = 'cut';
		expect(readSendFailure({ error: await failing() }, { now: NOW }).kind).toBe('unknown');
		await server.stop();
		const refused = await failing();
		expect(refused).toContain('ECONNREFUSED');
		expect(readSendFailure({ error: refused }, { now: NOW })).toMatchObject({ kind: 'not_sent', code: 'ECONNREFUSED' });
		server = await startMailServer();
	});

	it('never shows the password, and lets a refused sign-in be tried again', async () => {
		const wrong = 'wrong-horse-battery';
		const credentials = { smtp: smtpCredential(server.port, { password: wrong }) };
		const error = await failing(row(), { credentials });
		expect(error).not.toContain(wrong);
		expect(error).not.toContain(PASSWORD);
		expect(readSendFailure({ error }, { now: NOW })).toMatchObject({ kind: 'not_sent', code: '5.7.8' });
		const thrown: unknown = await send([row()], { credentials }).catch((one: unknown) => one);
		expect(thrown).toBeInstanceOf(NodeApiError);
		const shown = thrown as NodeApiError;
		expect(JSON.stringify([shown.message, shown.description, shown.messages, shown.context])).not.toContain(wrong);
		expect([shown.context.itemIndex, shown.message]).toEqual([0, expect.stringContaining('535')]);
		await send([row(), row({ email: 'b@x.example' })], { credentials, continueOnFail: true });
		expect(server.connections.opened).toBe(3);
		expect(server.mails).toEqual([]);
	});

	it('asks for a postal address where the country does, from the item, an option or the settings', async () => {
		expect(await failing(row({ country: 'US' }))).toMatch(/^Nothing was sent yet: Outreach to a recipient in US has to carry the sender's postal address/);
		expect(readSendFailure({ error: await failing(row({ country: undefined })) }, { now: NOW })).toMatchObject({ kind: 'not_sent', code: 'not_set_up' });
		await send([row({ country: 'US' })], { parameters: { options: { postalAddress: 'Acme, 1 Main Street' } } });
		await store().settings.set('default', { kind: 'workspace' }, { postalAddress: 'Musterstraße 1\n28195 Bremen', senderName: 'Robin', companyName: 'Acme' }, 'test');
		await send([row({ country: 'US' })], { parameters: { language: 'de' } });
		await send([row({ country: 'US', message: { purpose: 'reply' } })]);
		const [own, settings, reply] = server.mails.map(({ parsed }) => parsed);
		expect(own.text).toContain('-- \nAcme, 1 Main Street\nUnsubscribe: https://');
		expect(settings.text).toContain('-- \nMusterstraße 1\n28195 Bremen\nAbmelden: https://');
		expect(settings.from?.name).toBe('Robin, Acme');
		expect(reply.text).not.toContain('Musterstraße');
	});

	it('says that a model wrote it where that is asked for, in the mail’s language', async () => {
		const draft = { ...draftOf(JOB, 'Hallo Anna'), language: 'de', modelId: 'm-1' };
		await send([row({ country: 'US', draft })], { parameters: { options: { postalAddress: 'X' } } });
		await send([row({ country: 'US', draft })], { parameters: { options: { postalAddress: 'X', aiDisclosure: 'KI <half>' } } });
		await send([row({ draft })]);
		await send([row({ country: 'US', draft: { ...draft, modelId: undefined } })], { parameters: { options: { postalAddress: 'X' } } });
		expect(server.mails.map(({ parsed }) => /künstlicher Intelligenz|KI <half>/.exec(parsed.text ?? '')?.[0])).toEqual(['künstlicher Intelligenz', 'KI <half>', undefined, undefined]);
		expect(server.mails[1].parsed.html).toContain('KI &lt;half&gt;');
	});

	it('sends nothing while opt-outs cannot be looked up, or without an https link', async () => {
		expect(await failing(row({ unsubscribeUrl: 'http://n8n.acme.example/u' }))).toMatch(/^Nothing was sent yet: 'Unsubscribe URL' is not an https address/);
		expect(await failing(row({ unsubscribeUrl: `https://n8n.acme.example/${'u'.repeat(900)}` }))).toMatch(/longer than a header line/);
		breakStore();
		expect(await failing()).toMatch(/^Nothing was sent yet: opt-outs cannot be looked up/);
		expect(server.mails).toEqual([]);
	});

	it('offers unsubscription by mail when no address serves it, without claiming one click', async () => {
		await send([row({ unsubscribeUrl: '' })], { parameters: { options: { unsubscribeMailbox: 'stop+us@acme.example' } } });
		expect(linesOf(server.mails[0], 'List-Unsubscribe')).toEqual(['List-Unsubscribe: <mailto:stop%2Bus@acme.example?subject=unsubscribe>']);
		expect(linesOf(server.mails[0], 'List-Unsubscribe-Post')).toEqual([]);
		expect(server.mails[0].parsed.text).toContain('Answer with "unsubscribe"');
	});

	it('reads in the sandbox as it was written', async () => {
		const world = await startStandIns();
		try {
			const reply = 'Hello Jane,\n\nthank you for your message. We are preparing your quote and will be in touch shortly, as fast as we can, on this very day.\n\nKind regards';
			const credentials = { smtp: smtpCredential(world.smtpPort, { user: SANDBOX.mailUser, password: SANDBOX.mailPassword }) };
			await send([{ job: { id: JOB, workspace: 'default', to: 'jane@hotel.example', accountId: SANDBOX.mailUser }, draft: { ...draftOf(JOB, reply), modelId: 'm' }, message: { purpose: 'reply', subject: 'Re: Wardrobes', answersProviderId: '<q@hotel.example>' } }], { credentials });
			const [message] = world.inbox.list();
			expect(message).toMatchObject({ provider: 'smtp', from: SANDBOX.mailUser, to: 'jane@hotel.example', subject: 'Re: Wardrobes' });
			expect(message.text.replaceAll('\r\n', '\n')).toBe(`${reply}\n\n-- \nThis message was written with the help of artificial intelligence.`);
			expect(message.headers).toMatchObject({ 'message-id': `<${JOB}@demo.example>`, 'in-reply-to': '<q@hotel.example>', references: '<q@hotel.example>' });
		} finally {
			await world.stop();
		}
	});

	it('closes its connection', async () => {
		await send([row()]);
		await server.connections.closed;
		expect(server.connections.opened).toBe(1);
	});
});
