import { setTimeout as sleep } from 'node:timers/promises';
import { Kysely, sql } from 'kysely';
import type { EpochMs } from '../engine/time';
import type { DialectName } from './bulk';
import { processClock, ServerClock } from './clocks';
import { schemaName, type StoreConfig } from './config';
import { createPool, explainPostgres, isTransientPostgres, postgresDialect } from './dialects/postgres';
import { explainSqlite, SqliteDialect } from './dialects/sqlite';
import { ConcurrentChangeError } from './errors';
import { currentExecution } from './executionScope';
import { noteTraces, RecentTraces, type TracedPerson } from './executionTraces';
import type { Tables } from './schema';
import { Session } from './session';
import type { Clock } from './store';

/** How often a transaction that lost a race is run in all. */
const MAX_TRIES = 8;

/** The connection or pool of one store: transactions, single reads, and clear errors. */
export class Database {
	readonly dialect: DialectName;
	readonly schema: string | undefined;
	readonly clock: Clock;
	readonly traces = new RecentTraces();
	/** Called after a transaction that changed reservations which Redis counts. */
	onLimitsChanged?: () => void;
	readonly #writer: Kysely<Tables>;
	readonly #reader: Kysely<Tables>;
	readonly #current: () => Promise<EpochMs>;

	constructor(
		private readonly config: StoreConfig,
		clock?: Clock,
	) {
		this.dialect = config.kind;
		if (config.kind === 'sqlite') {
			this.schema = undefined;
			this.#writer = new Kysely<Tables>({ dialect: new SqliteDialect(config.file, 'write') });
			this.#reader = new Kysely<Tables>({ dialect: new SqliteDialect(config.file, 'read') });
			this.clock = clock ?? processClock;
			this.#current = () => this.clock.now();
		} else {
			const schema = schemaName(config);
			this.schema = schema;
			this.#writer = new Kysely<Tables>({ dialect: postgresDialect(createPool(config)) });
			this.#reader = this.#writer;
			const server = new ServerClock(() => this.askServerTime());
			this.clock = clock ?? server;
			// Inside a transaction the clock must not want a second connection: with all in use nobody would get one.
			this.#current = clock ? () => clock.now() : async () => server.current();
		}
	}

	/**
	 * One transaction: all of it or nothing. Run again when it lost a race, so `work` must not keep state of an earlier run.
	 * `durable` makes the embedded store wait for the disk (Postgres always does).
	 */
	async write<R>(work: (session: Session) => Promise<R>, options: { durable?: boolean } = {}): Promise<R> {
		return await this.explained(async () => await this.untilWon(async () => {
			const begin = this.#writer.transaction();
			const transaction = options.durable && this.dialect === 'sqlite' ? begin.setIsolationLevel('serializable') : begin;
			let limitsChanged = false;
			const execution = currentExecution();
			let traced: TracedPerson[] = [];
			const result = await transaction.execute(async (q) => {
				const session = await this.session(q);
				const value = await work(session);
				({ limitsChanged } = session);
				if (execution) {
					traced = this.traces.unknown(execution, [...session.touched.values()]);
					await noteTraces(session, execution, traced);
				}
				return value;
			});
			if (execution) this.traces.remember(execution, traced);
			if (limitsChanged) this.onLimitsChanged?.();
			return result;
		}));
	}

	/** One statement by itself, committed when it is done. Run again when it lost a race, as `write`. */
	async statement<R>(work: (session: Session) => Promise<R>): Promise<R> {
		return await this.explained(async () => await this.untilWon(async () => await work(await this.session(this.#writer))));
	}

	/** Reads of what is committed, without waiting for writers. */
	async read<R>(work: (session: Session) => Promise<R>): Promise<R> {
		return await this.explained(async () => {
			await this.clock.now();
			return await work(await this.session(this.#reader));
		});
	}

	private async untilWon<R>(attempt: () => Promise<R>): Promise<R> {
		for (let tries = 1; ; tries++) {
			await this.clock.now();
			try {
				return await attempt();
			} catch (error) {
				if (tries >= MAX_TRIES || !(error instanceof ConcurrentChangeError || isTransientPostgres(error))) throw error;
			}
			await sleep(Math.random() * Math.min(5 * 2 ** tries, 250));
		}
	}

	async close(): Promise<void> {
		await this.#writer.destroy();
		if (this.#reader !== this.#writer) await this.#reader.destroy();
	}

	private async session(q: Kysely<Tables>): Promise<Session> {
		const bound = this.schema === undefined ? q : q.withSchema(this.schema);
		return new Session(bound, this.dialect, this.schema, await this.#current());
	}

	private async askServerTime(): Promise<number> {
		const { rows } = await sql<{ now: number }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint as now`.execute(this.#writer);
		return rows[0].now;
	}

	private async explained<R>(work: () => Promise<R>): Promise<R> {
		try {
			return await work();
		} catch (error) {
			throw this.config.kind === 'sqlite' ? explainSqlite(error, this.config.file) : explainPostgres(error, this.config);
		}
	}
}
