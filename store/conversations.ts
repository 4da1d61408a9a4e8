import { sql } from 'kysely';
import { parseChannel } from '../engine/channels/channel';
import type { Draft } from '../engine/draft/draft';
import { CONVERSATION_LENGTH, type Conversation, type Turn } from '../engine/message/message';
import { epochMs, iso } from '../engine/time';
import { fromJson, groupBy, keyOf } from './bulk';
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
	const said: Said[] = [
		...received.map((row) => ({ ...row, from: row.direction === 'person' ? ('person' as const) : ('lead' as const) })),
		// Within one moment what we said answers what was said.
		...sent.map((row) => ({ ...row, seq: Number.MAX_SAFE_INTEGER, from: 'us' as const, text: fromJson<Draft>(row.draft).text })),
	];
	const groups = groupBy(said, (turn) => keyOf(turn.workspace, turn.contact_id));
	return new Map([...groups].map(([key, turns]) => [key, turns.sort((a, b) => a.at - b.at || a.seq - b.seq).slice(-CONVERSATION_LENGTH).map(toTurn)]));
}

function toTurn({ from, text, at, channel }: Said): Turn {
	return { from, text, timestamp: iso(epochMs(at)), channel: parseChannel(channel) };
}
