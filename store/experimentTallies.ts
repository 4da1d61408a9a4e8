import { sql, type RawBuilder } from 'kysely';
import type { ArmTally } from '../engine/experiment/armTally';
import type { ArmWeek } from '../engine/experiment/compareArms';
import { GUARDRAIL_DEFINITIONS, METRIC_DEFINITIONS, type Metric } from '../engine/experiment/metrics';
import { epochMs } from '../engine/time';
import { cleanText } from './bulk';
import type { Session } from './session';
import type { TallyRequest } from './store';

interface ArmCounts {
	place: number;
	variant_id: string;
	exposures: number;
	conversions: number;
	opt_outs: number;
	complaints: number;
	first_at: number;
	/** Number of the look before which they joined; null unless looks were asked for. */
	look: number | null;
}

const ASKED = { place: 'int', workspace: 'text', experiment_id: 'text', unit: 'text', window_ms: 'int', matured: 'int', since: 'int', as_of: 'int', started_at: 'int?', every_ms: 'int?' } as const;
/** What counts as what: `outcome` by event, `reading` by the intent of an inbound message, `activity` by kind. */
export const COUNTED = { place: 'int', role: 'text', source: 'text', kind: 'text', ms: 'int' } as const;
const ARMS = { place: 'int', id: 'text', arms: 'int' } as const;

type CountedRow = { place: number; role: string; source: string; kind: string; ms: number };
const counting = (place: number) => (role: string, source: string, ms: number) => (kind: string): CountedRow => ({ place, role, source, kind, ms });

/** What counts as a success by a metric. */
export function countedSuccesses(metric: Metric, role: string, place: number): CountedRow[] {
	const { events, readings, windowMs } = METRIC_DEFINITIONS[metric];
	const row = counting(place);
	return [...events.map(row(role, 'outcome', windowMs)), ...readings.map(row(role, 'reading', windowMs))];
}

/** What counts as harm. */
export function countedHarm(place: number): CountedRow[] {
	const { optOuts, complaints } = GUARDRAIL_DEFINITIONS;
	const row = counting(place);
	return [
		...optOuts.events.map(row('opt_out', 'outcome', optOuts.windowMs)),
		// The proof that is written whenever anybody hears an opt-out.
		row('opt_out', 'activity', optOuts.windowMs)('opt_out'),
		...complaints.events.map(row('complaint', 'outcome', complaints.windowMs)),
	];
}

const countedIn = (request: TallyRequest, place: number): CountedRow[] => [...countedSuccesses(request.metric, 'conversion', place), ...countedHarm(place)];

/** A text field of a JSON column. */
function field(session: Session, column: string, name: 'intent' | 'experimentId' | 'variantId'): RawBuilder<unknown> {
	return session.dialect === 'sqlite' ? sql`json_extract(${sql.ref(column)}, ${sql.lit(`$.${name}`)})` : sql`cast(${sql.ref(column)} as json) ->> ${sql.lit(name)}`;
}

/** The contacts of each request: once each, with the moment they joined and, for reviews, whether they were approved. */
function units(session: Session, requests: readonly TallyRequest[]): RawBuilder<unknown> {
	const asked = requests.map((request, place) => {
		const { unit, windowMs } = METRIC_DEFINITIONS[request.metric];
		const id = cleanText(request.experimentId);
		return { place, workspace: cleanText(request.workspace), experiment_id: id, unit, window_ms: windowMs, matured: Number(request.maturedOnly ?? false), since: request.since ?? 0, as_of: request.asOf, started_at: request.looks?.startedAt ?? null, every_ms: request.looks?.everyMs ?? null };
	});
	const [exposures, outbound, reviews] = [session.table('exposures'), session.table('outbound'), session.table('reviews')];
	return sql`asked as (select * from ${session.values('v', ASKED, asked)}), units as (
		select a.place, a.as_of, e.workspace, e.contact_id, e.variant_id, e.propensity, e.shares, e.exposed_at as joined_at, 0 as approved,
			(e.exposed_at + a.matured * a.window_ms - a.started_at + a.every_ms - 1) / a.every_ms as look
		from asked as a join ${exposures} as e on e.workspace = a.workspace and e.experiment_id = a.experiment_id
		where a.unit = 'sent' and e.exposed_at <= a.as_of and e.exposed_at >= a.since and (a.matured = 0 or e.exposed_at + a.window_ms <= a.as_of)
		union all
		select place, as_of, workspace, contact_id, variant_id, propensity, shares, decided_at, approved, (decided_at - started_at + every_ms - 1) / every_ms from (
			select a.place, a.as_of, a.since, a.started_at, a.every_ms, e.workspace, e.contact_id, e.variant_id, e.propensity, e.shares, r.decided_at, case when r.decision = 'approved' then 1 else 0 end as approved,
				row_number() over (partition by a.place, e.contact_id order by r.decided_at, r.id) as nth
			from asked as a join ${exposures} as e on e.workspace = a.workspace and e.experiment_id = a.experiment_id
			join ${outbound} as o on o.workspace = e.workspace and o.contact_id = e.contact_id and o.variant is not null
				and ${field(session, 'o.variant', 'experimentId')} = e.experiment_id and ${field(session, 'o.variant', 'variantId')} = e.variant_id
			join ${reviews} as r on r.workspace = o.workspace and r.kind = 'draft' and r.outbound_id = o.id and r.decision is not null and r.decided_at <= a.as_of
			where a.unit = 'reviewed'
		) as reviewed where nth = 1 and decided_at >= since
	)`;
}

/**
 * Whether a contact did one of the things counted in this role, inside the window, and it was on record at `as_of`. Asks
 * for `counted` and for contacts `u` with place, workspace, contact_id, joined_at, as_of and approved.
 */
export function did(session: Session, role: string): RawBuilder<unknown> {
	const from = (source: string, table: RawBuilder<unknown>, kind: RawBuilder<unknown>, at: string, known: string, more = sql``): RawBuilder<unknown> => sql`exists (
		select 1 from ${table} as s join counted as c on c.kind = ${kind}
		where c.place = u.place and c.role = ${sql.lit(role)} and c.source = ${sql.lit(source)} and s.workspace = u.workspace and s.contact_id = u.contact_id
			and ${sql.ref(at)} >= u.joined_at and ${sql.ref(at)} < u.joined_at + c.ms and ${sql.ref(at)} <= u.as_of and ${sql.ref(known)} <= u.as_of ${more})`;
	const outcome = from('outcome', session.table('outcomes'), sql`s.event`, 's.occurred_at', 's.recorded_at');
	if (role === 'complaint') return outcome;
	if (role === 'opt_out') return sql`(${outcome} or ${from('activity', session.table('activities'), sql`s.kind`, 's.at', 's.at')})`;
	const reading = sql`coalesce(${field(session, 's.reply', 'intent')}, 'unread')`;
	return sql`(u.approved = 1 or ${outcome} or ${from('reading', session.table('messages'), reading, 's.timestamp', 's.received_at', sql`and s.direction = 'inbound'`)})`;
}

/** See `Experiments.tallies`. */
export async function talliesOf(session: Session, requests: readonly TallyRequest[]): Promise<ArmTally[][]> {
	const contacts = units(session, requests);
	const counted = session.values('w', COUNTED, requests.flatMap(countedIn));
	const counts = await session.rows(sql<ArmCounts>`with ${contacts}, counted as materialized (select * from ${counted})
		select u.place, u.variant_id, u.look, count(*) as exposures, count(case when ${did(session, 'conversion')} then 1 end) as conversions,
			count(case when ${did(session, 'opt_out')} then 1 end) as opt_outs, count(case when ${did(session, 'complaint')} then 1 end) as complaints, min(u.joined_at) as first_at
		from units as u group by u.place, u.variant_id, u.look`);
	// Rows without the chances of all arms know their own; the others had the rest.
	const arms = requests.flatMap(({ variantIds }, place) => variantIds.map((id) => ({ place, id: cleanText(id), arms: variantIds.length })));
	const share = session.dialect === 'sqlite' ? sql`(select j.value from json_each(u.shares) as j where j.key = v.id)` : sql`cast(cast(u.shares as json) ->> v.id as double precision)`;
	const expected = await session.rows(sql<{ place: number; id: string; expected: number }>`with ${contacts}
		select v.place, v.id, sum(case when u.shares is not null then coalesce(${share}, 0) when u.variant_id = v.id then u.propensity when v.arms > 1 then (1 - u.propensity) / (v.arms - 1) else 0 end) as expected
		from ${session.values('v', ARMS, arms)} join units as u on u.place = v.place group by v.place, v.id`);
	return requests.map(({ variantIds, looks }, place) =>
		variantIds.map((id): ArmTally => {
			const own = counts.filter((row) => row.place === place && row.variant_id === cleanText(id));
			const sum = (name: 'exposures' | 'conversions' | 'opt_outs' | 'complaints', rows = own): number => rows.reduce((total, row) => total + row[name], 0);
			const week = (look: number): ArmWeek => {
				// Whoever joined before the start, by a clock set wrong, is of the first week.
				const joined = own.filter((row) => row.look !== null && Math.max(1, row.look) === look);
				return { exposures: sum('exposures', joined), conversions: sum('conversions', joined) };
			};
			return {
				id,
				exposures: sum('exposures'),
				conversions: sum('conversions'),
				expected: expected.find((row) => row.place === place && row.id === cleanText(id))?.expected ?? 0,
				optOuts: sum('opt_outs'),
				complaints: sum('complaints'),
				...(own.length > 0 ? { firstAt: epochMs(Math.min(...own.map(({ first_at }) => first_at))) } : {}),
				...(looks ? { weeks: Array.from({ length: looks.count }, (_, i) => week(i + 1)) } : {}),
			};
		}),
	);
}
