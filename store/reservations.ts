import { sql } from 'kysely';
import { noteLimitChanges } from './limits/changes';
import { holdCounting } from './limits/countingMode';
import { unfoldGrants } from './limits/journal';
import type { RowOf } from './schema';
import type { Session } from './session';

export interface Binding {
	workspace: string;
	reservationId: string;
	outboundId: string;
	/** When the job will leave. */
	at: number;
}

/** The reservations of these names, locked until the transaction ends. */
export async function reservationsNamed(session: Session, names: readonly { workspace: string; id: string }[]): Promise<RowOf<'reservations'>[]> {
	if (names.length === 0) return [];
	await holdCounting(session);
	await unfoldGrants(session, names.map(({ id }) => id));
	return await session.matching('reservations', ['workspace', 'id'], names, true);
}

/** What a job's status does to its reservations: kept (moved to the new time), used up, or given back. */
function fateOf(status: string): 'keep' | 'commit' | 'release' | 'nothing' {
	if (status === 'sent') return 'commit';
	if (status === 'scheduled') return 'keep';
	if (status === 'failed' || status === 'cancelled' || status === 'blocked') return 'release';
	return 'nothing';
}

/** Reservations follow their jobs, inside the job's transaction. */
export async function settleReservations(session: Session, rows: readonly RowOf<'outbound'>[]): Promise<void> {
	const moved = rows.filter(({ status }) => ['keep', 'commit'].includes(fateOf(status)));
	await moveEntries(session, moved.map((row) => ({ workspace: row.workspace, outbound_id: row.id, at: row.sent_at ?? row.send_at ?? session.now, state: fateOf(row.status) === 'commit' ? 'committed' : 'held' })));
	const freed = rows.filter(({ status }) => fateOf(status) === 'release').map((row) => ({ workspace: row.workspace, outbound_id: row.id }));
	if (freed.length === 0) return;
	await releaseReservations(session, await reservationsOf(session, freed));
}

/** The reservations of these jobs, whose rows the transaction holds: nobody binds another one meanwhile. */
async function reservationsOf(session: Session, jobs: readonly { workspace: string; outbound_id: string }[]): Promise<RowOf<'reservations'>[]> {
	const bound = await session.matching('reservations', ['workspace', 'outbound_id'], jobs);
	if (bound.length === 0) return [];
	await holdCounting(session);
	return await session.matching('reservations', ['workspace', 'id'], bound, true);
}

async function moveEntries(session: Session, jobs: readonly { workspace: string; outbound_id: string; at: number; state: string }[]): Promise<void> {
	if (jobs.length === 0) return;
	const bound = await reservationsOf(session, jobs);
	if (bound.length === 0) return;
	const byJob = new Map(jobs.map((job) => [JSON.stringify([job.workspace, job.outbound_id]), job]));
	const rows = bound.flatMap((reservation) => {
		const job = byJob.get(JSON.stringify([reservation.workspace, reservation.outbound_id]));
		return job ? [{ ...reservation, at: job.at, state: job.state, expires_at: null }] : [];
	});
	await session.update('reservations', ['workspace', 'id'], ['at', 'state', 'expires_at'], rows);
	const values = session.values('v', { workspace: 'text', id: 'text', at: 'int' }, rows);
	await session.rows(sql`update ${session.table('limit_entries')} as e set at = v.at, expires_at = null from ${values} where e.workspace = v.workspace and e.reservation_id = v.id`);
	await noteLimitChanges(session, rows);
}

/** Gives back what these reservations hold. Committed ones are used up and stay. */
export async function releaseReservations(session: Session, reservations: readonly RowOf<'reservations'>[]): Promise<void> {
	const held = reservations.filter(({ state }) => state === 'held').map((row) => ({ ...row, state: 'released', expires_at: null }));
	if (held.length === 0) return;
	await session.update('reservations', ['workspace', 'id'], ['state', 'expires_at'], held);
	const values = session.values('v', { workspace: 'text', id: 'text' }, held);
	await session.rows(sql`delete from ${session.table('limit_entries')} where (workspace, reservation_id) in (select v.workspace, v.id from ${values})`);
	await noteLimitChanges(session, held);
}

/**
 * Ties reservations to their jobs: from now on they live and die with them. One that lapsed meanwhile counts
 * again (the message will be sent, so it must be counted); one tied to another job stays there.
 */
export async function bindReservations(session: Session, bindings: readonly Binding[]): Promise<void> {
	if (bindings.length === 0) return;
	const rows = await reservationsNamed(session, bindings.map(({ workspace, reservationId }) => ({ workspace, id: reservationId })));
	const wanted = new Map(bindings.map((binding) => [JSON.stringify([binding.workspace, binding.reservationId]), binding]));
	const bound = rows.flatMap((row) => {
		const binding = wanted.get(JSON.stringify([row.workspace, row.id]));
		if (!binding || row.state !== 'held' || (row.outbound_id !== null && row.outbound_id !== binding.outboundId)) return [];
		return [{ ...row, outbound_id: binding.outboundId, at: binding.at, expires_at: null }];
	});
	if (bound.length === 0) return;
	await session.update('reservations', ['workspace', 'id'], ['outbound_id', 'at', 'expires_at'], bound);
	const values = session.values('v', { workspace: 'text', id: 'text', at: 'int' }, bound);
	await session.rows(sql`update ${session.table('limit_entries')} as e set at = v.at, expires_at = null from ${values} where e.workspace = v.workspace and e.reservation_id = v.id`);
	await noteLimitChanges(session, bound);
}
