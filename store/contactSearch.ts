import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { epochMs, type EpochMs } from '../engine/time';
import { normalAddress, type AddressHash } from './addresses';
import { cleanText, keyOf } from './bulk';
import { contactsOf, type ContactRow } from './contactRows';
import { firstOfEach } from './firstOfEach';
import { fromCursor, pageSize, toCursor } from './pageCursor';
import type { Session } from './session';
import type { ContactFilter, ContactPage, Contacts } from './store';
import { textContains } from './textPattern';

/** A moment and an id: where a page begins. */
const PlaceSchema = z.tuple([z.number().int(), z.string()]);
/** Fewer digits are in nearly every number. */
const FEWEST_DIGITS = 4;

/** See `Contacts.search`. */
export async function searchContacts(session: Session, hash: AddressHash, workspace: string, { limit, after, ...filter }: Parameters<Contacts['search']>[1]): Promise<ContactPage> {
	const size = pageSize(limit);
	const from = after === undefined ? undefined : fromCursor(after, PlaceSchema);
	const beyond = from === undefined ? sql`` : sql`and (c.created_at, c.id) < (cast(${from[0]} as bigint), ${from[1]})`;
	const found = await session.rows(sql<ContactRow>`select c.* from ${session.table('contacts')} as c where c.workspace = ${workspace} ${conditions(session, filter)} ${beyond}
		order by c.created_at desc, c.id desc limit ${size + 1}`);
	const rows = found.slice(0, size);
	const contacts = await contactsOf(session, hash, rows);
	const ids = rows.map(({ id }) => id);
	const [lastFrom, lastTo] = [await lastOf(session, workspace, ids, 'messages'), await lastOf(session, workspace, ids, 'outbound')];
	const end = rows.at(-1);
	return {
		contacts: rows.flatMap(({ id }) => {
			const contact = contacts.get(keyOf(workspace, id));
			return contact ? [{ contact, lastFrom: lastFrom.get(id), lastTo: lastTo.get(id) }] : [];
		}),
		...(end && found.length > size ? { next: toCursor([end.created_at, end.id]) } : {}),
	};
}

function conditions(session: Session, { text, status, stageId, pipelineId }: ContactFilter): RawBuilder<unknown> {
	const wanted = text?.trim();
	return sql.join(
		[
			status === undefined ? sql`` : sql`and c.status = ${status}`,
			stageId === undefined ? sql`` : sql`and c.stage_id = ${cleanText(stageId)}`,
			pipelineId === undefined ? sql`` : sql`and c.pipeline_id = ${cleanText(pipelineId)}`,
			wanted ? sql`and (${sql.join([...[sql`c.name`, sql`c.company`, sql`c.id`].map((column) => textContains(column, wanted)), addressContains(session, wanted)], sql` or `)})` : sql``,
		],
		sql` `,
	);
}

/** A text that can only be a phone number is looked for by its digits, as numbers are kept. */
function addressContains(session: Session, text: string): RawBuilder<unknown> {
	const digits = /^\+?[\d\s()./-]+$/.test(text) ? normalAddress('phone', text) : '';
	const has = [text, ...(digits.length >= FEWEST_DIGITS ? [digits] : [])].map((part) => textContains(sql`a.address`, part));
	return sql`exists (select 1 from ${session.table('contact_addresses')} as a where a.workspace = c.workspace and a.contact_id = c.id and (${sql.join(has, sql` or `)}))`;
}

/** When each contact last wrote, or was last written to, by contact id. */
async function lastOf(session: Session, workspace: string, ids: readonly string[], table: 'messages' | 'outbound'): Promise<Map<string, EpochMs>> {
	if (ids.length === 0) return new Map();
	const values = session.values('v', { workspace: 'text', contact_id: 'text' }, ids.map((id) => ({ workspace, contact_id: id })));
	const time = sql.ref(table === 'messages' ? 'm.timestamp' : 'm.sent_at');
	const which = table === 'messages' ? sql`m.contact_id = v.contact_id and m.direction = 'inbound'` : sql`m.contact_id = v.contact_id and m.status = 'sent'`;
	const rows = await session.rows(sql<{ contact_id: string; time: number | null }>`select v.contact_id, ${time} as time from ${firstOfEach(session, values, table, { where: which, order: sql`${time} desc`, limit: 1 })}`);
	return new Map(rows.flatMap(({ contact_id: id, time: at }) => (at === null ? [] : [[id, epochMs(at)] as const])));
}
