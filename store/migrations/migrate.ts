import { randomBytes } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { OUTBOUND_STATUSES, OUTBOUND_TRANSITIONS } from '../../engine/message/outbound';
import type { Database } from '../database';
import { StoreNewerError } from '../errors';
import type { Tables } from '../schema';
import type { Session } from '../session';
import { initial } from './0001-initial';
import { knowledge } from './0002-knowledge';
import { experimentPlans } from './0003-experiment-plans';
import { decidedReviews } from './0004-decided-reviews';
import { sendTimes } from './0005-send-times';
import { limitsInRedis } from './0006-limits-in-redis';
import { shadow } from './0007-shadow';
import { reviewDesk } from './0008-review-desk';
import { reviewers } from './0009-reviewers';
import { outcomeFacts } from './0010-outcome-facts';
import { claimOrder } from './0012-claim-order';
import { figures } from './0013-figures';
import { runs } from './0014-runs';
import { settingsStamps } from './0015-settings-stamps';
import { trainingSets } from './0016-training-sets';
import { models } from './0017-models';
import { trainingJobs } from './0018-training-jobs';
import { callAllowances } from './0019-call-allowances';
import { privacy } from './0020-privacy';
import { sequences } from './0021-sequences';
import { heldSends } from './0022-held-sends';
import { retention } from './0024-retention';
import type { Migration, MigrationSteps } from './migration';

/** Every step this code knows. */
export const MIGRATIONS: readonly Migration[] = [initial, knowledge, experimentPlans, decidedReviews, sendTimes, limitsInRedis, shadow, reviewDesk, reviewers, outcomeFacts, claimOrder, figures, runs, settingsStamps, trainingSets, models, trainingJobs, callAllowances, privacy, sequences, heldSends, retention];
/** Name of the key that addresses are hashed with, in `meta`. */
export const ADDRESS_KEY = 'address_key';
/** Name of the key that unsubscribe links are signed with, in `meta`. */
export const UNSUBSCRIBE_KEY = 'unsubscribe_key';

/**
 * Brings the store to this version of the code: every step it has not taken yet, in the order of their ids, also one
 * that came into the code after a later one was taken. Any number of processes may call it at once: one does the work under a
 * lock, the others wait for it. `migrations`
 * are the steps to know of.
 * @throws StoreNewerError when the store took a step that this code does not know.
 */
export async function migrate(database: Database, where: string, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
	await database.write(async (session) => {
		const { q, dialect } = session;
		const schema = database.schema;
		if (schema !== undefined) {
			await sql`select pg_advisory_xact_lock(hashtext(${`${schema} migrations`}))`.execute(q);
			// Asked first: creating a schema that exists still needs the right to create one.
			const known = await session.rows(sql`select 1 from pg_namespace where nspname = ${schema}`);
			if (known.length === 0) await sql`create schema ${sql.id(schema)}`.execute(q);
		}
		const table = (name: string): string => (schema === undefined ? `"${name}"` : `"${schema}"."${name}"`);
		const steps: MigrationSteps = { dialect, table, run: async (statement) => await run(q, statement) };
		await steps.run(`create table if not exists ${table('migrations')} (id bigint primary key, name text not null, applied_at bigint not null)`);
		const { rows } = await sql<{ id: number }>`select id from ${sql.raw(table('migrations'))} order by id`.execute(q);
		const applied = new Set(rows.map(({ id }) => id));
		const unknown = rows.filter(({ id }) => !migrations.some((migration) => migration.id === id)).map(({ id }) => id);
		if (unknown.length > 0) {
			throw new StoreNewerError(`The store ${where} was made by a newer version of Lead Autopilot (it has taken step ${unknown.join(', ')}, which this one does not know). Update the package on this n8n, or point it to another store.`);
		}
		for (const migration of migrations.filter(({ id }) => !applied.has(id)).toSorted((a, b) => a.id - b.id)) {
			if (migration.needs?.some((id) => !applied.has(id))) continue;
			await migration.up(steps);
			await sql`insert into ${sql.raw(table('migrations'))} (id, name, applied_at) values (${migration.id}, ${migration.name}, ${session.now})`.execute(q);
			applied.add(migration.id);
		}
		await allowKnownMoves(session);
		await session.insert('meta', [ADDRESS_KEY, UNSUBSCRIBE_KEY].map((key) => ({ key, value: randomBytes(32).toString('hex') })), sql`on conflict do nothing`);
	});
}

async function run(q: Kysely<Tables>, statement: string): Promise<void> {
	await sql.raw(statement).execute(q);
}

/** The database's guard allows what the transition table of this code allows; it never forgets a move older code knew. */
async function allowKnownMoves(session: Session): Promise<void> {
	const moves = OUTBOUND_STATUSES.flatMap((from) => OUTBOUND_TRANSITIONS[from].map((to) => ({ from_status: from, to_status: to })));
	await session.insert('outbound_moves', moves, sql`on conflict do nothing`);
}
