import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { waitFor } from './waitFor';

const PATIENCE_MS = 15 * 60_000;

/** Runs `work` while no other process of this machine holds the lock file; a lock whose holder is dead counts for nothing. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
	await mkdir(dirname(file), { recursive: true });
	await waitFor(async () => await take(file), { what: `the other process that holds ${file}`, timeoutMs: PATIENCE_MS, everyMs: 200 });
	try {
		return await work();
	} finally {
		await rm(file, { force: true });
	}
}

async function take(file: string): Promise<boolean> {
	try {
		await writeFile(file, String(process.pid), { flag: 'wx' });
		return true;
	} catch {
		const holder = Number(await readFile(file, 'utf8'));
		if (holder > 0 && !isAlive(holder)) await rm(file, { force: true });
		return false;
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}
