import fc from 'fast-check';
import { detectProvider, PROVIDERS, readProviderEvents } from '../../../engine/outcome/providerEvents';
import { epochMs } from '../../../engine/time';

const NOW = epochMs('2026-05-20T10:00:00Z');
const AT = epochMs('2023-11-14T22:13:20Z'); // 1,700,000,000 s

const whatsappStatus = { id: 'wamid.1', status: 'failed', timestamp: '1700000000', recipient_id: '4915112345678', biz_opaque_callback_data: 'draft-1', errors: [{ code: 131047, title: 'Re-engagement message' }] };

describe('readProviderEvents', () => {
	it('reads a WhatsApp status in all three wrappings', () => {
		const expected = [{ event: 'failed', occurredAt: AT, providerId: 'wamid.1', eventId: 'whatsapp:wamid.1:failed', outboundId: 'draft-1', channel: 'whatsapp', errorCode: '131047' }];
		const webhook = { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [{ field: 'messages', value: { statuses: [whatsappStatus] } }] }] };
		for (const payload of [webhook, { statuses: [whatsappStatus] }, whatsappStatus]) {
			expect(detectProvider(payload)).toBe('whatsapp');
			expect(readProviderEvents('whatsapp', payload, NOW)).toEqual(expected);
		}
	});

	it('reads Messenger delivery by message id, and leaves a bare watermark out', () => {
		const payload = { object: 'page', entry: [{ messaging: [{ timestamp: 1700000000000, delivery: { mids: ['m1', 'm2'], watermark: 1 } }, { read: { watermark: 2 } }] }] };
		expect(readProviderEvents('meta_page', payload, NOW).map(({ event, providerId, occurredAt, channel }) => [event, providerId, occurredAt, channel])).toEqual([
			['delivered', 'm1', AT, 'messenger'],
			['delivered', 'm2', AT, 'messenger'],
		]);
	});

	it('reads Twilio status callbacks and event streams', () => {
		expect(readProviderEvents('twilio', { MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode: '30003', To: '+4915112345678' }, NOW)).toMatchObject([
			{ event: 'failed', providerId: 'SM1', errorCode: '30003', channel: 'sms', occurredAt: NOW },
		]);
		const stream = [{ type: 'com.twilio.messaging.message.delivered', time: '2023-11-14T22:13:20Z', data: { messageSid: 'SM1', to: 'whatsapp:+49' } }];
		expect(detectProvider(stream)).toBe('twilio');
		expect(readProviderEvents('twilio', stream, NOW)).toMatchObject([{ event: 'delivered', providerId: 'SM1', occurredAt: AT, channel: 'whatsapp' }]);
		expect(readProviderEvents('twilio', { MessageSid: 'SM1', MessageStatus: 'queued' }, NOW)).toEqual([]);
	});

	it('tells SendGrid bounces from blocks and machine opens from people', () => {
		const base = { timestamp: 1700000000, sg_message_id: 'abc.filter1', draft_id: 'd' };
		const events = [
			{ ...base, event: 'bounce', type: 'bounce', status: '5.1.1', sg_event_id: '1' },
			{ ...base, event: 'bounce', type: 'blocked', sg_event_id: '2' },
			{ ...base, event: 'open', sg_machine_open: true, sg_event_id: '3' },
			{ ...base, event: 'open', sg_event_id: '4' },
			{ ...base, event: 'processed', sg_event_id: '5' },
		];
		expect(readProviderEvents('sendgrid', events, NOW).map(({ event, eventId, providerId, outboundId }) => [event, eventId, providerId, outboundId])).toEqual([
			['bounced_hard', 'sendgrid:1', 'abc', 'd'],
			['bounced_soft', 'sendgrid:2', 'abc', 'd'],
			['machine_opened', 'sendgrid:3', 'abc', 'd'],
			['opened', 'sendgrid:4', 'abc', 'd'],
		]);
	});

	it('reads a bounce mail, tied to the message it names', () => {
		const bounce = {
			from: 'Mail Delivery System <mailer-daemon@example.com>',
			date: '2023-11-14T22:13:20Z',
			metadata: { 'in-reply-to': '<draft-1@us.example>', 'content-type': 'multipart/report; report-type=delivery-status' },
			textPlain: 'Your message could not be delivered.\n550 5.1.1 user unknown',
		};
		expect(detectProvider(bounce)).toBe('email');
		expect(readProviderEvents('email', bounce, NOW)).toEqual([
			{ event: 'bounced_hard', occurredAt: AT, providerId: '<draft-1@us.example>', eventId: 'email:<draft-1@us.example>:bounced_hard', channel: 'email', errorCode: '5.1.1' },
		]);
		const full = { ...bounce, metadata: {}, textPlain: 'mailbox full (4.2.2)\n\nMessage-ID: <draft-2@us.example>\nSubject: Hi' };
		expect(readProviderEvents('email', full, NOW)).toMatchObject([{ event: 'bounced_soft', providerId: '<draft-2@us.example>', errorCode: '4.2.2' }]);
		expect(readProviderEvents('email', { ...bounce, textPlain: 'no code' }, NOW)).toEqual([]);
	});

	it('makes nothing of anything else, and never throws', () => {
		fc.assert(
			fc.property(fc.constantFrom(...PROVIDERS), fc.anything(), (provider, payload) => {
				for (const event of readProviderEvents(provider, payload, NOW)) expect(Number.isFinite(event.occurredAt)).toBe(true);
			}),
		);
		for (const payload of [null, 42, 'text', [], {}, { statuses: 'no' }, { statuses: [{ id: {}, status: [] }] }, { entry: [null] }]) {
			for (const provider of PROVIDERS) expect(readProviderEvents(provider, payload, NOW)).toEqual([]);
		}
	});
});
