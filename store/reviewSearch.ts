import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { Draft } from '../engine/draft/draft';
import { ReviewKindSchema } from '../engine/message/outbound';
import type { AddressHash } from './addresses';
import { cleanText, fromJson, keyOf } from './bulk';
import { loadContacts } from './contactRows';
import { firstOfEach } from './firstOfEach';
import { loadOutbound } from './outboundRows';
import { fromCursor, pageSize, toCursor } from './pageCursor';
import { hashOf } from './reviewFacts';
import { toReview } from './reviewRows';
import type { RowOf } from './schema';
import type { Session } from './session';
import { textContains } from './textPattern';
import type { ReviewCounts, ReviewFilter, ReviewItem, ReviewPage, Reviews } from './store';

type ReviewDbRow = RowOf<'reviews'>;
/** A deadline and an id: where a page begins. */
const PlaceSchema = z.tuple([z.number().int(), z.string()]);

/** See `Reviews.search`. Four statements a page, whatever the length of the queue. */
export async function searchReviews(session: Session, hash: AddressHash, { limit, after, before, ...filter }: Parameters<Reviews['search']>[0]): Promise<ReviewPage> {
	if (filter.workspaces.length === 0) return { items: [] };
	const size = pageSize(limit);
	const backwards = after === undefined && before !== undefined;
	const cursor = after ?? before;
	const from = cursor === undefined ? undefined : fromCursor(cursor, PlaceSchema);
	const beyond = from === undefined ? sql`` : backwards ? sql`and (m.due_at, m.id) < (${from[0]}, ${from[1]})` : sql`and (m.due_at, m.id) > (${from[0]}, ${from[1]})`;
	const order = backwards ? sql`m.due_at desc, m.id desc` : sql`m.due_at, m.id`;
	const workspaces = [...new Set(filter.workspaces)].map((workspace) => ({ workspace }));
	// One row more than asked for tells whether there is another page.
	const queue = firstOfEach(session, session.values('v', { workspace: 'text' }, workspaces), 'reviews', { where: sql`m.decided_at is null ${conditions(session, filter)} ${beyond}`, order, limit: size + 1 });
	const found = await session.rows(sql<ReviewDbRow>`select m.* from ${queue} order by ${order} limit ${size + 1}`);
	const more = found.length > size;
	const rows = backwards ? found.slice(0, size).toReversed() : found.slice(0, size);
	const [first, last] = [rows.at(0), rows.at(-1)];
	const hasNext = backwards || more;
	const hasPrevious = backwards ? more : cursor !== undefined;
	return {
		items: await itemsOf(session, hash, rows),
		...(last && hasNext ? { next: toCursor([last.due_at, last.id]) } : {}),
		...(first && hasPrevious ? { previous: toCursor([first.due_at, first.id]) } : {}),
	};
}

function conditions(session: Session, { kinds, channels, assignee, overdue, text }: ReviewFilter): RawBuilder<unknown> {
	const wanted = text?.trim();
	return sql.join(
		[
			kinds ? sql`and ${session.among('m.kind', kinds)}` : sql``,
			channels ? sql`and ${session.among('m.channel', channels)}` : sql``,
			assignee === undefined ? sql`` : assignee === null ? sql`and m.assignee is null` : sql`and m.assignee = ${cleanText(assignee)}`,
			overdue === undefined ? sql`` : overdue ? sql`and m.due_at <= ${session.now}` : sql`and m.due_at > ${session.now}`,
			wanted ? sql`and ${contains(session, wanted)}` : sql``,
		],
		sql` `,
	);
}

/** The text stands in what the reviewer sees: the reason, the person, the draft or the lead's message. */
function contains(session: Session, text: string): RawBuilder<unknown> {
	const has = (value: RawBuilder<unknown>): RawBuilder<unknown> => textContains(value, text);
	const draft = (field: 'text' | 'subject') => (session.dialect === 'sqlite' ? sql`json_extract(o.draft, ${sql.lit(`$.${field}`)})` : sql`cast(o.draft as json) ->> ${sql.lit(field)}`);
	const any = (values: RawBuilder<unknown>[]) => sql.join(values.map(has), sql` or `);
	return sql`(${has(sql`m.sentence`)}
		or exists (select 1 from ${session.table('contacts')} as c where c.workspace = m.workspace and c.id = m.contact_id and (${any([sql`c.id`, sql`c.name`, sql`c.email`, sql`c.phone`, sql`c.company`])}))
		or exists (select 1 from ${session.table('outbound')} as o where o.workspace = m.workspace and o.id = m.outbound_id and (${any([draft('text'), draft('subject'), sql`o.to_address`])}))
		or exists (select 1 from ${session.table('messages')} as i where i.workspace = m.workspace and i.id = m.message_id and (${any([sql`i.text`, sql`i.subject`])})))`;
}

async function itemsOf(session: Session, hash: AddressHash, rows: readonly ReviewDbRow[]): Promise<ReviewItem[]> {
	if (rows.length === 0) return [];
	const outbound = await loadOutbound(session, rows.flatMap(({ workspace, outbound_id: id }) => (id === null ? [] : [{ workspace, id }])), false);
	const messages = await session.matching('messages', ['workspace', 'id'], rows.flatMap(({ workspace, message_id: id }) => (id === null ? [] : [{ workspace, id }])));
	const messageOf = new Map(messages.map((message) => [keyOf(message.workspace, message.id), message]));
	const contactIdOf = (row: ReviewDbRow): string | undefined => row.contact_id ?? messageOf.get(keyOf(row.workspace, row.message_id))?.contact_id;
	const contacts = await loadContacts(session, hash, rows.flatMap((row) => ({ workspace: row.workspace, id: contactIdOf(row) ?? '' })));
	return rows.map((row): ReviewItem => {
		const message = messageOf.get(keyOf(row.workspace, row.message_id));
		const about = outbound.get(keyOf(row.workspace, row.outbound_id));
		const draft = about && fromJson<Draft>(about.draft);
		const contact = contacts.get(keyOf(row.workspace, contactIdOf(row)));
		const text = draft?.text ?? message?.text;
		return {
			review: toReview(row),
			overdue: row.due_at <= session.now,
			...(contact ? { contact } : {}),
			...(text === undefined ? {} : { text }),
			...(draft?.confidence === undefined ? {} : { confidence: draft.confidence }),
			...(about ? { draftHash: hashOf(about) } : {}),
		};
	});
}

/** See `Reviews.counts`. One statement. */
export async function countReviews(session: Session, workspaces: readonly string[]): Promise<ReviewCounts> {
	const rows = await session.rows(sql<{ workspace: string; kind: string; open: number; overdue: number }>`select workspace, kind, count(*) as open, count(case when due_at <= ${session.now} then 1 end) as overdue
		from ${session.table('reviews')} where decided_at is null and ${session.among('workspace', workspaces)} group by workspace, kind`);
	const counts: ReviewCounts = { open: 0, overdue: 0, byKind: {}, byWorkspace: {} };
	for (const { workspace, kind, open, overdue } of rows) {
		const name = ReviewKindSchema.parse(kind);
		counts.open += open;
		counts.overdue += overdue;
		counts.byKind[name] = (counts.byKind[name] ?? 0) + open;
		counts.byWorkspace[workspace] = (counts.byWorkspace[workspace] ?? 0) + open;
	}
	return counts;
}
