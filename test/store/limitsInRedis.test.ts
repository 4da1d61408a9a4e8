import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { LimitRule } from '../../engine/limit/rule';
import { epochMs, later, MINUTE, SECOND, type EpochMs } from '../../engine/time';
import type { PostgresConfig } from '../../store/config';
import { openStore } from '../../store/openStore';
import { RedisConnection } from '../../store/redis/connection';
import { LimitCounters } from '../../store/redis/limitCounters';
import type { Store } from '../../store/store';
import { endNodeProcesses, NodeProcess } from '../services/nodeProcess';
import { startRedis } from '../services/redis';
import type { Service } from '../services/service';
import { CuttableRedis } from './cuttableRedis';
import { emptyPlace, newDraft, query, sendNow, START, StandingClock, stopServers, type Place } from './fixtures';
import { brokenLimits, crowd, fillUp, limitRequest } from './limitCrowd';

jest.setTimeout(600_000);
const LAPSE = 15 * MINUTE;
const CALLS = 2_000;
/** How long the database counts after Redis was away. */
const COOL_DOWN = 5 * SECOND;

let redis: Service;
let admin: Redis;
let way: CuttableRedis;
let place: Place;
let sql: PostgresConfig;
let config: PostgresConfig;
let clock: StandingClock;
const open: Store[] = [];

beforeAll(async () => {
	// One of its own: it is emptied and stopped here.
	const given = process.env.TEST_REDIS_URL;
	delete process.env.TEST_REDIS_URL;
	redis = await startRedis();
	if (given !== undefined) process.env.TEST_REDIS_URL = given;
	admin = new Redis(redis.url);
});
afterAll(async () => {
	admin.disconnect();
	await redis.stop();
	await stopServers();
});
beforeEach(async () => {
	await admin.flushall();
	way = await CuttableRedis.to(redis.url);
	place = await emptyPlace('postgres');
	if (place.config.kind !== 'postgres') throw new Error('Not Postgres');
	sql = place.config;
	config = { ...sql, redis: { host: '127.0.0.1', port: way.port } };
	clock = new StandingClock();
});
afterEach(async () => {
	await endNodeProcesses();
	for (const store of open.splice(0)) await store.close();
	await way.cut();
	await place.remove();
});

const DAILY: LimitRule = { id: 'day', name: '3 a day', scope: 'contact', window: { kind: 'day' }, limit: 3 };

/** A process of its own, as far as stores can tell. */
async function another(where: PostgresConfig = config): Promise<Store> {
	const store = await openStore(where, { clock });
	open.push(store);
	return store;
}
async function ask(store: Store, key: string, at: EpochMs = START): Promise<{ allowed: boolean; left: number; id: string }> {
	const [{ decision, reservationId }] = await store.limits.reserve([limitRequest([DAILY], { contact: 'anna', channel: 'email', at }, key)], LAPSE);
	return { allowed: decision.allowed, left: decision.remaining.day, id: reservationId ?? '' };
}
async function counting(): Promise<string> {
	const [{ value }] = await query<{ value: string }>(sql, "select value from {meta} where key = 'limits'");
	return value.split(':')[0];
}

it('counts in Redis, and writes a row a batch to the database', async () => {
	const store = await another();
	await Promise.all(Array.from({ length: 20 }, async (_, number) => await ask(store, `k${number}`)));
	expect(await counting()).toBe('redis');
	expect(await query(sql, 'select 1 from {reservations}')).toEqual([]);
	expect((await query(sql, 'select 1 from {limit_journal}')).length).toBeLessThanOrEqual(2);
	expect(await admin.exists(...(await admin.keys('lead-autopilot:{*}')))).toBe(1);
});

it('is told all that counts when it was emptied', async () => {
	const store = await another();
	const [first, second] = [await ask(store, 'a'), await ask(store, 'b')];
	await store.limits.release('acme', [second.id]);
	await admin.flushall();
	expect(await ask(store, 'c')).toMatchObject({ allowed: true, left: 1 });
	expect(await ask(store, 'a')).toMatchObject({ allowed: true, id: first.id });
	await admin.flushall();
	expect([await ask(store, 'd'), await ask(await another(), 'e')]).toMatchObject([{ allowed: true, left: 0 }, { allowed: false }]);
	clock.advance(LAPSE);
	expect(await ask(store, 'f')).toMatchObject({ allowed: true, left: 2 });
	expect(await counting()).toBe('redis');
});

it('goes on from a day that SQL counted when it is switched on at noon', async () => {
	const before = await another(sql);
	const sent = await ask(before, 'a', epochMs('2026-03-02T08:00:00Z'));
	await before.limits.commit('acme', [sent.id]);
	const held = await ask(before, 'b', epochMs('2026-03-02T11:59:59Z'));
	const given = await ask(before, 'c');
	await before.limits.release('acme', [given.id]);
	const after = await another();
	expect(await ask(after, 'd')).toMatchObject({ allowed: true, left: 0 });
	expect(await ask(after, 'e')).toMatchObject({ allowed: false });
	expect(await ask(after, 'b')).toMatchObject({ allowed: true, id: held.id });
	expect(await counting()).toBe('redis');
	// What the yesterday's process still does is counted as well.
	await before.limits.release('acme', [held.id]);
	expect(await ask(after, 'e')).toMatchObject({ allowed: true, left: 0 });
});

it('leaves counting to the database while it is away, and takes it up again', async () => {
	const store = await another();
	const first = await ask(store, 'a');
	await way.cut();
	expect(await ask(store, 'b')).toMatchObject({ allowed: true, left: 1 });
	expect(await counting()).toBe('sql');
	expect(await ask(store, 'a')).toMatchObject({ id: first.id, allowed: true });
	await store.limits.release('acme', [first.id]);
	await way.mend();
	expect(await ask(store, 'c')).toMatchObject({ allowed: true, left: 1 });
	expect(await counting()).toBe('sql');
	clock.advance(COOL_DOWN);
	expect([await ask(store, 'd'), await ask(store, 'e')]).toMatchObject([{ allowed: true, left: 0 }, { allowed: false }]);
	expect(await counting()).toBe('redis');
});

it('is never counted beside: who cannot reach it takes counting away from those who can', async () => {
	const [near, far] = [await another(), await another(sql)];
	expect(await ask(near, 'a')).toMatchObject({ left: 2 });
	expect(await ask(far, 'b')).toMatchObject({ left: 1 });
	expect(await ask(near, 'c')).toMatchObject({ left: 0 });
	clock.advance(COOL_DOWN);
	expect(await ask(near, 'd')).toMatchObject({ allowed: false });
	expect(await counting()).toBe('redis');
	expect(await ask(far, 'e')).toMatchObject({ allowed: false });
	expect(await counting()).toBe('sql');
});

it('hears of what other transactions did, though the process that did it died before it could tell', async () => {
	const store = await another();
	const at = later(START, MINUTE);
	const reserved = await ask(store, 'a', at);
	const draft = newDraft();
	// Without Redis in its settings it cannot tell, as if it had died.
	const mute = await another(sql);
	await mute.outbound.plan([{ workspace: 'acme', draftId: draft.id, draft, reservationId: reserved.id, sendAt: at }], sendNow);
	clock.advance(2 * LAPSE);
	expect(await ask(store, 'b', clock.time)).toMatchObject({ allowed: true, left: 1 });
	await mute.outbound.cancel('acme', [draft.id], 'no longer wanted', 'person');
	expect(await ask(store, 'c', clock.time)).toMatchObject({ allowed: true, left: 1 });
});

it('grants anew what a process took and died before the database had it', async () => {
	const store = await another();
	await ask(store, 'a');
	const [marker] = await admin.keys('lead-autopilot:{*}');
	const epoch = (await admin.get(marker)) ?? '';
	const connection = new RedisConnection({ host: '127.0.0.1', port: way.port });
	const counters = new LimitCounters(connection, marker.slice(marker.indexOf('{') + 1, -1));
	const { scopes, counted } = limitRequest([DAILY], { contact: 'anna', channel: 'email', at: START }, 'ghost');
	await counters.reserve(epoch, START, [{ workspace: 'acme', key: 'ghost', id: 'dead.0', at: START, expires: START + LAPSE, scopes: scopes.map(({ key }) => key), checks: counted?.checks ?? [] }]);
	connection.close();
	const answer = await ask(store, 'ghost');
	expect(answer).toMatchObject({ allowed: true, left: 1 });
	expect(answer.id).not.toBe('dead.0');
	await store.limits.commit('acme', [answer.id]);
	clock.advance(LAPSE);
	expect(await ask(store, 'b')).toMatchObject({ left: 1 });
});

/** Does `work` each time the database has kept another so many batches, and tells how often that was until the crowd ended. */
async function afterEvery(ended: AbortSignal, batches: number, times: number, work: () => Promise<unknown>): Promise<number> {
	const client = new Client({ connectionString: sql.connectionString });
	await client.connect();
	try {
		let done = 0;
		while (done < times && !ended.aborted) {
			const { rows } = await client.query<{ made: string | null }>('select n_tup_ins as made from pg_stat_user_tables where schemaname = $1 and relname = $2', [sql.schema, 'limit_journal']);
			if (Number(rows[0]?.made ?? 0) < batches * (done + 1)) {
				await pause(10);
				continue;
			}
			await work();
			done++;
		}
		return done;
	} finally {
		await client.end();
	}
}

it('does not keep a process alive while it is away', async () => {
	await way.cut();
	const process = new NodeProcess(join(__dirname, 'worker.ts'), ['leave', JSON.stringify(config)]);
	expect(await process.first).toBe(1);
	await process.ended;
});

it('lets none too many through when it is emptied again and again under load', async () => {
	let emptied = 0;
	const report = await crowd(config, CALLS, async (ended) => void (emptied = await afterEvery(ended, 10, 3, async () => await admin.flushall())));
	expect(emptied).toBeGreaterThan(0);
	expect(report.wrong).toEqual([]);
	expect(brokenLimits(await fillUp(config, report))).toEqual([]);
});

it('lets none too many through when it is killed under load', async () => {
	let cut = 0;
	const report = await crowd(config, CALLS, async (ended) => void (cut = await afterEvery(ended, 15, 1, async () => await way.cut())));
	expect(cut).toBe(1);
	expect(report.wrong).toEqual([]);
	expect(await counting()).toBe('sql');
	expect(brokenLimits(await fillUp(sql, report))).toEqual([]);
});
