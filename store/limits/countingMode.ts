import { sql } from 'kysely';
import type { Session } from '../session';

/**
 * Who counts the limits of this database: its own tables, or Redis while its marker holds `epoch`. Every grant holds this
 * row shared, every change of who counts holds it alone: so no grant of the one is missed by the other.
 */
export type CountingMode = { kind: 'sql'; since: number } | { kind: 'redis'; epoch: string };

/** Name of the row in `meta`. */
export const MODE_KEY = 'limits';

function parse(value: string): CountingMode {
	return value.startsWith('redis:') ? { kind: 'redis', epoch: value.slice(6) } : { kind: 'sql', since: Number(value.slice(4)) };
}

/** The row's value for Redis under an epoch. */
export const redisMode = (epoch: string): string => `redis:${epoch}`;

/** Who counts now, and until the transaction ends when it is locked. */
export async function countingMode(session: Session, lock?: 'share' | 'update'): Promise<CountingMode> {
	const locking = lock === undefined ? sql`` : lock === 'share' ? sql`for share` : sql`for update`;
	const [row] = await session.rows(sql<{ value: string }>`select value from ${session.table('meta')} where key = ${MODE_KEY} ${locking}`);
	return parse(row.value);
}

/**
 * Who counts, for a transaction that changes reservations: it holds the row before it locks the first of them. The other
 * way round it would wait for one who changes who counts, while that one waits for its reservations.
 */
export async function holdCounting(session: Session): Promise<CountingMode> {
	session.counting ??= session.dialect === 'sqlite' ? { kind: 'sql', since: 0 } : await countingMode(session, 'share');
	return session.counting;
}

/** The caller holds the row for update. */
export async function setCountingMode(session: Session, mode: CountingMode): Promise<void> {
	const value = mode.kind === 'redis' ? redisMode(mode.epoch) : `sql:${mode.since}`;
	await session.rows(sql`update ${session.table('meta')} set value = ${value} where key = ${MODE_KEY}`);
}
