import { parseEmail } from '../../../engine/message/intake/email';
import { boundedRaw, cleaned, messageTime, phoneNumber } from '../../../engine/message/intake/cleaning';
import { htmlAsText } from '../../../engine/message/intake/htmlAsText';
import { toInbound, type IntakeFields } from '../../../engine/message/intake/inbound';
import { pageChannel, pageEntries, parsePageEntry } from '../../../engine/message/intake/metaPage';
import { parseTwilio } from '../../../engine/message/intake/twilio';
import { parseWhatsApp } from '../../../engine/message/intake/whatsapp';
import { epochMs } from '../../../engine/time';
import { cpuMs } from '../../cpuTime';

const NOW = epochMs('2026-03-02T10:00:00Z');

describe('times', () => {
	it.each([
		['1772445600', '2026-03-02T10:00:00.000Z'],
		[1772445500, '2026-03-02T09:58:20.000Z'],
		[1772445500000, '2026-03-02T09:58:20.000Z'],
		['1772445500000', '2026-03-02T09:58:20.000Z'],
		['2026-03-01T12:00:00+02:00', '2026-03-01T10:00:00.000Z'],
		['Sun, 01 Mar 2026 10:00:00 +0100', '2026-03-01T09:00:00.000Z'],
		['2099-01-01T00:00:00Z', '2026-03-02T10:00:00.000Z'],
		['yesterday-ish', '2026-03-02T10:00:00.000Z'],
		[undefined, '2026-03-02T10:00:00.000Z'],
		[{}, '2026-03-02T10:00:00.000Z'],
		[Number.NaN, '2026-03-02T10:00:00.000Z'],
	])('reads %j', (given, expected) => expect(new Date(messageTime(given, NOW)).toISOString()).toBe(expected));
});

it('writes phone numbers in one form when it can', () => {
	expect(phoneNumber('+49 151 23456789')).toBe('+4915123456789');
	expect(phoneNumber('0049 151 23456789')).toBe('+4915123456789');
	expect(phoneNumber('0151 23456789', 'de')).toBe('+4915123456789');
	expect(phoneNumber('whatsapp:+4915123456789')).toBe('+4915123456789');
	expect(phoneNumber('0151 23456789')).toBe('0151 23456789');
	expect(phoneNumber('call me', 'XX')).toBe('call me');
});

it('keeps a raw payload without NUL characters, and only the size of a huge one', () => {
	expect(boundedRaw({ a: 'x\0y' })).toEqual({ a: 'xy' });
	expect(boundedRaw({ a: 'x'.repeat(20_000) })).toEqual({ left_out: expect.stringContaining('20008 characters') });
	expect(cleaned('a\0b')).toBe('ab');
});

describe('WhatsApp', () => {
	const metadata = { display_phone_number: '4930901820', phone_number_id: '300000000000001' };
	const value = (extra: object) => ({ messaging_product: 'whatsapp', metadata, field: 'messages', ...extra });
	const text = (id: string, body: string, from = '4915112345678') => ({ from, id, timestamp: '1772445500', type: 'text', text: { body } });

	it('reads an item of the trigger', () => {
		const { messages, statuses } = parseWhatsApp(value({ contacts: [{ profile: { name: 'Ann' }, wa_id: '4915112345678' }], messages: [text('wamid.1', 'Hi\0 there')] }), NOW);
		expect(statuses).toBeUndefined();
		expect(messages).toEqual([
			{ channel: 'whatsapp', accountCandidates: ['300000000000001'], providerId: 'wamid.1', text: 'Hi there', attachments: [], timestamp: 1772445500000, name: 'Ann', address: { kind: 'phone', value: '+4915112345678' } },
		]);
	});
	it('takes several messages, receipts and a whole webhook body apart', () => {
		const body = { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value: value({ messages: [text('a', 'one'), text('b', 'two', '4915100000000')] }) }, { field: 'messages', value: value({ statuses: [{ id: 'wamid.9', status: 'read' }] }) }] }] };
		const parsed = parseWhatsApp(body, NOW);
		expect(parsed.messages.map(({ text: said }) => said)).toEqual(['one', 'two']);
		expect(parsed.statuses).toMatchObject({ metadata, statuses: [{ id: 'wamid.9', status: 'read' }] });
	});
	it.each([
		[{ type: 'audio', audio: { id: '1', mime_type: 'audio/ogg; codecs=opus', voice: true } }, '', [{ kind: 'audio', mime: 'audio/ogg; codecs=opus' }]],
		[{ type: 'image', image: { id: '1', mime_type: 'image/jpeg', caption: 'This one?' } }, 'This one?', [{ kind: 'image', mime: 'image/jpeg' }]],
		[{ type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'b', title: 'Yes please' } } }, 'Yes please', []],
		[{ type: 'button', button: { text: 'Stop', payload: 'x' } }, 'Stop', []],
		[{ type: 'location', location: { name: 'Shop', address: 'Main St 1' } }, 'Shop, Main St 1', [{ kind: 'location' }]],
		[{ type: 'unsupported' }, '', [{ kind: 'other' }]],
		[{ type: '__proto__' }, '', [{ kind: 'other' }]],
	])('reads content %j', (content, said, attachments) => {
		const [message] = parseWhatsApp(value({ messages: [{ from: '49151', id: 'x', timestamp: '1772445500', ...content }] }), NOW).messages;
		expect(message).toMatchObject({ text: said, attachments });
	});
	it('keeps a message of somebody who hides the number', () => {
		const [message] = parseWhatsApp(value({ contacts: [{ profile: { name: 'Ann' } }], messages: [{ id: 'x', timestamp: '1772445500', type: 'text', text: { body: 'Hi' } }] }), NOW).messages;
		expect(message).toMatchObject({ name: 'Ann', text: 'Hi' });
		expect(message.address).toBeUndefined();
	});
	it('tells what a colleague wrote on the phone, and an opt-out in the app', () => {
		const parsed = parseWhatsApp(value({ field: 'smb_message_echoes', message_echoes: [{ from: '4930901820', to: '4915112345678', id: 'wamid.e', timestamp: '1772445500', type: 'text', text: { body: 'I call you' } }], user_preferences: [{ wa_id: '4915112345678', category: 'marketing_messages', value: 'stop' }, { wa_id: '1', value: 'maybe' }] }), NOW);
		expect(parsed.echoes).toMatchObject([{ providerId: 'wamid.e', text: 'I call you', address: { value: '+4915112345678' } }]);
		expect(parsed.preferences).toEqual([{ channel: 'whatsapp', accountCandidates: ['300000000000001'], address: { kind: 'phone', value: '+4915112345678' }, value: 'stop' }]);
	});
});

describe('Messenger and Instagram', () => {
	const event = (extra: object) => ({ sender: { id: 'lead-1' }, recipient: { id: '400000000000001' }, timestamp: 1772445500000, ...extra });
	const entry = { id: '400000000000001', time: 1, messaging: [event({ message: { mid: 'm_1', text: 'Hello' } }), event({ delivery: { mids: ['m_0'], watermark: 1 } }), { sender: { id: '400000000000001' }, recipient: { id: 'lead-1' }, timestamp: 1772445500000, message: { mid: 'm_2', text: 'Hi from Ann', is_echo: true, app_id: 26390203743090 } }, event({ postback: { mid: 'm_3', title: 'Get started', payload: 'X' } }), event({ message: { mid: 'm_4', is_deleted: true } })] };

	it('splits an entry into messages, echoes and receipts', () => {
		const parsed = parsePageEntry(entry, 'messenger', NOW);
		expect(parsed.messages).toMatchObject([
			{ channel: 'messenger', providerId: 'm_1', text: 'Hello', address: { kind: 'messenger', value: 'lead-1' }, accountCandidates: ['400000000000001'] },
			{ providerId: 'm_3', text: 'Get started' },
		]);
		expect(parsed.echoes).toMatchObject([{ providerId: 'm_2', appId: '26390203743090', address: { value: 'lead-1' } }]);
		expect(parsed.statuses).toMatchObject({ object: 'page', id: '400000000000001', messaging: [{ delivery: { mids: ['m_0'] } }] });
	});
	it('tells Instagram from Messenger', () => {
		const nobody = () => undefined;
		expect(pageChannel(entry, nobody)).toBe('messenger');
		expect(pageChannel({ ...entry, object: 'instagram' }, nobody)).toBe('instagram');
		expect(pageChannel({ ...entry, id: '17841400000000001' }, nobody)).toBe('instagram');
		expect(pageChannel(entry, () => 'instagram')).toBe('instagram');
		expect(pageChannel({ id: '1', messaging: [event({ message: { mid: 'aWdfZAG1' } })] }, nobody)).toBe('instagram');
	});
	it('takes the whole webhook body', () => expect(pageEntries({ object: 'page', entry: [entry] })).toMatchObject([{ object: 'page', id: '400000000000001' }]));
});

describe('Twilio', () => {
	it('reads an event of the trigger', () => {
		const parsed = parseTwilio({ specversion: '1.0', type: 'com.twilio.messaging.inbound-message.received', id: 'EZ1', time: '2026-03-02T09:58:20.000Z', data: { numMedia: 1, mediaUrl0: 'https://x.example/1', mediaContentType0: 'image/png', to: '+15005550006', from: '+4915112345678', messageSid: 'SM1', body: 'STOP', timestamp: '2026-03-02T09:58:20.000Z' } }, NOW);
		expect(parsed.messages).toEqual([{ channel: 'sms', accountCandidates: ['+15005550006'], providerId: 'SM1', text: 'STOP', attachments: [{ kind: 'image', mime: 'image/png', url: 'https://x.example/1' }], timestamp: 1772445500000, address: { kind: 'phone', value: '+4915112345678' } }]);
	});
	it('reads a plain webhook, WhatsApp through Twilio, and a receipt', () => {
		const form = { SmsStatus: 'received', MessageSid: 'SM2', From: 'whatsapp:+4915112345678', To: 'whatsapp:+1500', Body: '', NumMedia: '0', ProfileName: 'Ann' };
		expect(parseTwilio(form, NOW).messages).toMatchObject([{ channel: 'whatsapp', name: 'Ann', text: '', address: { value: '+4915112345678' }, accountCandidates: ['+1500'] }]);
		const receipt = { MessageSid: 'SM3', MessageStatus: 'delivered', From: '+1500', To: '+49' };
		expect(parseTwilio(receipt, NOW)).toMatchObject({ messages: [], statuses: receipt });
		expect(parseTwilio({ specversion: '1.0', type: 'com.twilio.messaging.message.failed', data: { messageSid: 'SM4', messageStatus: 'failed' } }, NOW).statuses).toBeDefined();
	});
});

describe('e-mail', () => {
	const simple = { textPlain: 'Yes, send me a quote.\n\nOn Mon, 2 Mar 2026 at 09:00, Sales <sales@demo.example> wrote:\n> Reply STOP to unsubscribe', textHtml: '<p>x</p>', metadata: { 'message-id': '<a@mail.example>', 'delivered-to': 'sales@demo.example' }, attributes: { uid: 7 }, from: '"Doe, Jane" <Jane@Mail.example>', to: 'Sales <sales@demo.example>, boss@demo.example', subject: 'Re: Offer', date: 'Mon, 02 Mar 2026 09:58:20 +0000' };

	it('reads the format Simple without what is quoted', () => {
		expect(parseEmail(simple, NOW)?.messages).toEqual([{ channel: 'email', accountCandidates: ['sales@demo.example', 'boss@demo.example'], providerId: '<a@mail.example>', text: 'Yes, send me a quote.', subject: 'Re: Offer', attachments: [], timestamp: 1772445500000, name: 'Doe, Jane', address: { kind: 'email', value: 'jane@mail.example' }, recipients: [{ address: 'sales@demo.example', name: 'Sales' }, { address: 'boss@demo.example' }] }]);
		expect(parseEmail({ ...simple, metadata: { 'auto-submitted': 'auto-replied' } }, NOW)?.messages).toMatchObject([{ automatic: true }]);
		expect(parseEmail({ ...simple, metadata: { 'auto-submitted': 'No' } }, NOW)?.messages[0].automatic).toBeUndefined();
	});
	it('reads the format Resolved, HTML only', () => {
		const resolved = { from: { value: [{ address: 'jane@mail.example', name: 'Jane' }], text: 'x' }, to: { value: [{ address: 'sales@demo.example', name: '' }] }, html: '<div>Hallo &amp; danke<br>Jane</div><blockquote>STOP</blockquote>', subject: 'S', date: '2026-03-02T09:58:20.000Z', messageId: '<b@mail.example>', headers: { 'content-type': 'Content-Type: text/html' } };
		expect(parseEmail(resolved, NOW)?.messages).toMatchObject([{ text: 'Hallo & danke\nJane', name: 'Jane', providerId: '<b@mail.example>' }]);
	});
	it('hands a delivery report on and refuses the format RAW', () => {
		expect(parseEmail({ ...simple, from: 'MAILER-DAEMON@mx.example' }, NOW)).toMatchObject({ messages: [], statuses: { subject: 'Re: Offer' } });
		expect(parseEmail({ raw: 'abc' }, NOW)).toBeUndefined();
	});
	it('reads hostile HTML in a moment', () => {
		const before = cpuMs();
		htmlAsText('<'.repeat(150_000));
		htmlAsText(`${'<p>&'.repeat(50_000)}`);
		parseEmail({ ...simple, from: `${'"'.repeat(5_000)}a@b.example`, to: ','.repeat(100_000) }, NOW);
		expect(cpuMs() - before).toBeLessThan(1_000);
		expect(htmlAsText('a &lt; b &#8364; &bogus; <style>x{}</style>c')).toBe('a < b € &bogus; c');
	});
});

describe('the message to record', () => {
	const fields = (extra: Partial<IntakeFields> = {}): IntakeFields => ({ channel: 'whatsapp', text: 'Hi', attachments: [], timestamp: NOW, source: 'form', direction: 'inbound', phone: '+49 151 12345678', ...extra });

	it('leaves the id to the provider, and makes one thread a person and account', () => {
		const { message, contact, reachable } = toInbound('w', fields({ providerId: 'wamid.1', accountId: '300' }), true);
		expect(message).toMatchObject({ threadId: 'whatsapp:300:+4915112345678', providerId: 'wamid.1' });
		expect(message).not.toHaveProperty('id');
		expect(contact).toEqual({ phone: '+4915112345678' });
		expect(reachable).toBe(true);
	});
	it('knows the same words of the same person on the same day again, and no other', () => {
		const id = (extra: Partial<IntakeFields>) => toInbound('w', fields(extra), false).message.id;
		expect(id({ timestamp: epochMs('2026-03-02T23:59:00Z') })).toBe(id({}));
		expect(new Set([id({}), id({ timestamp: epochMs('2026-03-03T00:00:00Z') }), id({ text: 'Ho' }), id({ phone: '+4915112345679' })]).size).toBe(4);
	});
	it('keeps nameless people apart', () => {
		const person = (text: string) => toInbound('w', fields({ phone: undefined, text }), false);
		expect(person('a').contact.id).toBeDefined();
		expect(person('a').contact.id).not.toBe(person('b').contact.id);
		expect(person('a').reachable).toBe(false);
	});
});
