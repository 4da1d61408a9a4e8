import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	CompiledQuery,
	SqliteAdapter,
	SqliteIntrospector,
	SqliteQueryCompiler,
	type DatabaseConnection,
	type Dialect,
	type Driver,
	type QueryResult,
} from 'kysely';
import { StoreBusyError, StoreError, StoreUnavailableError } from '../errors';

/** How long SQLite itself may wait for a lock: it blocks the whole process, so it is short. */
const BUSY_TIMEOUT_MS = 25;
/** How long a caller waits in all, in asynchronous pauses between tries. */
const MAX_WAIT_MS = 10_000;
/** Pages kept in memory by the writer, in KiB: with SQLite's own 2 MB a big batch is written to the log in parts, some of them twice. */
const CACHE_KIB = 16_384;
/** Pages of the log after which it is written into the file: pages that change often are then written once for many batches. */
const CHECKPOINT_PAGES = 4_000;
/** Statements kept prepared. */
const STATEMENT_CACHE = 400;

/** `write`: one transaction at a time, first come, first served. `read`: a second connection that sees what is committed. */
export type SqliteRole = 'write' | 'read';

/** The primary SQLite result code of an error, or undefined when it is not one of SQLite's. Read by its shape: Node's own errors are no `instanceof Error` inside a vm context. */
export function sqliteCode(error: unknown): number | undefined {
	if (typeof error !== 'object' || error === null || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
	return error.errcode & 0xff;
}

const isBusy = (error: unknown): boolean => [5, 6].includes(sqliteCode(error) ?? 0);

async function untilFree<T>(file: string, attempt: () => T): Promise<T> {
	const giveUpAt = performance.now() + MAX_WAIT_MS;
	for (let tries = 1; ; tries++) {
		try {
			return attempt();
		} catch (error) {
			if (!isBusy(error)) throw error;
			if (performance.now() >= giveUpAt) {
				throw new StoreBusyError(`The store ${file} was locked by another process for over ${MAX_WAIT_MS / 1000} s. Close programs that hold it open (a database browser, a backup), or use Postgres when several processes write.`);
			}
		}
		// Jitter, so that several waiting processes do not come back together.
		await sleep(Math.random() * Math.min(5 * 2 ** tries, 60));
	}
}

/** First come, first served. */
class Turnstile {
	#tail: Promise<void> = Promise.resolve();

	/** Resolves with the function that lets the next one in. */
	async enter(): Promise<() => void> {
		const { promise, resolve } = Promise.withResolvers<void>();
		const before = this.#tail;
		this.#tail = promise;
		await before;
		return resolve;
	}
}

function bindable(value: unknown): SQLInputValue {
	if (value === undefined || value === null) return null;
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
	if (typeof value === 'boolean') return value ? 1 : 0;
	throw new StoreError(`A ${typeof value} cannot be stored in SQLite.`);
}

/**
 * As the first parameter of a statement: it is run once for each of these rows, with the statement's other parameters
 * after the row's. Far quicker than taking the rows out of JSON.
 */
export class RowBatch {
	constructor(readonly rows: readonly (readonly unknown[])[]) {}
}

class SqliteConnection implements DatabaseConnection {
	readonly #statements = new Map<string, StatementSync>();

	constructor(
		readonly database: DatabaseSync,
		private readonly file: string,
		private readonly role: SqliteRole,
	) {}

	async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
		// A read may meet another process's recovery or checkpoint; a write transaction has its lock already.
		return this.role === 'read' ? await untilFree(this.file, () => this.run<R>(query)) : this.run<R>(query);
	}

	private run<R>(query: CompiledQuery): QueryResult<R> {
		const statement = this.prepared(query.sql);
		const [batch] = query.parameters;
		if (batch instanceof RowBatch) return this.runRows(statement, batch, query.parameters.slice(1).map(bindable));
		const parameters = query.parameters.map(bindable);
		if (statement.columns().length > 0) {
			const rows: unknown[] = statement.all(...parameters);
			// The query builder names the row type; the driver cannot know it.
			return { rows: rows as R[] };
		}
		return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
	}

	private runRows<R>(statement: StatementSync, { rows }: RowBatch, rest: readonly SQLInputValue[]): QueryResult<R> {
		let changes = 0;
		for (const row of rows) changes += Number(statement.run(...row.map(bindable), ...rest).changes);
		return { rows: [], numAffectedRows: BigInt(changes) };
	}

	private prepared(text: string): StatementSync {
		const known = this.#statements.get(text);
		if (known) return known;
		const statement = this.database.prepare(text);
		this.#statements.set(text, statement);
		if (this.#statements.size > STATEMENT_CACHE) {
			for (const oldest of this.#statements.keys()) {
				this.#statements.delete(oldest);
				break;
			}
		}
		return statement;
	}

	streamQuery(): AsyncIterableIterator<never> {
		throw new StoreError('The embedded store does not stream.');
	}

	close(): void {
		this.#statements.clear();
		this.database.close();
	}
}

class SqliteDriver implements Driver {
	readonly #turnstile = new Turnstile();
	#connection?: SqliteConnection;
	#leave?: () => void;

	constructor(
		private readonly file: string,
		private readonly role: SqliteRole,
	) {}

	async init(): Promise<void> {
		if (this.role === 'write') mkdirSync(dirname(this.file), { recursive: true });
		const database = await untilFree(this.file, () => new DatabaseSync(this.file, { timeout: BUSY_TIMEOUT_MS }));
		try {
			await untilFree(this.file, () => {
				if (this.role === 'write') {
					// Changing to WAL needs the file alone for a moment: several processes may start at once.
					const mode = database.prepare('pragma journal_mode = wal').get();
					if (mode?.journal_mode !== 'wal') throw new StoreUnavailableError(`The store ${this.file} is on a file system without shared memory (a network share?). Put it on a local disk, or use Postgres.`);
				}
				database.exec(this.role === 'write' ? `pragma synchronous = normal; pragma foreign_keys = on; pragma cache_size = -${CACHE_KIB}; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}` : 'pragma query_only = on');
			});
		} catch (error) {
			database.close();
			throw error;
		}
		this.#connection = new SqliteConnection(database, this.file, this.role);
	}

	async acquireConnection(): Promise<SqliteConnection> {
		if (!this.#connection) throw new StoreError(`The store ${this.file} is closed.`);
		if (this.role === 'write') this.#leave = await this.#turnstile.enter();
		return this.#connection;
	}

	async releaseConnection(): Promise<void> {
		this.#leave?.();
	}

	async beginTransaction(connection: SqliteConnection, settings: { isolationLevel?: string }): Promise<void> {
		// With `serializable` the commit waits for the disk: it survives a power cut, not only a killed process.
		connection.database.exec(settings.isolationLevel === 'serializable' ? 'pragma synchronous = full' : 'pragma synchronous = normal');
		await untilFree(this.file, () => connection.database.exec('begin immediate'));
	}

	async commitTransaction(connection: SqliteConnection): Promise<void> {
		await untilFree(this.file, () => connection.database.exec('commit'));
	}

	async rollbackTransaction(connection: SqliteConnection): Promise<void> {
		// A full disk or an I/O error may have rolled back already.
		if (connection.database.isTransaction) connection.database.exec('rollback');
	}

	async destroy(): Promise<void> {
		this.#connection?.close();
		this.#connection = undefined;
	}
}

/** Kysely on `node:sqlite`. */
export class SqliteDialect implements Dialect {
	constructor(
		private readonly file: string,
		private readonly role: SqliteRole,
	) {}
	createDriver = (): Driver => new SqliteDriver(this.file, this.role);
	createQueryCompiler = (): SqliteQueryCompiler => new SqliteQueryCompiler();
	createAdapter = (): SqliteAdapter => new SqliteAdapter();
	createIntrospector: Dialect['createIntrospector'] = (db) => new SqliteIntrospector(db);
}

const SENTENCES: Readonly<Record<number, string>> = {
	8: 'is read-only. Give the n8n user write access to the file and its folder.',
	10: 'could not be read or written (disk error). Check the disk.',
	11: 'is damaged. Restore it from a backup, or move it away to start with an empty one.',
	13: 'cannot grow: the disk is full. Free some space; nothing of this step was written.',
	14: 'could not be opened. Check that its folder exists and that the n8n user may write there.',
	26: 'is not an SQLite database. Choose another file.',
};

/** A clear error for what SQLite or the file system said; anything else is returned as it is. */
export function explainSqlite(error: unknown, file: string): unknown {
	const code = sqliteCode(error);
	if (code !== undefined && SENTENCES[code]) return new StoreUnavailableError(`The store ${file} ${SENTENCES[code]}`, { cause: error });
	if (typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error) {
		return new StoreUnavailableError(`The store ${file} could not be opened (${String(error.code)}). Check that its folder exists and that the n8n user may write there.`, { cause: error });
	}
	return error;
}
