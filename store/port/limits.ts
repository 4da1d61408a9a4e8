import type { EpochMs } from '../../engine/time';

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
}
export interface Limits {
	/** All rules or none, atomically over any number of processes. Reservations without a job lapse after `lapseMs`. */
	reserve<D extends { allowed: boolean }>(requests: ReserveRequest<D>[], lapseMs: number): Promise<{ decision: D; reservationId?: string; repeated: boolean }[]>;
	commit(workspace: string, reservationIds: string[]): Promise<void>;
	release(workspace: string, reservationIds: string[]): Promise<void>;
}
