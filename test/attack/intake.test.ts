import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { useEmbeddedStore } from '../nodes/embeddedStore';
import { runNode } from '../nodes/runNode';
import { NAMED_ATTACKS, polluted } from './hostileTexts';

const node = new LeadAutopilot();
const run = async (items: IDataObject[], parameters: INodeParameters): Promise<IDataObject[][]> => (await runNode(node, items, { parameters })).outputs.map((output) => output.map(({ json }) => json));
/** All that is left when control characters and blanks are not looked at, which some fields clean. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, '');

const now = (): number => Math.floor(Date.now() / 1000);
/** The message and sender of each provider, as its trigger emits them. */
const PAYLOADS: Readonly<Record<string, (text: string) => IDataObject>> = {
	whatsapp: (text) => ({ metadata: { phone_number_id: '300' }, contacts: [{ profile: { name: text }, wa_id: '4915112345678' }], messages: [{ from: '4915112345678', id: 'wamid.1', timestamp: String(now()), type: 'text', text: { body: text } }], field: 'messages' }),
	page: (text) => ({ id: '400', time: now(), messaging: [{ sender: { id: 'lead-1' }, recipient: { id: '400' }, timestamp: Date.now() - 1000, message: { mid: 'm_1', text } }] }),
	twilio: (text) => ({ type: 'com.twilio.messaging.inbound-message.received', data: { messageSid: 'SM1', from: '+4915112345678', to: '+15005550006', body: text, timestamp: new Date().toISOString() } }),
	email: (text) => ({ textPlain: text, from: 'Ann <ann@mail.example>', to: 'sales@demo.example', subject: text, date: new Date().toISOString(), metadata: { 'message-id': '<a@x>' } }),
};

describe.each(NAMED_ATTACKS)('%s from a lead', (_name, text) => {
	const { store } = useEmbeddedStore();

	it('stays text in Record: in every field of the row, and nothing else is touched', async () => {
		await store().contacts.upsert('client-b', [{ email: 'other@mail.example', name: 'Other' }]);
		const row = { name: text, email: 'ann@mail.example', company: text, message: text, subject: text, id: text, threadId: text, [text]: text, attributes: { [text]: text } };
		const [[item]] = await run([row], { resource: 'message', operation: 'record' });
		const { message, contact } = item as { message: IDataObject; contact: IDataObject };
		expect(message).toMatchObject({ workspace: 'default', direction: 'inbound' });
		expect(oneLine(String(message.text))).toBe(oneLine(text));
		expect(oneLine(String(contact.name))).toBe(oneLine(text));
		expect((await store().contacts.find('default', ['ann@mail.example']))[0]?.id).toBe(contact.id);
		expect(await store().contacts.find('client-b', ['other@mail.example', 'ann@mail.example'])).toMatchObject([{ name: 'Other' }, undefined]);
		expect(polluted()).toBe(false);
	});

	it.each(Object.keys(PAYLOADS))('stays text in Record Provider Payload of %s', async (provider) => {
		const outputs = await run([PAYLOADS[provider](text)], { resource: 'message', operation: 'recordPayload', provider });
		expect(outputs.map((output) => output.length)).toEqual([1, 0, 0, 0]);
		const { message } = outputs[0][0] as { message: IDataObject };
		const [conversation] = await store().contacts.conversations('default', [String((outputs[0][0].contact as IDataObject).id)]);
		expect(oneLine(String(message.text))).toBe(oneLine(text));
		expect(conversation.map((turn) => oneLine(turn.text))).toEqual([oneLine(text)]);
		expect(polluted()).toBe(false);
	});

	it('stays text as a reference to a contact, and finds or exports nobody', async () => {
		await store().contacts.upsert('default', [{ email: 'ann@mail.example', name: 'Ann' }]);
		const [[found], [exported]] = await Promise.all(['get', 'export'].map(async (operation) => (await run([{ contact: { id: text }, name: 'x' }], { resource: 'contact', operation }))[0]));
		expect(JSON.stringify([found, exported])).not.toContain('ann@mail.example');
		expect(await store().contacts.find('default', [text, `${text}%`, '%'])).toEqual([undefined, undefined, undefined]);
	});
});

describe('a payload that names what it must not', () => {
	const { store } = useEmbeddedStore();

	it.each(['__proto__', 'constructor', 'prototype'])('pollutes nothing by %s, in a row or a provider’s payload', async (name) => {
		const poison = JSON.parse(`{"${name}":{"admin":true,"polluted":true,"prototype":{"admin":true}}}`) as IDataObject;
		await run([{ ...poison, name: 'Ann', email: 'ann@mail.example', message: 'Hi', attributes: poison }], { resource: 'message', operation: 'record' });
		for (const [provider, payload] of Object.entries(PAYLOADS)) await run([{ ...payload('Hi'), ...poison }], { resource: 'message', operation: 'recordPayload', provider });
		expect(polluted()).toBe(false);
		expect(await store().contacts.find('default', ['ann@mail.example'])).toMatchObject([{ name: expect.stringMatching(/^Ann/) }]);
	});

	it('exports one person whole and nobody else, as JSON that reads back the same', async () => {
		for (const [at, [, text]] of NAMED_ATTACKS.entries()) await run([{ name: text, email: `lead${at}@mail.example`, message: text }], { resource: 'message', operation: 'record' });
		for (const at of NAMED_ATTACKS.keys()) {
			const [[item]] = await run([{ email: `lead${at}@mail.example` }], { resource: 'contact', operation: 'export' });
			const data = item.personalData as { found: boolean; tables: Record<string, IDataObject[]> };
			expect(data.found).toBe(true);
			expect(data.tables.contacts).toHaveLength(1);
			expect(data.tables.messages).toHaveLength(1);
			expect(JSON.parse(JSON.stringify(item))).toEqual(item);
			expect([...JSON.stringify(data.tables).matchAll(/lead(\d+)@mail\.example/g)].every(([, number]) => Number(number) === at)).toBe(true);
		}
	});
});
