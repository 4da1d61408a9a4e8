/** Runs at most so many pieces of work at once; the rest wait in order. */
export interface Limiter {
	/** Settles as `work` does. A failure frees the place like a success. */
	run<T>(work: () => Promise<T>): Promise<T>;
	readonly active: number;
	readonly waiting: number;
}

/** Model calls of one node run at once. */
export const MODEL_CONCURRENCY = 5;
/** The most a user may ask for. Policy of this pack: beyond it a node run holds more sockets than it is worth. */
export const MOST_MODEL_CALLS = 50;

/** A limiter with `places` places; throws a RangeError when that is not a whole number of at least 1. */
export function createLimiter(places: number = MODEL_CONCURRENCY): Limiter {
	if (!Number.isInteger(places) || places < 1) throw new RangeError(`Concurrency must be a whole number of at least 1, not ${places}.`);
	const queue: (() => void)[] = [];
	let active = 0;
	return {
		get active() {
			return active;
		},
		get waiting() {
			return queue.length;
		},
		async run(work) {
			// The place is handed over, not freed and taken again: a newcomer cannot slip in between.
			if (active >= places) await new Promise<void>((resolve) => queue.push(resolve));
			else active += 1;
			try {
				return await work();
			} finally {
				const next = queue.shift();
				if (next) next();
				else active -= 1;
			}
		},
	};
}
