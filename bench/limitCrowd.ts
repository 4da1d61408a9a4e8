import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreConfig } from '../store/config';
import { startPostgres } from '../test/services/postgres';
import { startRedis } from '../test/services/redis';
import { brokenLimits, crowd, fillUp } from '../test/store/limitCrowd';
import { secondsOf } from './concurrently';
import { seconds, type Figure } from './table';

const CALLS = 100_000;

/** 64 callers in four processes, five rules, 100,000 calls: what is admitted is counted by hand. */
export async function crowdFigures(): Promise<Figure[]> {
	const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
	const folder = mkdtempSync(join(tmpdir(), 'lead-autopilot-bench-'));
	const { hostname, port } = new URL(redis.url);
	const stores: readonly [string, StoreConfig][] = [
		['SQLite', { kind: 'sqlite', file: join(folder, 'store.sqlite') }],
		['Postgres', { kind: 'postgres', connectionString: postgres.url, schema: 'crowd_postgres' }],
		['Postgres and Redis', { kind: 'postgres', connectionString: postgres.url, schema: 'crowd_redis', redis: { host: hostname, port: Number(port) } }],
	];
	const figures: Figure[] = [];
	try {
		for (const [name, config] of stores) {
			let broken: string[] = [];
			let given = '';
			const took = await secondsOf(async () => {
				const report = await crowd(config, CALLS);
				given = `${report.released} / ${report.lapsed}`;
				broken = [...report.wrong, ...brokenLimits(await fillUp(config, report))];
			});
			figures.push({ name: `${CALLS} calls of 64 callers in 4 processes on ${name} (${seconds(took)}; ${given} released / lapsed)`, value: broken.length === 0 ? 'exact' : broken.slice(0, 3).join('; '), target: 'none too many, none lost', met: broken.length === 0 });
		}
	} finally {
		rmSync(folder, { recursive: true, force: true });
		await redis.stop();
		await postgres.stop();
	}
	return figures;
}
