import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './freePort';
import { endServer, type Service } from './service';

const READY_WITHIN_MS = 30_000;

function binary(): string {
	const folders = [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];
	const found = folders.map((folder) => join(folder, 'redis-server')).find((file) => existsSync(file));
	if (!found) throw new Error('The tests need Redis. Install redis-server (Debian: apt-get install redis-server; macOS: brew install redis), or give TEST_REDIS_URL=redis://host:6379.');
	return found;
}

/** A Redis for tests: the one at TEST_REDIS_URL when that is set, else a private one on a random loopback port that keeps nothing. */
export async function startRedis(): Promise<Service> {
	const given = process.env.TEST_REDIS_URL;
	if (given) return { url: given, stop: async () => undefined };
	const file = binary();
	const folder = mkdtempSync(join(tmpdir(), 'lead-autopilot-redis-'));
	const port = await freePort();
	const server = spawn(file, ['--bind', '127.0.0.1', '--port', `${port}`, '--save', '', '--appendonly', 'no', '--dir', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	const listen = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-4_000));
	server.stdout.on('data', listen);
	server.stderr.on('data', listen);
	const stop = async (): Promise<void> => {
		await endServer(server, 'SIGTERM');
		rmSync(folder, { recursive: true, force: true });
	};
	const giveUpAt = Date.now() + READY_WITHIN_MS;
	while (!(await answersPing(port))) {
		if (server.exitCode !== null || Date.now() > giveUpAt) {
			await stop();
			throw new Error(`The private Redis did not start. It said: ${said}`);
		}
		await pause(50);
	}
	return { url: `redis://127.0.0.1:${port}`, stop };
}

async function answersPing(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		const finish = (answer: boolean): void => {
			socket.destroy();
			resolve(answer);
		};
		socket.setTimeout(1_000, () => finish(false));
		socket.once('error', () => finish(false));
		socket.once('data', (chunk) => finish(chunk.toString().startsWith('+PONG')));
		socket.once('connect', () => socket.write('PING\r\n'));
	});
}
