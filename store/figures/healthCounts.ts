import { sql } from 'kysely';
import type { DayCost, DayCount, FallbackCounts, Queues, RevenueCounts, SendCounts } from '../../engine/report/healthRows';
import { epochMs, type EpochMs } from '../../engine/time';
import { SEQ_STEP } from '../messageRows';
import type { Session } from '../session';
import { draftedIn, isFallback, localDay, notReplayed, ofChannel, within, written, type Scope } from './scopeSql';

/** Where a message that ends otherwise than sent stands, by when it came there. */
const ENDED = ['failed', 'uncertain', 'blocked', 'cancelled'] as const;
/** How the routing decision says that a daily cap moved a message. */
const MOVED_BY_CAP = '%daily cap is reached%';

/** What became of messages, and what people decided, a local day and channel. One statement. */
export async function dayCounts(session: Session, scope: Scope): Promise<DayCount[]> {
	const { workspace } = scope;
	const [outbound, transitions, reviews] = [session.table('outbound'), session.table('outbound_transitions'), session.table('reviews')];
	const ended = ENDED.map((status) => sql`union all select o.updated_at as at, o.channel, ${sql.lit(status)} as what from ${outbound} as o
		where o.workspace = ${workspace} and o.status = ${sql.lit(status)} and ${within('o.updated_at', scope)} ${ofChannel('o.channel', scope)} ${status === 'cancelled' ? sql`and ${notReplayed(session, workspace)}` : sql``}`);
	return await session.rows(sql<DayCount>`select day, channel, what, count(*) as count from (
			select ${localDay('ended.at', scope)} as day, ended.channel, ended.what from (
				select o.sent_at as at, o.channel, 'sent' as what from ${outbound} as o
					where o.workspace = ${workspace} and o.status = 'sent' and ${within('o.sent_at', scope)} ${ofChannel('o.channel', scope)}
				${sql.join(ended, sql` `)}
				union all select min(t.at) as at, o.channel, 'limited' as what from ${transitions} as t join ${outbound} as o on o.workspace = t.workspace and o.id = t.outbound_id
					where t.workspace = ${workspace} and substr(t.reason, 1, 9) = 'Moved to ' and t.reason like ${sql.lit(MOVED_BY_CAP)} and ${within('t.at', scope)} ${ofChannel('o.channel', scope)}
					group by t.outbound_id, o.channel
				union all select r.decided_at as at, o.channel, r.decision as what from ${reviews} as r join ${outbound} as o on o.workspace = r.workspace and o.id = r.outbound_id
					where r.workspace = ${workspace} and r.kind = 'draft' and r.decision is not null and ${within('r.decided_at', scope)} ${ofChannel('o.channel', scope)}
			) as ended
		) as days group by day, channel, what`);
}

/** Mean share of characters changed in drafts a person edited. */
export async function meanEditDistance(session: Session, scope: Scope): Promise<number | undefined> {
	const [{ mean }] = await session.rows(sql<{ mean: number | null }>`select avg(r.edit_distance) as mean from ${session.table('reviews')} as r join ${session.table('outbound')} as o on o.workspace = r.workspace and o.id = r.outbound_id
		where r.workspace = ${scope.workspace} and r.kind = 'draft' and r.decision is not null and r.decision = 'edited' and ${within('r.decided_at', scope)} ${ofChannel('o.channel', scope)}`);
	return mean ?? undefined;
}

export async function draftFallbacks(session: Session, scope: Scope): Promise<FallbackCounts> {
	const [row] = await session.rows(sql<FallbackCounts>`select count(*) as made, count(case when ${isFallback(session, 'o.draft')} then 1 end) as fallback
		from ${session.table('outbound')} as o where ${draftedIn(session, scope)}`);
	return row;
}

/** A contact has no channel of its own: every classification counts, whichever channel is asked for. */
export async function classificationFallbacks(session: Session, scope: Scope): Promise<FallbackCounts> {
	const used = session.dialect === 'sqlite' ? sql`json_extract(a.detail, '$.classification.usedFallback') = 1` : sql`(cast(a.detail as json) -> 'classification' ->> 'usedFallback') = 'true'`;
	const [row] = await session.rows(sql<FallbackCounts>`select count(*) as made, count(case when ${used} then 1 end) as fallback
		from ${session.table('activities')} as a where a.workspace = ${scope.workspace} and a.kind = 'classification' and ${within('a.at', scope)}`);
	return row;
}

export async function costsByDay(session: Session, scope: Scope): Promise<DayCost[]> {
	return await session.rows(sql<DayCost>`select day, count(*) as calls, count(case when cost_usd is null then 1 end) as unpriced, coalesce(sum(cost_usd), 0) as usd from (
			select ${localDay('c.at', scope)} as day, c.cost_usd from ${session.table('llm_calls')} as c where c.workspace = ${scope.workspace} and ${within('c.at', scope)}
		) as days group by day`);
}

export async function revenueCounts(session: Session, scope: Scope): Promise<RevenueCounts[]> {
	const rows = await session.rows(sql<Omit<RevenueCounts, 'currency'> & { currency: string | null }>`select currency, count(*) as deals, count(value) as valued, coalesce(sum(value), 0) as value,
			coalesce(sum(case when attributed <> 'none' then value end), 0) as attributed from (
				select upper(x.currency) as currency, x.value, x.attributed from ${session.table('outcomes')} as x where x.workspace = ${scope.workspace} and x.event = 'deal_won' and ${within('x.occurred_at', scope)} ${ofChannel('x.channel', scope)}
		) as deals group by currency`);
	return rows.map(({ currency, ...counts }) => ({ ...counts, ...(currency === null ? {} : { currency }) }));
}

/** Messages that left, what became of them, and of the people they went to. One statement. */
export async function sendCounts(session: Session, scope: Scope): Promise<SendCounts> {
	const { workspace, until } = scope;
	const [outbound, outcomes] = [session.table('outbound'), session.table('outcomes')];
	const sent = sql`o.workspace = ${workspace} and o.status = 'sent' and ${within('o.sent_at', scope)} ${ofChannel('o.channel', scope)}`;
	const reported = (event: string) => sql`(select count(distinct x.outbound_id) from ${outcomes} as x join ${outbound} as o on o.workspace = x.workspace and o.id = x.outbound_id
		where x.workspace = ${workspace} and x.event = ${sql.lit(event)} and x.occurred_at >= ${scope.since} and x.attributed = 'id' and ${sent})`;
	// Few wrote or stopped, many were written to: those few are looked up among the many, not the other way round.
	const [row] = await session.rows(sql<SendCounts>`with people as materialized (select o.contact_id, count(*) as messages, min(o.sent_at) as first_at from ${outbound} as o where ${sent} group by o.contact_id),
		wrote as (select m.contact_id, max(m.timestamp) as last_at from ${session.table('messages')} as m
			where m.workspace = ${workspace} and m.seq >= ${scope.since * SEQ_STEP} and m.timestamp < ${until} and ${written(session)} ${ofChannel('m.channel', scope)} group by m.contact_id),
		stopped as (select a.contact_id, max(a.at) as last_at from ${session.table('activities')} as a where a.workspace = ${workspace} and a.kind = 'opt_out' and ${within('a.at', scope)} group by a.contact_id)
		select (select coalesce(sum(messages), 0) from people) as sent, (select count(*) from people) as contacts,
			(select count(*) from wrote join people on people.contact_id = wrote.contact_id where wrote.last_at >= people.first_at) as replied,
			(select count(*) from stopped join people on people.contact_id = stopped.contact_id where stopped.last_at >= people.first_at) as "optedOut",
			${reported('bounced_hard')} as bounced, ${reported('complaint')} as complained`);
	return row;
}

const moment = (at: number | null): EpochMs | undefined => (at === null ? undefined : epochMs(at));

/** What waits now, by itself of any period. One statement. */
export async function queuesNow(session: Session, scope: Scope): Promise<Queues> {
	const { workspace } = scope;
	const { now } = session;
	const [row] = await session.rows(sql<Record<'reviews' | 'overdueReviews' | 'dueJobs' | 'undecided', number> & Record<'reviewAt' | 'jobAt' | 'undecidedAt', number | null>>`select * from
		(select count(*) as reviews, count(case when r.due_at <= ${now} then 1 end) as "overdueReviews", min(r.created_at) as "reviewAt" from ${session.table('reviews')} as r ${scope.channel === undefined ? sql`` : sql`join ${session.table('outbound')} as o on o.workspace = r.workspace and o.id = r.outbound_id`}
			where r.workspace = ${workspace} and r.decided_at is null ${ofChannel('o.channel', scope)}) as reviews,
		(select count(*) as "dueJobs", min(o.send_at) as "jobAt" from ${session.table('outbound')} as o where o.workspace = ${workspace} and o.status = 'scheduled' and o.send_at <= ${now} ${ofChannel('o.channel', scope)}) as jobs,
		(select count(*) as undecided, min(m.received_at) as "undecidedAt" from ${session.table('messages')} as m where m.workspace = ${workspace} and m.state = 'received' ${ofChannel('m.channel', scope)}) as messages`);
	const { reviewAt, jobAt, undecidedAt, ...counts } = row;
	const [oldestReviewAt, oldestJobAt, oldestUndecidedAt] = [moment(reviewAt), moment(jobAt), moment(undecidedAt)];
	return { ...counts, ...(oldestReviewAt === undefined ? {} : { oldestReviewAt }), ...(oldestJobAt === undefined ? {} : { oldestJobAt }), ...(oldestUndecidedAt === undefined ? {} : { oldestUndecidedAt }) };
}

