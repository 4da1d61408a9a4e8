import { randomUUID } from 'node:crypto';
import { ChannelSchema } from '../engine/channels/channel';
import { AttachmentSchema, MESSAGE_SOURCES, type Message } from '../engine/message/message';
import type { Actor } from '../engine/message/outbound';
import { derivedId } from '../engine/message/spine';
import { epochMs, iso } from '../engine/time';
import { sql } from 'kysely';
import { cleanRow, cleanText, fromJson, outOfIndex, toJson } from './bulk';
import { StoreInputError } from './errors';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { InboundInput } from './store';

export type MessageRow = RowOf<'messages'>;

/** Room for the messages of one millisecond in a sequence number. */
export const SEQ_STEP = 1_000;

export function toMessage(row: MessageRow): Message {
	return {
		id: row.id,
		workspace: row.workspace,
		accountId: row.account_id ?? undefined,
		channel: ChannelSchema.parse(row.channel),
		direction: row.direction === 'inbound' ? 'inbound' : 'outbound',
		source: MESSAGE_SOURCES.find((source) => source === row.source) ?? 'channel',
		threadId: row.thread_id,
		text: row.text,
		subject: row.subject ?? undefined,
		language: row.language ?? undefined,
		attachments: AttachmentSchema.array().parse(fromJson(row.attachments)),
		timestamp: iso(epochMs(row.timestamp)),
		providerId: row.provider_id ?? undefined,
		raw: row.raw === null ? undefined : fromJson(row.raw),
	};
}

/** The first sequence number for messages seen now: after all the workspace has, so that two of one millisecond keep their order. */
export async function nextSeq(session: Session, workspace: string): Promise<number> {
	const [{ last }] = await session.rows(sql<{ last: number | null }>`select max(seq) as last from ${session.table('messages')} where workspace = ${workspace}`);
	return Math.max(session.now * SEQ_STEP, (last ?? 0) + 1);
}

/** Why messages of the past that were read in are decided. */
export const READ_FROM_HISTORY = { inbound: 'Read from the history of the channel: of the past, so it is not answered.', person: 'Read from the history of the channel.' } as const;
export const isFromHistory = ({ direction, decided_reason }: Pick<MessageRow, 'direction' | 'decided_reason'>): boolean => direction === 'inbound' && decided_reason === READ_FROM_HISTORY.inbound;

/** The row of a message seen now. Its contact is filled in when it is known. */
export function newMessageRow(session: Session, workspace: string, input: InboundInput, index: number, direction: 'inbound' | 'person', firstSeq: number): MessageRow {
	const { message } = input;
	const providerId = message.providerId ? cleanText(message.providerId) : null;
	const id = message.id ? cleanText(message.id) : providerId ? derivedId('message', workspace, message.channel, providerId) : randomUUID();
	return cleanRow({
		workspace,
		id,
		contact_id: '',
		account_id: message.accountId ?? null,
		channel: message.channel,
		direction,
		source: message.source,
		thread_id: cleanText(message.threadId),
		provider_id: providerId,
		text: message.text,
		subject: message.subject ?? null,
		language: message.language ?? null,
		attachments: toJson(message.attachments),
		timestamp: momentOf(message.timestamp, index),
		raw: message.raw === undefined ? null : toJson(message.raw),
		received_at: session.now,
		seq: firstSeq + index,
		state: direction === 'inbound' ? 'received' : 'decided',
		decided_reason: direction === 'inbound' ? null : 'Written by a person.',
		decided_by: direction === 'inbound' ? null : 'person',
		decided_at: direction === 'inbound' ? null : session.now,
		answered_by: null,
		lease_until: null,
		lease_count: 0,
		reply: null,
	});
}

function momentOf(timestamp: string, index: number): number {
	try {
		return epochMs(timestamp);
	} catch (error) {
		throw new StoreInputError(`The message's timestamp ${JSON.stringify(timestamp)} is no moment. Give ISO-8601, e.g. 2026-03-01T09:30:00Z.`, index, { cause: error });
	}
}

export interface Decision {
	workspace: string;
	messageId: string;
	reason: string;
	actor: Actor;
	/** The draft that answers it, or `BY_PERSON`. Left out when it needs no answer. */
	answeredBy?: string;
}

/** In place of a draft's id: a person is to answer, so an older draft of the thread must not. */
export const BY_PERSON = 'person';

/** received → decided. A message that is decided already keeps its decision. */
export async function decideMessages(session: Session, decisions: readonly Decision[]): Promise<void> {
	if (decisions.length === 0) return;
	const rows = [...new Map(decisions.map((decision) => [JSON.stringify([decision.workspace, decision.messageId]), decision])).values()].map((decision) => ({
		workspace: decision.workspace,
		id: decision.messageId,
		reason: decision.reason,
		actor: decision.actor,
		answered_by: decision.answeredBy ?? null,
	}));
	const values = session.values('v', { workspace: 'text', id: 'text', reason: 'text', actor: 'text', answered_by: 'text?' }, rows);
	await session.rows(sql`update ${session.table('messages')} as m
		set state = 'decided', decided_reason = v.reason, decided_by = v.actor, decided_at = ${session.now}, answered_by = v.answered_by, lease_until = null
		from ${values} where m.workspace = v.workspace and m.id = v.id and m.state = 'received'`);
}

/** When each contact last wrote on a channel itself, in the order of the keys. A provider's clock ahead of ours counts as now. */
export async function lastInbound(session: Session, keys: readonly { workspace: string; contactId: string; channel: string }[]): Promise<(number | undefined)[]> {
	if (keys.length === 0) return [];
	const wanted = keys.map((key, place) => ({ workspace: key.workspace, contact_id: key.contactId, channel: key.channel, place }));
	const values = session.values('v', { workspace: 'text', contact_id: 'text', channel: 'text', place: 'int' }, wanted);
	const rows = await session.rows(sql<{ place: number; at: number | null }>`
		select v.place, (select max(case when m.timestamp > m.received_at then m.received_at else m.timestamp end) from ${session.table('messages')} as m
			where m.workspace = v.workspace and m.contact_id = v.contact_id and ${outOfIndex('m.channel')} = v.channel and m.direction = 'inbound' and m.source = 'channel') as at
		from ${values}`);
	const byPlace = new Map(rows.map(({ place, at }) => [place, at]));
	return keys.map((_, place) => byPlace.get(place) ?? undefined);
}
