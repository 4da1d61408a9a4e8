import { sql, type RawBuilder } from 'kysely';
import { OUTBOUND_STATUSES } from '../../engine/message/outbound';
import { DAY } from '../../engine/time';
import type { Session } from '../session';
import type { FigureScope } from '../store';

export type Scope = FigureScope;

/** since ≤ column < until */
export function within(column: string, { since, until }: Pick<Scope, 'since' | 'until'>): RawBuilder<unknown> {
	return sql`(${sql.ref(column)} >= ${since} and ${sql.ref(column)} < ${until})`;
}

/** Nothing when every channel counts. */
export function ofChannel(column: string, { channel }: Pick<Scope, 'channel'>): RawBuilder<unknown> {
	return channel === undefined ? sql`` : sql`and ${sql.ref(column)} = ${channel}`;
}

/** The number of the local day since 1970-01-01, whatever the clock did in the period. */
export function localDay(column: string, { offsets }: Pick<Scope, 'offsets'>): RawBuilder<unknown> {
	const at = sql.ref(column);
	const bigint = (value: number): RawBuilder<unknown> => sql`cast(${value} as bigint)`;
	const [first, ...changes] = offsets;
	// The latest change first: the first that lies behind the moment holds.
	const arms = changes.toReversed().map(({ from, offsetMs }) => sql`when ${at} >= ${bigint(from)} then ${bigint(offsetMs)}`);
	const offset = arms.length === 0 ? bigint(first.offsetMs) : sql`case ${sql.join(arms, sql` `)} else ${bigint(first.offsetMs)} end`;
	return sql`((${at} + ${offset}) / ${sql.lit(DAY)})`;
}

/** A text field of a JSON column. */
export function field(session: Session, column: string, name: string): RawBuilder<unknown> {
	return session.dialect === 'sqlite' ? sql`json_extract(${sql.ref(column)}, ${sql.lit(`$.${name}`)})` : sql`(cast(${sql.ref(column)} as json) ->> ${sql.lit(name)})`;
}

/** Messages a person wrote, automatic answers apart. `m` is the table. */
export function written(session: Session): RawBuilder<unknown> {
	return sql`m.direction = 'inbound' and (m.reply is null or ${field(session, 'm.reply', 'intent')} <> 'out_of_office')`;
}

/** A replay of a past conversation is no message: it was never to be sent. `o` is the table. */
export function notReplayed(session: Session, workspace: string): RawBuilder<unknown> {
	return sql`(o.status <> 'cancelled' or o.thread_id is null or not exists (select 1 from ${session.table('shadow_decisions')} as s where s.workspace = ${workspace} and s.replay_id = o.thread_id))`;
}

/** Every status there is: with it the index on status and the last change leads to what was made since. */
const ANY_STATUS = sql.raw(OUTBOUND_STATUSES.map((status) => `'${status}'`).join(', '));

/** Which drafts were made in the period. `o` is the table. A row cannot have changed before it was made. */
export function draftedIn(session: Session, scope: Scope): RawBuilder<unknown> {
	return sql`o.workspace = ${scope.workspace} and o.status in (${ANY_STATUS}) and o.updated_at >= ${scope.since} and ${within('o.created_at', scope)} ${ofChannel('o.channel', scope)} and ${notReplayed(session, scope.workspace)}`;
}

/**
 * Whether no model wrote a draft, without reading the document: its writer puts no blanks between name and value, and inside
 * a text the quotes would be escaped.
 */
export function isFallback(session: Session, column: string): RawBuilder<unknown> {
	const mark = sql.lit('"usedFallback":true');
	return session.dialect === 'sqlite' ? sql`instr(${sql.ref(column)}, ${mark}) > 0` : sql`position(${mark} in ${sql.ref(column)}) > 0`;
}

/** Keeps, of values ranked 1 … total, those around the percentiles; and the first, which carries the counts. */
export function aroundPercentiles(percents: readonly number[], rank: RawBuilder<unknown>, total: RawBuilder<unknown>): RawBuilder<unknown> {
	const places = percents.flatMap((percent) => [sql`(${sql.lit(percent)} * (${total} - 1)) / 100 + 1`, sql`(${sql.lit(percent)} * (${total} - 1) + 99) / 100 + 1`]);
	return sql`${rank} in (1, ${sql.join(places)})`;
}
