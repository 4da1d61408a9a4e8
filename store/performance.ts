import { sql, type RawBuilder } from 'kysely';
import type { PerformanceDimension, PerformanceTally } from '../engine/outcome/performance';
import { cleanText, keyOf } from './bulk';
import type { Database } from './database';
import type { Session } from './session';
import type { Performance, PerformanceRequest } from './store';

interface Group {
	k0: string | null;
	k1: string | null;
	k2: string | null;
}
/** Providers name whole seconds: what came in the second of the send may be told as before it. */
const CLOCK_STEP_MS = 1_000;
const groupKey = ({ k0, k1, k2 }: Group): string => keyOf(k0, k1, k2);

const JSON_FIELDS: Readonly<Partial<Record<PerformanceDimension, readonly [column: string, field: string]>>> = {
	framework: ['o.draft', 'framework'],
	tone: ['o.draft', 'tone'],
	persona: ['o.draft', 'persona'],
	model: ['o.draft', 'modelId'],
	promptVersion: ['o.draft', 'promptVersion'],
	industry: ['c.attributes', 'industry'],
	role: ['c.attributes', 'role'],
};

/** A text field of a JSON column; the names are this file's own. */
function field(session: Session, [column, name]: readonly [string, string]): RawBuilder<unknown> {
	return session.dialect === 'sqlite' ? sql`cast(json_extract(${sql.ref(column)}, ${sql.lit(`$.${name}`)}) as text)` : sql`(cast(${sql.ref(column)} as json) ->> ${sql.lit(name)})`;
}

function keyColumn(session: Session, dimension: PerformanceDimension | undefined): RawBuilder<unknown> {
	if (dimension === undefined) return sql`cast(null as text)`;
	const named = JSON_FIELDS[dimension];
	if (named) return field(session, named);
	if (dimension === 'variant') return sql`${field(session, ['o.variant', 'experimentId'])} || ':' || ${field(session, ['o.variant', 'variantId'])}`;
	// Where the contact is, as Best Send Time had it: YYYY-MM-DD HH:MM.
	if (dimension === 'hour') return sql`substr(${field(session, ['o.schedule', 'localTime'])}, 12, 2)`;
	if (dimension === 'modelVersion') return sql`o.model_version`;
	if (dimension === 'channel') return sql`o.channel`;
	return dimension === 'country' ? sql`c.country` : sql`c.language`;
}

const OF_CONTACT: readonly PerformanceDimension[] = ['industry', 'role', 'country', 'language'];

/** The messages looked at, each with its group. */
function sentMessages(session: Session, workspace: string, { by, since }: PerformanceRequest): RawBuilder<unknown> {
	const contact = by.some((dimension) => OF_CONTACT.includes(dimension))
		? sql`left join ${session.table('contacts')} as c on c.workspace = o.workspace and c.id = o.contact_id and c.profiling = 1`
		: sql``;
	const keys = sql.join([0, 1, 2].map((place) => sql`${keyColumn(session, by[place])} as ${sql.ref(`k${place}`)}`));
	return sql`sent as (select o.workspace, o.id, o.sent_at, ${keys} from ${session.table('outbound')} as o ${contact}
		where o.workspace = ${cleanText(workspace)} and o.status = 'sent' and o.sent_at >= ${since} and o.sent_at <= ${session.now})`;
}

export function createPerformance(database: Database): Performance {
	return {
		async tallies(workspace, request) {
			return await database.read(async (session) => {
				const sent = sentMessages(session, workspace, request);
				const asked = session.values('v', { metric: 'text', ms: 'int' }, request.metrics.map(({ metric, windowMs }) => ({ metric, ms: windowMs })));
				const counted = session.values('w', { metric: 'text', event: 'text', label: 'text?' }, request.metrics.flatMap(({ metric, counts }) => counts.map(({ event, label }) => ({ metric, event, label: label ?? null }))));
				const outcomes = session.table('outcomes');
				// A message is asked about once a metric, by the index on message and event. The empty metric counts what was sent.
				const rows = await session.rows(sql<Group & { metric: string; matured: number; hits: number }>`with ${sent}, counted as (select * from ${counted}),
					asked as (select metric, ms from ${asked} union all select '', 0)
					select s.k0, s.k1, s.k2, a.metric, count(*) as matured, count(case when exists (
						select 1 from counted as c join ${outcomes} as x on x.workspace = s.workspace and x.outbound_id = s.id and x.event = c.event
						where c.metric = a.metric and (c.label is null or c.label = x.label) and x.attributed <> 'none' and x.occurred_at >= s.sent_at - ${CLOCK_STEP_MS} and x.occurred_at < s.sent_at + a.ms) then 1 end) as hits
					from sent as s join asked as a on s.sent_at + a.ms <= ${session.now} group by s.k0, s.k1, s.k2, a.metric`);
				const deals = await session.rows(sql<Group & { currency: string | null; value: number; deals: number }>`with ${sent}
					select s.k0, s.k1, s.k2, x.currency, sum(x.value) as value, count(*) as deals from sent as s join ${outcomes} as x on x.workspace = s.workspace and x.outbound_id = s.id and x.event = 'deal_won'
					where x.value is not null and x.attributed <> 'none' and x.occurred_at >= s.sent_at - ${CLOCK_STEP_MS} and x.occurred_at < s.sent_at + ${request.dealWindowMs} group by s.k0, s.k1, s.k2, x.currency order by x.currency`);
				const groups = new Map<string, PerformanceTally & { metrics: Record<string, { matured: number; hits: number }> }>();
				for (const row of rows) {
					const keys = [row.k0, row.k1, row.k2].slice(0, request.by.length).map((key) => key ?? undefined);
					const group = groups.get(groupKey(row)) ?? { keys, sent: 0, metrics: {}, revenue: [] };
					if (row.metric === '') group.sent = row.matured;
					else group.metrics[row.metric] = { matured: row.matured, hits: row.hits };
					groups.set(groupKey(row), group);
				}
				for (const row of deals) groups.get(groupKey(row))?.revenue.push({ ...(row.currency === null ? {} : { currency: row.currency }), value: row.value, deals: row.deals });
				return [...groups.values()].sort((a, b) => b.sent - a.sent || keyOf(...a.keys).localeCompare(keyOf(...b.keys))).slice(0, request.limit);
			});
		},
	};
}
