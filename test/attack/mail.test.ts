import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { OutreachEmail } from '../../nodes/OutreachEmail/OutreachEmail.node';
import { useEmbeddedStore } from '../nodes/embeddedStore';
import { smtpCredential, startMailServer, type MailServer, type TakenMail } from '../nodes/mailServer';
import { runNode } from '../nodes/runNode';
import { ATTACKS } from './hostileTexts';

const node = new OutreachEmail();
const TO = 'anna@client.example';
const INJECTED = 'x\r\nBcc: thief@evil.example\r\nX-Injected: yes\r\n\r\nsecond body';
const INJECTIONS = [INJECTED, INJECTED.replaceAll('\r\n', '\n'), INJECTED.replaceAll('\r\n', '\r'), INJECTED.replaceAll('\r\n', '\u2028'), 'x\u0000\r\n\tBcc: thief@evil.example', 'x?=\r\n =?utf-8?Q?y=0D=0ABcc:_thief@evil.example?='];

/** The names of a mail's header lines as they came over the wire, read without the parser. */
function headerNames({ raw }: TakenMail): string[] {
	const head = raw.slice(0, raw.indexOf('\r\n\r\n'));
	return head.split(/\r\n|\r|\n/).filter((line) => !/^[ \t]/.test(line)).map((line) => line.split(':')[0].toLowerCase());
}

describe('Outreach Email', () => {
	const { store } = useEmbeddedStore();
	let server: MailServer;
	beforeEach(async () => (server = await startMailServer()));
	afterEach(async () => await server.stop());

	const row = (fields: IDataObject = {}): IDataObject => ({ email: TO, name: 'Anna', fromEmail: 'sales@acme.example', subject: 'Your kitchen', draftText: 'Hello Anna', country: 'NO', unsubscribeUrl: 'https://n8n.acme.example/webhook/unsubscribe', ...fields });
	const send = async (item: IDataObject, parameters: INodeParameters = {}): Promise<IDataObject> => (await runNode(node, [item], { credentials: { smtp: smtpCredential(server.port) }, parameters, continueOnFail: true })).outputs[0][0].json;

	const PLACES: Readonly<Record<string, (text: string) => [IDataObject, INodeParameters]>> = {
		subject: (text) => [{ subject: text }, {}],
		text: (text) => [{ draftText: text }, {}],
		'name of the recipient': (text) => [{ name: text }, {}],
		'name of the sender': () => [{}, {}],
		'job ID': (text) => [{ job: { id: text } }, {}],
		'the mail it answers': (text) => [{ message: { purpose: 'reply', subject: text, answersProviderId: text } }, {}],
		recipient: (text) => [{ email: `${TO}${text}` }, {}],
		sender: (text) => [{ fromEmail: `sales@acme.example${text}` }, {}],
		language: (text) => [{ draft: { language: text, modelId: text, text: 'Hello' } }, {}],
		country: (text) => [{ country: text }, {}],
		'address to unsubscribe at': (text) => [{ unsubscribeUrl: `https://n8n.acme.example/${text}` }, {}],
	};

	it.each(Object.entries(PLACES))('lets no header or recipient in by the %s', async (place, at) => {
		for (const [number, text] of [...INJECTIONS, ...Object.values(ATTACKS)].entries()) {
			if (place === 'name of the sender') await store().settings.set('default', { kind: 'workspace' }, { senderName: text, companyName: text, postalAddress: text }, 'test');
			const [fields, parameters] = at(text);
			// Each mail of its own, so that none is recognised as a repeat of another.
			const answer = await send(row({ job: { id: `2b4a1f0e-0000-5000-8000-${String(number).padStart(12, '0')}` }, ...fields }), parameters);
			const mail = server.mails.pop();
			if (mail === undefined) {
				expect(String(answer.error)).toMatch(/^Nothing was sent/);
				continue;
			}
			expect(mail.envelope).toEqual({ from: 'sales@acme.example', to: [TO] });
			const names = headerNames(mail);
			expect(names.filter((name) => !/^[a-z-]+$/.test(name) || ['bcc', 'cc', 'x-injected'].includes(name))).toEqual([]);
			expect(new Set(names).size).toBe(names.length);
			expect(mail.parsed.to?.map(({ address }) => address)).toEqual([TO]);
			expect([mail.parsed.bcc, mail.parsed.cc]).toEqual([undefined, undefined]);
			expect(server.mails).toEqual([]);
		}
	}, 60_000);

	it('shows markup of a lead as text in the part that is read as HTML', async () => {
		await send(row({ draftText: `Hello ${ATTACKS.markup}`, name: ATTACKS.markup }));
		const { html = '', text = '' } = server.mails[0].parsed;
		expect(html).not.toMatch(/<script|<img|<[a-z]+[^>]*\son\w+=/i);
		expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
		expect(text).toContain('<img src=x onerror=alert(1)>');
	});
});
