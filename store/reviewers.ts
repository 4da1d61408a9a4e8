import { sql } from 'kysely';
import { epochMs, later } from '../engine/time';
import type { Database } from './database';
import type { Session } from './session';
import type { Reviewers } from './store';

/** Rows older than this count for nothing, whatever the window. */
const TRIES_KEPT_MS = 24 * 3_600_000;

async function found(session: Session, desk: string, email: string, lock = false): Promise<{ password_hash: string | null; version: number }> {
	const [row] = await session.matching('reviewers', ['desk', 'email'], [{ desk, email }], lock);
	return row ?? { password_hash: null, version: 0 };
}

/** Writes the row if nobody else moved its version on; true when it is written. */
async function moveOn(session: Session, desk: string, email: string, from: number, passwordHash: string | null): Promise<boolean> {
	const row = { desk, email, password_hash: passwordHash, version: from + 1, updated_at: session.now };
	const table = session.table('reviewers');
	const written = await session.insertReturning('reviewers', [row], sql`on conflict (desk, email) do update set password_hash = excluded.password_hash, version = excluded.version, updated_at = excluded.updated_at
		where ${table}.version = ${from}`, ['version']);
	return written.length === 1;
}

export function createReviewers(database: Database): Reviewers {
	return {
		async find(desk, email) {
			return await database.read(async (session) => {
				const { password_hash: passwordHash, version } = await found(session, desk, email);
				return { version, ...(passwordHash === null ? {} : { passwordHash }) };
			});
		},

		async setPassword(desk, email, passwordHash, expectedVersion) {
			return await database.write(async (session) => {
				const { version } = await found(session, desk, email, true);
				const kept = version === expectedVersion && (await moveOn(session, desk, email, version, passwordHash));
				return { kept, version: kept ? version + 1 : version };
			});
		},

		async endSessions(desk, email) {
			return await database.write(async (session) => {
				const row = await found(session, desk, email, true);
				// Whoever moved it on in the same moment has ended the sessions as well.
				await moveOn(session, desk, email, row.version, row.password_hash);
				return row.version + 1;
			});
		},

		async countTries(desk, subjects) {
			return await database.write(async (session) => {
				const { now } = session;
				await sql`delete from ${session.table('sign_in_tries')} where since < ${later(now, -TRIES_KEPT_MS)}`.execute(session.q);
				const counted = new Map<string, { tries: number; since: number }>();
				// In one order for all, so that two who lock the same rows never wait in a circle.
				for (const { subject, windowMs } of subjects.toSorted((a, b) => (a.subject < b.subject ? -1 : 1))) {
					const over = sql`${session.table('sign_in_tries')}.since <= ${later(now, -windowMs)}`;
					const [row] = await session.insertReturning('sign_in_tries', [{ desk, subject, tries: 1, since: now }], sql`on conflict (desk, subject) do update set
						tries = case when ${over} then 1 else ${session.table('sign_in_tries')}.tries + 1 end, since = case when ${over} then excluded.since else ${session.table('sign_in_tries')}.since end`, ['tries', 'since']);
					counted.set(subject, row);
				}
				return subjects.map(({ subject, windowMs }) => {
					const { tries, since } = counted.get(subject) ?? { tries: 1, since: now };
					return { subject, tries, until: later(epochMs(since), windowMs) };
				});
			});
		},

		async forgive(desk, cleared, lessened) {
			await database.write(async (session) => {
				const table = session.table('sign_in_tries');
				await sql`delete from ${table} where desk = ${desk} and subject = ${cleared}`.execute(session.q);
				await sql`update ${table} set tries = tries - 1 where desk = ${desk} and subject = ${lessened} and tries > 0`.execute(session.q);
			});
		},
	};
}
