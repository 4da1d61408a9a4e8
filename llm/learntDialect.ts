/**
 * Sends with what has been learnt about a server so far. A refusal from which `learn` takes something is sent again at
 * once in the new way, and every later call that shares `dialect` starts from there. Any other failure is thrown as it is.
 */
export async function sendLearning<D extends object>(dialect: D, send: (used: D) => Promise<unknown>, learn: (used: D, thrown: unknown) => boolean): Promise<unknown> {
	for (;;) {
		// A copy: another call may change the shared dialect while this one is under way.
		const used = { ...dialect };
		try {
			return await send(used);
		} catch (error) {
			if (!learn(used, error)) throw error;
			Object.assign(dialect, used);
		}
	}
}
