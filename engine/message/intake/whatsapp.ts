import type { EpochMs } from '../../time';
import type { Attachment } from '../message';
import { cleaned, messageTime } from './cleaning';
import { fieldsOf, listOf, nothingParsed, textOf, type Echo, type Fields, type IncomingMessage, type ParsedPayload, type Preference } from './parsed';

const MEDIA: Readonly<Record<string, Attachment['kind']>> = {
	image: 'image',
	audio: 'audio',
	video: 'video',
	document: 'document',
	sticker: 'sticker',
};

/**
 * One item of n8n's WhatsApp Trigger: a webhook change's `value` with its `field`. Also takes the whole webhook body.
 * Several messages and statuses may share one item.
 */
export function parseWhatsApp(payload: Fields, now: EpochMs): ParsedPayload {
	const parsed = nothingParsed();
	const statuses: unknown[] = [];
	const values = valuesOf(payload);
	for (const value of values) {
		const account = textOf(fieldsOf(value.metadata).phone_number_id);
		const accounts = account === undefined ? [] : [account];
		parsed.messages.push(...listOf(value.messages).map((message) => incoming(message, listOf(value.contacts), accounts, now)));
		parsed.echoes.push(...listOf(value.message_echoes).map((echo) => fromTheApp(echo, accounts, now)));
		parsed.preferences.push(...listOf(value.user_preferences).flatMap((preference) => marketing(preference, accounts)));
		if (listOf(value.statuses).length > 0) statuses.push(...listOf(value.statuses));
	}
	if (statuses.length > 0) {
		const { messaging_product, metadata, field } = values.find((value) => listOf(value.statuses).length > 0) ?? {};
		parsed.statuses = { messaging_product, metadata, field, statuses };
	}
	return parsed;
}

function valuesOf(payload: Fields): Fields[] {
	const changes = listOf(payload.entry).flatMap((entry) => listOf(entry.changes));
	return changes.length > 0 ? changes.map((change) => ({ ...fieldsOf(change.value), field: change.field })) : [payload];
}

function incoming(message: Fields, contacts: Fields[], accountCandidates: string[], now: EpochMs): IncomingMessage {
	const from = textOf(message.from);
	// With one sender in the payload its contact entry may lack the number (the user hides it).
	const contact = contacts.find((candidate) => from !== undefined && textOf(candidate.wa_id) === from) ?? (contacts.length === 1 ? contacts[0] : undefined);
	const number = from ?? textOf(contact?.wa_id);
	return {
		channel: 'whatsapp',
		accountCandidates,
		providerId: textOf(message.id),
		...contentOf(message),
		timestamp: messageTime(message.timestamp, now),
		name: textOf(fieldsOf(contact?.profile).name),
		...(number === undefined ? {} : { address: { kind: 'phone', value: plus(number) } }),
	};
}

/** Written by a colleague in the WhatsApp Business app on the phone; the API's own sends are never echoed. */
function fromTheApp(echo: Fields, accountCandidates: string[], now: EpochMs): Echo {
	const to = textOf(echo.to);
	return {
		channel: 'whatsapp',
		accountCandidates,
		providerId: textOf(echo.id),
		...contentOf(echo),
		timestamp: messageTime(echo.timestamp, now),
		...(to === undefined ? {} : { address: { kind: 'phone', value: plus(to) } }),
	};
}

function marketing(preference: Fields, accountCandidates: string[]): Preference[] {
	const number = textOf(preference.wa_id);
	const { value } = preference;
	if (number === undefined || (value !== 'stop' && value !== 'resume')) return [];
	return [{ channel: 'whatsapp', accountCandidates, address: { kind: 'phone', value: plus(number) }, value }];
}

function plus(number: string): string {
	return number.startsWith('+') ? number : `+${number}`;
}

function contentOf(message: Fields): { text: string; attachments: Attachment[] } {
	const type = textOf(message.type) ?? '';
	const content = fieldsOf(message[type]);
	const kind = Object.hasOwn(MEDIA, type) ? MEDIA[type] : undefined;
	if (kind !== undefined) {
		const attachment = { kind, ...(textOf(content.mime_type) ? { mime: textOf(content.mime_type) } : {}), ...(textOf(content.url) ? { url: textOf(content.url) } : {}) };
		return { text: cleaned(textOf(content.caption) ?? ''), attachments: [attachment] };
	}
	if (type === 'location') {
		const place = [textOf(content.name), textOf(content.address)].filter((part) => part !== undefined).join(', ');
		return { text: cleaned(place), attachments: [{ kind: 'location' }] };
	}
	const text = spokenText(type, content);
	return { text: cleaned(text ?? ''), attachments: text === undefined ? [{ kind: 'other' }] : [] };
}

/** What a person said by typing or by tapping; undefined for types that say nothing in words. */
function spokenText(type: string, content: Fields): string | undefined {
	switch (type) {
		case 'text':
			return textOf(content.body) ?? '';
		case 'button':
			return textOf(content.text);
		case 'interactive':
			return textOf(fieldsOf(content.button_reply).title) ?? textOf(fieldsOf(content.list_reply).title) ?? textOf(fieldsOf(content.nfm_reply).body);
		case 'reaction':
			return textOf(content.emoji);
		default:
			return undefined;
	}
}
