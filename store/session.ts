import { hash } from 'node:crypto';
import { CompiledQuery, sql, type Kysely, type RawBuilder } from 'kysely';
import type { EpochMs } from '../engine/time';
import { among, cleanText, keyOf, valuesTable, type DialectName } from './bulk';
import { RowBatch } from './dialects/sqlite';
import { currentExecution } from './executionScope';
import type { TracedPerson } from './executionTraces';
import type { CountingMode } from './limits/countingMode';
import { TABLES, type RowOf, type RowOfColumns, type TableName, type Tables } from './schema';

/** Locks are taken on this many buckets, so that a batch of any size holds few of the server's lock slots. */
const LOCK_BUCKETS = 512;

/** From here on a batch changes a table's statistics. */
const BIG_BATCH = 1_000;

/** What a lock is about. Locks of one kind never stand in the way of another. */
export type LockKind = 'intake' | 'ready' | 'thread' | 'claim' | 'limits' | 'settings' | 'spend' | 'stage' | 'knowledge' | 'drain' | 'receipt' | 'runs' | 'models' | 'sequence' | 'training';

/** The columns `names` of a table with their kinds. */
type Picked<T extends TableName, K extends keyof RowOf<T>> = Pick<RowOf<T>, K>;

/** One transaction (or, for reads, one connection) and the statements every repository needs. */
export class Session {
	constructor(
		/** The query builder, bound to the transaction. */
		readonly q: Kysely<Tables>,
		readonly dialect: DialectName,
		private readonly schema: string | undefined,
		/** The store's time when the transaction began. */
		readonly now: EpochMs,
	) {}

	/** Set when reservations that Redis counts were changed: it has to hear of it once the transaction is through. */
	limitsChanged = false;
	/** Who counts the limits, once this transaction holds that (see `holdCounting`). */
	counting?: CountingMode;

	/** Who was written about, by workspace and contact id, for `noteTraces`. */
	readonly touched = new Map<string, TracedPerson>();

	/** A table's qualified name for raw statements. */
	table(name: TableName): RawBuilder<unknown> {
		return this.schema === undefined ? sql.table(name) : sql.id(this.schema, name);
	}

	/** `column in (…)` with one parameter. */
	among(column: string, values: readonly string[]): RawBuilder<boolean> {
		return among(this.dialect, column, values);
	}

	/** A batch of rows as a derived table. */
	values<C extends Parameters<typeof valuesTable>[2]>(alias: string, columns: C, rows: readonly NoInfer<RowOfColumns<C>>[]): RawBuilder<unknown> {
		return valuesTable(this.dialect, alias, columns, rows);
	}

	/** Runs a raw statement and returns its rows. */
	async rows<R>(statement: RawBuilder<R>): Promise<R[]> {
		return (await statement.execute(this.q)).rows;
	}

	/** Inserts all rows in one statement. `conflict` is what follows the select, e.g. `on conflict do nothing`. */
	async insert<T extends TableName>(name: T, rows: readonly RowOf<T>[], conflict: RawBuilder<unknown> = sql``): Promise<void> {
		if (rows.length === 0) return;
		this.touch(name, rows);
		const columns = TABLES[name];
		const names = sql.join(Object.keys(columns).map((column) => sql.ref(column)));
		if (this.dialect === 'sqlite') {
			const keys = Object.keys(columns);
			const { sql: text, parameters } = sql`insert into ${this.table(name)} (${names}) values (${sql.raw(keys.map(() => '?').join(', '))}) ${conflict}`.compile(this.q);
			const batch = new RowBatch(rows.map((row) => keys.map((key) => cleanValue(Reflect.get(row, key)))));
			await this.q.executeQuery(CompiledQuery.raw(text, [batch, ...parameters]));
			return;
		}
		await sql`insert into ${this.table(name)} (${names}) select ${names} from ${valuesTable(this.dialect, 'v', columns, rows)} where true ${conflict}`.execute(this.q);
		// After a big batch the planner must not believe the table still is as small as it was: it would walk it once a row.
		if (this.dialect === 'postgres' && rows.length >= BIG_BATCH) await sql`analyze ${this.table(name)}`.execute(this.q);
	}

	/** As `insert`, and returns `columns` of the rows that were really inserted. */
	async insertReturning<T extends TableName, K extends keyof RowOf<T> & string>(name: T, rows: readonly RowOf<T>[], conflict: RawBuilder<unknown>, columns: readonly K[]): Promise<Picked<T, K>[]> {
		if (rows.length === 0) return [];
		this.touch(name, rows);
		const names = sql.join(Object.keys(TABLES[name]).map((column) => sql.ref(column)));
		const returned = sql.join(columns.map((column) => sql.ref(column)));
		return await this.rows(
			sql<Picked<T, K>>`insert into ${this.table(name)} (${names}) select ${names} from ${valuesTable(this.dialect, 'v', TABLES[name], rows)} where true ${conflict} returning ${returned}`,
		);
	}

	/** Sets the columns `set` of the rows found by `keys`, all in one statement. Returns how many were found. */
	async update<T extends TableName, K extends keyof RowOf<T> & string, S extends keyof RowOf<T> & string>(
		name: T,
		keys: readonly K[],
		set: readonly S[],
		rows: readonly Picked<T, K | S>[],
	): Promise<number> {
		if (rows.length === 0) return 0;
		const on = keys.map((key) => sql`${sql.ref(`o.${key}`)} = ${sql.ref(`v.${key}`)}`);
		const assignments = set.map((column) => sql`${sql.ref(column)} = ${sql.ref(`v.${column}`)}`);
		const result = await sql`update ${this.table(name)} as o set ${sql.join(assignments)} from ${this.picked(name, [...keys, ...set], rows)} where ${sql.join(on, sql` and `)}`.execute(this.q);
		return Number(result.numAffectedRows ?? 0);
	}

	/** The rows whose `keys` equal one of `wanted`, in no particular order. `lock` keeps them from others until the end; rows with an id are locked by it, whatever they are found by, so that nobody waits in a circle. */
	async matching<T extends TableName, K extends keyof RowOf<T> & string>(name: T, keys: readonly K[], wanted: readonly Picked<T, K>[], lock = false): Promise<RowOf<T>[]> {
		if (wanted.length === 0) return [];
		const order = 'id' in TABLES[name] && 'workspace' in TABLES[name] ? ['workspace', 'id'] : keys;
		const ending = lock && this.dialect === 'postgres' ? sql`order by ${sql.join(order.map((key) => sql.ref(`o.${key}`)))} for update of o` : sql``;
		return await this.rows(sql<RowOf<T>>`select o.* ${this.found(name, keys, wanted)} ${ending}`);
	}

	/** As `matching`, but only these `columns` of the rows. */
	async matchingOnly<T extends TableName, C extends keyof RowOf<T> & string, K extends keyof RowOf<T> & string>(name: T, columns: readonly C[], keys: readonly K[], wanted: readonly Picked<T, K>[]): Promise<Picked<T, C>[]> {
		if (wanted.length === 0) return [];
		return await this.rows(sql<Picked<T, C>>`select ${sql.join(columns.map((column) => sql.ref(`o.${column}`)))} ${this.found(name, keys, wanted)}`);
	}

	/** Keeps others out of the same keys until the transaction ends, sorted so that nobody waits in a circle. SQLite has one writer anyway. */
	async lock(kind: LockKind, keys: readonly string[]): Promise<void> {
		if (this.dialect === 'sqlite' || keys.length === 0) return;
		const buckets = new Set([...new Set(keys)].map((key) => hash('sha1', key, 'buffer').readUInt32BE() % LOCK_BUCKETS));
		const sorted = [...buckets].sort((a, b) => a - b).map((bucket) => `${bucket}`);
		await sql`select pg_advisory_xact_lock(hashtext(${`${this.schema} ${kind}`}), bucket::int) from unnest(cast(${sorted} as text[])) as bucket`.execute(this.q);
	}

	private touch<T extends TableName>(name: T, rows: readonly RowOf<T>[]): void {
		const column = name === 'contacts' ? 'id' : 'contact_id' in TABLES[name] ? 'contact_id' : undefined;
		if (column === undefined || currentExecution() === undefined) return;
		for (const row of rows) {
			const [workspace, contactId]: unknown[] = [Reflect.get(row, 'workspace'), Reflect.get(row, column)];
			if (typeof workspace === 'string' && typeof contactId === 'string') this.touched.set(keyOf(workspace, contactId), { workspace, contactId });
		}
	}

	/** What stands after `select`: the rows `o` whose keys equal one of `wanted`, each once. */
	private found<T extends TableName, K extends keyof RowOf<T> & string>(name: T, keys: readonly K[], wanted: readonly Picked<T, K>[]): RawBuilder<unknown> {
		const on = keys.map((key) => sql`${sql.ref(`o.${key}`)} = ${sql.ref(`v.${key}`)}`);
		const distinct = new Map(wanted.map((row) => [JSON.stringify(keys.map((key) => row[key])), row]));
		// SQLite would otherwise be free to scan the table once for the batch.
		const join = this.dialect === 'sqlite' ? sql`cross join` : sql`join`;
		return sql`from ${this.picked(name, keys, [...distinct.values()])} ${join} ${this.table(name)} as o on ${sql.join(on, sql` and `)}`;
	}

	private picked<T extends TableName, K extends keyof RowOf<T> & string>(name: T, names: readonly K[], rows: readonly Picked<T, K>[]): RawBuilder<unknown> {
		const kinds = Object.entries(TABLES[name]).filter(([column]) => names.some((wanted) => wanted === column));
		return valuesTable(this.dialect, 'v', Object.fromEntries(kinds), rows);
	}
}

/** A value as a column keeps it. */
function cleanValue(value: unknown): unknown {
	return typeof value === 'string' ? cleanText(value) : value;
}
