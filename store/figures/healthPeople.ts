import { sql, type RawBuilder } from 'kysely';
import { METRIC_DEFINITIONS } from '../../engine/experiment/metrics';
import type { CohortCounts, FunnelCounts, ResponseTimes } from '../../engine/report/healthRows';
import { DAY } from '../../engine/time';
import { SEQ_STEP } from '../messageRows';
import type { Session } from '../session';
import { aroundPercentiles, localDay, ofChannel, within, written, type Scope } from './scopeSql';

const MEETINGS = sql.raw(METRIC_DEFINITIONS.meeting.events.map((event) => `'${event}'`).join(', '));
/** How many weeks of first messages are looked back on. */
const COHORT_WEEKS = 26;
const COHORT_MS = COHORT_WEEKS * 7 * DAY;

/** Contacts that came in the period, and how far they got until now. With a channel: by messages of that channel. One statement. */
export async function funnelCounts(session: Session, scope: Scope): Promise<FunnelCounts> {
	const { workspace, since } = scope;
	// SQLite would otherwise be free to walk all that was done once a contact.
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const [row] = await session.rows(sql<FunnelCounts>`with firsts as materialized (
			select o.contact_id, min(o.sent_at) as at from ${session.table('outbound')} as o where o.workspace = ${workspace} and o.status = 'sent' ${ofChannel('o.channel', scope)} group by o.contact_id
		), people as materialized (
			select c.id, firsts.at from ${session.table('contacts')} as c left join firsts on firsts.contact_id = c.id where c.workspace = ${workspace} and ${within('c.created_at', scope)}
		), hits as materialized (
			select people.id, max(events.reached) as reached from (${reached(session, scope, since)}) as events ${join} people on people.id = events.contact_id and events.at >= people.at group by people.id
		)
		select (select count(*) from people) as contacts, (select count(at) from people) as contacted, (select count(*) from hits) as replied,
			(select count(*) from hits where reached >= 2) as meetings, (select count(*) from hits where reached >= 3) as deals`);
	return row;
}

/** What contacts did since a moment and how far that is: 1 a reply, 2 a meeting, 3 a deal. Nothing of a contact came before the contact. */
function reached(session: Session, scope: Scope, since: number): RawBuilder<unknown> {
	const { workspace } = scope;
	return sql`select m.contact_id, m.timestamp as at, 1 as reached from ${session.table('messages')} as m where m.workspace = ${workspace} and m.seq >= ${since * SEQ_STEP} and ${written(session)} ${ofChannel('m.channel', scope)}
		union all select x.contact_id, x.occurred_at, case when x.event = 'replied' then 1 when x.event = 'deal_won' then 3 else 2 end from ${session.table('outcomes')} as x
			where x.workspace = ${workspace} and x.event in ('replied', 'deal_won', ${MEETINGS}) and x.occurred_at >= ${since} ${ofChannel('x.channel', scope)}`;
}

/**
 * From each contact's very first message, when it came in the period, to what answered it first: ours or a colleague's.
 * One statement.
 */
export async function responseTimes(session: Session, scope: Scope): Promise<ResponseTimes> {
	const { workspace } = scope;
	const [messages, outbound] = [session.table('messages'), session.table('outbound')];
	// SQLite would otherwise be free to walk all answers once a contact.
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	// A provider's clock ahead of ours counts as now. Numbers are given out by the time of arrival: their index finds the period.
	const rows = await session.rows(sql<{ wait: number | null; rank: number; answered: number; total: number }>`with candidates as (
			select m.contact_id, min(case when m.timestamp > m.received_at then m.received_at else m.timestamp end) as at from ${messages} as m
				where m.workspace = ${workspace} and m.seq >= ${scope.since * SEQ_STEP} and ${within('m.received_at', scope)} and m.direction = 'inbound' ${ofChannel('m.channel', scope)} group by m.contact_id
		), known as (
			select distinct e.contact_id from candidates ${join} ${messages} as e on e.workspace = ${workspace} and e.contact_id = candidates.contact_id and e.direction = 'inbound' and e.received_at < ${scope.since} ${ofChannel('e.channel', scope)}
		), firsts as (
			select * from candidates where contact_id not in (select contact_id from known)
		), answers as (
			select firsts.contact_id, o.sent_at as at from firsts ${join} ${outbound} as o on o.workspace = ${workspace} and o.contact_id = firsts.contact_id and o.status = 'sent' and o.sent_at >= firsts.at ${ofChannel('o.channel', scope)}
			union all select firsts.contact_id, p.timestamp from firsts ${join} ${messages} as p on p.workspace = ${workspace} and p.contact_id = firsts.contact_id and p.direction = 'person' and p.timestamp >= firsts.at ${ofChannel('p.channel', scope)}
		), earliest as (select contact_id, min(at) as at from answers group by contact_id),
		waits as (select earliest.at - firsts.at as wait from firsts left join earliest on earliest.contact_id = firsts.contact_id),
		ranked as (select wait, row_number() over (order by case when wait is null then 1 else 0 end, wait) as rank, count(wait) over () as answered, count(*) over () as total from waits)
		select wait, rank, answered, total from ranked where ${aroundPercentiles([50, 90], sql`rank`, sql`answered`)}`);
	const [first] = rows;
	if (!first) return { answered: 0, open: 0, ranked: [] };
	return { answered: first.answered, open: first.total - first.answered, ranked: rows.flatMap(({ wait, rank }) => (wait === null ? [] : [{ rank, value: wait }])) };
}

/** Contacts by the local week they were first written to, of the last 26 weeks before the period's end. One statement. */
export async function cohortCounts(session: Session, scope: Scope): Promise<CohortCounts[]> {
	const { workspace, until } = scope;
	const since = until - COHORT_MS;
	const { reply, meeting, conversion } = METRIC_DEFINITIONS;
	const now = sql`cast(${session.now} as bigint)`;
	const over = (windowMs: number) => sql`firsts.at + ${sql.lit(windowMs)} <= ${now}`;
	const did = (how: number, windowMs: number) => sql`max(case when events.reached = ${sql.lit(how)} and events.at < firsts.at + ${sql.lit(windowMs)} then 1 else 0 end)`;
	const day = localDay('firsts.at', scope);
	// A week begins on Monday; day 0 was a Thursday.
	return await session.rows(sql<CohortCounts>`with firsts as materialized (
			select contact_id, at from (select o.contact_id, min(o.sent_at) as at from ${session.table('outbound')} as o
				where o.workspace = ${workspace} and o.status = 'sent' and o.sent_at is not null ${ofChannel('o.channel', scope)} group by o.contact_id) as people
			where at >= ${since} and at < ${until}
		), events as (
			${reached(session, scope, since)}
		), hits as materialized (
			select firsts.contact_id, ${did(1, reply.windowMs)} as replied, ${did(2, meeting.windowMs)} as met, ${did(3, conversion.windowMs)} as won
			from events join firsts on firsts.contact_id = events.contact_id and events.at >= firsts.at group by firsts.contact_id
		)
		select week, count(*) as contacts, sum(reply_over) as "replyOf", sum(replied) as replied, sum(meeting_over) as "meetingOf", sum(met) as meetings, sum(deal_over) as "dealOf", sum(won) as deals from (
			select ${day} - (${day} + 3) % 7 as week,
				case when ${over(reply.windowMs)} then 1 else 0 end as reply_over, case when ${over(reply.windowMs)} then coalesce(hits.replied, 0) else 0 end as replied,
				case when ${over(meeting.windowMs)} then 1 else 0 end as meeting_over, case when ${over(meeting.windowMs)} then coalesce(hits.met, 0) else 0 end as met,
				case when ${over(conversion.windowMs)} then 1 else 0 end as deal_over, case when ${over(conversion.windowMs)} then coalesce(hits.won, 0) else 0 end as won
			from firsts left join hits on hits.contact_id = firsts.contact_id
		) as weeks group by week`);
}
