import { sql, type RawBuilder } from 'kysely';
import { METRIC_DEFINITIONS } from '../../engine/experiment/metrics';
import type { ModelCalls, ModelDrafts } from '../../engine/report/models';
import { keyOf, groupBy } from '../bulk';
import type { Session } from '../session';
import { aroundPercentiles, draftedIn, ofChannel, within, written, type Scope } from './scopeSql';

/** What of a draft is read, its document parsed once. */
function draftParts(session: Session): { columns: RawBuilder<unknown>; parsed: RawBuilder<unknown> } {
	if (session.dialect === 'sqlite') {
		const part = (name: string) => sql`json_extract(o.draft, ${sql.lit(`$.${name}`)})`;
		return { columns: sql`${part('modelId')} as model_id, ${part('promptVersion')} as prompt_version, ${part('usedFallback')} as fallback`, parsed: sql`` };
	}
	return {
		columns: sql`d."modelId" as model_id, d."promptVersion" as prompt_version, case when d."usedFallback" then 1 else 0 end as fallback`,
		parsed: sql`cross join lateral json_to_record(cast(o.draft as json)) as d("modelId" text, "promptVersion" text, "usedFallback" boolean)`,
	};
}

type DraftRow = Omit<ModelDrafts, 'modelId' | 'promptVersion' | 'editDistance'> & { model_id: string | null; prompt_version: string | null; distance: number | null };

/** Drafts by who wrote them, with what people and leads made of them. One statement. */
export async function modelDrafts(session: Session, scope: Scope): Promise<ModelDrafts[]> {
	const { workspace, since } = scope;
	const { columns, parsed } = draftParts(session);
	const windowMs = sql.lit(METRIC_DEFINITIONS.reply.windowMs);
	const replied = sql`(exists (select 1 from ${session.table('messages')} as m where m.workspace = ${workspace} and m.contact_id = drafts.contact_id and m.channel = drafts.channel and m.timestamp >= drafts.sent_at and m.timestamp < drafts.sent_at + ${windowMs} and ${written(session)})
		or exists (select 1 from ${session.table('outcomes')} as x where x.workspace = ${workspace} and x.outbound_id = drafts.id and x.event = 'replied'))`;
	const accepted = sql`judged.decision <> 'rejected' and coalesce(judged.edit_distance, case when judged.decision = 'approved' then 0 else 1 end) <= 0`;
	const rows = await session.rows(sql<DraftRow>`with drafts as (
			select o.id, o.contact_id, o.channel, case when o.status = 'sent' then o.sent_at end as sent_at, ${columns} from ${session.table('outbound')} as o ${parsed} where ${draftedIn(session, scope)}
		), judged as (
			select outbound_id, decision, edit_distance from (
				select r.outbound_id, r.decision, r.edit_distance, row_number() over (partition by r.outbound_id order by r.decided_at, r.id) as nth from ${session.table('reviews')} as r
				where r.workspace = ${workspace} and r.kind = 'draft' and r.decision is not null and r.decided_at >= ${since}
			) as reviewed where nth = 1
		)
		select model_id, prompt_version, count(*) as drafts, coalesce(sum(fallback), 0) as fallback, count(judged.decision) as reviewed, count(case when ${accepted} then 1 end) as accepted,
			avg(case when judged.decision = 'edited' then judged.edit_distance end) as distance, count(sent_at) as sent, count(case when sent_at is not null and ${replied} then 1 end) as replied
		from drafts left join judged on judged.outbound_id = drafts.id group by model_id, prompt_version`);
	return rows.map(({ model_id, prompt_version, distance, ...counts }) => ({
		...counts,
		...(model_id === null ? {} : { modelId: model_id }),
		...(prompt_version === null ? {} : { promptVersion: prompt_version }),
		...(distance === null ? {} : { editDistance: distance }),
	}));
}

interface CallRow {
	model_id: string;
	prompt_version: string;
	purpose: string;
	latency_ms: number;
	rank: number;
	calls: number;
	failed: number;
	unpriced: number;
	usd: number;
}

/** Model calls by model, prompt and purpose. A call knows no channel: with one, only calls about drafts of it count. One statement. */
export async function modelCallRows(session: Session, scope: Scope): Promise<ModelCalls[]> {
	const { workspace } = scope;
	const ofDrafts = scope.channel === undefined ? sql`` : sql`and exists (select 1 from ${session.table('outbound')} as o where o.workspace = ${workspace} and o.id = c.correlation_id ${ofChannel('o.channel', scope)})`;
	const group = sql`over (partition by c.model_id, c.prompt_version, c.purpose)`;
	const rows = await session.rows(sql<CallRow>`select * from (
			select c.model_id, c.prompt_version, c.purpose, c.latency_ms, row_number() over (partition by c.model_id, c.prompt_version, c.purpose order by c.latency_ms, c.id) as rank,
				count(*) ${group} as calls, count(case when c.outcome <> 'ok' then 1 end) ${group} as failed, count(case when c.cost_usd is null then 1 end) ${group} as unpriced, coalesce(sum(c.cost_usd) ${group}, 0) as usd
			from ${session.table('llm_calls')} as c where c.workspace = ${workspace} and ${within('c.at', scope)} ${ofDrafts}
		) as ranked where ${aroundPercentiles([50, 95], sql`rank`, sql`calls`)}`);
	return [...groupBy(rows, (row) => keyOf(row.model_id, row.prompt_version, row.purpose)).values()].map((group) => {
		const [{ model_id, prompt_version, purpose, calls, failed, unpriced, usd }] = group;
		return { modelId: model_id, promptVersion: prompt_version, purpose, calls, failed, unpriced, usd, ranked: group.map(({ rank, latency_ms }) => ({ rank, value: latency_ms })) };
	});
}
