import { createServer, type Server } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { sql } from 'kysely';
import { Client } from 'pg';
import type { PostgresConfig } from '../../store/config';
import { Database } from '../../store/database';
import { StoreBusyError, StoreUnavailableError } from '../../store/errors';
import { openStore } from '../../store/openStore';
import type { ReserveRequest, Store } from '../../store/store';
import { freePort } from '../services/freePort';
import { CLAIM, emptyPlace, newDraft, PASS, sendNow, StandingClock, stopServers, type Place } from './fixtures';

afterAll(stopServers);
jest.setTimeout(120_000);

let place: Place;
let config: PostgresConfig;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
	place = await emptyPlace('postgres');
	if (place.config.kind !== 'postgres') throw new Error('Not Postgres');
	config = place.config;
});
afterEach(async () => {
	jest.useRealTimers();
	for (const close of closing.splice(0).reverse()) await close();
	await place.remove();
});

async function rawClient(): Promise<Client> {
	const client = new Client({ connectionString: config.connectionString });
	await client.connect();
	closing.push(async () => await client.end());
	return client;
}
async function until(what: () => boolean | Promise<boolean>): Promise<void> {
	const giveUpAt = performance.now() + 60_000;
	while (!(await what())) {
		if (performance.now() > giveUpAt) throw new Error('What was waited for did not come.');
		await turn();
	}
}
/** Whether another connection to the server waits for a lock. */
async function waitsForLock(client: Client, text: string): Promise<boolean> {
	const { rows } = await client.query("select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like $1 and pid <> pg_backend_pid()", [`%${text}%`]);
	return rows.length > 0;
}

describe('a caller that finds all connections in use', () => {
	let database: Database;
	let release: () => void;
	let holder: Promise<void>;
	beforeEach(async () => {
		database = new Database({ ...config, maxConnections: 1 }, new StandingClock());
		closing.push(async () => await database.close());
		const gate = Promise.withResolvers<void>();
		const held = Promise.withResolvers<void>();
		release = gate.resolve;
		holder = database.write(async () => {
			held.resolve();
			await gate.promise;
		});
		await held.promise;
		jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date', 'setInterval'] });
	});
	const ask = async (): Promise<unknown> => {
		const rows = database.read(async (session) => await session.rows(sql`select 1 as one`)).catch((error: unknown) => error);
		await until(() => jest.getTimerCount() > 0);
		return rows;
	};

	it('waits far longer than for a connection of its own', async () => {
		const waiting = ask();
		await until(() => jest.getTimerCount() > 0);
		jest.advanceTimersByTime(59_000);
		release();
		await holder;
		expect(await waiting).toEqual([{ one: 1 }]);
	});

	it('is told that they are in use, not that the server is away', async () => {
		const waiting = ask();
		await until(() => jest.getTimerCount() > 0);
		jest.advanceTimersByTime(60_000);
		const error = await waiting;
		expect(error).toBeInstanceOf(StoreBusyError);
		expect(String(error)).toMatch(/All 1 connections of this process .* were in use for 60 s; nothing of this step was written/);
		release();
		await holder;
	});
});

it('gives a server up that accepts and says nothing, after ten seconds', async () => {
	const port = await freePort();
	const mute = await new Promise<Server>((resolve) => {
		const server = createServer((socket) => void socket.on('error', () => undefined));
		server.listen(port, '127.0.0.1', () => resolve(server));
	});
	closing.push(async () => await new Promise((resolve) => mute.close(resolve)));
	const database = new Database({ kind: 'postgres', host: '127.0.0.1', port, database: 'none', user: 'nobody', password: 'none' }, new StandingClock());
	closing.push(async () => await database.close());
	jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date', 'setInterval'] });
	const asked = database.read(async (session) => await session.rows(sql`select 1`)).catch((error: unknown) => error);
	// The pool's patience and the connection's.
	await until(() => jest.getTimerCount() >= 2);
	jest.advanceTimersByTime(10_000);
	const error = await asked;
	expect(error).toBeInstanceOf(StoreUnavailableError);
	expect(String(error)).toMatch(/cannot be reached/);
});

it('runs a statement again that was the loser of a deadlock', async () => {
	const database = new Database(config, new StandingClock());
	closing.push(async () => await database.close());
	const other = await rawClient();
	const watch = await rawClient();
	// The other one waits patiently, so that the statement is who loses.
	await other.query("set deadlock_timeout = '60s'");
	await other.query('begin');
	await other.query('select pg_advisory_xact_lock(1, 1)');
	let runs = 0;
	const statement = database.statement(async (session) => {
		runs++;
		return await session.rows(sql<{ done: number }>`with first as materialized (select pg_advisory_xact_lock(1, 2)), second as materialized (select pg_advisory_xact_lock(1, 1) from first) select 1 as done from second`);
	});
	await until(async () => await waitsForLock(watch, 'as done'));
	await other.query('select pg_advisory_xact_lock(1, 2)');
	await other.query('commit');
	expect(await statement).toEqual([{ done: 1 }]);
	expect(runs).toBeGreaterThan(1);
});

describe('while somebody changes who counts the limits', () => {
	let store: Store;
	let clock: StandingClock;
	beforeEach(async () => {
		clock = new StandingClock();
		store = await openStore(config, { clock });
		closing.push(async () => await store.close());
	});
	const reserve = async (key: string): Promise<string> => {
		const request: ReserveRequest<{ allowed: boolean }> = { workspace: 'acme', idempotencyKey: key, at: clock.time, scopes: [{ key: 'all', from: clock.time, to: clock.time }], decide: () => ({ allowed: true }) };
		const [{ reservationId }] = await store.limits.reserve([request], 900_000);
		return reservationId ?? '';
	};
	const job = async (reservationId: string): Promise<string> => {
		const draft = newDraft();
		await store.outbound.plan([{ workspace: 'acme', draftId: draft.id, draft, gate: PASS, reservationId }], sendNow);
		return draft.id;
	};
	const claimed = async (reservationId: string): Promise<string> => {
		const id = await job(reservationId);
		await store.outbound.claimDue(CLAIM, sendNow);
		await store.outbound.beginSend('acme', [id]);
		return id;
	};

	it.each<[string, (id: string) => Promise<() => Promise<unknown>>]>([
		['gives back', async (id) => async () => await store.limits.release('acme', [id])],
		['uses up', async (id) => async () => await store.limits.commit('acme', [id])],
		['binds', async (id) => async () => await job(id)],
		['sends', async (id) => {
			const sent = await claimed(id);
			return async () => await store.outbound.markSent([{ workspace: 'acme', id: sent, providerId: 'p' }]);
		}],
		['cancels', async (id) => {
			const planned = await job(id);
			return async () => await store.outbound.cancel('acme', [planned], 'no longer wanted', 'person');
		}],
	])('one that %s a reservation waits before it locks it, so that nobody waits in a circle', async (_, prepare) => {
		const id = await reserve('a');
		const work = await prepare(id);
		const [changer, watch] = [await rawClient(), await rawClient()];
		await changer.query('begin');
		await changer.query(`select 1 from "${config.schema}".meta where key = 'limits' for update`);
		const working = work();
		await until(async () => await waitsForLock(watch, 'for share'));
		const { rows } = await changer.query(`select id from "${config.schema}".reservations where id = $1 for update nowait`, [id]);
		expect(rows).toEqual([{ id }]);
		await changer.query('commit');
		await working;
	});
});
