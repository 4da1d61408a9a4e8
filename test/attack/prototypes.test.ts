import { parseChannel } from '../../engine/channels/channel';
import { reasonName } from '../../engine/message/shadowWording';
import { readProviderEvents } from '../../engine/outcome/providerEvents';
import { epochMs } from '../../engine/time';
import { fallbackScore, gateDraft, readReply, redactPii, screenInbound } from '../../index';

/** Words that name something on every object of the language: a table looked up carelessly gives a function for them. */
const NAMES = [...Object.getOwnPropertyNames(Object.prototype), ...Object.getOwnPropertyNames(Array.prototype), 'prototype'];
const NOW = '2026-03-02T12:00:00Z';

describe.each(NAMES)("the word '%s'", (name) => {
	it('is a word like any other to every decision about a text', () => {
		for (const text of [name, `Please ${name} me`, `Was kostet ${name}?`, name.toLowerCase(), name.toUpperCase()]) {
			expect(readReply(text)).toMatchObject({ intent: expect.stringMatching(/^[a-z_]+$/), language: expect.stringMatching(/^[a-z]{2,3}$/) });
			expect(screenInbound(text).spam.flagged).toBe(false);
			expect(redactPii(text).text).toBe(text);
			expect(gateDraft({ text: `Hello, ${text}`, channel: 'email', language: name, contact: { name }, now: NOW }).verdict).not.toBe('block');
			expect(fallbackScore([{ from: 'lead', text, timestamp: NOW }], { now: NOW, language: name })?.score).toBeGreaterThanOrEqual(15);
		}
	});

	it('is no channel, no reason and no event of any provider', () => {
		expect(parseChannel(name)).toBeUndefined();
		expect(reasonName(name)).toBe(`check: ${name.replaceAll('_', ' ')}`);
		const reports = {
			whatsapp: { statuses: [{ id: 'w', status: name, timestamp: '1772452800', recipient_id: '4915112345678' }] },
			twilio: { MessageSid: 'SM1', MessageStatus: name, To: '+4915112345678' },
			sendgrid: [{ event: name, sg_message_id: 's', email: 'a@mail.example', timestamp: 1_772_452_800 }],
			calendly: { event: name, payload: { email: 'a@mail.example', uri: 'u' } },
			generic: { event: name, email: 'a@mail.example' },
			hubspot: [{ subscriptionType: 'contact.propertyChange', propertyName: 'hs_meeting_outcome', propertyValue: name, objectId: 1, eventId: 2 }],
			pipedrive: { meta: { entity: 'deal', action: 'change' }, data: { id: 1, status: name }, previous: { status: 'open' } },
		} as const;
		for (const [provider, payload] of Object.entries(reports)) expect({ provider, events: readProviderEvents(provider as keyof typeof reports, payload, epochMs(NOW)) }).toEqual({ provider, events: [] });
	});
});
