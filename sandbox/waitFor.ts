import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
	/** Milliseconds after which waiting is given up. Default 15,000. */
	timeoutMs?: number;
	/** Milliseconds between two looks. Default 50. */
	everyMs?: number;
	/** What is waited for, in words that finish the sentence "Waited for …". */
	what: string;
}

/**
 * Looks again and again until `condition` gives something other than `undefined`, `null` or `false`, and returns that.
 * An error thrown by `condition` counts as "not yet"; the last one is told when the time is up.
 * @throws Error "Waited n s for <what>" when the time is up.
 */
export async function waitFor<T>(
	condition: () => T | Promise<T>,
	options: WaitOptions,
): Promise<Exclude<T, undefined | null | false>> {
	const { timeoutMs = 15_000, everyMs = 50, what } = options;
	const deadline = Date.now() + timeoutMs;
	let lastError: unknown;
	for (;;) {
		try {
			const value = await condition();
			if (isThere(value)) return value;
			lastError = undefined;
		} catch (error) {
			lastError = error;
		}
		if (Date.now() >= deadline) {
			const reason = lastError === undefined ? '' : ` (last: ${String(lastError)})`;
			throw new Error(`Waited ${Math.round(timeoutMs / 1000)} s for ${what}${reason}`, { cause: lastError });
		}
		await pause(everyMs);
	}
}

function isThere<T>(value: T): value is Exclude<T, undefined | null | false> {
	return value !== undefined && value !== null && value !== false;
}
