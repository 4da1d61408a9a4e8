import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { freePort } from '../freePort';
import { waitFor } from '../waitFor';
import { n8nEnvironment, N8N_PROGRAM, type N8nOptions } from './environment';
import { endWithStarter, endGroup } from './endWithStarter';

const STOP_GRACE_MS = 10_000;
const READY_TIMEOUT_MS = 180_000;

export interface N8nInstance {
	/** e.g. `http://127.0.0.1:5678`; of a worker the health address. */
	readonly url: string;
	readonly port: number;
	/** Process id, and process group id, of the current process; a restart changes it. */
	readonly pid: number;
	readonly userFolder: string;
	/** Resolves with the exit code (null after a signal) of the current process. */
	readonly exited: Promise<number | null>;
	/** Ends n8n politely: SIGTERM, and SIGKILL after 10 s. Does nothing when it has ended. */
	stop(): Promise<void>;
	/** Ends n8n and its task runner at once with SIGKILL, as a crash would. */
	kill(): Promise<void>;
	/** Stops (if running) and starts again on the same port and folder; resolves when ready. */
	restart(): Promise<void>;
}

/**
 * Starts the pinned n8n as a child process and waits until it is ready.
 * It never outlives this process, however this process ends.
 * @throws Error with the last lines of the log when n8n ends or is not ready within three minutes.
 */
export async function startN8n(options: N8nOptions): Promise<N8nInstance> {
	const port = options.port ?? (await freePort());
	const process_ = new N8nProcess(options, port, await freePort());
	await process_.start();
	return process_;
}

class N8nProcess implements N8nInstance {
	readonly url: string;
	readonly userFolder: string;
	private child: ChildProcess | undefined;
	private ended = Promise.resolve<number | null>(null);
	private logStart = 0;

	constructor(
		private readonly options: N8nOptions,
		readonly port: number,
		private readonly brokerPort: number,
	) {
		this.url = `http://127.0.0.1:${port}`;
		this.userFolder = options.userFolder;
	}

	get pid(): number {
		if (this.child?.pid === undefined) throw new Error('n8n is not running');
		return this.child.pid;
	}

	get exited(): Promise<number | null> {
		return this.ended;
	}

	async start(): Promise<void> {
		const { options } = this;
		mkdirSync(options.userFolder, { recursive: true });
		mkdirSync(dirname(options.logFile), { recursive: true });
		const log = openSync(options.logFile, 'a');
		this.logStart = readFileSync(options.logFile).length;
		const command = options.role === 'worker' ? ['worker', `--concurrency=${options.concurrency ?? 10}`] : ['start'];
		const child = spawn(process.execPath, [N8N_PROGRAM, ...command], {
			cwd: options.userFolder,
			env: n8nEnvironment(options, this.port, this.brokerPort),
			// The fourth stream is the lifeline of redirect.cjs: it closes when this process is gone.
			stdio: ['ignore', log, log, 'pipe'],
			// A group of its own, so that n8n and its task runner can be ended together.
			detached: true,
		});
		closeSync(log);
		this.child = child;
		endWithStarter(child);
		this.ended = new Promise((resolve) => {
			child.once('exit', (code) => resolve(code));
			child.once('error', () => resolve(null));
		});
		try {
			await this.untilReady(child);
		} catch (error) {
			await this.kill();
			throw error;
		}
	}

	async stop(): Promise<void> {
		if (!this.isRunning()) return;
		this.child?.kill('SIGTERM');
		const grace = new AbortController();
		await Promise.race([this.ended, pause(STOP_GRACE_MS, undefined, { signal: grace.signal }).catch(() => undefined)]);
		grace.abort();
		await this.kill();
	}

	async kill(): Promise<void> {
		if (this.child === undefined) return;
		// Also after a polite end: a task runner must not be left behind.
		endGroup(this.child);
		await this.ended;
	}

	async restart(): Promise<void> {
		await this.stop();
		await this.start();
	}

	private isRunning(): boolean {
		return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
	}

	private async untilReady(child: ChildProcess): Promise<void> {
		let spawnError: Error | undefined;
		child.once('error', (error) => (spawnError = error));
		const state = await waitFor(
			async () => {
				if (spawnError !== undefined || !this.isRunning()) return 'ended';
				const answer = await fetch(`${this.url}/healthz/readiness`);
				return answer.ok ? 'ready' : undefined;
			},
			{ what: `n8n on port ${this.port} to be ready`, timeoutMs: READY_TIMEOUT_MS, everyMs: 100 },
		).catch((error: Error) => {
			throw new Error(`${error.message}; its log ends with:\n${this.lastLines()}`);
		});
		if (state === 'ended') throw new Error(`n8n ended while starting${spawnError ? ` (${spawnError.message})` : ''}; its log ends with:\n${this.lastLines()}`);
	}

	private lastLines(): string {
		const text = readFileSync(this.options.logFile).subarray(this.logStart).toString('utf8');
		return text.trimEnd().split('\n').slice(-15).join('\n');
	}
}
