import type { TimeSource } from '../../llm/retry';

/** A clock that moves only when told or slept on, and remembers the waits. */
export interface FakeTime extends TimeSource {
	readonly waits: number[];
	advance(ms: number): void;
}

export const START = Date.parse('2026-03-02T12:00:00.000Z');

export function fakeTime(rng = 0.5, start = START): FakeTime {
	let at = start;
	const waits: number[] = [];
	return {
		waits,
		now: () => at,
		rng: () => rng,
		advance: (ms) => {
			at += ms;
		},
		sleep: async (ms) => {
			waits.push(ms);
			at += ms;
		},
	};
}
