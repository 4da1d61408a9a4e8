import type { Database } from '../database';
import type { Session } from '../session';
import type { Reserved } from '../store';
import { countingMode, setCountingMode } from './countingMode';
import { unfoldAll } from './journal';
import { reserveInSql, type LapsingRequest } from './sqlLimits';

/** Decides and counts in the database's own tables. What Redis counted until now is theirs from here on. */
export async function reserveInDatabase<D extends { allowed: boolean }>(database: Database, requests: readonly LapsingRequest<D>[]): Promise<Reserved<D>[]> {
	if (database.dialect === 'sqlite') return await database.write(async (session) => await reserveInSql(session, requests));
	const answers = await database.write(async (session) => {
		const { kind } = await countingMode(session, 'share');
		return kind === 'sql' ? await reserveInSql(session, requests) : undefined;
	});
	// In a transaction of its own: two that hold the row shared and then want it alone would wait for each other.
	return answers ?? (await database.write(async (session) => await takeOver(session, requests)));
}

async function takeOver<D extends { allowed: boolean }>(session: Session, requests: readonly LapsingRequest<D>[]): Promise<Reserved<D>[]> {
	const mode = await countingMode(session, 'update');
	if (mode.kind === 'redis') {
		await unfoldAll(session);
		await setCountingMode(session, { kind: 'sql', since: session.now });
	}
	return await reserveInSql(session, requests);
}
