import { ModelError } from './chatModel';

/**
 * Runs `work` for at most `timeoutMs` milliseconds. The signal it hands over is aborted when time is up or the caller
 * aborts, and the promise settles then even if `work` ignores the signal (a connected model may).
 * Rejects with kind `timeout` or `aborted`, else as `work` does.
 */
export async function withinTime<T>(window: { timeoutMs: number; signal?: AbortSignal }, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
	const { timeoutMs, signal } = window;
	const aborted = () => new ModelError('aborted', 'The model call was stopped before it was finished.');
	if (signal?.aborted) throw aborted();
	const controller = new AbortController();
	let timer: NodeJS.Timeout | undefined;
	let onAbort: (() => void) | undefined;
	const cutShort = new Promise<never>((_resolve, reject) => {
		// Reject first: aborting makes `work` fail too, and its reason must not win the race.
		timer = setTimeout(() => {
			reject(new ModelError('timeout', `The model did not answer within ${timeoutMs / 1000} s. Try again, or choose a faster model.`));
			controller.abort();
		}, timeoutMs);
		onAbort = () => {
			reject(aborted());
			controller.abort();
		};
		signal?.addEventListener('abort', onAbort, { once: true });
	});
	try {
		return await Promise.race([work(controller.signal), cutShort]);
	} finally {
		clearTimeout(timer);
		if (onAbort) signal?.removeEventListener('abort', onAbort);
	}
}
