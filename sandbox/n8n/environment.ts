import { join } from 'node:path';

export const SANDBOX_FOLDER = join(__dirname, '..');
export const N8N_PROGRAM = join(SANDBOX_FOLDER, 'node_modules/n8n/bin/n8n');
const PRELOAD = join(SANDBOX_FOLDER, 'redirect.cjs');

export interface N8nOptions {
	/** n8n keeps everything in `<userFolder>/.n8n`. */
	userFolder: string;
	/** Default: a free one. */
	port?: number;
	/** Added last, so it wins over everything set here. */
	env?: Readonly<Record<string, string>>;
	/** Default SQLite in the user folder. `schema` (default public) keeps several instances apart in one database. */
	database?: { type: 'sqlite' } | { type: 'postgres'; url: string; schema?: string };
	/** Queue mode. `prefix` (default bull) keeps several instances apart on one Redis. */
	queue?: { redisUrl: string; prefix?: string };
	/** Default main. A worker needs queue, Postgres, and the main's encryption key. */
	role?: 'main' | 'worker';
	/** Executions a worker runs at once. Default 10. */
	concurrency?: number;
	/** Host name → loopback port. When given, every other host that is not in `allow` is refused. */
	redirect?: Readonly<Record<string, number>>;
	/** Host names n8n may reach for real although `redirect` is given. The hosts of `database` and `queue` always may. */
	allow?: readonly string[];
	/** Gets one line for every host refused. */
	networkLog?: string;
	/** Certificate authority n8n trusts beside the public ones. */
	caCertPath?: string;
	/** n8n's output is appended here. */
	logFile: string;
	/** Default: one fixed key, so that a main and its workers agree. */
	encryptionKey?: string;
}

/** The whole environment of an n8n child process: nothing is inherited but PATH and HOME. */
export function n8nEnvironment(options: N8nOptions, port: number, brokerPort: number): Record<string, string> {
	return {
		PATH: process.env.PATH ?? '',
		HOME: process.env.HOME ?? options.userFolder,
		NODE_OPTIONS: `--require ${JSON.stringify(PRELOAD)}`,
		SANDBOX_LIFELINE: '3',
		N8N_USER_FOLDER: options.userFolder,
		N8N_ENCRYPTION_KEY: options.encryptionKey ?? 'lead-autopilot-sandbox-key',
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		WEBHOOK_URL: `http://127.0.0.1:${port}/`,
		N8N_EDITOR_BASE_URL: `http://127.0.0.1:${port}`,
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_SECURE_COOKIE: 'false',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		// n8n registers published triggers from a queue it looks at every 15 s; the sandbox is not that patient.
		N8N_WORKFLOW_PUBLICATION_OUTBOX_POLL_INTERVAL_MS: '500',
		// Also the deadline: a publication that takes 70 % of this is broken off, which a busy machine needs some seconds for.
		N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '30',
		N8N_LOG_LEVEL: 'info',
		GENERIC_TIMEZONE: 'UTC',
		TZ: 'UTC',
		...databaseEnvironment(options),
		...queueEnvironment(options, port),
		...networkEnvironment(options),
		...options.env,
	};
}

function databaseEnvironment({ database }: N8nOptions): Record<string, string> {
	if (database?.type !== 'postgres') return { DB_TYPE: 'sqlite' };
	const url = new URL(database.url);
	return {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: url.hostname,
		DB_POSTGRESDB_PORT: url.port || '5432',
		DB_POSTGRESDB_DATABASE: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
		DB_POSTGRESDB_USER: decodeURIComponent(url.username) || 'postgres',
		DB_POSTGRESDB_PASSWORD: decodeURIComponent(url.password),
		DB_POSTGRESDB_SCHEMA: database.schema ?? 'public',
	};
}

function queueEnvironment({ queue, role }: N8nOptions, port: number): Record<string, string> {
	if (queue === undefined) return {};
	const url = new URL(queue.redisUrl);
	return {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		QUEUE_BULL_REDIS_HOST: url.hostname,
		QUEUE_BULL_REDIS_PORT: url.port || '6379',
		QUEUE_BULL_REDIS_DB: url.pathname.slice(1) || '0',
		QUEUE_BULL_PREFIX: queue.prefix ?? 'bull',
		N8N_REDIS_KEY_PREFIX: queue.prefix ?? 'n8n',
		...(url.password ? { QUEUE_BULL_REDIS_PASSWORD: decodeURIComponent(url.password) } : {}),
		...(url.username ? { QUEUE_BULL_REDIS_USERNAME: decodeURIComponent(url.username) } : {}),
		...(role === 'worker' ? { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(port), N8N_WORKER_SERVER_ADDRESS: '127.0.0.1' } : {}),
	};
}

function networkEnvironment({ redirect, allow = [], networkLog, caCertPath, database, queue }: N8nOptions): Record<string, string> {
	const own = [database?.type === 'postgres' ? database.url : undefined, queue?.redisUrl].filter((url) => url !== undefined).map((url) => new URL(url).hostname);
	return {
		...(redirect === undefined ? {} : { SANDBOX_REDIRECT: JSON.stringify(redirect), SANDBOX_ALLOW: JSON.stringify([...allow, ...own]) }),
		...(networkLog === undefined ? {} : { SANDBOX_NETWORK_LOG: networkLog }),
		...(caCertPath === undefined ? {} : { NODE_EXTRA_CA_CERTS: caCertPath }),
	};
}
