import type { Channel } from '../../../engine/channels/channel';
import type { Status } from '../../../engine/message/contact';
import type { OutcomeEvent } from '../../../engine/outcome/outcome';
import { SANDBOX, type LoggedMessage } from '../../../sandbox/standins';
import { accepted, type World } from '../world';

/** One lead on one channel, what the model is made to say, and what must come of it. */
export interface ChannelPath {
	channel: Channel;
	/** The lead's address as the store knows it. */
	address: string;
	/** The provider's id of the lead's message. */
	messageId: string;
	text: string;
	subject?: string;
	language: string;
	score: number;
	/** Of the default pipeline: New 0–30, Engaged 31–55, Qualified 56–80 and above. */
	stageId: 'new' | 'engaged' | 'qualified';
	intent: 'hot' | 'warm' | 'cold';
	status: Status;
	reply: string;
	/** What the channel puts below the reply. */
	below?: string;
	write(world: World, path: ChannelPath): Promise<void>;
	/** The request as the provider must see it, besides recipient and text. */
	sent?(message: LoggedMessage, draftId: string): void;
	/** What the provider reports, besides `sent`. */
	reported: OutcomeEvent[];
}

export const PATHS: ChannelPath[] = [
	{
		channel: 'whatsapp',
		address: '+4915112345001',
		messageId: 'wamid.e2e-whatsapp',
		text: 'Guten Tag, was kostet eine Küche mit Lieferung nach Bremen? Wir möchten bald bestellen.',
		language: 'de',
		score: 84,
		stageId: 'qualified',
		intent: 'hot',
		status: 'QUALIFIED',
		reply: 'Guten Tag Frau Weber, vielen Dank für Ihre Anfrage. Wir stellen Ihnen gern ein Angebot zusammen. Wie groß ist der Raum?',
		write: async (world, { address, messageId, text }) => await world.whatsApp({ from: address, name: 'Anna Weber', messageId, text }),
		sent(message, draftId) {
			expect(message).toMatchObject({ provider: 'meta', from: SANDBOX.phoneNumberId, correlationId: draftId });
			expect(message.raw).toMatchObject({ messaging_product: 'whatsapp', recipient_type: 'individual', biz_opaque_callback_data: draftId, context: { message_id: 'wamid.e2e-whatsapp' }, type: 'text' });
		},
		reported: ['delivered'],
	},
	{
		channel: 'messenger',
		address: '7100000000000101',
		messageId: 'm_e2e-messenger',
		text: 'Hi, how much is the corner sofa, and do you deliver to Cork?',
		language: 'en',
		score: 58,
		stageId: 'qualified',
		intent: 'warm',
		status: 'CONTACTED',
		reply: 'Thank you for asking about the corner sofa. Yes, we deliver to Cork, and a colleague will send you the price today.',
		write: async (world, { address, messageId, text }) => accepted(await world.standIns.meta.inboundPage({ platform: 'messenger', from: address, text, mid: messageId })),
		sent(message, draftId) {
			expect(message).toMatchObject({ provider: 'meta', from: SANDBOX.pageId, correlationId: draftId });
			expect(message.raw).toMatchObject({ messaging_type: 'RESPONSE', message: { metadata: draftId } });
		},
		reported: ['delivered'],
	},
	{
		channel: 'instagram',
		address: '8200000000000101',
		messageId: 'aWdfe2einstagram',
		text: 'Love your kitchens! Could we talk about ours on the phone?',
		language: 'en',
		score: 45,
		stageId: 'engaged',
		intent: 'warm',
		status: 'CONTACTED',
		reply: 'Thank you so much! We would love to talk about your kitchen. When does a call suit you best?',
		write: async (world, { address, messageId, text }) => accepted(await world.standIns.meta.inboundPage({ platform: 'instagram', from: address, text, mid: messageId })),
		sent: (message, draftId) => expect(message).toMatchObject({ provider: 'meta', from: SANDBOX.instagramId, correlationId: draftId }),
		// Instagram sends no receipt of delivery.
		reported: [],
	},
	{
		channel: 'sms',
		address: '+447700900101',
		messageId: `SM${'e'.repeat(32)}`,
		text: 'Do you have the oak table in stock? I need it soon.',
		language: 'en',
		score: 72,
		stageId: 'qualified',
		intent: 'hot',
		status: 'QUALIFIED',
		reply: 'Thank you for your message. We are checking the stock of the oak table and will text you shortly.',
		write: async (world, { address, messageId, text }) => accepted(await world.standIns.twilio.inbound({ from: address, to: SANDBOX.smsNumber, text, messageSid: messageId })),
		sent: (message) => expect(message).toMatchObject({ provider: 'twilio', from: SANDBOX.smsNumber }),
		reported: ['delivered'],
	},
	{
		channel: 'email',
		address: 'jane.carter@hotel.example',
		messageId: '<e2e-mail@hotel.example>',
		text: 'Hello,\n\nwe are looking for wardrobes for our hotel. Could you please send us a quote?\n\nBest regards\nJane Carter',
		subject: 'Wardrobes for our hotel',
		language: 'en',
		score: 22,
		stageId: 'new',
		intent: 'cold',
		status: 'NEW',
		reply: 'Hello Jane,\n\nthank you for your message. We are preparing your quote and will be in touch shortly.\n\nKind regards',
		// Nobody knows which law holds for this lead: it is said that a model wrote it.
		below: '\n\n-- \nThis message was written with the help of artificial intelligence.',
		async write(world, { address, messageId, text, subject = '' }) {
			world.standIns.mail.deliver({ from: address, name: 'Jane Carter', to: SANDBOX.mailUser, subject, text, messageId });
		},
		sent(message, draftId) {
			expect(message).toMatchObject({ provider: 'smtp', from: SANDBOX.mailUser, subject: 'Re: Wardrobes for our hotel' });
			expect(message.headers).toMatchObject({ 'message-id': `<${draftId}@demo.example>`, 'in-reply-to': '<e2e-mail@hotel.example>', references: '<e2e-mail@hotel.example>' });
			expect(message.text).not.toMatch(/n8n/i);
		},
		reported: [],
	},
];

/** LinkedIn has no message API: the draft waits for a person to send it by hand. */
export const BY_HAND = {
	handle: 'https://www.linkedin.com/in/e2e-priya-nair',
	text: 'Saw your post about office furniture. We are interested in a quote for our rooms.',
	reply: 'Thank you for getting in touch. We would be glad to prepare a quote. How many rooms do you have in mind?',
	score: 66,
} as const;
