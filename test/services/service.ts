import type { ChildProcess } from 'node:child_process';

/** How long a server may take to end politely. */
const POLITE_MS = 20_000;

/** A server started for the tests, or one whose address was given. */
export interface Service {
	url: string;
	/** Ends the server and removes its files; does nothing for a server that was given. */
	stop(): Promise<void>;
}

/** Asks a server to end with this signal, kills it when it does not, and waits until it is gone. */
export async function endServer(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (server.exitCode !== null || server.signalCode !== null) return;
	const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
	server.kill(signal);
	const impatience = setTimeout(() => server.kill('SIGKILL'), POLITE_MS);
	await gone;
	clearTimeout(impatience);
}
