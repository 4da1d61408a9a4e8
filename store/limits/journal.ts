import { sql, type RawBuilder } from 'kysely';
import { among, fromJson, toJson } from '../bulk';
import type { Session } from '../session';
import { holdCounting, MODE_KEY, redisMode } from './countingMode';

/** A reservation as Redis granted it. */
export interface JournalEntry {
	/** `<batch>.<place>`: tells the batch it stands in. */
	id: string;
	workspace: string;
	key: string;
	at: number;
	expires: number;
	created: number;
	decision: unknown;
	scopes: string[];
}

/** The batch a reservation was granted in, or undefined for one made in SQL. */
export function batchOf(reservationId: string): string | undefined {
	const dot = reservationId.indexOf('.');
	return dot > 0 ? reservationId.slice(0, dot) : undefined;
}

/**
 * Keeps what Redis granted, as one row, if Redis still is who counts and knew of all that happened to the reservations
 * by then (`drained`). One statement: nothing can come between the question and the row. False: the grant does not hold.
 */
export async function keepGrants(session: Session, batch: { id: string; epoch: string; drained: number; entries: readonly JournalEntry[] }): Promise<boolean> {
	const fit = sql`select 1 from mode where value = ${redisMode(batch.epoch)} and not exists (select 1 from ${session.table('limit_changes')} where drain > cast(${batch.drained} as bigint))`;
	const mode = sql`mode as materialized (select value from ${session.table('meta')} where key = ${MODE_KEY} for share)`;
	if (batch.entries.length === 0) return (await session.rows(sql`with ${mode} ${fit}`)).length > 0;
	const lapses = Math.max(...batch.entries.map(({ expires }) => expires));
	const kept = await session.rows(
		sql`with ${mode}, fit as (${fit}) insert into ${session.table('limit_journal')} (id, lapses_at, reservations)
			select ${batch.id}, cast(${lapses} as bigint), ${toJson(batch.entries)} from fit on conflict do nothing returning 1`,
	);
	return kept.length > 0;
}

/** Keeps a batch from ever being kept: whoever granted it and did not come to keep it has to ask again. */
export async function buryBatches(session: Session, batches: readonly string[], lapsesAt: number): Promise<void> {
	await session.insert('limit_journal', batches.map((id) => ({ id, lapses_at: lapsesAt, reservations: '[]' })), sql`on conflict do nothing`);
}

/** Writes the batches these reservations were granted in to the tables of reservations and entries, where the rest of the store finds them. */
export async function unfoldGrants(session: Session, reservationIds: readonly string[]): Promise<void> {
	const batches = [...new Set(reservationIds.flatMap((id) => batchOf(id) ?? []))];
	if (session.dialect === 'sqlite' || batches.length === 0) return;
	await holdCounting(session);
	await unfold(session, sql`where ${among('postgres', 'id', batches)}`);
}

/** As `unfoldGrants`, for all there are. */
export async function unfoldAll(session: Session): Promise<void> {
	await unfold(session, sql``);
}

async function unfold(session: Session, which: RawBuilder<unknown>): Promise<void> {
	const [reservations, entries] = [session.table('reservations'), session.table('limit_entries')];
	const journal = session.table('limit_journal');
	// Under the same key an earlier reservation may have lapsed or been given back; one that lives outranks the journal.
	const over = sql`(o.state = 'released' or (o.state = 'held' and o.expires_at is not null and o.expires_at <= g.created))`;
	// Rows that others may want are locked before they are changed, by their ids as everywhere.
	await session.rows(sql`
		with batches as materialized (select id from ${journal} ${which} order by id for update),
		gone as (delete from ${journal} where id in (select id from batches) returning reservations),
		g as materialized (
			select distinct on (x.workspace, x.key) x.* from gone, json_to_recordset(cast(gone.reservations as json))
				as x(id text, workspace text, key text, at bigint, expires bigint, created bigint, decision json, scopes json)
			order by x.workspace, x.key, x.created desc),
		earlier as materialized (
			select o.workspace, o.id from g join ${reservations} as o on o.workspace = g.workspace and o.idempotency_key = g.key where ${over}
			order by o.workspace, o.id for update of o),
		stale as (delete from ${entries} as e using earlier as o where e.workspace = o.workspace and e.reservation_id = o.id),
		kept as (
			insert into ${reservations} as o (workspace, id, idempotency_key, state, outbound_id, at, expires_at, decision, created_at)
			select workspace, id, key, 'held', null, at, expires, cast(decision as text), created from g where (select count(*) from earlier) >= 0
			on conflict (workspace, idempotency_key) do update set id = excluded.id, state = 'held', outbound_id = null, at = excluded.at,
				expires_at = excluded.expires_at, decision = excluded.decision, created_at = excluded.created_at
				where o.state = 'released' or (o.state = 'held' and o.expires_at is not null and o.expires_at <= excluded.created_at)
			returning workspace, id)
		insert into ${entries} (workspace, scope, reservation_id, at, expires_at)
			select g.workspace, s.value, g.id, g.at, g.expires from g join kept on kept.workspace = g.workspace and kept.id = g.id, json_array_elements_text(g.scopes) as s(value)
			on conflict do nothing`);
}

/** The decisions of reservations wherever they stand, by workspace and id; those nobody kept are missing. */
export async function keptDecisions<D>(session: Session, wanted: readonly { workspace: string; id: string }[]): Promise<Map<string, D>> {
	const batches = [...new Set(wanted.flatMap(({ id }) => batchOf(id) ?? []))];
	const values = session.values('v', { workspace: 'text', id: 'text' }, wanted);
	const rows = await session.rows(sql<{ id: string; decision: string }>`
		select r.id, r.decision from ${values} join ${session.table('reservations')} as r on r.workspace = v.workspace and r.id = v.id
		union all
		select x.id, cast(x.decision as text) from ${session.table('limit_journal')} as j, json_to_recordset(cast(j.reservations as json)) as x(id text, decision json) where ${among('postgres', 'j.id', batches)}`);
	return new Map(rows.map(({ id, decision }) => [id, fromJson<D>(decision)]));
}

/** Batches in which all lapsed long ago. */
export async function forgetLapsedGrants(session: Session, before: number): Promise<void> {
	if (session.dialect === 'sqlite') return;
	const journal = session.table('limit_journal');
	await session.rows(sql`delete from ${journal} where id in (select id from ${journal} where lapses_at <= cast(${before} as bigint) for update skip locked)`);
}
