import { startPostgres } from './postgres';
import { startRedis } from './redis';
import type { Service } from './service';

declare global {
	/** Servers of this test run, for the tear-down in the same process. */
	var testServices: Service[] | undefined;
}

/**
 * For Jest's globalSetup: starts Postgres and Redis once for the whole run. Workers inherit the addresses through
 * TEST_POSTGRES_URL and TEST_REDIS_URL, so `startPostgres()` and `startRedis()` in a test give the same servers.
 */
export default async function startServices(): Promise<void> {
	const services: Service[] = [];
	globalThis.testServices = services;
	const postgres = await startPostgres();
	services.push(postgres);
	process.env.TEST_POSTGRES_URL = postgres.url;
	const redis = await startRedis();
	services.push(redis);
	process.env.TEST_REDIS_URL = redis.url;
}
