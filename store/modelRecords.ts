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
	// SQLite would else walk all of a workspace's messages for the few that were reviewed.
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const written = sql`o.workspace = ${workspace} and o.model_version is not null and o.created_at >= ${since}`;
	const rows = await session.rows(sql<Row>`select model_version, sum(draft) as drafts, sum(sent) as sent, count(decision) as reviewed, count(case when decision = 'approved' then 1 end) as approved,
			count(case when decision = 'edited' then 1 end) as edited, count(case when decision = 'rejected' then 1 end) as rejected, avg(case when decision = 'edited' then edit_distance end) as distance,
			coalesce(sum(cost), 0) as cost, count(cost) as priced
		from (
			select o.model_version, 1 as draft, case when o.status = 'sent' then 1 else 0 end as sent, ${cost} as cost, null as decision, cast(null as double precision) as edit_distance from ${outbound} as o where ${written}
			union all
			select o.model_version, 0, 0, null, j.decision, j.edit_distance from (
				select r.outbound_id, r.decision, r.edit_distance, row_number() over (partition by r.outbound_id order by r.decided_at, r.id) as nth
				from ${reviews} as r where r.workspace = ${workspace} and r.kind = 'draft' and r.decision is not null
			) as j ${join} ${outbound} as o on o.id = j.outbound_id where j.nth = 1 and ${written}
		) as counted group by model_version`);
	return rows.map(({ model_version, drafts, sent, distance, cost, priced, ...counts }) => ({ version: model_version, drafts: Number(drafts), sent: Number(sent), ...counts, ...(distance === null ? {} : { editDistance: distance }), costUsd: cost, costKnown: priced }));
}
