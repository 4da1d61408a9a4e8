import { PostgresDialect } from 'kysely';
import { Client, Pool, types, type ClientConfig } from 'pg';
import { postgresAddress, whereIs, type PostgresConfig } from '../config';
import { StoreBusyError, StoreError, StoreUnavailableError } from '../errors';

/** How long a server may take to accept a connection. */
const CONNECT_MS = 10_000;
/** How long a caller waits for a connection while others use all of them: as long as a statement may take. */
const FREE_CONNECTION_MS = 60_000;
/** How long a statement may take. */
const STATEMENT_MS = 60_000;
const DEFAULT_CONNECTIONS = 10;

/** Postgres type ids that `pg` would hand over as text: int8 (20) and numeric (1700). */
const NUMERIC_TYPES: readonly number[] = [20, 1700];

/** The pool hands its own patience to each connection it opens, which would make a dead server look busy for a minute. */
class PromptClient extends Client {
	constructor(config: ClientConfig = {}) {
		// The pool keeps the password from being enumerated.
		super({ ...config, password: config.password, connectionTimeoutMillis: CONNECT_MS });
	}
}

/** A pool whose int8 and numeric arrive as numbers. The parsers of other users of `pg` in the process stay as they are. */
export function createPool(config: PostgresConfig): Pool {
	postgresAddress(config); // refuses a malformed connection string before `pg` can quote it
	const { connectionString, host, port, database, user, password, ssl } = config;
	const pool = new Pool({
		...(connectionString ? { connectionString } : { host, port, database, user, password }),
		...(ssl === undefined ? {} : { ssl }),
		Client: PromptClient,
		max: config.maxConnections ?? DEFAULT_CONNECTIONS,
		connectionTimeoutMillis: FREE_CONNECTION_MS,
		idleTimeoutMillis: 30_000,
		statement_timeout: STATEMENT_MS,
		allowExitOnIdle: true,
		application_name: 'lead-autopilot',
		types: {
			getTypeParser: (id: number, format?: 'text' | 'binary') => (NUMERIC_TYPES.includes(id) && format !== 'binary' ? Number : types.getTypeParser(id, format ?? 'text')),
		},
	});
	// An idle connection that breaks is replaced; the next query reports a server that is really away.
	pool.on('error', () => undefined);
	return pool;
}

export function postgresDialect(pool: Pool): PostgresDialect {
	return new PostgresDialect({ pool });
}

function codeOf(error: unknown): string | undefined {
	// Read by its shape: Node's own errors are no `instanceof Error` inside a vm context.
	if (typeof error !== 'object' || error === null) return undefined;
	if ('code' in error && typeof error.code === 'string') return error.code;
	return 'errors' in error && Array.isArray(error.errors) && error.errors.length > 0 ? codeOf(error.errors[0]) : undefined;
}

/** Two transactions got in each other's way: the same one may succeed when run again. */
export function isTransientPostgres(error: unknown): boolean {
	return ['40001', '40P01'].includes(codeOf(error) ?? '');
}

const SENTENCES: readonly [RegExp, string][] = [
	[/^(ECONNREFUSED|ENOENT)$/, 'does not answer: nothing listens there. Start Postgres, or correct host and port in the credential.'],
	[/^(ENOTFOUND|EAI_AGAIN)$/, 'was not found: the host name is unknown. Correct the host in the credential.'],
	[/^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE)$/, 'cannot be reached. Check network, firewall and port.'],
	[/^28/, 'refused the user or password. Correct them in the credential.'],
	[/^3D000$/, 'has no such database. Create it, or correct its name in the credential.'],
	[/^42501$/, 'denied the right to do this. Grant the user CREATE on the database, or create the schema for it and make it the owner.'],
	[/^53100$/, 'has no disk space left. Free some; nothing of this step was written.'],
	[/^53300$/, 'has no free connection. Raise max_connections, or lower the connections per process in the credential.'],
	[/^25006$/, 'is read-only (a replica?). Use the address of the primary.'],
	[/^(57P0|08)/, 'ended the connection (restart or shutdown). Try again when it is up.'],
	[/^57014$/, 'took too long and the query was stopped. Check the load of the server.'],
];

/** A clear error for what Postgres or the network said; the server's row details are left out, they may hold personal data. */
export function explainPostgres(error: unknown, config: PostgresConfig): unknown {
	if (typeof error !== 'object' || error === null || error instanceof StoreError) return error;
	const said = 'message' in error && typeof error.message === 'string' ? error.message : '';
	const code = codeOf(error);
	const known = SENTENCES.find(([pattern]) => code !== undefined && pattern.test(code));
	if (known) return new StoreUnavailableError(`The Postgres store ${whereIs(config)} ${known[1]}`);
	if (/^timeout exceeded when trying to connect/.test(said)) {
		const connections = config.maxConnections ?? DEFAULT_CONNECTIONS;
		return new StoreBusyError(
			`All ${connections} connections of this process to the Postgres store ${whereIs(config)} were in use for ${FREE_CONNECTION_MS / 1000} s; nothing of this step was written. Try again later, raise the connections per process in the credential, or look for what keeps the server busy.`,
		);
	}
	if (/^timeout expired|Connection terminated|connection timeout|Client has encountered a connection error/i.test(said)) {
		return new StoreUnavailableError(`The Postgres store ${whereIs(config)} cannot be reached. Check that it is up, and network, firewall and port.`);
	}
	if (/SSL|self-signed|certificate/i.test(said)) {
		return new StoreUnavailableError(`The Postgres store ${whereIs(config)} and the credential disagree about TLS (${said}). Correct the SSL setting.`);
	}
	if (code !== undefined && /^[0-9A-Z]{5}$/.test(code)) return new StoreError(`The Postgres store ${whereIs(config)} refused a statement (${code}): ${said}`);
	return error;
}
