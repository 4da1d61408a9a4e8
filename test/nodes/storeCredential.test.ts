import { RateLimit } from '../../nodes/RateLimit/RateLimit.node';
import { readStoreCredential } from '../../nodes/shared/storeCredential';
import { closeAllStores } from '../../store/openStore';
import { startRedis } from '../services/redis';
import type { Service } from '../services/service';
import { emptyPlace, postgresUrl, query, stopServers, type Place } from '../store/fixtures';
import { runNode } from './runNode';

let redis: Service;
let place: Place;
let data: Record<string, string | number | boolean>;
beforeAll(async () => (redis = await startRedis()));
afterAll(async () => {
	await redis.stop();
	await stopServers();
});
beforeEach(async () => {
	place = await emptyPlace('postgres');
	if (place.config.kind !== 'postgres') throw new Error('Not Postgres');
	const { hostname, port, username, password, pathname } = new URL(await postgresUrl());
	data = { host: hostname, port: Number(port), user: username, password, database: pathname.slice(1), ssl: false, schema: place.config.schema ?? '', redisHost: new URL(redis.url).hostname, redisPort: Number(new URL(redis.url).port), redisUser: '', redisPassword: '', redisDatabase: 0, redisSsl: false };
});
afterEach(async () => {
	await closeAllStores();
	await place.remove();
});

const test = async (changed: Record<string, string | number | boolean> = {}) => await new RateLimit().methods.credentialTest.leadAutopilotStoreTest({ id: '1', name: 'x', type: 'leadAutopilotStoreApi', data: { ...data, ...changed } });

describe('the test of the store credential', () => {
	it('asks the database, and Redis when it names one', async () => {
		expect(await test()).toMatchObject({ status: 'OK', message: expect.stringContaining(`Redis on ${data.redisHost}:${data.redisPort} counts the limits.`) });
		const alone = await test({ redisHost: ' ' });
		expect(alone.status).toBe('OK');
		expect(alone.message).not.toContain('Redis');
	});

	it.each([
		['nothing listens', { redisPort: 1 }, 'nothing listens there'],
		['the password is wrong', { redisUser: 'nobody', redisPassword: 'very-secret' }, 'refused the user or password'],
		['it is no Redis with TLS', { redisSsl: true }, 'Redis'],
	])('says what is wrong when %s, and never the password', async (_, changed, said) => {
		const result = await test(changed);
		expect(result).toMatchObject({ status: 'Error', message: expect.stringContaining(said) });
		expect(result.message).not.toContain('very-secret');
	});
});

it('reads what the fields say', () => {
	expect(readStoreCredential({ host: 'db', port: 5432, database: 'd', user: 'u', password: ' p ', schema: ' ' })).toEqual({ kind: 'postgres', host: 'db', port: 5432, database: 'd', user: 'u', password: ' p ', ssl: false });
	expect(readStoreCredential({ ...data, redisHost: ' cache ', redisPort: '6380', redisUser: 'bot', redisPassword: ' s ', redisDatabase: 3, redisSsl: true }).redis).toEqual({ host: 'cache', port: 6380, user: 'bot', password: ' s ', database: 3, tls: true });
});

it('Rate Limit counts in the Redis of its credential', async () => {
	const run = async (items: object[], parameters: Record<string, unknown> = {}) => await runNode(new RateLimit(), JSON.parse(JSON.stringify(items)), { parameters: { operation: 'reserve', ...parameters }, credentials: { leadAutopilotStoreApi: data } });
	const rows = Array.from({ length: 4 }, (_, number) => ({ contact: 'anna@example.com', channel: 'email', text: `Mail ${number}` }));
	const parameters = { contact: 'anna@example.com', channel: 'email', ruleSets: ['standard'], standardLimits: { gapMinutes: 0, email: 3 } };
	const { outputs: [allowed, limited] } = await run(rows, parameters);
	expect([allowed.length, limited.length]).toEqual([3, 1]);
	expect(limited[0].json.allowance).toMatchObject({ allowed: false, rule: 'emailPerDay', degraded: false });
	expect(await query(place.config, "select value from {meta} where key = 'limits' and value like 'redis:%'")).toHaveLength(1);
});
