import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { Clock } from './store';
import { StoreError } from './errors';

export interface SqliteConfig {
	kind: 'sqlite';
	/** Path of the database file. Its folder is created when missing. */
	file: string;
}
export interface PostgresConfig {
	kind: 'postgres';
	/** Either this, or the single fields below. */
	connectionString?: string;
	host?: string;
	port?: number;
	database?: string;
	user?: string;
	password?: string;
	/** As in `pg`: true, false, or TLS options. */
	ssl?: boolean | { rejectUnauthorized?: boolean; ca?: string; cert?: string; key?: string };
	/** Letters, digits and underscores. Default `lead_autopilot`. */
	schema?: string;
	/** Most connections of the pool. Default 10. */
	maxConnections?: number;
	/** Counts the limits faster. The database stays what is true, and counts itself when Redis is away. */
	redis?: RedisConfig;
}
export interface RedisConfig {
	host: string;
	port: number;
	/** As in Redis' ACL; the default user when empty. */
	user?: string;
	password?: string;
	/** Number of the logical database. Default 0. */
	database?: number;
	tls?: boolean;
}
export type StoreConfig = SqliteConfig | PostgresConfig;

export interface OpenOptions {
	/** Replaces the database's time. A store with its own clock is never shared with other callers. */
	clock?: Clock;
	/** How long the connection or pool outlives its last user. Default 60,000. */
	idleCloseMs?: number;
}

export const DEFAULT_SCHEMA = 'lead_autopilot';

/** Where the store is, for error sentences: host and database, or the file. Never a password. */
export function whereIs(config: StoreConfig): string {
	if (config.kind === 'sqlite') return config.file;
	const address = postgresAddress(config);
	return `${address.host}:${address.port}/${address.database}`;
}

/** The same configuration always gives the same key; the key gives nothing away. */
export function configKey(config: StoreConfig): string {
	const normal = config.kind === 'sqlite' ? { kind: config.kind, file: resolve(config.file) } : { schema: DEFAULT_SCHEMA, ...config };
	return createHash('sha256').update(JSON.stringify(Object.entries(normal).sort(([a], [b]) => (a < b ? -1 : 1)))).digest('hex');
}

export interface PostgresAddress {
	host: string;
	port: number;
	database: string;
}

/** @throws StoreError for a connection string that is no address, without quoting it: it may hold a password. */
export function postgresAddress(config: PostgresConfig): PostgresAddress {
	if (!config.connectionString) {
		return { host: config.host ?? 'localhost', port: config.port ?? 5432, database: config.database ?? config.user ?? 'postgres' };
	}
	const url = URL.parse(config.connectionString);
	if (!url || !/^postgres(ql)?:$/.test(url.protocol)) {
		throw new StoreError('The Postgres connection string is not an address. Write it as postgres://user:password@host:5432/database, with special characters of the password percent-encoded.');
	}
	return {
		host: url.searchParams.get('host') ?? (url.hostname || 'localhost'),
		port: url.port ? Number(url.port) : 5432,
		database: decodeURIComponent(url.pathname.slice(1)) || url.username || 'postgres',
	};
}

/** @throws StoreError for a schema name that would need quoting. */
export function schemaName(config: PostgresConfig): string {
	const schema = config.schema ?? DEFAULT_SCHEMA;
	if (!/^[a-z_][a-z0-9_]{0,62}$/i.test(schema)) throw new StoreError(`Schema "${schema}" is not usable: use letters, digits and underscores, at most 63.`);
	return schema;
}
