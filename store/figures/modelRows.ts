import { sql, type RawBuilder } from 'kysely';
import { METRIC_DEFINITIONS } from '../../engine/experiment/metrics';
import type { ModelCalls, ModelDrafts } from '../../engine/report/models';
import { keyOf, groupBy } from '../bulk';
import { SEQ_STEP } from '../messageRows';
import type { Session } from '../session';
import { aroundPercentiles, draftedIn, isFallback, ofChannel, within, written, type Scope } from './scopeSql';

/** Who wrote a draft: the document is parsed once. */
function maker(session: Session): { columns: RawBuilder<unknown>; parsed: RawBuilder<unknown> } {
	if (session.dialect === 'sqlite') return { columns: sql`json_extract(o.draft, '$.modelId') as model_id, json_extract(o.draft, '$.promptVersion') as prompt_version`, parsed: sql`` };
	return { columns: sql`d."modelId" as model_id, d."promptVersion" as prompt_version`, parsed: sql`cross join lateral json_to_record(cast(o.draft as json)) as d("modelId" text, "promptVersion" text)` };
}

interface Made {
	model_id: string | null;
	prompt_version: string | null;
}
type Drafted = Made & Pick<ModelDrafts, 'drafts' | 'fallback' | 'sent'>;
type Reviewed = Made & Pick<ModelDrafts, 'reviewed' | 'accepted'> & { distance: number | null };
type Answered = Made & Pick<ModelDrafts, 'replied'>;

/** Drafts by who wrote them, with what people and leads made of them. Three statements: few drafts were reviewed or answered, and only theirs are looked up. */
export async function modelDrafts(session: Session, scope: Scope): Promise<ModelDrafts[]> {
	const { workspace, since } = scope;
	const { columns, parsed } = maker(session);
	const [outbound, messages, outcomes, reviews] = [session.table('outbound'), session.table('messages'), session.table('outcomes'), session.table('reviews')];
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const made = draftedIn(session, scope);
	const drafted = await session.rows(sql<Drafted>`select model_id, prompt_version, count(*) as drafts, coalesce(sum(fallback), 0) as fallback, coalesce(sum(sent), 0) as sent from (
			select ${columns}, case when ${isFallback(session, 'o.draft')} then 1 else 0 end as fallback, case when o.status = 'sent' then 1 else 0 end as sent from ${outbound} as o ${parsed} where ${made}
		) as drafts group by model_id, prompt_version`);
	const accepted = sql`decision <> 'rejected' and coalesce(edit_distance, case when decision = 'approved' then 0 else 1 end) <= 0`;
	const reviewed = await session.rows(sql<Reviewed>`with judged as (
			select r.outbound_id, r.decision, r.edit_distance, row_number() over (partition by r.outbound_id order by r.decided_at, r.id) as nth from ${reviews} as r
			where r.workspace = ${workspace} and r.kind = 'draft' and r.decision is not null and r.decided_at >= ${since}
		)
		select model_id, prompt_version, count(*) as reviewed, count(case when ${accepted} then 1 end) as accepted, avg(case when decision = 'edited' then edit_distance end) as distance from (
			select judged.decision, judged.edit_distance, ${columns} from judged ${join} ${outbound} as o on o.workspace = ${workspace} and o.id = judged.outbound_id ${parsed} where judged.nth = 1 and ${made}
		) as reviewed group by model_id, prompt_version`);
	// The empty text keeps SQLite from taking the index on channels, where every contact's messages lie.
	const answered = await session.rows(sql<Answered>`with answered as materialized (
			select o.id from ${messages} as m ${join} ${outbound} as o on o.workspace = m.workspace and o.contact_id = m.contact_id and o.status = 'sent' and o.sent_at <= m.timestamp and o.sent_at > m.timestamp - ${sql.lit(METRIC_DEFINITIONS.reply.windowMs)} and o.channel || '' = m.channel
				where m.workspace = ${workspace} and m.seq >= ${since * SEQ_STEP} and ${written(session)}
			union select x.outbound_id from ${outcomes} as x where x.workspace = ${workspace} and x.event = 'replied' and x.occurred_at >= ${since} and x.outbound_id is not null
		)
		select model_id, prompt_version, count(*) as replied from (
			select ${columns} from answered ${join} ${outbound} as o on o.workspace = ${workspace} and o.id = answered.id ${parsed} where o.status = 'sent' and ${made}
		) as replied group by model_id, prompt_version`);
	const same = (a: Made) => (b: Made) => a.model_id === b.model_id && a.prompt_version === b.prompt_version;
	return drafted.map(({ model_id, prompt_version, ...counts }) => {
		const key = same({ model_id, prompt_version });
		const judged = reviewed.find(key);
		return {
			...counts,
			reviewed: judged?.reviewed ?? 0,
			accepted: judged?.accepted ?? 0,
			replied: answered.find(key)?.replied ?? 0,
			...(model_id === null ? {} : { modelId: model_id }),
			...(prompt_version === null ? {} : { promptVersion: prompt_version }),
			...(judged?.distance === null || judged?.distance === undefined ? {} : { editDistance: judged.distance }),
		};
	});
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
