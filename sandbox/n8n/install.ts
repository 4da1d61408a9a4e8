import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { withLock } from '../lock';
import { N8N_PROGRAM, SANDBOX_FOLDER } from './environment';
import { npm } from './npm';

/** Where the sandbox keeps what it can make again. */
export const STATE_FOLDER = join(SANDBOX_FOLDER, '.state');
const PROGRESS_EVERY_MS = 5_000;
const NATIVE_MODULES = ['sqlite3', 'isolated-vm'] as const;
const run = promisify(execFile);

/** Gets one line of text for the person who waits. */
export type Progress = (line: string) => void;

/**
 * Installs the pinned n8n into the sandbox unless exactly this lockfile is installed already (then it returns at once).
 * @throws Error of one sentence when the disk is full, the registry is out of reach or a native module cannot be built.
 */
export async function ensureN8n(progress: Progress): Promise<void> {
	const stamp = join(SANDBOX_FOLDER, 'node_modules', '.lead-autopilot-lockfile');
	const wanted = await lockfileHash();
	if (await isInstalled(stamp, wanted)) return;
	await mkdir(STATE_FOLDER, { recursive: true });
	await withLock(join(STATE_FOLDER, 'install.lock'), async () => {
		if (await isInstalled(stamp, wanted)) return;
		await rm(stamp, { force: true });
		await withProgress(progress, 'Installing the pinned n8n (once, about 3 minutes, 2.2 GB)', async () => {
			await npm(['ci', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], SANDBOX_FOLDER);
		});
		for (const name of NATIVE_MODULES) await ensureNative(name, progress);
		await writeFile(stamp, wanted);
	});
}

async function isInstalled(stamp: string, wanted: string): Promise<boolean> {
	return existsSync(N8N_PROGRAM) && existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted;
}

/** The native modules are built for one version of Node, so that counts too. */
async function lockfileHash(): Promise<string> {
	const lockfile = await readFile(join(SANDBOX_FOLDER, 'package-lock.json'));
	return createHash('sha256').update(lockfile).update(process.versions.modules).digest('hex');
}

/** Some modules bring a ready binary, which the skipped install scripts would only have checked; the others are built. */
async function ensureNative(name: string, progress: Progress): Promise<void> {
	if (await loads(name)) return;
	await withProgress(progress, `Building ${name} (once, about a minute)`, async () => {
		await npm(['rebuild', name, '--ignore-scripts=false', '--loglevel=error'], SANDBOX_FOLDER, nodeHeaders());
	});
	if (!(await loads(name))) throw new Error(`${name} could not be built for Node ${process.version}: install a C++ compiler, make and python3 (apt-get install build-essential python3) and start again.`);
}

/** Loaded in a process of its own: a module built for another Node can end the process. */
async function loads(name: string): Promise<boolean> {
	try {
		await run(process.execPath, ['-e', `require(${JSON.stringify(name)})`], { cwd: SANDBOX_FOLDER });
		return true;
	} catch {
		return false;
	}
}

/** The npm package of Node brings its headers, so that building needs no download. */
function nodeHeaders(): Record<string, string> {
	const folder = join(SANDBOX_FOLDER, '..', 'node_modules/node/node_modules', `node-${process.platform}-${process.arch}`);
	return existsSync(join(folder, 'include')) ? { npm_config_nodedir: folder } : {};
}

/** Says what is being done, and every few seconds for how long already. */
export async function withProgress<T>(progress: Progress, what: string, work: () => Promise<T>): Promise<T> {
	const start = Date.now();
	const seconds = () => Math.round((Date.now() - start) / 1000);
	progress(`${what} …`);
	const timer = setInterval(() => progress(`${what} … ${seconds()} s`), PROGRESS_EVERY_MS);
	try {
		const result = await work();
		progress(`${what}: done in ${seconds()} s`);
		return result;
	} finally {
		clearInterval(timer);
	}
}
