import type { EpochMs } from '../../time';
import type { Attachment } from '../message';
import { attachmentKind } from './attachmentKind';
import { cleaned, messageTime } from './cleaning';
import { fieldsOf, nothingParsed, textOf, type Fields, type IncomingMessage, type ParsedPayload } from './parsed';

/** Twilio numbers the media of one message 0–9. */
const MOST_MEDIA = 10;

/**
 * One item of n8n's Twilio Trigger (a CloudEvent of Twilio's event streams, its fields under `data`), or the form fields
 * of a plain Twilio webhook (From, To, Body).
 */
export function parseTwilio(payload: Fields, now: EpochMs): ParsedPayload {
	const parsed = nothingParsed();
	const isEvent = payload.data !== undefined && (payload.specversion !== undefined || textOf(payload.type)?.startsWith('com.twilio.'));
	const data = lowerCased(isEvent ? fieldsOf(payload.data) : payload);
	const from = textOf(data.from);
	const inbound = isEvent ? textOf(payload.type)?.includes('inbound-message') === true : data.body !== undefined && receipt(data) === undefined;
	if (inbound && (from !== undefined || data.body !== undefined)) parsed.messages.push(incoming(data, from, payload.time, now));
	else if (receipt(data) !== undefined || (isEvent && textOf(payload.type)?.startsWith('com.twilio.messaging.'))) parsed.statuses = payload;
	return parsed;
}

/** A status callback names a status other than that of a message coming in. */
function receipt(data: Fields): string | undefined {
	const status = textOf(data.messagestatus) ?? textOf(data.smsstatus);
	return status === 'received' || status === 'receiving' ? undefined : status;
}

/** Webhooks write From and MessageSid, event streams from and messageSid. */
function lowerCased(data: Fields): Fields {
	return Object.fromEntries(Object.entries(data).map(([key, value]) => [key.toLowerCase(), value]));
}

function incoming(data: Fields, from: string | undefined, eventTime: unknown, now: EpochMs): IncomingMessage {
	const to = textOf(data.to);
	const isWhatsApp = from?.toLowerCase().startsWith('whatsapp:') === true;
	const withoutPrefix = (address: string): string => address.replace(/^whatsapp:/i, '');
	return {
		channel: isWhatsApp ? 'whatsapp' : 'sms',
		accountCandidates: to === undefined ? [] : [withoutPrefix(to)],
		providerId: textOf(data.messagesid) ?? textOf(data.smsmessagesid) ?? textOf(data.sid),
		text: cleaned(typeof data.body === 'string' ? data.body : ''),
		attachments: mediaOf(data),
		timestamp: messageTime(data.timestamp ?? eventTime, now),
		...(textOf(data.profilename) === undefined ? {} : { name: textOf(data.profilename) }),
		...(from === undefined ? {} : { address: { kind: 'phone', value: withoutPrefix(from) } }),
	};
}

function mediaOf(data: Fields): Attachment[] {
	const count = Math.min(Number(data.nummedia ?? 0) || 0, MOST_MEDIA);
	return Array.from({ length: count }, (_, index) => {
		const mime = textOf(data[`mediacontenttype${index}`]);
		const url = textOf(data[`mediaurl${index}`]);
		return { kind: attachmentKind(mime), ...(mime === undefined ? {} : { mime }), ...(url === undefined ? {} : { url }) };
	});
}
