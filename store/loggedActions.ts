import { sql, type RawBuilder } from 'kysely';
import { METRIC_DEFINITIONS } from '../engine/experiment/metrics';
import type { LoggedAction } from '../engine/training/offPolicy';
import { cleanText } from './bulk';
import { COUNTED, countedSuccesses, did } from './experimentTallies';
import type { Session } from './session';
import type { LoggedActionsRequest } from './store';

/** Each contact once: what was drawn for it, with its chance, and when its first message with it left. */
function drawnFirst(session: Session, { workspace, drawn }: LoggedActionsRequest): RawBuilder<unknown> {
	if (drawn.kind === 'variant') {
		return sql`select e.workspace, e.contact_id, e.variant_id as action, e.propensity, e.exposed_at as joined_at from ${session.table('exposures')} as e
			where e.workspace = ${workspace} and e.experiment_id = ${cleanText(drawn.experimentId)} and e.exposed_at is not null`;
	}
	// As Best Send Time had it: YYYY-MM-DD HH:MM. A time that was the only one has a chance of 1, and says nothing about others.
	const [time, chance] = session.dialect === 'sqlite'
		? [sql`json_extract(o.schedule, '$.localTime')`, sql`json_extract(o.schedule, '$.propensity')`]
		: [sql`cast(o.schedule as json) ->> 'localTime'`, sql`cast(cast(o.schedule as json) ->> 'propensity' as double precision)`];
	return sql`select workspace, contact_id, substr(local_time, 12, 2) as action, propensity, sent_at as joined_at from (
			select o.workspace, o.contact_id, o.sent_at, ${time} as local_time, ${chance} as propensity, row_number() over (partition by o.contact_id order by o.sent_at, o.id) as nth
			from ${session.table('outbound')} as o where o.workspace = ${workspace} and o.status = 'sent' and o.sent_at is not null and o.schedule is not null and ${chance} < 1 and ${chance} > 0
		) as timed where nth = 1 and local_time is not null`;
}

/** See `Models.loggedActions`. */
export async function loggedActions(session: Session, request: LoggedActionsRequest): Promise<LoggedAction[]> {
	const { metric, asOf } = request;
	const { windowMs } = METRIC_DEFINITIONS[metric];
	const counted = session.values('w', COUNTED, countedSuccesses(metric, 'success', 0));
	return await session.rows(sql<LoggedAction>`with drawn as (${drawnFirst(session, request)}), counted as (select * from ${counted})
		select u.action, u.propensity, count(*) as contacts, count(case when ${did(session, 'success')} then 1 end) as successes
		from (select d.*, 0 as place, 0 as approved, cast(${asOf} as bigint) as as_of from drawn as d where d.joined_at + ${sql.lit(windowMs)} <= ${asOf}) as u
		where u.propensity > 0 group by u.action, u.propensity order by u.action, u.propensity`);
}
