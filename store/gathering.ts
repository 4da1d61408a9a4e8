interface Call<I, O> {
	items: readonly I[];
	resolve(results: O[]): void;
	reject(error: unknown): void;
}

/** How much is gathered and how much of it runs at once. */
export interface GatheringLimits {
	/** Batches under way at the same time. */
	flights: number;
	/** Items of one batch, unless a single call brings more. */
	items: number;
}

/**
 * Puts the calls that arrive while others are under way into one batch, so that many callers share a transaction. Each
 * gets the results of its own items. A batch that fails is run again call by call: one bad call fails only itself.
 */
export class Gathering<I, O> {
	readonly #waiting: Call<I, O>[] = [];
	#flights = 0;
	#scheduled = false;

	/** `work` gives back one result an item, in their order. */
	constructor(
		private readonly work: (items: readonly I[]) => Promise<O[]>,
		private readonly limits: GatheringLimits,
	) {}

	async run(items: readonly I[]): Promise<O[]> {
		return await new Promise<O[]>((resolve, reject) => {
			this.#waiting.push({ items, resolve, reject });
			this.schedule();
		});
	}

	private schedule(): void {
		if (this.#scheduled || this.#waiting.length === 0 || this.#flights >= this.limits.flights) return;
		this.#scheduled = true;
		// After everybody who is about to call in this turn has called.
		setImmediate(() => {
			this.#scheduled = false;
			this.#flights++;
			void this.fly(this.take()).finally(() => {
				this.#flights--;
				this.schedule();
			});
		});
	}

	private take(): Call<I, O>[] {
		let items = 0;
		let calls = 0;
		for (const call of this.#waiting) {
			items += call.items.length;
			if (calls > 0 && items > this.limits.items) break;
			calls++;
		}
		return this.#waiting.splice(0, calls);
	}

	private async fly(calls: readonly Call<I, O>[]): Promise<void> {
		try {
			const results = await this.work(calls.flatMap(({ items }) => items));
			let from = 0;
			for (const { items, resolve } of calls) resolve(results.slice(from, (from += items.length)));
		} catch (error) {
			if (calls.length === 1) calls[0].reject(error);
			else for (const call of calls) await this.fly([call]);
		}
	}
}
