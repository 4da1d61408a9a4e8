import { sql } from 'kysely';
import { z } from 'zod';
import { ACTORS } from '../engine/message/outbound';
import { epochMs } from '../engine/time';
import { cleanText } from './bulk';
import type { OutboundDbRow } from './outboundMoves';
import { toOutbound } from './outboundRows';
import { fromCursor, pageSize, toCursor } from './pageCursor';
import type { Session } from './session';
import type { OutboundPage, OutboundQuery } from './store';

/** A moment and an id: where a page begins. */
const PlaceSchema = z.tuple([z.number().int(), z.string()]);

/** See `Outbound.page`. */
export async function outboundPage(session: Session, workspace: string, { statuses, channel, contactIds, order, limit, after }: OutboundQuery): Promise<OutboundPage> {
	if (statuses.length === 0 || contactIds?.length === 0) return { rows: [] };
	const size = pageSize(limit);
	const moment = sql.ref(order === 'due' ? 'send_at' : 'updated_at');
	const [by, than] = order === 'due' ? [sql`${moment}, id`, sql`>`] : [sql`${moment} desc, id desc`, sql`<`];
	const from = after === undefined ? undefined : fromCursor(after, PlaceSchema);
	const conditions = sql.join(
		[
			order === 'due' ? sql`and send_at is not null` : sql``,
			channel === undefined ? sql`` : sql`and channel = ${channel}`,
			contactIds === undefined ? sql`` : sql`and ${session.among('contact_id', contactIds.map(cleanText))}`,
			from === undefined ? sql`` : sql`and (${moment}, id) ${than} (cast(${from[0]} as bigint), ${from[1]})`,
		],
		sql` `,
	);
	// A status at a time, by name: then an index has the rows in the order of the page.
	const arms = [...new Set(statuses)].map((status) => sql`select * from (select * from ${session.table('outbound')} where workspace = ${workspace} and status = ${sql.lit(status)} ${conditions} order by ${by} limit ${size + 1}) as arm`);
	const found = await session.rows(sql<OutboundDbRow>`select * from (${sql.join(arms, sql` union all `)}) as found order by ${by} limit ${size + 1}`);
	const rows = found.slice(0, size);
	const moves = await session.matching('outbound_transitions', ['workspace', 'outbound_id', 'version'], rows.map(({ id, version }) => ({ workspace, outbound_id: id, version })));
	const last = new Map(moves.map((move) => [move.outbound_id, move]));
	const end = rows.at(-1);
	return {
		rows: rows.map((row) => {
			const move = last.get(row.id);
			return { row: toOutbound(row), ...(move ? { last: { actor: ACTORS.find((actor) => actor === move.actor) ?? 'engine', at: epochMs(move.at) } } : {}) };
		}),
		...(end && found.length > size ? { next: toCursor([(order === 'due' ? end.send_at : end.updated_at) ?? 0, end.id]) } : {}),
	};
}
