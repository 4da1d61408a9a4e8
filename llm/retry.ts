import { ModelError, type ModelErrorKind } from './chatModel';

/** The limits of one item's model work: times in milliseconds. */
export interface RetryPolicy {
	maxTries: number;
	/** Upper end of the first wait; doubles with each try. */
	baseDelayMs: number;
	maxDelayMs: number;
	/** Longest single call. */
	callTimeoutMs: number;
	/** Longest work on one item, waits and repairs included. */
	itemBudgetMs: number;
}

export const RETRY_POLICY: RetryPolicy = { maxTries: 3, baseDelayMs: 500, maxDelayMs: 8_000, callTimeoutMs: 30_000, itemBudgetMs: 90_000 };

/** Where time and chance come from. */
export interface TimeSource {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Resolves after so many milliseconds; rejects or resolves early when the signal is aborted. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/** Uniform in [0, 1). */
	rng(): number;
}

/** The machine's clock, timers and random numbers. */
export const SYSTEM_TIME: TimeSource = {
	now: Date.now,
	rng: Math.random,
	sleep: (ms, signal) =>
		new Promise((resolve) => {
			const done = () => {
				clearTimeout(timer);
				signal?.removeEventListener('abort', done);
				resolve();
			};
			const timer = setTimeout(done, ms);
			signal?.addEventListener('abort', done, { once: true });
		}),
};

const WORTH_RETRYING: ReadonlySet<ModelErrorKind> = new Set<ModelErrorKind>(['rate_limited', 'timeout', 'unavailable']);

/**
 * Milliseconds to wait before the next try: full jitter over an exponentially growing window
 * (AWS Architecture Blog, "Exponential Backoff And Jitter"), and never less than the provider's Retry-After.
 */
export function waitBefore(nextTry: number, error: ModelError, policy: RetryPolicy, rng: () => number): number {
	const window = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (nextTry - 2));
	return Math.max(Math.round(window * rng()), error.retryAfterMs ?? 0);
}

/**
 * Runs `attempt` until it succeeds, at most `maxTries` times and never past `deadline` (milliseconds since the epoch).
 * A wait that would end at or after the deadline is not begun: the item fails at once instead of holding its place.
 * Rejects with the last `ModelError`, its `attempts` set.
 */
export async function withRetry<T>(
	attempt: (call: { attempt: number; timeoutMs: number }) => Promise<T>,
	options: { deadline: number; time: TimeSource; policy?: RetryPolicy; signal?: AbortSignal },
): Promise<{ value: T; attempts: number }> {
	const { deadline, time, signal } = options;
	const policy = options.policy ?? RETRY_POLICY;
	for (let count = 1; ; count += 1) {
		const remaining = deadline - time.now();
		if (remaining <= 0) {
			throw new ModelError('timeout', `The model work on this item took longer than ${policy.itemBudgetMs / 1000} s. Try again, or choose a faster model.`, { attempts: count - 1 });
		}
		try {
			return { value: await attempt({ attempt: count, timeoutMs: Math.min(policy.callTimeoutMs, remaining) }), attempts: count };
		} catch (error) {
			if (!(error instanceof ModelError)) throw error;
			const failed = error.with({ attempts: count });
			if (count >= policy.maxTries || !WORTH_RETRYING.has(error.kind)) throw failed;
			const wait = waitBefore(count + 1, error, policy, time.rng);
			if (time.now() + wait >= deadline) throw failed;
			await time.sleep(wait, signal);
			if (signal?.aborted) throw new ModelError('aborted', 'The model call was stopped before it was finished.', { attempts: count });
		}
	}
}
