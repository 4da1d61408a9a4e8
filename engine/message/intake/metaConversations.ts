import { messageTime, cleaned } from './cleaning';
import { fieldsOf, listOf, textOf, type Fields } from './parsed';
import type { PageChannel } from './metaPage';
import type { Attachment } from '../message';
import { epochMs, type EpochMs } from '../../time';

/** One message of a conversation as the Graph API tells it. */
export interface HistoricMessage {
	providerId: string;
	/** Our own side wrote it: the page, whoever sat behind it. */
	fromUs: boolean;
	text: string;
	attachments: Attachment[];
	timestamp: EpochMs;
}
export interface HistoricConversation {
	/** Meta's id of the conversation. */
	id: string;
	updatedAt: EpochMs;
	/** The one who is not us; undefined when the conversation names nobody else. */
	person?: { id: string; name: string };
	/** Oldest first. */
	messages: HistoricMessage[];
	/** Messages Meta named without saying what is in them. */
	unreadable: number;
}
export interface ConversationPage {
	conversations: HistoricConversation[];
	/** Where the next page begins; absent on the last one. */
	after?: string;
}

/** What is asked for of each conversation, so that one call brings many with their messages. */
export const conversationFields = (messages: number): string => `id,updated_time,participants,messages.limit(${messages}){id,created_time,from,to,message,attachments}`;

/** How a person is called whose name Meta does not tell. */
export const namelessPerson = (id: string): string => `User ${id.slice(-6)}`;

/**
 * One page of `/{page-id}/conversations`. The person's name is that of their own messages, else of the participants, else
 * `User` and the last six characters of the id.
 * @param own ids of our side: page and Instagram account.
 * @throws TypeError when it is no page of conversations.
 */
export function parseConversations(body: unknown, { channel, own, now }: { channel: PageChannel; own: readonly string[]; now: EpochMs }): ConversationPage {
	const page = fieldsOf(body);
	if (!Array.isArray(page.data)) throw new TypeError("Meta's answer holds no list of conversations");
	const paging = fieldsOf(page.paging);
	const after = textOf(fieldsOf(paging.cursors).after);
	const mine = new Set(own);
	return {
		conversations: listOf(page.data).flatMap((one) => conversation(one, channel, mine, now) ?? []),
		...(after !== undefined && textOf(paging.next) !== undefined ? { after } : {}),
	};
}

function conversation(given: Fields, channel: PageChannel, own: ReadonlySet<string>, now: EpochMs): HistoricConversation | undefined {
	const id = textOf(given.id);
	if (id === undefined) return undefined;
	const entries = listOf(fieldsOf(given.messages).data);
	const told = entries.filter((entry) => textOf(entry.id) !== undefined && textOf(fieldsOf(entry.from).id) !== undefined && textOf(entry.created_time) !== undefined);
	const person = otherSide([...told.map(({ from }) => fieldsOf(from)), ...listOf(fieldsOf(given.participants).data), ...told.flatMap(({ to }) => listOf(fieldsOf(to).data))], own, channel);
	const messages = told.flatMap((entry) => {
		const from = textOf(fieldsOf(entry.from).id) ?? '';
		// Of a group's third person nothing is known to whom it would belong.
		return own.has(from) || from === person?.id ? [message(entry, own.has(from), now)] : [];
	});
	return {
		id,
		updatedAt: givenTime(given.updated_time, now),
		...(person ? { person } : {}),
		// Meta lists the newest first, to the second: of one second the last in the list was first.
		messages: messages.reverse().sort((a, b) => a.timestamp - b.timestamp),
		unreadable: entries.length - told.length,
	};
}

function otherSide(people: readonly Fields[], own: ReadonlySet<string>, channel: PageChannel): HistoricConversation['person'] {
	const others = people.filter((one) => !own.has(textOf(one.id) ?? ''));
	const id = others.map((one) => textOf(one.id)).find((one) => one !== undefined);
	if (id === undefined) return undefined;
	const names = others.filter((one) => textOf(one.id) === id).map((one) => (channel === 'instagram' ? (textOf(one.name) ?? textOf(one.username)) : textOf(one.name)));
	return { id, name: cleaned(names.find((name) => name !== undefined) ?? namelessPerson(id)) };
}

function message(entry: Fields, fromUs: boolean, now: EpochMs): HistoricMessage {
	return {
		providerId: textOf(entry.id) ?? '',
		fromUs,
		text: cleaned(textOf(entry.message) ?? ''),
		attachments: listOf(fieldsOf(entry.attachments).data).map(attachment),
		timestamp: givenTime(entry.created_time, now),
	};
}

/** Meta writes 2026-03-02T09:37:33+0000, epoch seconds in older versions. */
function givenTime(value: unknown, now: EpochMs): EpochMs {
	return epochMs(messageTime(typeof value === 'string' ? value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') : value, now));
}

const URL_FIELDS = [['image_data', 'image'], ['video_data', 'video']] as const;

function attachment(given: Fields): Attachment {
	for (const [field, kind] of URL_FIELDS) {
		const url = textOf(fieldsOf(given[field]).url);
		if (url !== undefined) return { kind, url };
	}
	const mime = textOf(given.mime_type);
	const url = textOf(given.file_url);
	const kind = mime?.startsWith('audio/') ? 'audio' : mime?.startsWith('image/') ? 'image' : mime?.startsWith('video/') ? 'video' : 'document';
	return { kind, ...(mime === undefined ? {} : { mime }), ...(url === undefined ? {} : { url }) };
}
