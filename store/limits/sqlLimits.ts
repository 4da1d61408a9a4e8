import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { epochMs } from '../../engine/time';
import { cleanText, fromJson, keyOf, toJson } from '../bulk';
import type { RowOf } from '../schema';
import type { Session } from '../session';
import type { Reserved, ReserveRequest } from '../store';
import { GatheredLook, type CheckQuestion } from './gatheredLook';
import { Counts, hasLater, type Known } from './sqlCounts';
import { liveEntries, type Entries } from './sqlEntries';

type Reservation = RowOf<'reservations'>;
type Decided = { allowed: boolean };
/** A request with the time after which its reservation lapses. */
export type LapsingRequest<D extends Decided> = ReserveRequest<D> & { lapseMs: number };

/** Decides and counts a batch inside the caller's transaction: what is decided first counts for what follows. */
export async function reserveInSql<D extends Decided>(session: Session, requests: readonly LapsingRequest<D>[]): Promise<Reserved<D>[]> {
	await session.lock('limits', requests.flatMap(({ workspace, idempotencyKey, scopes }) => [keyOf(workspace, 'key', idempotencyKey), ...scopes.map(({ key }) => keyOf(workspace, key))]));
	return await new SqlBatch(session, requests).run();
}

/** What is counted under the checks of a request, and whether it has to be decided from the entries all the same. */
interface Counted {
	known: readonly Known[];
	whole: boolean;
}

/** One batch on its way through the tables. */
class SqlBatch<D extends Decided> {
	readonly #reservations = new Map<string, Reservation>();
	readonly #taken: RowOf<'limit_entries'>[] = [];
	readonly #stale: { workspace: string; id: string }[] = [];
	readonly #look: GatheredLook;
	readonly #name: string;

	constructor(
		private readonly session: Session,
		private readonly requests: readonly LapsingRequest<D>[],
	) {
		// The time first: new ids stand side by side in the indexes, which costs a fraction of writing all over them.
		this.#name = `${session.now.toString(36)}-${randomBytes(12).toString('base64url')}`;
		this.#look = new GatheredLook(async (scopes, checks) => {
			const entries = await liveEntries(session, scopes.map(({ workspace, scope }) => ({ workspace, scopes: [scope] })));
			const { counts, known } = await Counts.load(session, checks);
			for (const { workspace, scope, at } of this.#taken) {
				entries.add(workspace, scope, epochMs(at));
				counts.add(workspace, scope, at);
			}
			if (checks.some(({ check }, place) => hasLater(check, known[place]))) throw new LaterEntriesError();
			return { times: scopes.map(({ workspace, scope }) => entries.window(workspace, scope)), counts: known.map(({ count }) => count) };
		});
	}

	async run(): Promise<Reserved<D>[]> {
		const { session, requests } = this;
		const stored = await session.matching('reservations', ['workspace', 'idempotency_key'], requests.map(({ workspace, idempotencyKey }) => ({ workspace, idempotency_key: idempotencyKey })), true);
		const known = new Map(stored.map((row) => [keyOf(row.workspace, row.idempotency_key), row]));
		const { counts, known: loaded } = await Counts.load(session, requests.flatMap(checksOf));
		let [latest, next] = [-Infinity, 0];
		const counted = requests.map((request): Counted => {
			const own = loaded.slice(next, (next += request.counted?.checks.length ?? 0));
			// An earlier one of the batch that leaves later counts as an entry after this one's moment.
			const outOfOrder = request.at < latest;
			latest = Math.max(latest, request.at);
			const whole = !request.counted || request.counted.checks.some((check, place) => check.window.kind === 'rolling' && (outOfOrder || hasLater(check, own[place])));
			return { known: own, whole };
		});
		const entries = await liveEntries(session, requests.filter((_, place) => counted[place].whole));
		const open: (() => Promise<Reserved<D>>)[] = requests.map((request, place) => this.decide(request, known, counts, counted[place], entries));
		await this.write();
		return await Promise.all(open.map(async (finish) => await finish()));
	}

	/** Takes what is allowed at once; what is denied is explained after, when all has been taken. */
	private decide(request: LapsingRequest<D>, known: ReadonlyMap<string, Reservation>, counts: Counts, own: Counted, entries: Entries): () => Promise<Reserved<D>> {
		const { session } = this;
		const { workspace, idempotencyKey, at, lapseMs, counted } = request;
		const key = keyOf(workspace, cleanText(idempotencyKey));
		const before = this.#reservations.get(key) ?? known.get(key);
		if (before && (before.state === 'committed' || (before.state === 'held' && (before.expires_at === null || before.expires_at > session.now)))) {
			return async () => ({ decision: fromJson<D>(before.decision), reservationId: before.id, repeated: true });
		}
		let decision: D;
		if (own.whole || !counted) {
			decision = this.decideWhole(request, entries);
			if (!decision.allowed) return async () => ({ decision, repeated: false });
		} else {
			const used = own.known.map(({ count }) => count);
			if (counted.checks.some((check, place) => used[place] >= check.limit)) return async () => ({ decision: await this.explain(request, used), repeated: false });
			decision = counted.allow(used);
		}
		const id = before?.id ?? `${this.#name}-${this.#reservations.size}`;
		// Under the same key an earlier reservation lapsed or was given back: what is left of it must not count twice.
		if (before) this.#stale.push({ workspace, id });
		const expiresAt = session.now + lapseMs;
		this.#reservations.set(key, { workspace, id, idempotency_key: cleanText(idempotencyKey), state: 'held', outbound_id: null, at, expires_at: expiresAt, decision: toJson(decision), created_at: session.now });
		for (const scope of new Set(request.scopes.map((each) => cleanText(each.key)))) {
			entries.add(workspace, scope, at);
			counts.add(workspace, scope, at);
			this.#taken.push({ workspace, scope, reservation_id: id, at, expires_at: expiresAt });
		}
		return async () => ({ decision, reservationId: id, repeated: false });
	}

	private decideWhole(request: LapsingRequest<D>, entries: Entries): D {
		return request.decide(new Map(request.scopes.map((scope) => [scope.key, entries.window(request.workspace, scope)])));
	}

	private async explain(request: LapsingRequest<D>, used: readonly number[]): Promise<D> {
		try {
			if (request.counted) return await request.counted.deny(used, this.#look.of(request.workspace));
		} catch (error) {
			if (!(error instanceof LaterEntriesError)) throw error;
		}
		return this.decideWhole(request, await liveEntries(this.session, [request]));
	}

	private async write(): Promise<void> {
		const { session } = this;
		if (this.#stale.length > 0) {
			const values = session.values('v', { workspace: 'text', id: 'text' }, this.#stale);
			await session.rows(sql`delete from ${session.table('limit_entries')} where (workspace, reservation_id) in (select v.workspace, v.id from ${values})`);
		}
		await session.insert(
			'reservations',
			[...this.#reservations.values()],
			sql`on conflict (workspace, idempotency_key) do update set state = excluded.state, outbound_id = null, at = excluded.at, expires_at = excluded.expires_at, decision = excluded.decision, created_at = excluded.created_at`,
		);
		await session.insert('limit_entries', this.#taken);
		// Written: from here on the tables answer for them.
		this.#taken.length = 0;
	}
}

/** A count that depends on where later entries lie cannot be had by counting. */
class LaterEntriesError extends Error {
	override name = 'LaterEntriesError';
}

function checksOf<D extends Decided>({ workspace, counted }: LapsingRequest<D>): CheckQuestion[] {
	return (counted?.checks ?? []).map((check) => ({ workspace, check }));
}
