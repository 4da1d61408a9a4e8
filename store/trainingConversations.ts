import { sql } from 'kysely';
import { TRAINING_POLICY } from '../engine/training/trainingPolicy';
import type { TrainingExample } from '../engine/training/trainingExample';
import { groupBy } from './bulk';
import { firstOfEach } from './firstOfEach';
import type { Session } from './session';

type Turn = TrainingExample['conversation'][number];
interface Said extends Turn {
	place: number;
	at: number;
	seq: number;
}

/** Before which moment of which message a conversation is asked for. */
export interface ConversationKey {
	outboundId: string;
	contactId: string;
	/** What was written or received until then counts, ms. */
	at: number;
}

const { mostTurns, longestTurn } = TRAINING_POLICY;
const VALUES = { place: 'int', workspace: 'text', contact_id: 'text', outbound_id: 'text', at: 'int' } as const;

/** The newest turns before each message, oldest first, long ones cut, in the order of the keys. Two statements. */
export async function conversationsBefore(session: Session, workspace: string, keys: readonly ConversationKey[]): Promise<TrainingExample['conversation'][]> {
	if (keys.length === 0) return [];
	const wanted = session.values('v', VALUES, keys.map(({ outboundId, contactId, at }, place) => ({ place, workspace, contact_id: contactId, outbound_id: outboundId, at })));
	const written = firstOfEach(session, wanted, 'messages', { where: sql`m.contact_id = v.contact_id and m.timestamp <= v.at`, order: sql`m.timestamp desc, m.seq desc`, limit: mostTurns });
	const received = await session.rows(sql<Omit<Said, 'from'> & { direction: string }>`select v.place, m.timestamp as at, m.seq, m.direction, substr(m.text, 1, ${longestTurn}) as text from ${written}`);
	const said = firstOfEach(session, wanted, 'outbound', { where: sql`m.contact_id = v.contact_id and m.status = 'sent' and m.sent_at < v.at and m.id <> v.outbound_id`, order: sql`m.sent_at desc, m.id desc`, limit: mostTurns });
	const text = session.dialect === 'sqlite' ? sql`json_extract(m.draft, '$.text')` : sql`(cast(m.draft as json) ->> 'text')`;
	const sent = await session.rows(sql<Omit<Said, 'from' | 'seq'>>`select v.place, m.sent_at as at, substr(${text}, 1, ${longestTurn}) as text from ${said}`);
	const all: Said[] = [
		...received.map(({ direction, ...turn }): Said => ({ ...turn, from: direction === 'person' ? 'person' : 'lead' })),
		// Within one moment what we said answers what was said.
		...sent.map((turn): Said => ({ ...turn, from: 'us', seq: Number.MAX_SAFE_INTEGER })),
	];
	const groups = groupBy(all, ({ place }) => `${place}`);
	return keys.map((_, place) => (groups.get(`${place}`) ?? []).sort((a, b) => a.at - b.at || a.seq - b.seq).slice(-mostTurns).map(({ from, text: words }) => ({ from, text: words })));
}
