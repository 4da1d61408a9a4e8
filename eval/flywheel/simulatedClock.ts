import { later, type EpochMs } from '../../engine/time';
import type { Clock } from '../../store/store';

/** The time of a simulated store: it goes on when the simulation says so. */
export class SimulatedClock implements Clock {
	constructor(public time: EpochMs) {}

	async now(): Promise<EpochMs> {
		return this.time;
	}

	/** Never back: a store's time only goes on. */
	goTo(moment: EpochMs): void {
		if (moment > this.time) this.time = moment;
	}

	goOn(ms: number): void {
		this.time = later(this.time, ms);
	}
}
