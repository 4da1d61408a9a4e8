import { sleep } from 'n8n-workflow';

/** After a failure the wait doubles up to this many milliseconds: a store that is down is not hammered. */
const LONGEST_WAIT_MS = 60_000;
const STEP_MS = 200;

export interface PollSteps {
	pollMs: number;
	signal: AbortSignal;
	/** One round. True when it found work: the next round then follows at once. */
	round(): Promise<boolean>;
	/** A round threw; called with how many did in a row. */
	failed(error: unknown, inARow: number): void;
}

/** Runs rounds until the signal; a failing round never ends the loop. Resolves when the round under way is over. */
export async function pollLoop({ pollMs, signal, round, failed }: PollSteps): Promise<void> {
	let failures = 0;
	while (!signal.aborted) {
		let wait = pollMs;
		try {
			if (await round()) wait = 0;
			failures = 0;
		} catch (error) {
			failures++;
			failed(error, failures);
			wait = Math.min(pollMs * 2 ** failures, LONGEST_WAIT_MS);
		}
		await pause(wait, signal);
	}
}

/** Waits in short steps, so that a trigger that is switched off ends at once instead of after a long back-off. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
	const end = performance.now() + ms;
	while (!signal.aborted) {
		const left = end - performance.now();
		if (left <= 0) return;
		await sleep(Math.min(left, STEP_MS));
	}
}
