import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { RedisConfig } from '../config';
import { StoreUnavailableError } from '../errors';

/** How long Redis may take to connect or to answer. After it the database counts instead, so it is short. */
const PATIENCE_MS = 2_000;

/** Redis does not answer, or not as it should. */
export class RedisAwayError extends StoreUnavailableError {
	override name = 'RedisAwayError';
}

/** Redis answers, but holds nothing of what it held: it was emptied or began anew. */
export class RedisEmptiedError extends RedisAwayError {
	override name = 'RedisEmptiedError';
	constructor() {
		super('Redis was emptied meanwhile.');
	}
}

function codeOf(error: unknown): string {
	return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** A clear error for what Redis or the network said. */
function explained(config: RedisConfig, error: unknown, reason: unknown): RedisAwayError {
	const said = error instanceof Error ? error.message : String(error);
	const where = `The Redis ${config.host}:${config.port}`;
	const code = codeOf(error) || codeOf(reason);
	if (/WRONGPASS|NOAUTH|NOPERM|invalid password|AUTH/i.test(said)) return new RedisAwayError(`${where} refused the user or password. Correct them in the credential.`);
	if (code === 'ECONNREFUSED') return new RedisAwayError(`${where} does not answer: nothing listens there. Start Redis, or correct host and port in the credential.`);
	if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new RedisAwayError(`${where} was not found: the host name is unknown. Correct the host in the credential.`);
	if (/certificate|self-signed|SSL|TLS/i.test(said) || code.startsWith('ERR_SSL')) return new RedisAwayError(`${where} and the credential disagree about TLS. Correct the Redis SSL setting.`);
	return new RedisAwayError(`${where} cannot be used (${said}). Check that it is up, network, firewall and port, and whether it expects TLS.`);
}

/** One connection to Redis. Nothing waits for it in vain: every call ends within seconds, and it never keeps a process alive by itself. */
export class RedisConnection {
	readonly #redis: Redis;
	#calls = 0;
	#closed = false;
	/** What the last broken connection said: the calls themselves only say that they were given up. */
	#reason: unknown;

	constructor(private readonly config: RedisConfig) {
		const { host, port, user, password, database, tls } = config;
		this.#redis = new Redis({
			host,
			port,
			...(user ? { username: user } : {}),
			...(password ? { password } : {}),
			...(database ? { db: database } : {}),
			...(tls ? { tls: {} } : {}),
			lazyConnect: true,
			connectTimeout: PATIENCE_MS,
			commandTimeout: PATIENCE_MS,
			maxRetriesPerRequest: 0,
			// The next call connects anew. A timer that tried for ever would keep the process alive.
			retryStrategy: () => null,
			connectionName: 'lead-autopilot',
		});
		this.#redis.on('error', (error) => (this.#reason = error));
		this.#redis.on('connect', () => this.holdProcess());
	}

	/** Runs a script, loading it when Redis does not know it (any more). */
	async script(script: { text: string; sha: string }, key: string, parameters: (string | number)[]): Promise<unknown> {
		return await this.call(async () => {
			try {
				return await this.#redis.evalsha(script.sha, 1, key, ...parameters);
			} catch (error) {
				if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
				return await this.#redis.eval(script.text, 1, key, ...parameters);
			}
		});
	}

	/** @throws RedisAwayError that says why it cannot be used. */
	async ping(): Promise<void> {
		await this.call(async () => await this.#redis.ping());
	}

	/** Deletes what the pattern names, a part at a time. */
	async deleteMatching(pattern: string, keep: string): Promise<void> {
		await this.call(async () => {
			let cursor = '0';
			do {
				const [next, found] = await this.#redis.scan(cursor, 'MATCH', pattern, 'COUNT', 1_000);
				const names = found.filter((name) => !name.startsWith(keep));
				if (names.length > 0) await this.#redis.unlink(...names);
				cursor = next;
			} while (cursor !== '0');
		});
	}

	close(): void {
		this.#closed = true;
		this.#redis.disconnect();
	}

	private async call<R>(work: () => Promise<R>): Promise<R> {
		if (this.#calls++ === 0) this.holdProcess();
		try {
			// Calls wait for it and fail with it.
			if (this.#redis.status === 'end' && !this.#closed) this.#redis.connect().catch(() => undefined);
			return await work();
		} catch (error) {
			throw explained(this.config, error, this.#reason);
		} finally {
			if (--this.#calls === 0) this.holdProcess();
		}
	}

	/** The process lives while a call is under way, and no longer for this connection. */
	private holdProcess(): void {
		const { stream } = this.#redis;
		if (!stream) return;
		if (this.#calls > 0) stream.ref();
		else stream.unref();
	}
}

export function scriptOf(text: string): { text: string; sha: string } {
	return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Connects once and asks for an answer. @throws RedisAwayError that says why it cannot be used. */
export async function checkRedis(config: RedisConfig): Promise<void> {
	const connection = new RedisConnection(config);
	try {
		await connection.ping();
	} finally {
		connection.close();
	}
}
