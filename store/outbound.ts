import { sql } from 'kysely';
import { GateSchema, stricterGate } from '../engine/gate/gate';
import { mayMove } from '../engine/message/outbound';
import { DAY } from '../engine/time';
import { actOnFailures } from './actOnFailures';
import type { AddressHash } from './addresses';
import { adoptOutcomes, lockReports } from './adoptOutcomes';
import { cleanText, fromJson, toJson } from './bulk';
import { claimDue } from './claimDue';
import type { Database } from './database';
import { StoreInputError, TransitionRefusedError } from './errors';
import { moveRows, outboundKey, statusOf, type Move, type OutboundDbRow } from './outboundMoves';
import { cleanKey, insertDrafts, loadOutbound, toOutbound } from './outboundRows';
import { outboundPage } from './outboundQueue';
import { planOutbound } from './planOutbound';
import { settleByReceipts } from './receipts';
import type { RowOf } from './schema';
import { beginSend, markFailed, markSent } from './sendResults';
import { forgetLapsedGrants } from './limits/journal';
import { liftTokenHolds } from './senderHolds';
import type { Session } from './session';
import { readTransitions } from './transitions';
import type { Outbound } from './store';

/** How long a lapsed reservation is kept, for the same key to be recognised. */
const LAPSED_KEPT_MS = DAY;

/** After a long stop any number of leases may have run out: they are settled this many a transaction. */
const EXPIRED_AT_ONCE = 500;

export function createOutbound(database: Database, hash: AddressHash): Outbound {
	return {
		async saveDrafts(drafts) {
			if (drafts.length === 0) return [];
			return await database.write(async (session) => {
				await insertDrafts(session, drafts);
				const rows = await loadOutbound(session, drafts, false);
				return drafts.flatMap(({ workspace, id }) => rows.get(cleanKey(workspace, id)) ?? []).map(toOutbound);
			});
		},

		async find(workspace, ids) {
			if (ids.length === 0) return [];
			return await database.read(async (session) => {
				const rows = await loadOutbound(session, ids.map((id) => ({ workspace, id })), false);
				return ids.map((id) => {
					const row = rows.get(cleanKey(workspace, id));
					return row && toOutbound(row);
				});
			});
		},

		async recordGates(workspace, gates) {
			if (gates.length === 0) return;
			await database.write(async (session) => {
				const rows = await loadOutbound(session, gates.map(({ draftId }) => ({ workspace, id: draftId })), true);
				// A check that was left out, or ran with looser rules, must not take back what another one found.
				const strictest = new Map([...rows].flatMap(([key, row]) => (row.gate === null ? [] : [[key, GateSchema.parse(fromJson(row.gate))] as const])));
				for (const { draftId, gate } of gates) {
					const key = cleanKey(workspace, draftId);
					const known = strictest.get(key);
					if (rows.has(key)) strictest.set(key, known ? stricterGate(known, gate) : gate);
				}
				const changed = [...strictest].flatMap(([key, gate]) => {
					const row = rows.get(key);
					return row ? [{ workspace, id: row.id, gate: toJson(gate), updated_at: session.now }] : [];
				});
				await session.update('outbound', ['workspace', 'id'], ['gate', 'updated_at'], changed);
			});
		},

		async recordSchedules(workspace, schedules) {
			if (schedules.length === 0) return;
			await database.write(async (session) => {
				const rows = [...new Map(schedules.map(({ draftId, schedule }) => [cleanText(draftId), toJson(schedule)]))].map(([id, schedule]) => ({ workspace, id, schedule }));
				// A job that is planned keeps the choice it was planned by.
				await session.rows(sql`update ${session.table('outbound')} as o set schedule = v.schedule from ${session.values('v', { workspace: 'text', id: 'text', schedule: 'text' }, rows)}
					where o.workspace = v.workspace and o.id = v.id and o.status in ('drafted', 'in_review')`);
			});
		},

		async plan(requests, decide) {
			if (requests.length === 0) return [];
			return await database.write(async (session) => await planOutbound(session, hash, requests, decide));
		},

		async claimDue(options, decide) {
			return await database.write(async (session) => await claimDue(session, hash, options, decide));
		},

		async beginSend(workspace, ids, decide) {
			if (ids.length === 0) return [];
			// On disk before the message leaves: after a power cut a send that began must not look as if it never had.
			return await database.write(async (session) => await beginSend(session, hash, workspace, ids, decide), { durable: true });
		},

		async markSent(sent) {
			if (sent.length === 0) return [];
			return await database.write(async (session) => {
				await lockReports(session, sent);
				const marked = await markSent(session, sent);
				const rows = marked.map(({ row }) => row);
				await adoptOutcomes(session, hash, rows);
				await liftTokenHolds(session, marked.flatMap(({ row, changed }) => (changed ? [row] : [])));
				return marked;
			});
		},

		async markFailed(failures) {
			if (failures.length === 0) return [];
			return await database.write(async (session) => {
				const { rows, news } = await markFailed(session, failures);
				await actOnFailures(session, hash, rows.flatMap((row, at) => {
					const begunAt = news.get(at);
					return begunAt === undefined ? [] : [{ row, failure: failures[at].failure, begunAt }];
				}));
				return rows;
			});
		},

		async cancel(workspace, ids, reason, actor) {
			if (ids.length === 0) return [];
			return await database.write(async (session) => {
				const rows = await loadOutbound(session, ids.map((id) => ({ workspace, id })), true);
				const moves = new Map<string, Move>();
				for (const [index, id] of ids.entries()) {
					const row = rows.get(cleanKey(workspace, id));
					if (!row) throw new StoreInputError(`No message ${id} is stored in workspace "${workspace}".`, index);
					if (row.status === 'cancelled') continue;
					if (!mayMove(statusOf(row), 'cancelled')) throw new TransitionRefusedError(row.id, statusOf(row), 'cancelled');
					moves.set(row.id, { row, to: 'cancelled', actor, sentence: reason });
				}
				for (const row of await moveRows(session, [...moves.values()])) rows.set(outboundKey(row), row);
				return ids.flatMap((id) => {
					const row = rows.get(cleanKey(workspace, id));
					// In a batch that names a row twice, the first mention changes it.
					return row ? [{ row: toOutbound(row), changed: moves.delete(row.id) }] : [];
				});
			});
		},

		async list(workspace, { statuses, contactId, limit }) {
			return await database.read(async (session) => {
				const inStatus = statuses ? sql`and ${session.among('status', statuses)}` : sql``;
				const ofContact = contactId === undefined ? sql`` : sql`and contact_id = ${cleanText(contactId)}`;
				const rows = await session.rows(sql<OutboundDbRow>`select * from ${session.table('outbound')} where workspace = ${workspace} ${inStatus} ${ofContact}
					order by updated_at desc, created_at desc, id limit ${limit}`);
				return rows.map(toOutbound);
			});
		},

		async page(workspace, query) {
			return await database.read(async (session) => await outboundPage(session, workspace, query));
		},

		async expireLeases(workspaces) {
			const returned: string[] = [];
			const uncertain: string[] = [];
			for (;;) {
				const some = await database.write(async (session) => await expireSome(session, workspaces));
				returned.push(...some.returned);
				uncertain.push(...some.uncertain);
				if (some.count < EXPIRED_AT_ONCE) break;
			}
			await database.write(forgetLapsed);
			return { returned, uncertain };
		},

		async transitions(workspace, id) {
			return await database.read(async (session) => await readTransitions(session, workspace, id));
		},
	};
}

/** One batch of leases that ran out. */
async function expireSome(session: Session, workspaces: readonly string[] | undefined): Promise<{ count: number; returned: string[]; uncertain: string[] }> {
	const inWorkspaces = workspaces ? sql`and ${session.among('workspace', workspaces)}` : sql``;
	const expired = await session.rows(sql<OutboundDbRow>`select * from ${session.table('outbound')} where status in ('claimed', 'sending') and lease_until <= ${session.now} ${inWorkspaces}
		limit ${EXPIRED_AT_ONCE} ${session.dialect === 'postgres' ? sql`for update skip locked` : sql``}`);
	const moved = await moveRows(session, expired.map(expiry));
	const unclear = moved.filter(({ status }) => status === 'uncertain');
	const settled = new Set((await settleByReceipts(session, unclear)).map(outboundKey));
	return {
		count: expired.length,
		returned: moved.filter(({ status }) => status === 'scheduled').map(({ id }) => id),
		uncertain: unclear.filter((row) => !settled.has(outboundKey(row))).map(({ id }) => id),
	};
}

function expiry(row: OutboundDbRow): Move {
	return row.status === 'claimed'
		? { row, to: 'scheduled', actor: 'housekeeping', sentence: 'Its lease ran out before sending began: due again.' }
		: { row, to: 'uncertain', actor: 'housekeeping', sentence: 'Sending began and its end was never reported: a receipt or a person decides whether it was sent.' };
}

/** Reservations nobody bound to a job and that lapsed long ago. */
async function forgetLapsed(session: Session): Promise<void> {
	await forgetLapsedGrants(session, session.now - LAPSED_KEPT_MS);
	const lapsed = await session.rows(sql<RowOf<'reservations'>>`select * from ${session.table('reservations')}
		where expires_at is not null and expires_at <= ${session.now - LAPSED_KEPT_MS} limit 10000 ${session.dialect === 'postgres' ? sql`for update skip locked` : sql``}`);
	if (lapsed.length === 0) return;

	for (const table of ['limit_entries', 'reservations'] as const) {
		const id = sql.ref(table === 'reservations' ? 'id' : 'reservation_id');
		const values = session.values('v', { workspace: 'text', id: 'text' }, lapsed);
		await session.rows(sql`delete from ${session.table(table)} where (workspace, ${id}) in (select v.workspace, v.id from ${values})`);
	}
}
