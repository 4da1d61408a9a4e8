import { sql, type RawBuilder } from 'kysely';
import type { Session } from './session';

/**
 * What stands after `from`: each row of the values `v` with the rows of a table that match it, under the alias `m`, looked
 * up one value after the other. Left to itself Postgres, where it knows little of a table yet, reads all of it and holds
 * each row against each value.
 * @param where a condition on `m` and `v`
 */
export function eachWith(session: Session, values: RawBuilder<unknown>, table: 'messages' | 'outbound', where: RawBuilder<unknown>): RawBuilder<unknown> {
	return session.dialect === 'postgres'
		? sql`${values} join lateral (select m.* from ${session.table(table)} as m where ${where} offset 0) as m on true`
		: sql`${values} cross join ${session.table(table)} as m on ${where}`;
}

/**
 * What stands after `from`: each row of the values `v` with its first `limit` rows of a table, under the alias `m`. With an
 * index that gives `order`, a row costs what it takes, however many rows match: a thread may hold thousands.
 * @param where a condition on `m` and `v`
 */
export function firstOfEach(session: Session, values: RawBuilder<unknown>, table: 'messages' | 'outbound' | 'reviews' | 'activities', { where, order, limit }: { where: RawBuilder<unknown>; order: RawBuilder<unknown>; limit: number }): RawBuilder<unknown> {
	const of = sql`from ${session.table(table)} as m where m.workspace = v.workspace and ${where} order by ${order} limit ${limit}`;
	return session.dialect === 'postgres'
		? sql`${values} join lateral (select m.* ${of}) as m on true`
		: sql`${values} cross join ${session.table(table)} as m on m.workspace = v.workspace and m.id in (select m.id ${of})`;
}
