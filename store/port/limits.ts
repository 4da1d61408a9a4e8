import type { CountedDecision, LimitCheck, LimitLook } from '../../engine/limit/countedDecision';
import type { EpochMs } from '../../engine/time';

export type { CountedDecision, LimitCheck, LimitLook };

export interface LimitScope {
	/** e.g. `contact:42:whatsapp`. */
	key: string;
	/** Entries with from ≤ at < to are loaded. */
	from: EpochMs;
	to: EpochMs;
}
export interface ReserveRequest<D extends { allowed: boolean }> {
	workspace: string;
	/** The same key again takes nothing and answers as before. */
	idempotencyKey: string;
	/** When the message would leave. */
	at: EpochMs;
	scopes: LimitScope[];
	/** Pure: the times of live entries by scope key → the decision. */
	decide(entries: ReadonlyMap<string, readonly EpochMs[]>): D;
	/** The same decision from counts, for Redis. Without it the database counts even where there is Redis, which then has to be told everything anew. */
	counted?: CountedDecision<D>;
}
/** What became of one request. `reservationId` is there when it was allowed. */
export interface Reserved<D> {
	decision: D;
	reservationId?: string;
	/** Its key was counted before: nothing was taken now. */
	repeated: boolean;
}
export interface Limits {
	/** All rules or none, atomically over any number of processes. Reservations without a job lapse after `lapseMs`. */
	reserve<D extends { allowed: boolean }>(requests: ReserveRequest<D>[], lapseMs: number): Promise<Reserved<D>[]>;
	commit(workspace: string, reservationIds: string[]): Promise<void>;
	release(workspace: string, reservationIds: string[]): Promise<void>;
}
