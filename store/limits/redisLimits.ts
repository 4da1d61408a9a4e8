import { randomBytes } from 'node:crypto';
import type { Database } from '../database';
import { RedisAwayError, RedisEmptiedError } from '../redis/connection';
import { OTHER_EPOCH, REACH_MS, type CounterRecord, type LimitCounters } from '../redis/limitCounters';
import type { Session } from '../session';
import type { Reserved } from '../store';
import { liveReservations, tellLimitChanges, type ReservationState } from './changes';
import { countingMode, setCountingMode } from './countingMode';
import { batchOf, buryBatches, keepGrants, keptDecisions, unfoldAll } from './journal';
import { RedisBatch, type CountedRequest } from './redisBatch';
import { reserveInDatabase } from './reserveInDatabase';

/** After Redis was away, or away for anybody, the database counts at least this long: else two that see different things would take turns at every call. */
const RETURN_AFTER_MS = 5_000;
/** Reservations told to Redis in one call. */
const LOAD_AT_ONCE = 1_000;
/** How often it is begun anew because Redis was emptied again, or grants that nobody kept were in the way. */
const MAX_ROUNDS = 5;

type Decided = { allowed: boolean };

function recordOf({ workspace, id, key, at, expiresAt, live, scopes }: ReservationState): CounterRecord {
	return { workspace, id, key, at, scopes, ...(live ? { due: expiresAt ?? at + REACH_MS } : {}) };
}

/**
 * Limits counted by Redis, kept by Postgres. Redis decides and takes; a grant holds once Postgres has kept it, which it
 * does only while this Redis, under this epoch, is who counts. When Redis was emptied or switched on, one caller holds
 * everybody up, tells it all that counts and begins a new epoch. When it is away the database counts.
 */
export class RedisLimits {
	/** The epoch under which this process last saw Redis count. */
	#epoch?: string;
	/** Until then, by the store's time, this process does not look whether Redis is back: looking takes long. */
	#notBefore = 0;

	constructor(
		private readonly database: Database,
		private readonly counters: LimitCounters,
	) {}

	async reserve<D extends Decided>(requests: readonly CountedRequest<D>[]): Promise<Reserved<D>[]> {
		const answers: (Reserved<D> | undefined)[] = requests.map(() => undefined);
		if (this.#epoch !== undefined) {
			const quick = await this.quickly(this.#epoch, requests);
			quick.forEach((answer, place) => (answers[place] = answer));
		}
		const open = answers.flatMap((answer, place) => (answer ? [] : [place]));
		if (open.length > 0) {
			const rest = open.map((place) => requests[place]);
			const found = (await this.alone(rest)) ?? (await reserveInDatabase(this.database, rest));
			found.forEach((answer, place) => (answers[open[place]] = answer));
		}
		return answers.flatMap((answer) => answer ?? []);
	}

	/** Redis hears of changes that other transactions made. Whoever decides makes sure of it again, so this may fail. */
	async tellChanges(): Promise<void> {
		const epoch = this.#epoch;
		if (epoch === undefined) return;
		await this.whileReachable(async () => await this.database.write(async (session) => {
			const mode = await countingMode(session, 'share');
			if (mode.kind !== 'redis' || mode.epoch !== epoch) return;
			await session.lock('drain', ['drain']);
			await this.tell(session, epoch);
		}));
	}

	/** The usual way: one call to Redis, one statement. What has no answer after it needs to be asked again, `alone`. */
	private async quickly<D extends Decided>(epoch: string, requests: readonly CountedRequest<D>[]): Promise<(Reserved<D> | undefined)[]> {
		const now = await this.database.clock.now();
		const batch = new RedisBatch(requests, now, this.counters, epoch);
		const none = requests.map(() => undefined);
		try {
			if (!(await batch.take())) return none;
		} catch (error) {
			if (error instanceof RedisAwayError) return none;
			throw error;
		}
		// What is denied needs nothing kept: it is explained meanwhile.
		const [keeping, explaining] = await Promise.allSettled([this.keep(batch), batch.explain()]);
		if (keeping.status === 'rejected') throw keeping.reason;
		if (explaining.status === 'rejected') throw explaining.reason;
		if (!keeping.value) return none;
		const repeated = batch.repeated();
		if (repeated.length > 0) batch.remember(await this.database.read(async (session) => await keptDecisions<D>(session, repeated)));
		return batch.answers();
	}

	/** False: the grants of the batch do not hold, and were given back. */
	private async keep<D extends Decided>(batch: RedisBatch<D>): Promise<boolean> {
		let kept = false;
		try {
			kept = await this.database.statement(async (session) => await keepGrants(session, batch));
		} finally {
			if (!kept) await batch.giveBack();
		}
		return kept;
	}

	/** The careful way, with everybody else held up. Undefined: the database counts now. */
	private async alone<D extends Decided>(requests: readonly CountedRequest<D>[]): Promise<Reserved<D>[] | undefined> {
		const { mode, now } = await this.database.read(async (session) => ({ mode: await countingMode(session), now: session.now }));
		if (now < this.#notBefore || (mode.kind === 'sql' && now < mode.since + RETURN_AFTER_MS)) return undefined;
		return await this.whileReachable(async () => {
			await this.counters.ping();
			return await this.database.write(async (session) => {
				const epoch = await this.agree(session);
				return epoch === undefined ? undefined : await this.reserveAlone(session, epoch, requests);
			});
		});
	}

	/** Undefined when Redis was away: then it is left alone for a while. */
	private async whileReachable<R>(work: () => Promise<R>): Promise<R | undefined> {
		for (let round = 1; ; round++) {
			try {
				return await work();
			} catch (error) {
				if (!(error instanceof RedisAwayError)) throw error;
				if (error instanceof RedisEmptiedError && round < MAX_ROUNDS) continue;
			}
			this.#epoch = undefined;
			// At once, for those who already wait for the lock: each of them would wait for Redis as long again.
			this.#notBefore = Number.POSITIVE_INFINITY;
			let now = 0;
			try {
				now = await this.database.clock.now();
			} finally {
				this.#notBefore = now + RETURN_AFTER_MS;
			}
			return undefined;
		}
	}

	/** Redis and database know the same afterwards. Undefined: it is too early to leave counting to Redis. */
	private async agree(session: Session): Promise<string | undefined> {
		const mode = await countingMode(session, 'update');
		if (session.now < this.#notBefore) return undefined;
		if (mode.kind === 'sql' && session.now < mode.since + RETURN_AFTER_MS) return undefined;
		if (mode.kind === 'redis' && (await this.counters.holds(mode.epoch, session.now))) {
			await this.tell(session, mode.epoch);
			this.#epoch = mode.epoch;
			return mode.epoch;
		}
		const epoch = randomBytes(9).toString('base64url');
		await unfoldAll(session);
		const states = await liveReservations(session, session.now - REACH_MS);
		for (let from = 0; from < states.length; from += LOAD_AT_ONCE) await this.counters.load(epoch, session.now, states.slice(from, from + LOAD_AT_ONCE).map(recordOf));
		await this.counters.begin(epoch, session.now);
		await setCountingMode(session, { kind: 'redis', epoch });
		this.#epoch = epoch;
		return epoch;
	}

	private async tell(session: Session, epoch: string): Promise<void> {
		await tellLimitChanges(session, async (states) => {
			const told = await this.counters.put(epoch, session.now, states.map(recordOf));
			if (told === OTHER_EPOCH) throw new RedisEmptiedError();
			return told;
		});
	}

	private async reserveAlone<D extends Decided>(session: Session, epoch: string, requests: readonly CountedRequest<D>[]): Promise<Reserved<D>[]> {
		for (let round = 1; round <= MAX_ROUNDS; round++) {
			const batch = new RedisBatch(requests, session.now, this.counters, epoch);
			if (!(await batch.take())) throw new RedisEmptiedError();
			const repeated = batch.repeated();
			batch.remember(await keptDecisions<D>(session, repeated));
			const ghosts = batch.unknown();
			if (ghosts.length === 0) {
				if (!(await keepGrants(session, batch))) throw new RedisAwayError('Redis was told of changes meanwhile.');
				await batch.explain();
				return batch.answers().map((answer) => {
					if (!answer) throw new RedisEmptiedError();
					return answer;
				});
			}
			// Granted by somebody who never came to keep it, or does so late: then it has to ask again.
			await batch.giveBack();
			await buryBatches(session, ghosts.flatMap(({ id }) => batchOf(id) ?? []), session.now);
			await this.counters.forget(epoch, session.now, ghosts);
		}
		throw new RedisAwayError('Redis grants what nobody keeps.');
	}
}
