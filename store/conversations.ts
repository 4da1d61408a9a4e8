import { sql } from 'kysely';
import { parseChannel } from '../engine/channels/channel';
import type { Draft } from '../engine/draft/draft';
import { CONVERSATION_LENGTH, type Conversation, type Turn } from '../engine/message/message';
import { epochMs, iso } from '../engine/time';
import { fromJson, groupBy, keyOf } from './bulk';
import { firstOfEach } from './firstOfEach';
import type { Session } from './session';

interface Said {
	workspace: string;
	contact_id: string;
	channel: string;
	at: number;
	/** Breaks ties between messages of one moment. */
	seq: number;
	from: Turn['from'];
	text: string;
}

/** The last 50 turns of each contact, oldest first, by `keyOf(workspace, contactId)`: what leads and colleagues wrote and what was sent. */
export async function loadConversations(session: Session, keys: readonly { workspace: string; contactId: string }[]): Promise<Map<string, Conversation>> {
	if (keys.length === 0) return new Map();
	const wanted = [...new Map(keys.map((key) => [keyOf(key.workspace, key.contactId), { workspace: key.workspace, contact_id: key.contactId }])).values()];
	const people = session.values('v', { workspace: 'text', contact_id: 'text' }, wanted);
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const received = await session.rows(sql<Omit<Said, 'from'> & { direction: string }>`
		select * from (
			select m.workspace, m.contact_id, m.channel, m.timestamp as at, m.seq, m.direction, m.text,
				row_number() over (partition by m.workspace, m.contact_id order by m.timestamp desc, m.seq desc) as place
			from ${people} ${join} ${session.table('messages')} as m on m.workspace = v.workspace and m.contact_id = v.contact_id
		) as latest where place <= ${CONVERSATION_LENGTH}`);
	const sent = await session.rows(sql<{ workspace: string; contact_id: string; channel: string; at: number; draft: string }>`
		select * from (
			select o.workspace, o.contact_id, o.channel, o.sent_at as at, o.draft,
				row_number() over (partition by o.workspace, o.contact_id order by o.sent_at desc, o.id desc) as place
			from ${people} ${join} ${session.table('outbound')} as o on o.workspace = v.workspace and o.contact_id = v.contact_id and o.status = 'sent'
		) as latest where place <= ${CONVERSATION_LENGTH}`);
	const said: Said[] = [...received.map((row) => ({ ...row, from: fromOf(row.direction) })), ...sent.map(sentTurn)];
	const groups = groupBy(said, (turn) => keyOf(turn.workspace, turn.contact_id));
	return new Map([...groups].map(([key, turns]) => [key, inOrder(turns)]));
}

/** As `loadConversations`, each as it stood when the message at `at`, `seq` had come, in the order of the keys. */
export async function conversationsUntil(session: Session, keys: readonly { workspace: string; contactId: string; at: number; seq: number }[]): Promise<Conversation[]> {
	if (keys.length === 0) return [];
	const cases = keys.map(({ workspace, contactId, at, seq }, place) => ({ place, workspace, contact_id: contactId, at, seq }));
	const wanted = session.values('v', { place: 'int', workspace: 'text', contact_id: 'text', at: 'int', seq: 'int' }, cases);
	type Placed<T> = T & { place: number };
	const before = firstOfEach(session, wanted, 'messages', {
		where: sql`m.contact_id = v.contact_id and m.timestamp <= v.at and (m.timestamp < v.at or m.seq <= v.seq)`,
		order: sql`m.timestamp desc, m.seq desc`,
		limit: CONVERSATION_LENGTH,
	});
	const received = await session.rows(sql<Placed<Omit<Said, 'from'> & { direction: string }>>`select v.place, m.workspace, m.contact_id, m.channel, m.timestamp as at, m.seq, m.direction, m.text from ${before}`);
	const sentBefore = firstOfEach(session, wanted, 'outbound', {
		where: sql`m.contact_id = v.contact_id and m.status = 'sent' and m.sent_at < v.at`,
		order: sql`m.sent_at desc, m.id desc`,
		limit: CONVERSATION_LENGTH,
	});
	const sent = await session.rows(sql<Placed<{ workspace: string; contact_id: string; channel: string; at: number; draft: string }>>`select v.place, m.workspace, m.contact_id, m.channel, m.sent_at as at, m.draft from ${sentBefore}`);
	const groups = groupBy([...received.map((row) => ({ ...row, from: fromOf(row.direction) })), ...sent.map(sentTurn)], ({ place }) => `${place}`);
	return keys.map((_, place) => inOrder(groups.get(`${place}`) ?? []));
}

const fromOf = (direction: string): Turn['from'] => (direction === 'person' ? 'person' : 'lead');

/** Within one moment what we said answers what was said. */
function sentTurn<T extends { draft: string }>(row: T): T & { seq: number; from: 'us'; text: string } {
	return { ...row, seq: Number.MAX_SAFE_INTEGER, from: 'us', text: fromJson<Draft>(row.draft).text };
}

function inOrder(turns: Said[]): Conversation {
	return turns.sort((a, b) => a.at - b.at || a.seq - b.seq).slice(-CONVERSATION_LENGTH).map(toTurn);
}

function toTurn({ from, text, at, channel }: Said): Turn {
	return { from, text, timestamp: iso(epochMs(at)), channel: parseChannel(channel) };
}
