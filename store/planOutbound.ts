import { GateSchema, stricterGate, type Gate } from '../engine/gate/gate';
import { cleanText, fromJson, keyOf, toJson } from './bulk';
import type { AddressHash } from './addresses';
import { StoreInputError } from './errors';
import { moveRows, outboundKey, type Move, type OutboundDbRow } from './outboundMoves';
import { cleanKey, insertDrafts, loadOutbound, toOutbound } from './outboundRows';
import { bindReservations, releaseReservations, reservationsNamed } from './reservations';
import { openReviewsOf } from './reviewRows';
import { loadFacts, openSiblings, threadOf, type Sibling } from './routeFacts';
import type { Session } from './session';
import { recordRoutes } from './shadowRecords';
import type { DecideRoute, Planned, PlanRequest, Route } from './store';

interface Job {
	request: PlanRequest;
	row: OutboundDbRow;
	/** The first request for a row that is still only drafted. */
	due: boolean;
}

/** See `Outbound.plan`. The whole of it in one transaction. */
export async function planOutbound(session: Session, hash: AddressHash, requests: readonly PlanRequest[], decide: DecideRoute): Promise<Planned[]> {
	await insertDrafts(session, requests.flatMap(({ draft, draftId, workspace }) => (draft ? [{ ...draft, workspace, id: draftId }] : [])));
	const jobs = await lockJobs(session, requests);
	const due = jobs.filter((job) => job.due);
	const own = new Map(due.map(({ row }) => [outboundKey(row), row]));
	const siblings = await openSiblings(session, [...own.values()]);
	const facts = await loadFacts(session, hash, [...own.values()], { siblings });

	const moves: SiblingMove[] = [];
	const routed: { row: OutboundDbRow; route: Route }[] = [];
	/** Ids of this batch still to come: they speak for themselves. */
	const pending = new Set(due.map(({ row }) => outboundKey(row)));
	const openOnThread = new Map<string, Sibling[]>();
	for (const row of siblings) {
		const thread = threadOf(row);
		if (thread !== undefined) openOnThread.set(thread, [...(openOnThread.get(thread) ?? []), row]);
	}
	for (const [at, { row }] of due.entries()) {
		pending.delete(outboundKey(row));
		const route = decide(facts[at]);
		routed.push({ row, route });
		// In shadow mode and the like a decision may leave the draft where it is.
		if (route.status === 'drafted') continue;
		const sendAt = route.status === 'scheduled' ? (route.sendAt ?? facts[at].row.sendAt ?? session.now) : row.send_at;
		moves.push({ row, to: route.status, actor: 'engine', sentence: route.sentence, dueAt: route.dueAt, held: route.waitsForSender, set: { send_at: sendAt, gate: row.gate } });
		const thread = threadOf(row);
		if (thread === undefined || (route.status !== 'scheduled' && route.status !== 'in_review')) continue;
		const older = (openOnThread.get(thread) ?? []).filter((other) => other.id !== row.id && !pending.has(outboundKey(other)));
		for (const other of older.filter(({ status }) => ['drafted', 'in_review', 'scheduled'].includes(status))) {
			moves.push({ row: other, to: 'cancelled', actor: 'engine', sentence: `Superseded by a newer reply on the same thread (${row.id}).` });
		}
		openOnThread.set(thread, [...(openOnThread.get(thread) ?? []).filter((other) => !older.includes(other) && other.id !== row.id), { ...row, status: route.status }]);
	}
	const moved = new Map((await moveRowsLocked(session, moves, own)).map((row) => [outboundKey(row), row]));
	await recordRoutes(session, routed.filter(({ row }) => moved.has(outboundKey(row))));
	await settle(session, due, moved);
	return await answer(session, jobs, moved);
}

type SiblingMove = Omit<Move, 'row'> & { row: Sibling };

/** `own` rows are locked already. Others that are to be cancelled are locked now, and left alone when they moved on meanwhile. */
async function moveRowsLocked(session: Session, moves: readonly SiblingMove[], own: ReadonlyMap<string, OutboundDbRow>): Promise<OutboundDbRow[]> {
	const others = await loadOutbound(session, moves.map(({ row }) => row).filter((row) => !own.has(outboundKey(row))), true);
	return await moveRows(
		session,
		moves.flatMap((move) => {
			const key = outboundKey(move.row);
			const other = others.get(key);
			const row = own.get(key) ?? (other?.version === move.row.version ? other : undefined);
			return row ? [{ ...move, row }] : [];
		}),
	);
}

async function lockJobs(session: Session, requests: readonly PlanRequest[]): Promise<Job[]> {
	const keys = requests.map(({ workspace, draftId }) => ({ workspace, id: draftId }));
	// Two plans on one thread take turns, so that exactly one reply stays open.
	const unlocked = await session.matchingOnly('outbound', ['workspace', 'purpose', 'channel', 'thread_id'], ['workspace', 'id'], keys);
	await session.lock('thread', unlocked.flatMap((row) => threadOf(row) ?? []));
	const rows = await loadOutbound(session, keys, true);
	const seen = new Set<string>();
	return requests.map((request, index) => {
		const key = cleanKey(request.workspace, request.draftId);
		const stored = rows.get(key);
		if (!stored) throw new StoreInputError(`No draft ${request.draftId} is stored in workspace "${request.workspace}", and none was given. Run Generate With Confidence first, or hand its draft over.`, index);
		const first = !seen.has(key);
		seen.add(key);
		const due = first && stored.status === 'drafted';
		const gate = strictestOf(stored.gate, request.gate);
		const row = due ? { ...stored, gate, send_at: request.sendAt ?? stored.send_at, sentence: request.reason ?? stored.sentence } : stored;
		return { request, row, due };
	});
}

/** The stored verdict stands; one that comes with the item may only be stricter, or fill the gap. */
function strictestOf(stored: string | null, given: Gate | undefined): string | null {
	if (!given) return stored;
	return toJson(stored === null ? given : stricterGate(given, GateSchema.parse(fromJson(stored))));
}

/** Reservations are tied to the job, or given back. */
async function settle(session: Session, jobs: readonly Job[], moved: ReadonlyMap<string, OutboundDbRow>): Promise<void> {
	const planned = jobs.flatMap(({ request, row }) => {
		const after = moved.get(outboundKey(row));
		return after ? [{ request, after }] : [];
	});
	const holding = planned.flatMap(({ request, after }) => (request.reservationId === undefined ? [] : [{ id: request.reservationId, after }]));
	const keeps = holding.filter(({ after }) => after.status === 'scheduled' || after.status === 'in_review');
	await bindReservations(session, keeps.map(({ id, after }) => ({ workspace: after.workspace, reservationId: id, outboundId: after.id, at: after.send_at ?? session.now })));
	const frees = holding.filter((entry) => !keeps.includes(entry)).map(({ id, after }) => ({ workspace: after.workspace, id }));
	const reservations = await reservationsNamed(session, frees);
	await releaseReservations(session, reservations.filter(({ outbound_id }) => outbound_id === null));
}

async function answer(session: Session, jobs: readonly Job[], moved: ReadonlyMap<string, OutboundDbRow>): Promise<Planned[]> {
	const reviews = await openReviewsOf(session, jobs.map(({ row }) => ({ workspace: row.workspace, kind: 'draft', subject: row.id })));
	return jobs.map(({ row, due }) => {
		const after = moved.get(outboundKey(row));
		return { row: toOutbound(after ?? row), review: reviews.get(keyOf(row.workspace, 'draft', cleanText(row.id))), changed: due && after !== undefined };
	});
}
