/** One webhook request a stand-in makes. */
export interface Post {
	url: string;
	body: string;
	headers: Record<string, string>;
}

export interface DeliveryOptions {
	/** Delivers the same event this many times in a row; default 1. */
	times?: number;
	/** Tries after a refused connection or a status other than 2xx, as the real services do; default 6, with growing pauses. */
	attempts?: number;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Makes the stand-ins' webhook calls and knows which are still under way. */
export interface Courier {
	/** Status of the last try of each delivery; 0 when nobody listened. */
	deliver(post: Post, options?: DeliveryOptions): Promise<number[]>;
	/** Runs in the background; a failure there is no failure of the call that caused it. */
	later(work: () => Promise<unknown>, delayMs?: number): void;
	/** Resolves when nothing is under way. */
	settled(): Promise<void>;
	stop(): Promise<void>;
}

export function createCourier(): Courier {
	const underWay = new Set<Promise<unknown>>();
	const stopping = new AbortController();

	const pause = (ms: number): Promise<void> =>
		new Promise((resolve) => {
			const done = (): void => {
				clearTimeout(timer);
				stopping.signal.removeEventListener('abort', done);
				resolve();
			};
			const timer = setTimeout(done, ms);
			stopping.signal.addEventListener('abort', done);
		});

	const post = async ({ url, body, headers }: Post): Promise<number> => {
		try {
			const response = await fetch(url, { method: 'POST', body, headers, signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(30_000)]) });
			await response.arrayBuffer();
			return response.status;
		} catch {
			return 0;
		}
	};

	const deliverOnce = async (what: Post, attempts: number): Promise<number> => {
		let status = 0;
		for (let attempt = 0; attempt < attempts && !stopping.signal.aborted; attempt += 1) {
			if (attempt > 0) await pause(Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS));
			status = await post(what);
			if (status >= 200 && status < 300) return status;
		}
		return status;
	};

	const track = <T>(work: Promise<T>): Promise<T> => {
		underWay.add(work);
		const forget = (): void => void underWay.delete(work);
		work.then(forget, forget);
		return work;
	};

	const settled = async (): Promise<void> => {
		while (underWay.size > 0) await Promise.allSettled([...underWay]);
	};

	return {
		deliver(what, { times = 1, attempts = 6 } = {}) {
			return track(
				(async () => {
					const statuses: number[] = [];
					for (let time = 0; time < times; time += 1) statuses.push(await deliverOnce(what, attempts));
					return statuses;
				})(),
			);
		},
		later(work, delayMs = 0) {
			const run = async (): Promise<void> => {
				await pause(delayMs);
				if (stopping.signal.aborted) return;
				await work();
			};
			void track(run().catch(() => undefined));
		},
		settled,
		async stop() {
			stopping.abort();
			await settled();
		},
	};
}
