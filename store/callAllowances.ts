import { sql } from 'kysely';
import { z } from 'zod';
import { later, type EpochMs } from '../engine/time';
import { cleanText, fromJson, keyOf, toJson } from './bulk';
import type { Database } from './database';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { CallAllowances, CallRules, CallSubject, CallTaken } from './store';

type Row = RowOf<'call_allowances'>;

const CallsSchema = z.array(z.number());

async function load(session: Session, { provider, subject }: CallSubject): Promise<Row> {
	const key = { provider, subject: cleanText(subject) };
	await session.lock('limits', [keyOf('calls', key.provider, key.subject)]);
	const [row] = await session.matching('call_allowances', ['provider', 'subject'], [key]);
	return row ?? { ...key, calls: '[]', blocked_until: 0 };
}

async function save(session: Session, row: Row): Promise<void> {
	await session.insert('call_allowances', [row], sql`on conflict (provider, subject) do update set calls = excluded.calls, blocked_until = excluded.blocked_until`);
}

/** Until when nothing may be called, or undefined. `calls` are those in the window, oldest first. */
function wait(calls: readonly number[], blockedUntil: number, { limit, windowMs, gapMs }: CallRules, now: EpochMs): Exclude<CallTaken, { taken: true }> | undefined {
	if (blockedUntil > now) return { taken: false, at: later(now, blockedUntil - now), why: 'blocked' };
	const full = calls.at(-limit);
	if (full !== undefined && calls.length >= limit) return { taken: false, at: later(now, full + windowMs - now), why: 'limit' };
	const last = calls.at(-1);
	return last !== undefined && last + gapMs > now ? { taken: false, at: later(now, last + gapMs - now), why: 'gap' } : undefined;
}

export function createCallAllowances(database: Database): CallAllowances {
	return {
		async take(subject, rules) {
			return await database.write(async (session): Promise<CallTaken> => {
				const row = await load(session, subject);
				const calls = CallsSchema.parse(fromJson(row.calls)).filter((at) => at > session.now - rules.windowMs);
				const refused = wait(calls, row.blocked_until, rules, session.now);
				if (refused) return refused;
				await save(session, { ...row, calls: toJson([...calls, session.now]) });
				return { taken: true, used: calls.length + 1 };
			});
		},

		async block(subject, until) {
			await database.write(async (session) => {
				const row = await load(session, subject);
				await save(session, { ...row, blocked_until: Math.max(row.blocked_until, until) });
			});
		},
	};
}
