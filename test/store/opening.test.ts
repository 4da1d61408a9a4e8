import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { Database } from '../../store/database';
import { explainSqlite } from '../../store/dialects/sqlite';
import { StoreBusyError, StoreNewerError, StoreUnavailableError } from '../../store/errors';
import { closeAllStores, openStore } from '../../store/openStore';
import type { StoreConfig } from '../../store/config';
import { freePort } from '../services/freePort';
import { DIALECTS, dueJob, emptyPlace, openTestStore, postgresUrl, query, stopServers, type Place } from './fixtures';

afterAll(async () => {
	await closeAllStores();
	await stopServers();
});
jest.setTimeout(60_000);

const PASSWORD = 'hunter2-secret';
async function failure(config: StoreConfig): Promise<Error> {
	return await openStore(config).then(
		async (store) => {
			await store.close();
			throw new Error('It opened.');
		},
		(error: unknown) => (error instanceof Error ? error : new Error(String(error))),
	);
}

describe.each(DIALECTS)('opening a store on %s', (dialect) => {
	let place: Place;
	beforeEach(async () => (place = await emptyPlace(dialect)));
	afterEach(async () => {
		await closeAllStores();
		await place.remove();
	});

	it('all who open the same configuration share one, and what one gives back stays open for the others', async () => {
		const [first, second] = await Promise.all([openStore(place.config, { idleCloseMs: 0 }), openStore(place.config, { idleCloseMs: 0 })]);
		expect(first.contacts).toBe(second.contacts);
		await first.close();
		await first.close();
		expect(await second.contacts.upsert('acme', [{ id: 'c' }])).toHaveLength(1);
		await second.close();
		await expect(second.contacts.find('acme', ['c'])).rejects.toThrow();
		const third = await openStore(place.config, { idleCloseMs: 0 });
		expect(await third.contacts.find('acme', ['c'])).toMatchObject([{ id: 'c' }]);
		await third.close();
	});

	it('refuses a store that newer code made, and says what to do', async () => {
		await (await openStore(place.config, { idleCloseMs: 0 })).close();
		const database = new Database(place.config);
		await database.write(async ({ q }) => await sql`insert into ${place.config.kind === 'postgres' ? sql.id(place.config.schema ?? '', 'migrations') : sql.table('migrations')} values (99, 'future', 0)`.execute(q));
		await database.close();
		const error = await failure(place.config);
		expect(error).toBeInstanceOf(StoreNewerError);
		expect(error.message).toMatch(/Update the package/);
	});

	it('tells the database\'s time', async () => {
		const store = await openStore(place.config, { idleCloseMs: 0 });
		expect(Math.abs((await store.clock.now()) - Date.now())).toBeLessThan(2_000);
		await store.close();
	});

	it('keeps the key of the address hashes when opened again', async () => {
		const keys: unknown[] = [];
		for (let times = 0; times < 2; times++) {
			await (await openStore(place.config, { idleCloseMs: 0 })).close();
			keys.push(await query(place.config, 'select value from {meta}'));
		}
		expect(keys[0]).toEqual(keys[1]);
	});
});

describe('what cannot be opened says why, and what to do', () => {
	let place: Place;
	beforeEach(async () => (place = await emptyPlace('sqlite')));
	afterEach(async () => await place.remove());
	const inFolder = (name: string): string => join(place.config.kind === 'sqlite' ? place.config.file : '', '..', name);

	it('an impossible folder', async () => {
		const error = await failure({ kind: 'sqlite', file: '/dev/null/nowhere/store.sqlite' });
		expect(error).toBeInstanceOf(StoreUnavailableError);
		expect(error.message).toMatch(/\/dev\/null\/nowhere\/store\.sqlite could not be opened .*Check that its folder exists/);
	});

	it('a folder in the place of the file', async () => {
		mkdirSync(inFolder('taken'));
		expect((await failure({ kind: 'sqlite', file: inFolder('taken') })).message).toMatch(/could not be opened/);
	});

	it('a file that is no database', async () => {
		writeFileSync(inFolder('text'), 'x'.repeat(5_000));
		expect((await failure({ kind: 'sqlite', file: inFolder('text') })).message).toMatch(/not an SQLite database/);
	});

	it('a full disk', () => {
		const database = new DatabaseSync(inFolder('full'));
		database.exec('create table t (x); pragma max_page_count = 3');
		let said: unknown;
		try {
			database.prepare('insert into t values (?)').run('x'.repeat(100_000));
		} catch (error) {
			said = explainSqlite(error, 'the file');
		}
		database.close();
		expect(said).toBeInstanceOf(StoreUnavailableError);
		expect(said).toHaveProperty('message', expect.stringContaining('disk is full'));
	});

	it('a write-protected file', () => {
		const file = inFolder('protected');
		new DatabaseSync(file).close();
		const database = new DatabaseSync(file, { readOnly: true });
		let said: unknown;
		try {
			database.exec('create table t (x)');
		} catch (error) {
			said = explainSqlite(error, file);
		}
		database.close();
		expect(said).toHaveProperty('message', expect.stringContaining('is read-only'));
	});

	it('Postgres that is not there, refuses the user or has no such database: host named, password never', async () => {
		const url = new URL(await postgresUrl());
		const port = await freePort();
		const base = { kind: 'postgres' as const, host: url.hostname, port: Number(url.port), user: 'postgres', password: PASSWORD, database: 'postgres' };
		const errors = await Promise.all([
			failure({ ...base, port }),
			failure({ ...base, database: 'nowhere' }),
			failure({ ...base, user: 'nobody-known' }),
			failure({ kind: 'postgres', connectionString: `postgres://u:${PASSWORD}@127.0.0.1:${port}/db` }),
			failure({ ...base, host: 'no-such-host.invalid' }),
		]);
		for (const error of errors) {
			expect(error).toBeInstanceOf(StoreUnavailableError);
			expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain(PASSWORD);
		}
		expect(errors[0].message).toContain(`127.0.0.1:${port}`);
		expect(errors[1].message).toMatch(/no such database/);
		expect(errors[2].message).toMatch(/refused the user/);
		const malformed = await failure({ kind: 'postgres', connectionString: `postgres//u:${PASSWORD}@host` });
		expect(malformed.message).toMatch(/not an address/);
		expect(`${malformed.message} ${malformed.stack}`).not.toContain(PASSWORD);
	});
});

describe('a lock of another process on the embedded store', () => {
	it('is waited for without stalling this one, reads go on, and a short one is no error', async () => {
		const test = await openTestStore('sqlite');
		const file = test.place.config.kind === 'sqlite' ? test.place.config.file : '';
		const other = new DatabaseSync(file);
		other.exec('begin immediate');
		let ticks = 0;
		const ticking = setInterval(() => ticks++, 10);
		const writing = dueJob(test.store, { id: 'waits' });
		const released = new Promise<void>((resolve) => setTimeout(() => resolve(other.exec('commit')), 500));
		expect(await test.store.outbound.find('acme', ['waits'])).toEqual([undefined]);
		await Promise.all([writing, released]);
		clearInterval(ticking);
		expect(ticks).toBeGreaterThan(10);
		expect(await test.store.outbound.find('acme', ['waits'])).toMatchObject([{ status: 'scheduled' }]);
		other.close();
		await test.close();
	});

	it('that never ends is an error that says so after ten seconds', async () => {
		const test = await openTestStore('sqlite');
		const other = new DatabaseSync(test.place.config.kind === 'sqlite' ? test.place.config.file : '');
		other.exec('begin immediate');
		await expect(dueJob(test.store)).rejects.toThrow(StoreBusyError);
		other.exec('rollback');
		other.close();
		expect(await dueJob(test.store)).toEqual(expect.any(String));
		await test.close();
	});
});
