import { sql } from 'kysely';
import { OUTCOME_WINDOW_MS } from '../engine/outcome/windows';
import { cleanText, keyOf } from './bulk';
import type { OutboundDbRow } from './outboundMoves';
import { loadOutbound } from './outboundRows';
import type { Session } from './session';
import type { OutcomeInput, RecordedOutcome } from './store';

/** The message an event came of, and how it was found. */
export interface Attribution {
	row?: OutboundDbRow;
	how: RecordedOutcome['attributed'];
}

/** The latest message sent before each event that it may come of, by thread or by contact, within the event's window. */
async function lastSentBefore(session: Session, by: 'thread_id' | 'contact_id', events: readonly { place: number; event: OutcomeInput }[]): Promise<Map<number, OutboundDbRow>> {
	const wanted = events.flatMap(({ place, event }) => {
		const value = by === 'thread_id' ? event.threadId : event.contactId;
		if (value === undefined) return [];
		return [{ place, workspace: event.workspace, value, channel: event.channel ?? null, until: event.occurredAt, since: event.occurredAt - OUTCOME_WINDOW_MS[event.event] }];
	});
	if (wanted.length === 0) return new Map();
	const columns = { place: 'int', workspace: 'text', value: 'text', channel: 'text?', until: 'int', since: 'int' } as const;
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const rows = await session.rows(sql<OutboundDbRow & { place: number }>`select * from (
			select o.*, v.place, row_number() over (partition by v.place order by o.sent_at desc, o.id) as rank from ${session.values('v', columns, wanted)} ${join} ${session.table('outbound')} as o
			on o.workspace = v.workspace and ${sql.ref(`o.${by}`)} = v.value and o.status = 'sent' and o.sent_at <= v.until and o.sent_at > v.since and (v.channel is null or v.channel = o.channel)
		) as candidates where rank = 1`);
	return new Map(rows.map((row) => [row.place, row]));
}

/** id → thread → last message to that person inside the window; else nothing. */
export async function attribute(session: Session, events: readonly OutcomeInput[]): Promise<Attribution[]> {
	const byId = await loadOutbound(session, events.flatMap(({ workspace, outboundId }) => (outboundId ? [{ workspace, id: outboundId }] : [])), false);
	const byProvider = await session.matching('outbound', ['workspace', 'provider_id'], events.flatMap(({ workspace, providerId }) => (providerId ? [{ workspace, provider_id: providerId }] : [])));
	const named = new Map<string, OutboundDbRow[]>();
	for (const row of byProvider) named.set(keyOf(row.workspace, row.provider_id), [...(named.get(keyOf(row.workspace, row.provider_id)) ?? []), row]);
	// Nothing can come of a message that never left: an event that names one belongs to the last message that did.
	const left = (row: OutboundDbRow | undefined): OutboundDbRow | undefined => (row && (row.status === 'sent' || row.attempts > 0) ? row : undefined);
	const found: Attribution[] = events.map((event) => {
		const row =
			(event.outboundId ? left(byId.get(keyOf(event.workspace, cleanText(event.outboundId)))) : undefined) ??
			(event.providerId ? named.get(keyOf(event.workspace, cleanText(event.providerId)))?.find((each) => event.channel === undefined || each.channel === event.channel) : undefined);
		return { row, how: row ? 'id' : 'none' };
	});
	for (const [by, how] of [['thread_id', 'thread'], ['contact_id', 'contact']] as const) {
		const open = events.flatMap((event, place) => (found[place].row ? [] : [{ place, event }]));
		for (const [place, row] of await lastSentBefore(session, by, open)) found[place] = { row, how };
	}
	return found;
}
