/**
 * Counts executions that were started and are not finished. One that never reports its end (a killed worker) is forgotten
 * with its lease, since its items are handed out again then.
 */
export class InFlight {
	private readonly ends = new Map<symbol, number>();

	constructor(
		private readonly limit: number,
		private readonly leaseMs: number,
	) {}

	/** Whether another execution may start. `now` in milliseconds of any steady clock. */
	hasRoom(now: number): boolean {
		for (const [key, end] of this.ends) if (end <= now) this.ends.delete(key);
		return this.ends.size < this.limit;
	}

	/** Counts one more. Call the result when it is finished, in whatever way. */
	start(now: number): () => void {
		const key = Symbol('execution');
		this.ends.set(key, now + this.leaseMs);
		return () => this.ends.delete(key);
	}
}
