import { sql } from 'kysely';
import { fromJson } from '../bulk';
import type { Session } from '../session';
import { holdCounting } from './countingMode';

/** Marks a change that Redis has not heard of. */
const PENDING = Number.MAX_SAFE_INTEGER;
/** Changes told in one go. */
const MOST = 1_000;
/** Grants are kept within seconds of being made, so that what Redis heard of long ago matters to none. */
const TOLD_KEPT_MS = 600_000;

/** A reservation as it stands now, for Redis. */
export interface ReservationState {
	workspace: string;
	id: string;
	key: string;
	at: number;
	/** Null: it does not lapse. */
	expiresAt: number | null;
	live: boolean;
	scopes: string[];
}

/** Notes that these reservations were changed, when it is Redis that counts. Holds who counts until the transaction ends. */
export async function noteLimitChanges(session: Session, reservations: readonly { workspace: string; id: string }[]): Promise<void> {
	if (reservations.length === 0) return;
	const { kind } = await holdCounting(session);
	if (kind === 'sql') return;
	const values = session.values('v', { workspace: 'text', id: 'text' }, reservations);
	await session.rows(sql`
		insert into ${session.table('limit_changes')} (workspace, reservation_id, drain, changed_at)
		select distinct v.workspace, v.id, ${sql.raw(String(PENDING))}, cast(${session.now} as bigint) from ${values} order by v.workspace, v.id
		on conflict (workspace, reservation_id) do update set drain = excluded.drain, changed_at = excluded.changed_at`);
	session.limitsChanged = true;
}

/** Tells Redis what it has not heard of: `tell` gets the reservations as they are now and answers with the number of this telling. */
export async function tellLimitChanges(session: Session, tell: (states: ReservationState[]) => Promise<number>): Promise<void> {
	const changes = session.table('limit_changes');
	for (;;) {
		// Locked first, read after: what is read is at least as new as the change.
		const pending = await session.rows(sql<{ workspace: string; id: string }>`select workspace, reservation_id as id from ${changes} where drain = ${sql.raw(String(PENDING))} limit ${MOST} for update skip locked`);
		if (pending.length === 0) return;
		const values = session.values('v', { workspace: 'text', id: 'text' }, pending);
		const told = await tell(await reservationStates(session, sql`${values} join ${session.table('reservations')} as r on r.workspace = v.workspace and r.id = v.id`));
		await session.rows(sql`update ${changes} as c set drain = cast(${told} as bigint), changed_at = cast(${session.now} as bigint) from ${values} where c.workspace = v.workspace and c.reservation_id = v.id`);
		// Counted from the telling, not from the change: a grant made just before it must still find the row.
		// One that is being changed again is left alone: who changes it may wait for those told here.
		await session.rows(sql`delete from ${changes} where (workspace, reservation_id) in
			(select workspace, reservation_id from ${changes} where drain < cast(${told} as bigint) and changed_at < cast(${session.now - TOLD_KEPT_MS} as bigint) for update skip locked)`);
		if (pending.length < MOST) return;
	}
}

/** Every reservation that counts and is not older than `since`. The caller alone holds who counts. */
export async function liveReservations(session: Session, since: number): Promise<ReservationState[]> {
	await session.rows(sql`delete from ${session.table('limit_changes')}`);
	const now = sql`cast(${session.now} as bigint)`;
	return await reservationStates(session, sql`${session.table('reservations')} as r`, sql`where r.at >= cast(${since} as bigint) and (r.state = 'committed' or (r.state = 'held' and (r.expires_at is null or r.expires_at > ${now})))`);
}

async function reservationStates(session: Session, from: ReturnType<typeof sql>, where: ReturnType<typeof sql> = sql``): Promise<ReservationState[]> {
	const rows = await session.rows(sql<{ workspace: string; id: string; key: string; at: number; expires: number | null; state: string; scopes: string | null }>`
		select r.workspace, r.id, r.idempotency_key as key, r.at, r.expires_at as expires, r.state,
			(select cast(json_agg(e.scope) as text) from ${session.table('limit_entries')} as e where e.workspace = r.workspace and e.reservation_id = r.id) as scopes
		from ${from} ${where}`);
	return rows.map(({ workspace, id, key, at, expires, state, scopes }) => ({
		workspace,
		id,
		key,
		at,
		expiresAt: state === 'committed' ? null : expires,
		live: state === 'committed' || (state === 'held' && (expires === null || expires > session.now)),
		scopes: scopes === null ? [] : fromJson<string[]>(scopes),
	}));
}
