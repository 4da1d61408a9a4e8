import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { EpochMs } from '../engine/time';
import { cleanText, fromJson, keyOf, toJson } from './bulk';
import type { Database } from './database';
import { releaseReservations } from './reservations';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { LimitScope, Limits, ReserveRequest } from './store';

/** The live entries of the scopes in question, kept up to date while a batch is decided. */
class Entries {
	readonly #byScope: Map<string, EpochMs[]>;
	/** Windows handed out so far, so that many requests with the same window share one list. */
	readonly #windows = new Map<string, Map<string, { scope: LimitScope; times: EpochMs[] }>>();

	constructor(rows: readonly { workspace: string; scope: string; at: EpochMs }[]) {
		this.#byScope = new Map();
		for (const { workspace, scope, at } of rows) {
			const key = keyOf(workspace, scope);
			const times = this.#byScope.get(key);
			if (times) times.push(at);
			else this.#byScope.set(key, [at]);
		}
	}

	window(workspace: string, scope: LimitScope): readonly EpochMs[] {
		const key = keyOf(workspace, cleanText(scope.key));
		const windows = this.#windows.get(key) ?? new Map<string, { scope: LimitScope; times: EpochMs[] }>();
		this.#windows.set(key, windows);
		const name = `${scope.from} ${scope.to}`;
		const known = windows.get(name);
		if (known) return known.times;
		const times = (this.#byScope.get(key) ?? []).filter((at) => scope.from <= at && at < scope.to);
		windows.set(name, { scope, times });
		return times;
	}

	add(workspace: string, scopeKey: string, at: EpochMs): void {
		const key = keyOf(workspace, cleanText(scopeKey));
		const all = this.#byScope.get(key);
		if (all) insertSorted(all, at);
		else this.#byScope.set(key, [at]);
		for (const { scope, times } of this.#windows.get(key)?.values() ?? []) {
			if (scope.from <= at && at < scope.to) insertSorted(times, at);
		}
	}
}

function insertSorted(times: EpochMs[], at: EpochMs): void {
	let place = times.length;
	while (place > 0 && times[place - 1] > at) place--;
	times.splice(place, 0, at);
}

async function liveEntries(session: Session, requests: readonly { workspace: string; scopes: LimitScope[] }[]): Promise<Entries> {
	const spans = new Map<string, { workspace: string; scope: string; from_at: number; to_at: number }>();
	for (const { workspace, scopes } of requests) {
		for (const { key, from, to } of scopes) {
			const name = keyOf(workspace, key);
			const span = spans.get(name);
			if (!span) spans.set(name, { workspace, scope: key, from_at: from, to_at: to });
			else {
				span.from_at = Math.min(span.from_at, from);
				span.to_at = Math.max(span.to_at, to);
			}
		}
	}
	if (spans.size === 0) return new Entries([]);
	const values = session.values('v', { workspace: 'text', scope: 'text', from_at: 'int', to_at: 'int' }, [...spans.values()]);
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const rows = await session.rows(sql<{ workspace: string; scope: string; at: EpochMs }>`
		select e.workspace, e.scope, e.at from ${values} ${join} ${session.table('limit_entries')} as e
			on e.workspace = v.workspace and e.scope = v.scope and e.at >= v.from_at and e.at < v.to_at
		where e.expires_at is null or e.expires_at > ${session.now} order by e.at`);
	return new Entries(rows);
}

export function createLimits(database: Database): Limits {
	return {
		async reserve(requests, lapseMs) {
			if (requests.length === 0) return [];
			return await database.write(async (session) => {
				await session.lock('limits', requests.flatMap(({ workspace, idempotencyKey, scopes }) => [keyOf(workspace, 'key', idempotencyKey), ...scopes.map(({ key }) => keyOf(workspace, key))]));
				return await reserveAll(session, requests, lapseMs);
			});
		},

		async commit(workspace, reservationIds) {
			if (reservationIds.length === 0) return;
			await database.write(async (session) => {
				const rows = await session.matching('reservations', ['workspace', 'id'], reservationIds.map((id) => ({ workspace, id })), true);
				const held = rows.filter(({ state }) => state === 'held').map((row) => ({ ...row, state: 'committed', expires_at: null }));
				if (held.length === 0) return;
				await session.update('reservations', ['workspace', 'id'], ['state', 'expires_at'], held);
				const values = session.values('v', { workspace: 'text', id: 'text' }, held);
				await session.rows(sql`update ${session.table('limit_entries')} as e set expires_at = null from ${values} where e.workspace = v.workspace and e.reservation_id = v.id`);
			});
		},

		async release(workspace, reservationIds) {
			if (reservationIds.length === 0) return;
			await database.write(async (session) => {
				const rows = await session.matching('reservations', ['workspace', 'id'], reservationIds.map((id) => ({ workspace, id })), true);
				await releaseReservations(session, rows);
			});
		},
	};
}

type Reserved<D> = { decision: D; reservationId?: string; repeated: boolean };

async function reserveAll<D extends { allowed: boolean }>(session: Session, requests: readonly ReserveRequest<D>[], lapseMs: number): Promise<Reserved<D>[]> {
	const stored = await session.matching('reservations', ['workspace', 'idempotency_key'], requests.map(({ workspace, idempotencyKey }) => ({ workspace, idempotency_key: idempotencyKey })), true);
	const known = new Map(stored.map((row) => [keyOf(row.workspace, row.idempotency_key), row]));
	const lives = (row: RowOf<'reservations'>): boolean => row.state === 'committed' || (row.state === 'held' && (row.expires_at === null || row.expires_at > session.now));
	const entries = await liveEntries(session, requests);
	const reservations = new Map<string, RowOf<'reservations'>>();
	const taken: RowOf<'limit_entries'>[] = [];
	const stale: { workspace: string; id: string }[] = [];

	const results = requests.map((request): Reserved<D> => {
		const { workspace, idempotencyKey, at } = request;
		const key = keyOf(workspace, cleanText(idempotencyKey));
		const before = reservations.get(key) ?? known.get(key);
		if (before && lives(before)) return { decision: fromJson<D>(before.decision), reservationId: before.id, repeated: true };
		const decision = request.decide(new Map(request.scopes.map((scope) => [scope.key, entries.window(workspace, scope)])));
		if (!decision.allowed) return { decision, repeated: false };
		const id = before?.id ?? randomUUID();
		// Under the same key an earlier reservation lapsed or was given back: what is left of it must not count twice.
		if (before) stale.push({ workspace, id });
		const expiresAt = session.now + lapseMs;
		reservations.set(key, { workspace, id, idempotency_key: cleanText(idempotencyKey), state: 'held', outbound_id: null, at, expires_at: expiresAt, decision: toJson(decision), created_at: session.now });
		for (const scope of new Set(request.scopes.map((each) => each.key))) {
			entries.add(workspace, scope, at);
			taken.push({ workspace, scope, reservation_id: id, at, expires_at: expiresAt });
		}
		return { decision, reservationId: id, repeated: false };
	});
	if (stale.length > 0) {
		const values = session.values('v', { workspace: 'text', id: 'text' }, stale);
		await session.rows(sql`delete from ${session.table('limit_entries')} where (workspace, reservation_id) in (select v.workspace, v.id from ${values})`);
	}
	await session.insert(
		'reservations',
		[...reservations.values()],
		sql`on conflict (workspace, idempotency_key) do update set state = excluded.state, outbound_id = null, at = excluded.at, expires_at = excluded.expires_at, decision = excluded.decision, created_at = excluded.created_at`,
	);
	await session.insert('limit_entries', taken);
	return results;
}
