import { existsSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { Client } from 'pg';

import type { StartArguments } from './arguments';
import type { ModelChoice } from './credentials';
import { N8N_PROGRAM } from './n8n/environment';

const GIGABYTE = 1024 ** 3;
/** n8n, the native builds and npm's cache at the first start; later only the state. */
const FIRST_START_BYTES = 4 * GIGABYTE;
const LATER_START_BYTES = 0.3 * GIGABYTE;
const NETWORK_TIMEOUT_MS = 10_000;

/** Looks, before anything is installed or started, at what would fail late. @throws Error of one clear sentence. */
export async function checkBeforeStart({ port, model, postgresUrl, redisUrl }: StartArguments, stateFolder: string): Promise<void> {
	await checkPort(port);
	await checkDisk(stateFolder);
	if (postgresUrl !== undefined) await checkPostgres(postgresUrl);
	if (redisUrl !== undefined) await checkRedis(redisUrl);
	await checkKey(model);
}

export async function checkPort(port: number): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const server = createServer();
		server.once('error', () => reject(new Error(`Port ${port} is taken: end the program that listens there, or choose another with --port ${port + 1}.`)));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
	});
}

async function checkDisk(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	const { bavail, bsize } = await statfs(folder);
	const needed = existsSync(N8N_PROGRAM) ? LATER_START_BYTES : FIRST_START_BYTES;
	const free = bavail * bsize;
	if (free < needed) throw new Error(`The disk of ${folder} has ${gigabytes(free)} GB free, but ${gigabytes(needed)} GB are needed: make room and start again.`);
}

function gigabytes(bytes: number): string {
	return (bytes / GIGABYTE).toFixed(1);
}

async function checkPostgres(url: string): Promise<void> {
	const client = new Client({ connectionString: url, connectionTimeoutMillis: NETWORK_TIMEOUT_MS });
	try {
		await client.connect();
		await client.query('select 1');
	} catch (error) {
		// The address without user and password: this line ends up in screenshots.
		const { host, pathname } = new URL(url);
		throw new Error(`No Postgres can be used at ${host}${pathname} (${reasonOf(error)}): start it, or correct --postgres.`);
	} finally {
		await client.end().catch(() => undefined);
	}
}

async function checkRedis(url: string): Promise<void> {
	const { hostname, port } = new URL(url);
	await new Promise<void>((resolve, reject) => {
		const socket = connect({ host: hostname, port: Number(port || 6379), timeout: NETWORK_TIMEOUT_MS });
		const fail = (reason: string): void => {
			socket.destroy();
			reject(new Error(`No Redis answers at ${hostname}:${port || 6379} (${reason}): start it, or correct --redis.`));
		};
		socket.once('error', (error) => fail(reasonOf(error)));
		socket.once('timeout', () => fail('no answer'));
		socket.once('connect', () => {
			socket.end();
			resolve();
		});
	});
}

/** Listing the models costs nothing and tells a wrong key. */
async function checkKey(model: ModelChoice): Promise<void> {
	if (typeof model === 'string') return;
	const { provider, apiKey } = model;
	const [name, url, headers] =
		provider === 'openai'
			? (['OpenAI', 'https://api.openai.com/v1/models', { authorization: `Bearer ${apiKey}` }] as const)
			: (['Anthropic', 'https://api.anthropic.com/v1/models', { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' }] as const);
	let status: number;
	try {
		status = (await fetch(url, { headers, signal: AbortSignal.timeout(NETWORK_TIMEOUT_MS) })).status;
	} catch (error) {
		throw new Error(`${name} cannot be reached (${reasonOf(error)}): check the network, or leave --${provider}-key out to use the sandbox's own model.`);
	}
	if (status === 401 || status === 403) throw new Error(`${name} does not accept this key (status ${status}): check --${provider}-key.`);
	if (status >= 400 && status !== 429) throw new Error(`${name} answered with status ${status}: try again later, or leave --${provider}-key out.`);
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const cause = error.cause instanceof Error ? error.cause : error;
	const code: unknown = 'code' in cause ? cause.code : undefined;
	return cause.message || (typeof code === 'string' ? code : cause.name);
}
