import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Longer than any test may take: what is left then was forgotten. */
const LONGEST_MS = 15 * 60_000;

const running = new Set<NodeProcess>();

/**
 * A TypeScript file run by a Node process of its own. Whatever happens it ends: with `end()`, with `endNodeProcesses()`,
 * after a quarter of an hour, and (see `endWithParent`) with the process that started it. A living child with piped
 * output would keep the whole test run alive.
 */
export class NodeProcess {
	/** Resolves with the first line it printed, parsed as JSON. */
	readonly first: Promise<unknown>;
	/** Resolves with all lines it printed, parsed as JSON, when its output has ended. */
	readonly all: Promise<unknown[]>;
	readonly ended: Promise<void>;
	readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
	#errors = '';

	constructor(file: string, parameters: readonly string[], env: NodeJS.ProcessEnv = process.env) {
		// Its input is a pipe that nobody writes to: it closes when this process is gone.
		this.#child = spawn(process.execPath, ['--import', 'tsx', file, ...parameters], { stdio: 'pipe', env: { ...env, NODE_NO_WARNINGS: '1' }, timeout: LONGEST_MS, killSignal: 'SIGKILL' });
		running.add(this);
		this.#child.stdin.on('error', () => undefined);
		this.#child.stderr.on('data', (chunk: Buffer) => (this.#errors += chunk.toString()));
		this.ended = new Promise<void>((resolve) => {
			const done = (): void => {
				running.delete(this);
				resolve();
			};
			this.#child.once('exit', done).once('error', done);
		});
		const lines = createInterface({ input: this.#child.stdout });
		const said: string[] = [];
		lines.on('line', (line) => said.push(line));
		this.all = new Promise<void>((resolve) => lines.once('close', () => resolve())).then(() => said.map((line): unknown => JSON.parse(line)));
		this.all.catch(() => undefined);
		this.first = new Promise<unknown>((resolve, reject) => {
			lines.once('line', (line) => resolve(JSON.parse(line)));
			// All of its output was read by then.
			this.#child.once('close', () => reject(new Error(`The process ended without a word: ${this.#errors}`)));
			this.#child.once('error', reject);
		});
		this.first.catch(() => undefined);
	}

	/** Kills it, if it still runs, and waits until it is gone. */
	async end(): Promise<void> {
		this.#child.kill('SIGKILL');
		await this.ended;
	}
}

/** For `afterEach`: whatever a failed test left behind is gone. */
export async function endNodeProcesses(): Promise<void> {
	await Promise.all([...running].map(async (child) => await child.end()));
}

/** For the started file: it ends when the process that started it is gone, and is not kept alive by waiting for that. */
export function endWithParent(): void {
	process.stdin.once('close', () => process.exit(1)).resume();
	if ('unref' in process.stdin) process.stdin.unref();
}
