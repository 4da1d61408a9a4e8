import { sql } from 'kysely';
import type { EpochMs } from '../engine/time';
import type { Session } from './session';
import type { VersionRecord } from './store';

interface Row {
	model_version: string;
	drafts: number;
	sent: number;
	reviewed: number;
	approved: number;
	edited: number;
	rejected: number;
	distance: number | null;
	cost: number;
	priced: number;
}

/** See `Models.records`. A draft's first decision counts. */
export async function versionRecords(session: Session, workspace: string, since: EpochMs): Promise<VersionRecord[]> {
	const [outbound, reviews] = [session.table('outbound'), session.table('reviews')];
	const cost = session.dialect === 'sqlite' ? sql`json_extract(o.draft, '$.costUsd')` : sql`cast(cast(o.draft as json) ->> 'costUsd' as double precision)`;
	const rows = await session.rows(sql<Row>`with written as (
			select o.id, o.model_version, o.status, ${cost} as cost from ${outbound} as o where o.workspace = ${workspace} and o.model_version is not null and o.created_at >= ${since}
		), judged as (
			select w.id, r.decision, r.edit_distance, row_number() over (partition by w.id order by r.decided_at, r.id) as nth
			from written as w join ${reviews} as r on r.workspace = ${workspace} and r.kind = 'draft' and r.outbound_id = w.id and r.decision is not null
		)
		select w.model_version, count(*) as drafts, count(case when w.status = 'sent' then 1 end) as sent, count(j.decision) as reviewed, count(case when j.decision = 'approved' then 1 end) as approved,
			count(case when j.decision = 'edited' then 1 end) as edited, count(case when j.decision = 'rejected' then 1 end) as rejected, avg(case when j.decision = 'edited' then j.edit_distance end) as distance,
			coalesce(sum(w.cost), 0) as cost, count(w.cost) as priced
		from written as w left join judged as j on j.id = w.id and j.nth = 1 group by w.model_version`);
	return rows.map(({ model_version, distance, cost, priced, ...counts }) => ({ version: model_version, ...counts, ...(distance === null ? {} : { editDistance: distance }), costUsd: cost, costKnown: priced }));
}
