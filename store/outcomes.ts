import { sql } from 'kysely';
import type { AddressHash } from './addresses';
import { lockReports } from './adoptOutcomes';
import { answerEventId } from './answers';
import { attribute } from './attribution';
import { cleanText, keyOf } from './bulk';
import type { Database } from './database';
import { outboundKey } from './outboundMoves';
import { loadOutbound, toOutbound } from './outboundRows';
import { takeEffect } from './outcomeEffects';
import { outcomeRow, toStoredOutcome } from './outcomeRows';
import { mayBeSettled, settleByReceipts } from './receipts';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { Outcomes } from './store';

const identity = (row: { workspace: string; id: string }): string => keyOf(row.workspace, row.id);

export function createOutcomes(database: Database, hash: AddressHash): Outcomes {
	return {
		async record(events, options = {}) {
			if (events.length === 0) return [];
			return await database.write(async (session) => {
				await lockReports(session, events);
				const attributions = await attribute(session, events);
				const rows = events.map((event, at) => outcomeRow(session, event, attributions[at]));
				const first = new Map(rows.toReversed().map((row) => [identity(row), row]));
				const inserted = await insertNew(session, [...first.values()]);
				const fresh = new Map(rows.flatMap((row, at) => (inserted.has(identity(row)) ? [[identity(row), at] as const] : [])));
				const became = await takeEffect(session, hash, [...fresh.values()].map((at) => ({ event: events[at], attribution: attributions[at] })));
				// Receipts settle what is uncertain or was taken for failed, whichever came first: locked, so that a person and a receipt do not both decide.
				const open = new Map(attributions.flatMap(({ row, how }) => (row && how === 'id' && mayBeSettled(row) ? [[outboundKey(row), row] as const] : [])));
				const locked = await loadOutbound(session, [...open.values()], true);
				const settled = new Map((await settleByReceipts(session, [...locked.values()].filter(mayBeSettled))).map((row) => [outboundKey(row), row]));
				return rows.map((row, at) => {
					const { row: about, how } = attributions[at];
					const after = about && (settled.get(outboundKey(about)) ?? about);
					return {
						event: became.get(identity(row)) ?? events[at].event,
						outboundId: row.outbound_id ?? undefined,
						attributed: how,
						recorded: inserted.delete(identity(row)),
						row: after && toOutbound(after),
						settled: about !== undefined && settled.has(outboundKey(about)),
					};
				});
			}, options);
		},

		async list(workspace, { outboundId, contactId, threadId, messageId, events, since, limit }) {
			return await database.read(async (session) => {
				const where = [
					sql`workspace = ${cleanText(workspace)}`,
					...(outboundId === undefined ? [] : [sql`outbound_id = ${cleanText(outboundId)}`]),
					...(contactId === undefined ? [] : [sql`contact_id = ${cleanText(contactId)}`]),
					...(threadId === undefined ? [] : [sql`thread_id = ${cleanText(threadId)}`]),
					...(messageId === undefined ? [] : [sql`event_id = ${answerEventId(cleanText(messageId))}`, sql`message_id = ${cleanText(messageId)}`]),
					...(events === undefined ? [] : [session.among('event', events)]),
					...(since === undefined ? [] : [sql`occurred_at >= ${since}`]),
				];
				const rows = await session.rows(sql<RowOf<'outcomes'>>`select * from ${session.table('outcomes')} where ${sql.join(where, sql` and `)}
					order by occurred_at desc, recorded_at desc, id limit ${limit}`);
				return rows.map(toStoredOutcome);
			});
		},
	};
}

/** Inserts what is not on record and returns the identities of those. */
async function insertNew(session: Session, rows: readonly RowOf<'outcomes'>[]): Promise<Set<string>> {
	const inserted = await session.insertReturning('outcomes', rows, sql`on conflict do nothing`, ['workspace', 'id']);
	return new Set(inserted.map(({ workspace, id }) => keyOf(workspace, id)));
}
