import { randomBytes } from 'node:crypto';
import type { EpochMs } from '../../engine/time';
import { cleanText } from '../bulk';
import { RedisAwayError, RedisEmptiedError } from '../redis/connection';
import { OTHER_EPOCH, type CounterAnswer, type CounterRequest, type LimitCounters } from '../redis/limitCounters';
import type { CountedDecision, Reserved } from '../store';
import { GatheredLook } from './gatheredLook';
import { batchOf, type JournalEntry } from './journal';
import type { LapsingRequest } from './sqlLimits';

/** A request that can be decided from counts. */
export type CountedRequest<D extends { allowed: boolean }> = LapsingRequest<D> & { counted: CountedDecision<D> };

export function isCounted<D extends { allowed: boolean }>(request: LapsingRequest<D>): request is CountedRequest<D> {
	return request.counted !== undefined;
}

/** One batch on its way through Redis, and what became of it there. */
export class RedisBatch<D extends { allowed: boolean }> {
	readonly id = randomBytes(12).toString('base64url');
	/** The number of the last telling Redis knew of when it decided. */
	drained = 0;
	/** What it granted, to be kept. */
	entries: readonly JournalEntry[] = [];
	#answers: readonly CounterAnswer[] = [];
	readonly #decisions = new Map<string, D>();
	readonly #denials = new Map<number, D>();
	readonly #look: GatheredLook;

	constructor(
		private readonly requests: readonly CountedRequest<D>[],
		private readonly now: EpochMs,
		private readonly counters: LimitCounters,
		readonly epoch: string,
	) {
		this.#look = new GatheredLook(async (scopes, checks) => {
			const reply = await this.counters.look(this.epoch, this.now, scopes, checks);
			if (reply === OTHER_EPOCH) throw new RedisEmptiedError();
			return reply;
		});
	}

	/** Redis decides and takes. False: it counts under another epoch, or none. */
	async take(): Promise<boolean> {
		const asked = this.requests.map((request, place) => this.toCounters(request, place));
		const reply = await this.counters.reserve(this.epoch, this.now, asked);
		if (reply === OTHER_EPOCH) return false;
		this.drained = reply.drained;
		this.#answers = reply.answers;
		this.entries = reply.answers.flatMap((answer, place) => (answer.kind === 'granted' ? [this.granted(asked[place], this.requests[place].counted.allow(answer.used))] : []));
		return true;
	}

	/** What this batch took in Redis is undone. Where Redis is away, there is nothing to undo for long: a new epoch begins when it is back. */
	async giveBack(): Promise<void> {
		if (this.entries.length === 0) return;
		try {
			await this.counters.forget(this.epoch, this.now, this.entries);
		} catch (error) {
			if (!(error instanceof RedisAwayError)) throw error;
		}
	}

	/** Those whose keys were granted before this batch. */
	repeated(): { workspace: string; key: string; id: string }[] {
		return this.#answers.flatMap((answer, place) => {
			if (answer.kind !== 'repeated' || batchOf(answer.id) === this.id) return [];
			const { workspace, idempotencyKey } = this.requests[place];
			return [{ workspace, key: idempotencyKey, id: answer.id }];
		});
	}

	/** The decisions of earlier grants, by reservation. */
	remember(decisions: ReadonlyMap<string, D>): void {
		for (const [id, decision] of decisions) this.#decisions.set(id, decision);
	}

	/** Earlier grants whose decision was kept nowhere. */
	unknown(): { workspace: string; key: string; id: string }[] {
		return this.repeated().filter(({ id }) => !this.#decisions.has(id));
	}

	/** Finds out when what was denied would be allowed. */
	async explain(): Promise<void> {
		await Promise.all(this.#answers.map(async (answer, place) => {
			if (answer.kind !== 'denied') return;
			const { workspace, counted } = this.requests[place];
			try {
				this.#denials.set(place, await counted.deny(answer.used, this.#look.of(workspace)));
			} catch (error) {
				if (!(error instanceof RedisAwayError)) throw error;
			}
		}));
	}

	/** Undefined where it could not be found out. */
	answers(): (Reserved<D> | undefined)[] {
		return this.#answers.map((answer, place) => {
			if (answer.kind === 'denied') {
				const denial = this.#denials.get(place);
				return denial && { decision: denial, repeated: false };
			}
			const [id, repeated] = 'id' in answer ? [answer.id, true] : [this.idAt(place), false];
			const decision = this.#decisions.get(id);
			return decision && { decision, reservationId: id, repeated };
		});
	}

	private idAt(place: number): string {
		return `${this.id}.${place}`;
	}

	private toCounters({ workspace, idempotencyKey, at, lapseMs, scopes, counted }: CountedRequest<D>, place: number): CounterRequest {
		const names = scopes.map(({ key }) => key);
		return { workspace, key: cleanText(idempotencyKey), id: this.idAt(place), at, expires: this.now + lapseMs, scopes: new Set(names).size === names.length ? names : [...new Set(names)], checks: counted.checks };
	}

	private granted({ workspace, key, id, at, expires, scopes }: CounterRequest, decision: D): JournalEntry {
		this.#decisions.set(id, decision);
		return { id, workspace, key, at, expires, created: this.now, decision, scopes: [...scopes] };
	}
}
