import { sql } from 'kysely';
import type { Database } from '../database';
import { Gathering } from '../gathering';
import type { LimitCounters } from '../redis/limitCounters';
import { releaseReservations, reservationsNamed } from '../reservations';
import type { Session } from '../session';
import type { Limits, Reserved, ReserveRequest } from '../store';
import { noteLimitChanges } from './changes';
import { isCounted } from './redisBatch';
import { RedisLimits } from './redisLimits';
import { reserveInDatabase } from './reserveInDatabase';
import type { LapsingRequest } from './sqlLimits';

type Decided = { allowed: boolean };
type Asked = LapsingRequest<Decided>;

/**
 * How calls are put together. A batch holds many requests, so that round trips do not count. SQLite has one writer, and
 * batches in Postgres would wait for each other's locks; with Redis one batch is read here while another is decided there.
 */
const GATHERING = { sqlite: { flights: 1, items: 500 }, postgres: { flights: 1, items: 500 }, redis: { flights: 2, items: 32 } } as const;

/** Limits of a store; `counters` when Redis counts for it. */
export function createLimits(database: Database, counters?: LimitCounters): Limits {
	const redis = counters && new RedisLimits(database, counters);
	if (redis) {
		// Whoever decides hears of the changes anyway, only later.
		database.onLimitsChanged = () => void redis.tellChanges().catch(() => undefined);
	}
	const gathering = new Gathering<Asked, Reserved<Decided>>(
		async (requests) => (redis && requests.every(isCounted) ? await redis.reserve(requests) : await reserveInDatabase(database, requests)),
		GATHERING[redis ? 'redis' : database.dialect],
	);
	const settle = async (workspace: string, reservationIds: readonly string[], work: (session: Session, rows: Awaited<ReturnType<typeof reservationsNamed>>) => Promise<void>): Promise<void> => {
		if (reservationIds.length === 0) return;
		await database.write(async (session) => await work(session, await reservationsNamed(session, reservationIds.map((id) => ({ workspace, id })))));
		await redis?.tellChanges().catch(() => undefined);
	};

	return {
		async reserve<D extends Decided>(requests: ReserveRequest<D>[], lapseMs: number): Promise<Reserved<D>[]> {
			if (requests.length === 0) return [];
			const answers = await gathering.run(requests.map((request) => ({ ...request, lapseMs })));
			// Each answer was made by its own request, whose decisions are D; what else travelled in the batch is not in it.
			return answers as Reserved<D>[];
		},

		async commit(workspace, reservationIds) {
			await settle(workspace, reservationIds, async (session, rows) => {
				const held = rows.filter(({ state }) => state === 'held').map((row) => ({ ...row, state: 'committed', expires_at: null }));
				if (held.length === 0) return;
				await session.update('reservations', ['workspace', 'id'], ['state', 'expires_at'], held);
				const values = session.values('v', { workspace: 'text', id: 'text' }, held);
				await session.rows(sql`update ${session.table('limit_entries')} as e set expires_at = null from ${values} where e.workspace = v.workspace and e.reservation_id = v.id`);
				await noteLimitChanges(session, held);
			});
		},

		async release(workspace, reservationIds) {
			await settle(workspace, reservationIds, releaseReservations);
		},
	};
}
