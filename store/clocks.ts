import { epochMs, type EpochMs } from '../engine/time';
import type { Clock } from './store';

/** How old the measured difference to the server's clock may be. */
const REFRESH_MS = 30_000;

/** The embedded database runs in this process: its time is this machine's. */
export const processClock: Clock = {
	async now() {
		return epochMs(Date.now());
	},
};

/**
 * The database server's time. Asked at most every 30 s; between, it runs on with this process's monotonic clock, so a
 * wrong or corrected clock on a worker changes nothing.
 */
export class ServerClock implements Clock {
	#measured?: { server: number; at: number };
	#measuring?: Promise<void>;

	constructor(private readonly ask: () => Promise<number>) {}

	async now(): Promise<EpochMs> {
		if (!this.#measured || performance.now() - this.#measured.at > REFRESH_MS) {
			this.#measuring ??= this.measure().finally(() => (this.#measuring = undefined));
			await this.#measuring;
		}
		return this.current();
	}

	/** The time by the last measurement, whatever its age. */
	current(): EpochMs {
		const { server, at } = this.#measured ?? { server: Date.now(), at: performance.now() };
		return epochMs(Math.round(server + performance.now() - at));
	}

	private async measure(): Promise<void> {
		const before = performance.now();
		const server = await this.ask();
		const after = performance.now();
		// The answer was true about half-way through the round trip.
		this.#measured = { server, at: (before + after) / 2 };
	}
}
