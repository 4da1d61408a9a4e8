import type { ChildProcess } from 'node:child_process';

import { systemErrorCode } from '../systemErrorCode';

const running = new Set<ChildProcess>();
let watching = false;

/** SIGKILL for a child's whole process group; a group that has ended already is fine. */
export function endGroup(child: ChildProcess): void {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch (error) {
		if (systemErrorCode(error) !== 'ESRCH') throw error;
	}
}

/**
 * Makes sure that `child` (started detached) does not outlive this process when it exits or gets a signal.
 * A signal that somebody else also listens to is left to them: they end politely, and the exit sweeps up.
 */
export function endWithStarter(child: ChildProcess): void {
	running.add(child);
	child.once('exit', () => running.delete(child));
	if (watching) return;
	watching = true;
	const endAll = () => running.forEach(endGroup);
	process.on('exit', endAll);
	for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
		process.on(signal, () => {
			if (process.listenerCount(signal) > 1) return;
			endAll();
			process.exit(code);
		});
	}
}
