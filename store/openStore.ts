import { configKey, whereIs, type OpenOptions, type StoreConfig } from './config';
import { Database } from './database';
import { StoreError } from './errors';
import { migrate } from './migrations/migrate';
import { createRepositories, type Repositories } from './repositories';
import { RedisConnection } from './redis/connection';
import type { Store } from './store';

/** How long a connection or pool outlives its last user. */
const IDLE_CLOSE_MS = 60_000;

interface Opened {
	database: Database;
	repositories: Repositories;
	close(): Promise<void>;
}
interface Shared {
	ready: Promise<Opened>;
	users: number;
	idle?: NodeJS.Timeout;
}
const open = new Map<string, Shared>();

async function start(config: StoreConfig, options: OpenOptions): Promise<Opened> {
	const database = new Database(config, options.clock);
	const redis = config.kind === 'postgres' && config.redis ? new RedisConnection(config.redis) : undefined;
	const close = async (): Promise<void> => {
		redis?.close();
		await database.close();
	};
	try {
		await migrate(database, whereIs(config));
		return { database, repositories: await createRepositories(database, redis), close };
	} catch (error) {
		await close();
		throw error;
	}
}

/**
 * Opens the store, creating or migrating it when needed. All callers of one process with the same configuration share one
 * connection (SQLite) or pool (Postgres). `close()` gives back this caller's share; the connection itself ends 60 s after
 * the last share was given back, so a node may open and close for each execution at no cost. Nothing keeps the process alive.
 * @throws StoreUnavailableError naming host or file; StoreNewerError; StoreBusyError; StoreError for a bad configuration.
 */
export async function openStore(config: StoreConfig, options: OpenOptions = {}): Promise<Store> {
	const key = options.clock ? Symbol('own clock').toString() + crypto.randomUUID() : configKey(config);
	const shared: Shared = open.get(key) ?? { ready: start(config, options), users: 0 };
	open.set(key, shared);
	clearTimeout(shared.idle);
	shared.users++;
	try {
		const { database, repositories } = await shared.ready;
		let closed = false;
		return {
			dialect: database.dialect,
			clock: database.clock,
			...repositories,
			async close() {
				if (closed) return;
				closed = true;
				await giveBack(key, shared, options.idleCloseMs ?? (options.clock ? 0 : IDLE_CLOSE_MS));
			},
		};
	} catch (error) {
		shared.users--;
		// The next caller tries anew: the server may be up again by then.
		if (open.get(key) === shared) open.delete(key);
		throw error;
	}
}

async function giveBack(key: string, shared: Shared, idleMs: number): Promise<void> {
	shared.users--;
	if (shared.users > 0) return;
	if (idleMs <= 0) return await end(key, shared);
	clearTimeout(shared.idle);
	// Nobody waits for an idle close: what cannot be closed politely ends with the process, and the next caller opens anew.
	shared.idle = setTimeout(() => void end(key, shared).catch(() => undefined), idleMs).unref();
}

async function end(key: string, shared: Shared): Promise<void> {
	if (shared.users > 0) return;
	if (open.get(key) === shared) open.delete(key);
	clearTimeout(shared.idle);
	await (await shared.ready).close();
}

/** Ends every connection and pool of this process at once, whoever still holds a share: for a process that shuts down. */
export async function closeAllStores(): Promise<void> {
	const all = [...open.values()];
	open.clear();
	const results = await Promise.allSettled(
		all.map(async (shared) => {
			clearTimeout(shared.idle);
			await (await shared.ready).close();
		}),
	);
	const failed = results.find((result) => result.status === 'rejected');
	if (failed) throw new StoreError('A store could not be closed.', { cause: failed.reason });
}
