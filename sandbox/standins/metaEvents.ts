import { createHash, randomBytes } from 'node:crypto';
import { SANDBOX } from './accounts';
import type { MessageLog } from './messageLog';
import { statusError } from './metaErrors';
import type { Destination, MetaObject, Subscriptions } from './metaSubscriptions';

export type WhatsAppState = 'sent' | 'delivered' | 'read' | 'failed';
export type PagePlatform = 'messenger' | 'instagram';

export interface InboundWhatsApp extends Destination {
	/** Digits with the country code. Leave it out to send what Meta sends of a user who hides the number. */
	from?: string;
	name?: string;
	text?: string;
	/** A voice note or picture instead of text. */
	audio?: boolean;
	image?: boolean;
	caption?: string;
	messageId?: string;
	/** Milliseconds; default now. */
	timestamp?: number;
	phoneNumberId?: string;
}

export interface WhatsAppStatus extends Destination {
	messageId: string;
	status: WhatsAppState;
	to: string;
	/** Meta's numeric codes, for `failed`. */
	errors?: number[];
	phoneNumberId?: string;
	bizOpaqueCallbackData?: string;
	timestamp?: number;
}

export interface PageEvent extends Destination {
	platform: PagePlatform;
	pageId?: string;
	/** The lead's id on that platform. */
	from: string;
	text: string;
	mid?: string;
	timestamp?: number;
}

export interface PageEcho extends Omit<PageEvent, 'from'> {
	to: string;
	metadata?: string;
	/** The app that sent it; none or another one means a person wrote it in the page's inbox. */
	fromAppId?: string;
}

export const messageIds = {
	whatsapp: (): string => `wamid.${randomBytes(30).toString('base64')}`,
	page: (): string => `m_${randomBytes(42).toString('base64url')}`,
};

export interface MetaEvents {
	inboundWhatsApp(event: InboundWhatsApp): Promise<number[]>;
	status(event: WhatsAppStatus, optional?: boolean): Promise<number[]>;
	/** A colleague answered from the WhatsApp Business app on the phone. */
	whatsappEcho(event: { to: string; text: string; messageId?: string; phoneNumberId?: string } & Destination): Promise<number[]>;
	inboundPage(event: PageEvent): Promise<number[]>;
	pageEcho(event: PageEcho, optional?: boolean): Promise<number[]>;
	/** Messenger's word that messages arrived. */
	pageDelivery(event: { pageId: string; to: string; mids: string[] } & Destination): Promise<number[]>;
	/** An event with a payload of one's own, signed and sent all the same. */
	rawEvent(event: { object: MetaObject; field: string; accountId: string; body: unknown } & Destination): Promise<number[]>;
}

/** The account id a platform's events carry when none is given. */
export function accountOf(platform: PagePlatform): string {
	return platform === 'instagram' ? SANDBOX.instagramId : SANDBOX.pageId;
}

export function createMetaEvents(subscriptions: Subscriptions, log: MessageLog): MetaEvents {
	const whatsapp = (field: string, phoneNumberId: string, value: object, to: Destination, optional = false): Promise<number[]> => {
		const metadata = { display_phone_number: SANDBOX.whatsappNumber, phone_number_id: phoneNumberId };
		const change = { field, value: { messaging_product: 'whatsapp', metadata, ...value } };
		const body = { object: 'whatsapp_business_account', entry: [{ id: SANDBOX.whatsappBusinessId, changes: [change] }] };
		return subscriptions.post({ object: 'whatsapp_business_account', field, accountId: phoneNumberId, body }, to, optional);
	};
	const page = (platform: PagePlatform, pageId: string, field: string, event: object, at: number, to: Destination, optional = false): Promise<number[]> => {
		const object = platform === 'instagram' ? 'instagram' : 'page';
		const body = { object, entry: [{ id: pageId, time: at, messaging: [event] }] };
		return subscriptions.post({ object, field, accountId: pageId, body }, to, optional);
	};

	return {
		async inboundWhatsApp(event) {
			const { from, name = 'Sandbox Lead', text = '', timestamp = Date.now(), phoneNumberId = SANDBOX.phoneNumberId } = event;
			const id = event.messageId ?? messageIds.whatsapp();
			const media = { id: createHash('sha256').update(id).digest('hex').slice(0, 15).replace(/\D/g, '7'), sha256: 'c2FuZGJveA==' };
			const content = event.audio
				? { type: 'audio', audio: { ...media, mime_type: 'audio/ogg; codecs=opus', voice: true } }
				: event.image
					? { type: 'image', image: { ...media, mime_type: 'image/jpeg', ...(event.caption ? { caption: event.caption } : {}) } }
					: { type: 'text', text: { body: text } };
			log.add({ direction: 'fromLead', channel: 'whatsapp', provider: 'meta', from: from ?? '', to: phoneNumberId, name, text: event.audio ? '[voice note]' : event.image ? `[picture] ${event.caption ?? ''}`.trim() : text, providerId: id, raw: event });
			const contact = { profile: { name }, ...(from === undefined ? {} : { wa_id: from }) };
			const message = { ...(from === undefined ? {} : { from }), id, timestamp: String(Math.floor(timestamp / 1000)), ...content };
			return await whatsapp('messages', phoneNumberId, { contacts: [contact], messages: [message] }, event);
		},
		async status(event, optional) {
			const { messageId, status, to, errors = [], phoneNumberId = SANDBOX.phoneNumberId, bizOpaqueCallbackData, timestamp = Date.now() } = event;
			log.setState(messageId, status);
			const value = {
				id: messageId,
				status,
				timestamp: String(Math.floor(timestamp / 1000)),
				recipient_id: to,
				...(bizOpaqueCallbackData === undefined ? {} : { biz_opaque_callback_data: bizOpaqueCallbackData }),
				...(status === 'sent' ? { conversation: { id: createHash('md5').update(to).digest('hex'), origin: { type: 'service' } } } : {}),
				...(status === 'failed' ? { errors: errors.map(statusError) } : { pricing: { billable: false, pricing_model: 'PMP', category: 'service', type: 'free_customer_service' } }),
			};
			return await whatsapp('messages', phoneNumberId, { statuses: [value] }, event, optional);
		},
		async whatsappEcho(event) {
			const { to, text, phoneNumberId = SANDBOX.phoneNumberId, messageId = messageIds.whatsapp() } = event;
			log.add({ direction: 'fromPerson', channel: 'whatsapp', provider: 'meta', from: phoneNumberId, to, text, providerId: messageId, raw: event });
			const echo = { from: SANDBOX.whatsappNumber, to, id: messageId, timestamp: String(Math.floor(Date.now() / 1000)), type: 'text', text: { body: text } };
			return await whatsapp('smb_message_echoes', phoneNumberId, { message_echoes: [echo] }, event);
		},
		async inboundPage(event) {
			const { platform, from, text, pageId = accountOf(platform), mid = messageIds.page(), timestamp = Date.now() } = event;
			log.add({ direction: 'fromLead', channel: platform, provider: 'meta', from, to: pageId, text, providerId: mid, raw: event });
			const messaging = { sender: { id: from }, recipient: { id: pageId }, timestamp, message: { mid, text } };
			return await page(platform, pageId, 'messages', messaging, timestamp, event);
		},
		async pageEcho(event, optional) {
			const { platform, to, text, pageId = accountOf(platform), mid = messageIds.page(), timestamp = Date.now(), metadata, fromAppId } = event;
			if (fromAppId === undefined) log.add({ direction: 'fromPerson', channel: platform, provider: 'meta', from: pageId, to, text, providerId: mid, raw: event });
			const message = { mid, text, is_echo: true, ...(fromAppId ? { app_id: Number(fromAppId) } : {}), ...(metadata ? { metadata } : {}) };
			const messaging = { sender: { id: pageId }, recipient: { id: to }, timestamp, message };
			// Instagram sends echoes under `messages`, Messenger under a field of their own.
			return await page(platform, pageId, platform === 'instagram' ? 'messages' : 'message_echoes', messaging, timestamp, event, optional);
		},
		async pageDelivery({ pageId, to, mids, ...destination }) {
			const now = Date.now();
			mids.forEach((mid) => log.setState(mid, 'delivered'));
			const messaging = { sender: { id: to }, recipient: { id: pageId }, timestamp: now, delivery: { mids, watermark: now } };
			return await page('messenger', pageId, 'message_deliveries', messaging, now, destination, true);
		},
		rawEvent: (event) => subscriptions.post(event, event),
	};
}
