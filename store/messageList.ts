import { sql } from 'kysely';
import { z } from 'zod';
import { ChannelSchema } from '../engine/channels/channel';
import type { Draft } from '../engine/draft/draft';
import { AttachmentSchema } from '../engine/message/message';
import { epochMs } from '../engine/time';
import { cleanText, fromJson } from './bulk';
import { fromCursor, pageSize, toCursor } from './pageCursor';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { MessagePage, ThreadMessage } from './store';

/** Within one moment what we said answers what was said. */
const LAST_OF_MOMENT = Number.MAX_SAFE_INTEGER;
const PlaceSchema = z.tuple([z.number().int(), z.number().int(), z.string()]);

interface Placed {
	message: ThreadMessage;
	seq: number;
}

/** See `Messages.list`. Two statements, whatever the length of the conversation. */
export async function listMessages(session: Session, workspace: string, contactId: string, { limit, before }: { limit: number; before?: string }): Promise<MessagePage> {
	const size = pageSize(limit);
	const [at, seq, id] = before === undefined ? [LAST_OF_MOMENT, LAST_OF_MOMENT, ''] : fromCursor(before, PlaceSchema);
	const contact = cleanText(contactId);
	const received = await session.rows(sql<RowOf<'messages'>>`select * from ${session.table('messages')} where workspace = ${workspace} and contact_id = ${contact}
		and timestamp <= ${at} and (timestamp < ${at} or seq < ${seq}) order by timestamp desc, seq desc limit ${size + 1}`);
	const sent = await session.rows(sql<RowOf<'outbound'>>`select * from ${session.table('outbound')} where workspace = ${workspace} and contact_id = ${contact} and status = 'sent'
		and sent_at <= ${at} and (sent_at < ${at} or (${seq} = ${LAST_OF_MOMENT} and id < ${id})) order by sent_at desc, id desc limit ${size + 1}`);
	const newestFirst = [...received.map(fromMessage), ...sent.map(fromOutbound)].sort((a, b) => b.message.at - a.message.at || b.seq - a.seq || (a.message.id < b.message.id ? 1 : -1));
	const page = newestFirst.slice(0, size);
	const last = page.at(-1);
	return {
		messages: page.toReversed().map(({ message }) => message),
		...(last && newestFirst.length > size ? { before: toCursor([last.message.at, last.seq, last.message.id]) } : {}),
	};
}

function fromMessage(row: RowOf<'messages'>): Placed {
	const message: ThreadMessage = {
		id: row.id,
		from: row.direction === 'person' ? 'person' : 'lead',
		channel: ChannelSchema.parse(row.channel),
		threadId: row.thread_id,
		text: row.text,
		...(row.subject === null ? {} : { subject: row.subject }),
		attachments: AttachmentSchema.array().parse(fromJson(row.attachments)),
		at: epochMs(row.timestamp),
	};
	return { message, seq: row.seq };
}

function fromOutbound(row: RowOf<'outbound'>): Placed {
	const { text, subject } = fromJson<Draft>(row.draft);
	const message: ThreadMessage = {
		id: row.id,
		from: 'us',
		channel: ChannelSchema.parse(row.channel),
		...(row.thread_id === null ? {} : { threadId: row.thread_id }),
		text,
		...(subject === undefined ? {} : { subject }),
		attachments: [],
		at: epochMs(row.sent_at ?? row.updated_at),
	};
	return { message, seq: LAST_OF_MOMENT };
}
