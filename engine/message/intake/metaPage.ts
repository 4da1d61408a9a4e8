import type { Channel } from '../../channels/channel';
import type { EpochMs } from '../../time';
import type { Attachment } from '../message';
import { cleaned, messageTime } from './cleaning';
import { fieldsOf, listOf, nothingParsed, textOf, type Fields, type IncomingMessage, type ParsedPayload } from './parsed';

export type PageChannel = Extract<Channel, 'messenger' | 'instagram'>;

const ATTACHMENT_KINDS: Readonly<Record<string, Attachment['kind']>> = {
	image: 'image',
	audio: 'audio',
	video: 'video',
	file: 'document',
	location: 'location',
	ig_reel: 'video',
	reel: 'video',
};

/** Every entry of an item: n8n's Facebook Trigger emits one entry an item; the whole webhook body is taken too. */
export function pageEntries(payload: Fields): Fields[] {
	const entries = listOf(payload.entry);
	return entries.length > 0 ? entries.map((entry) => ({ object: payload.object, ...entry })) : [payload];
}

/**
 * Whether an entry comes from Instagram or Messenger. The trigger leaves out which, so the account known to us decides,
 * then the shape of Instagram's ids (17 digits beginning 1784; message ids beginning aWdf).
 */
export function pageChannel(entry: Fields, known: (id: string) => PageChannel | undefined): PageChannel {
	if (entry.object === 'instagram') return 'instagram';
	if (entry.object === 'page') return 'messenger';
	const id = textOf(entry.id);
	const account = id === undefined ? undefined : known(id);
	if (account) return account;
	if (id !== undefined && /^1784\d{13}$/.test(id)) return 'instagram';
	const mids = listOf(entry.messaging).map((event) => textOf(fieldsOf(event.message).mid) ?? '');
	return mids.some((mid) => mid.startsWith('aWdf')) ? 'instagram' : 'messenger';
}

/** One entry of a Messenger or Instagram webhook: messages, echoes of our own side, receipts. */
export function parsePageEntry(entry: Fields, channel: PageChannel, now: EpochMs): ParsedPayload {
	const parsed = nothingParsed();
	const page = textOf(entry.id);
	const receipts: Fields[] = [];
	for (const event of listOf(entry.messaging)) {
		const message = fieldsOf(event.message);
		const isEcho = message.is_echo === true || (page !== undefined && textOf(fieldsOf(event.sender).id) === page);
		if (event.delivery !== undefined || event.read !== undefined) receipts.push(event);
		else if (message.is_deleted === true) continue;
		else if (event.message !== undefined && isEcho) {
			parsed.echoes.push({ ...incoming(event, message, channel, page, textOf(fieldsOf(event.recipient).id), now), appId: textOf(message.app_id), metadata: textOf(message.metadata) });
		} else if (event.message !== undefined || event.postback !== undefined) {
			parsed.messages.push(incoming(event, message, channel, page, textOf(fieldsOf(event.sender).id), now));
		}
	}
	if (receipts.length > 0) parsed.statuses = { object: channel === 'instagram' ? 'instagram' : 'page', id: entry.id, time: entry.time, messaging: receipts };
	return parsed;
}

function incoming(event: Fields, message: Fields, channel: PageChannel, page: string | undefined, person: string | undefined, now: EpochMs): IncomingMessage {
	const postback = fieldsOf(event.postback);
	return {
		channel,
		accountCandidates: page === undefined ? [] : [page],
		providerId: textOf(message.mid) ?? textOf(postback.mid),
		text: cleaned(textOf(message.text) ?? textOf(postback.title) ?? ''),
		attachments: listOf(message.attachments).map(attachment),
		timestamp: messageTime(event.timestamp, now),
		...(person === undefined ? {} : { address: { kind: channel, value: person } }),
	};
}

function attachment(given: Fields): Attachment {
	const type = textOf(given.type) ?? '';
	const url = textOf(fieldsOf(given.payload).url);
	return { kind: Object.hasOwn(ATTACHMENT_KINDS, type) ? ATTACHMENT_KINDS[type] : 'other', ...(url === undefined ? {} : { url }) };
}
