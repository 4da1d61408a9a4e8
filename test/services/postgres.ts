import { execFile, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './freePort';
import { endServer, type Service } from './service';

const run = promisify(execFile);
const READY_WITHIN_MS = 60_000;

function binaries(): string {
	const root = '/usr/lib/postgresql';
	const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
	const found = [...versions.map((version) => join(root, version, 'bin')), ...(process.env.PATH ?? '').split(':')].find(
		(folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
	);
	if (!found) throw new Error('The tests need Postgres. Install its server programs (Debian: apt-get install postgresql; macOS: brew install postgresql), or give TEST_POSTGRES_URL=postgres://user:password@host:5432/database.');
	return found;
}

/** Postgres refuses to run as root; then it runs as the user `postgres` the package made. */
async function serverUser(): Promise<{ uid: number; gid: number } | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	try {
		const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
		return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
	} catch (error) {
		throw new Error('The tests run as root, and there is no user "postgres" to run the server as. Install Postgres from the system\'s packages, or give TEST_POSTGRES_URL.', { cause: error });
	}
}

/**
 * A Postgres for tests: the one at TEST_POSTGRES_URL when that is set, else a private one from this machine's binaries,
 * on a random loopback port, with its data in the temporary folder.
 */
export async function startPostgres(): Promise<Service> {
	const given = process.env.TEST_POSTGRES_URL;
	if (given) return { url: given, stop: async () => undefined };
	const bin = binaries();
	const user = await serverUser();
	const folder = mkdtempSync(join(tmpdir(), 'lead-autopilot-postgres-'));
	if (user) chownSync(folder, user.uid, user.gid);
	const data = join(folder, 'data');
	const as = { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C', HOME: folder } };
	await run(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], as);
	const port = await freePort();
	const server = spawn(
		join(bin, 'postgres'),
		['-D', data, '-h', '127.0.0.1', '-p', `${port}`, '-k', folder, '-c', 'fsync=off', '-c', 'max_connections=200', '-c', 'logging_collector=off'],
		{ ...as, stdio: ['ignore', 'ignore', 'pipe'] },
	);
	let said = '';
	server.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
	const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
	const stop = async (): Promise<void> => {
		// SIGINT: fast shutdown, clients are disconnected.
		await endServer(server, 'SIGINT');
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		await untilReady(url, () => server.exitCode !== null);
	} catch (error) {
		await stop();
		throw new Error(`The private Postgres did not start. It said: ${said}`, { cause: error });
	}
	return { url, stop };
}

async function untilReady(url: string, gone: () => boolean): Promise<void> {
	const giveUpAt = Date.now() + READY_WITHIN_MS;
	for (;;) {
		const client = new Client({ connectionString: url });
		client.on('error', () => undefined);
		try {
			await client.connect();
			await client.query('select 1');
			return;
		} catch (error) {
			if (gone() || Date.now() > giveUpAt) throw error;
		} finally {
			await client.end().catch(() => undefined);
		}
		await pause(50);
	}
}

/** A new, empty database on the server; gives back its URL. */
export async function createDatabase(url: string, name: string): Promise<string> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		await client.query(`create database "${name.replaceAll('"', '""')}"`);
	} finally {
		await client.end();
	}
	const own = new URL(url);
	own.pathname = `/${name}`;
	return own.href;
}

export async function dropDatabase(url: string, name: string): Promise<void> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		await client.query(`drop database if exists "${name.replaceAll('"', '""')}" with (force)`);
	} finally {
		await client.end();
	}
}
