import type { Channel } from '../channels/channel';
import { DAY, HOUR } from '../time';

/** The local hour outreach goes out when nothing better is known. Policy of this pack: Messenger follows Instagram's evening use, SMS is read at once and so goes in the middle of the working day. */
export const CHANNEL_DEFAULT_HOUR: Readonly<Record<Channel, number>> = {
	email: 10,
	whatsapp: 14,
	linkedin: 9,
	instagram: 18,
	messenger: 18,
	sms: 12,
};

/** How a sentence names a channel. */
export const CHANNEL_LABEL: Readonly<Record<Channel, string>> = {
	email: 'e-mail',
	whatsapp: 'WhatsApp',
	linkedin: 'LinkedIn',
	instagram: 'Instagram',
	messenger: 'Messenger',
	sms: 'SMS',
};

/** How long after the contact's last message a channel takes free-form messages (Meta's messaging policy). */
export const CHANNEL_WINDOW_MS: Readonly<Partial<Record<Channel, number>>> = {
	whatsapp: 24 * HOUR,
	instagram: 24 * HOUR,
	messenger: 24 * HOUR,
};

/** An unanswered inbound message younger than this makes the next message a reply. */
export const REPLY_AGE_MS = 24 * HOUR;

/** How far ahead of the first possible moment a time is looked for. */
export const SEARCH_MS = 60 * DAY;

/** On how many open days the wished hour is tried before any open moment is taken: two weeks see every weekday twice. */
export const WISHES_TRIED = 14;

/** Local hours exploration draws from: waking hours. */
export const EXPLORED_HOURS: readonly number[] = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];
