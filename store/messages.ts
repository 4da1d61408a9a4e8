import { ReplySchema } from '../engine/reply/reply';
import { epochMs, HOUR, later } from '../engine/time';
import { sql } from 'kysely';
import { recordAnswers } from './answers';
import type { AddressHash } from './addresses';
import { cleanText, fromJson, keyOf, toJson } from './bulk';
import { claimReady } from './claimReady';
import { contactsOf, loadContacts, type ContactRow } from './contactRows';
import { loadConversations } from './conversations';
import type { Database } from './database';
import { listMessages } from './messageList';
import { holdEnrolments } from './holdEnrolments';
import { contactLocks, upsertContacts } from './intake';
import { decideMessages, isFromHistory, lastInbound, newMessageRow, nextSeq, toMessage, type MessageRow } from './messageRows';
import { recordHistory } from './history';
import { takeOverThreads, withoutOwnEchoes } from './personMessages';
import type { Session } from './session';
import { recordNoReplies } from './shadowRecords';
import type { InboundInput, Messages, RecordedMessage } from './store';

/** How late a channel may deliver a message again, ms: Meta tries for 36 hours. Source: Meta, Messenger Platform, Webhooks, "Event delivery". */
const REDELIVERY_MS = 36 * HOUR;

interface Recorded {
	rows: { row: MessageRow; repeat: RecordedMessage['repeat'] }[];
	fresh: MessageRow[];
}

/** Stores what was not seen before, by id or by channel and provider id; the rest is told apart as open or decided. */
async function recordRows(session: Session, workspace: string, inputs: readonly InboundInput[], direction: 'inbound' | 'person'): Promise<Recorded> {
	const firstSeq = await nextSeq(session, workspace);
	const prepared = inputs.map((input, index) => newMessageRow(session, workspace, input, index, direction, firstSeq));
	const providerKey = (row: MessageRow): string => keyOf(row.channel, row.provider_id);
	await session.lock('intake', [
		...prepared.flatMap((row) => [keyOf(workspace, 'message', row.id), ...(row.provider_id === null ? [] : [keyOf(workspace, 'message', providerKey(row))])]),
		...contactLocks(workspace, inputs.map(({ contact }) => contact)),
	]);
	const stored = [
		...(await session.matching('messages', ['workspace', 'id'], prepared)),
		...(await session.matching('messages', ['workspace', 'channel', 'provider_id'], prepared.filter(({ provider_id }) => provider_id !== null))),
	];
	const seen = new Map<string, MessageRow>();
	const remember = (row: MessageRow): void => {
		seen.set(row.id, row);
		if (row.provider_id !== null) seen.set(providerKey(row), row);
	};
	stored.forEach(remember);
	const isNew: boolean[] = [];
	for (const row of prepared) {
		isNew.push(!seen.has(row.id) && !(row.provider_id !== null && seen.has(providerKey(row))));
		if (isNew[isNew.length - 1]) remember(row);
	}
	const late = await reopened(session, prepared.flatMap((row) => (row.direction === 'inbound' && row.source !== 'import' ? (seen.get(row.id) ?? seen.get(providerKey(row)) ?? []) : [])));
	late.forEach(remember);
	const lateIds = new Set(late.map(({ id }) => id));
	const contacts = await upsertContacts(session, workspace, inputs.filter((_, at) => isNew[at]).map(({ contact }) => contact));
	const fresh = prepared.filter((_, at) => isNew[at]);
	fresh.forEach((row, at) => (row.contact_id = contacts[at].id));
	await session.insert('messages', fresh);
	const rows = prepared.map((own, at) => {
		const row = seen.get(own.id) ?? seen.get(providerKey(own)) ?? own;
		return { row, repeat: isNew[at] || lateIds.delete(row.id) ? ('new' as const) : row.state === 'received' ? ('open' as const) : ('decided' as const) };
	});
	return { rows, fresh: [...fresh, ...late] };
}

/**
 * Messages that a sync read as history before the channel delivered them, as after an outage: they wait for an answer
 * after all, unless something was said behind them.
 */
async function reopened(session: Session, known: readonly MessageRow[]): Promise<MessageRow[]> {
	const late = [...new Map(known.filter((row) => isFromHistory(row) && row.timestamp >= session.now - REDELIVERY_MS).map((row) => [row.id, row])).values()];
	if (late.length === 0) return [];
	const around = await session.matchingOnly('messages', ['thread_id', 'timestamp'], ['workspace', 'thread_id'], late);
	const rows = late
		.filter((row) => !around.some(({ thread_id, timestamp }) => thread_id === row.thread_id && timestamp > row.timestamp))
		.map((row) => ({ ...row, state: 'received', decided_reason: null, decided_by: null, decided_at: null, received_at: session.now }));
	await session.update('messages', ['workspace', 'id'], ['state', 'decided_reason', 'decided_by', 'decided_at', 'received_at'], rows);
	return rows;
}

async function withContext(session: Session, hash: AddressHash, rows: Recorded['rows']): Promise<RecordedMessage[]> {
	const keys = rows.map(({ row }) => ({ workspace: row.workspace, id: row.contact_id }));
	const contacts = await loadContacts(session, hash, keys);
	const conversations = await loadConversations(session, rows.map(({ row }) => ({ workspace: row.workspace, contactId: row.contact_id })));
	return rows.flatMap(({ row, repeat }) => {
		const key = keyOf(row.workspace, row.contact_id);
		const contact = contacts.get(key);
		return contact ? [{ message: toMessage(row), contact, conversation: conversations.get(key) ?? [], repeat }] : [];
	});
}

export function createMessages(database: Database, hash: AddressHash): Messages {
	return {
		async record(workspace, inputs) {
			if (inputs.length === 0) return [];
			return await database.write(async (session) => {
				const { rows, fresh } = await recordRows(session, workspace, inputs, 'inbound');
				await holdEnrolments(session, fresh);
				return await withContext(session, hash, rows);
			});
		},

		async recordFromPerson(workspace, inputs) {
			if (inputs.length === 0) return [];
			return await database.write(async (session) => {
				const { own, others } = await withoutOwnEchoes(session, workspace, inputs);
				const { rows, fresh } = await recordRows(session, workspace, others, 'person');
				const holds = fresh.map((row) => {
					const input = others[rows.findIndex((recorded) => recorded.row === row)];
					return { row, until: later(session.now, input.takeOverMs) };
				});
				await takeOverThreads(session, workspace, holds);
				const recorded = await withContext(session, hash, rows);
				const echoes = await ownEchoes(session, hash, workspace, inputs.filter((input) => own.has(input)));
				return inputs.map((input) => (own.has(input) ? echoes.shift() : recorded.shift())).filter((entry) => entry !== undefined);
			});
		},

		async recordHistory(workspace, inputs, since) {
			if (inputs.length === 0) return [];
			return await database.write(async (session) => await recordHistory(session, workspace, inputs, since));
		},

		async claimReady(options) {
			return await database.write(async (session) => await claimReady(session, hash, options));
		},

		async release(workspace, messageIds) {
			if (messageIds.length === 0) return;
			await database.write(async (session) => {
				// The failed run does not count as a lease that ended without a decision twice: the count stays, so that a
				// message that breaks every run still ends with a person.
				await session.q.updateTable('messages').set({ lease_until: null }).where('workspace', '=', workspace).where('state', '=', 'received').where(session.among('id', messageIds)).execute();
			});
		},

		async saveReadings(workspace, readings) {
			if (readings.length === 0) return;
			await database.write(async (session) => {
				const rows = [...new Map(readings.toReversed().map(({ messageId, reply, refined }) => [messageId, { workspace, id: messageId, reply: toJson(reply), refined: refined ? 1 : 0 }])).values()];
				const values = session.values('v', { workspace: 'text', id: 'text', reply: 'text', refined: 'int' }, rows);
				await session.rows(sql`update ${session.table('messages')} as m set reply = v.reply from ${values} where m.workspace = v.workspace and m.id = v.id and (m.reply is null or v.refined = 1)
					and not exists (select 1 from ${session.table('labels')} as l where l.workspace = m.workspace and l.contact_id = m.contact_id and l.message_id = m.id and l.field = 'reply_intent')`);
				await recordAnswers(session, workspace, readings.map(({ messageId }) => cleanText(messageId)));
			});
		},

		async readings(workspace, messageIds) {
			if (messageIds.length === 0) return [];
			return await database.read(async (session) => {
				const rows = await session.matching('messages', ['workspace', 'id'], messageIds.map((id) => ({ workspace, id })));
				const known = new Map(rows.map((row) => [row.id, row.reply]));
				return messageIds.map((id) => {
					const reply = known.get(cleanText(id));
					return reply ? ReplySchema.parse(fromJson(reply)) : undefined;
				});
			});
		},

		async decide(workspace, decisions) {
			if (decisions.length === 0) return;
			await database.write(async (session) => {
				const own = decisions.map((decision) => ({ ...decision, workspace }));
				await recordNoReplies(session, own);
				await decideMessages(session, own);
			});
		},

		async list(workspace, contactId, page) {
			return await database.read(async (session) => await listMessages(session, workspace, contactId, page));
		},

		async lastInboundAt(workspace, keys) {
			return await database.read(async (session) => {
				const times = await lastInbound(session, keys.map((key) => ({ ...key, workspace })));
				return times.map((at) => (at === undefined ? undefined : epochMs(at)));
			});
		},
	};
}

/** Our own message come back from the channel: shown as settled, never stored twice. */
async function ownEchoes(session: Session, hash: AddressHash, workspace: string, inputs: readonly InboundInput[]): Promise<RecordedMessage[]> {
	const contactRows: ContactRow[] = await upsertContacts(session, workspace, inputs.map(({ contact }) => contact));
	const contacts = await contactsOf(session, hash, contactRows);
	const conversations = await loadConversations(session, contactRows.map((row) => ({ workspace, contactId: row.id })));
	return inputs.flatMap((input, at) => {
		const row = { ...newMessageRow(session, workspace, input, at, 'person', 0), contact_id: contactRows[at].id };
		const contact = contacts.get(keyOf(workspace, row.contact_id));
		return contact ? [{ message: toMessage(row), contact, conversation: conversations.get(keyOf(workspace, row.contact_id)) ?? [], repeat: 'decided' as const }] : [];
	});
}
