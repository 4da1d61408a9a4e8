import { sql, type RawBuilder } from 'kysely';
import { PipelineSchema } from '../../engine/pipeline/stage';
import type { PipelineRows, StageTimes } from '../../engine/report/pipelines';
import { fromJson, groupBy, keyOf } from '../bulk';
import type { Session } from '../session';
import { aroundPercentiles, field, within, type Scope } from './scopeSql';

interface RankedRow {
	pipeline_id: string | null;
	stage_id: string | null;
	ms: number | null;
	rank: number;
	total: number;
}

/** Groups `from` (pipeline_id, stage_id, ms) by stage, with the times around the median. A stage whose times are not known has its count. */
async function byStage(session: Session, from: RawBuilder<unknown>): Promise<StageTimes[]> {
	const stage = sql`partition by pipeline_id, stage_id`;
	const rows = await session.rows(sql<RankedRow>`select * from (
			select pipeline_id, stage_id, ms, row_number() over (${stage} order by case when ms is null then 1 else 0 end, ms) as rank, count(*) over (${stage}) as total from (${from}) as times
		) as ranked where ${aroundPercentiles([50], sql`rank`, sql`total`)}`);
	return [...groupBy(rows, (row) => keyOf(row.pipeline_id, row.stage_id)).values()].map((group) => {
		const [{ pipeline_id, stage_id, total }] = group;
		return {
			...(pipeline_id === null ? {} : { pipelineId: pipeline_id }),
			...(stage_id === null ? {} : { stageId: stage_id }),
			total,
			ranked: group.flatMap(({ rank, ms }) => (ms === null ? [] : [{ rank, value: ms }])),
		};
	});
}

/** See `Figures.pipelines`. Six statements. */
export async function pipelineRows(session: Session, scope: Scope): Promise<PipelineRows> {
	const { workspace } = scope;
	const [contacts, activities, reviews] = [session.table('contacts'), session.table('activities'), session.table('reviews')];
	const pipelines = await session.q.selectFrom('pipelines').selectAll().where('workspace', '=', workspace).orderBy('name').orderBy('id').execute();
	const moved = sql`${activities} as a where a.workspace = ${workspace} and a.kind = 'stage' and ${within('a.at', scope)}`;
	const number = (name: string): RawBuilder<unknown> => sql`cast(${field(session, 'a.detail', name)} as bigint)`;
	const [waiting] = await session.rows(sql<{ open: number; decided: number }>`select count(case when r.decided_at is null then 1 end) as open, count(case when ${within('r.decided_at', scope)} then 1 end) as decided
		from ${reviews} as r where r.workspace = ${workspace} and r.kind = 'stage'`);
	const [held] = await session.rows(sql<{ needsReview: number; protected: number }>`select count(*) as "needsReview", count(case when ${field(session, 'a.detail', 'rule')} in ('downgrade_protection', 'fallback_protection') then 1 end) as protected
		from ${activities} as a where a.workspace = ${workspace} and a.kind = 'stage_held' and ${within('a.at', scope)}`);
	return {
		pipelines: pipelines.map(({ id, name, instructions, stages }) => PipelineSchema.parse({ id, name, instructions: instructions ?? undefined, stages: fromJson(stages) })),
		standing: await byStage(session, sql`select c.pipeline_id, c.stage_id, cast(${session.now} as bigint) - c.stage_entered_at as ms from ${contacts} as c where c.workspace = ${workspace}`),
		stays: await byStage(session, sql`select ${field(session, 'a.detail', 'pipelineId')} as pipeline_id, ${field(session, 'a.detail', 'previousStageId')} as stage_id, ${number('previousStageMs')} as ms from ${moved}
			and ${field(session, 'a.detail', 'previousStageId')} is not null and ${field(session, 'a.detail', 'previousStageId')} <> ${field(session, 'a.detail', 'stageId')}`),
		moves: await session.rows(sql<{ rule: string; setBy: string; count: number }>`select coalesce(rule, 'unknown') as rule, coalesce(set_by, 'unknown') as "setBy", count(*) as count from (
				select ${field(session, 'a.detail', 'rule')} as rule, ${field(session, 'a.detail', 'setBy')} as set_by from ${moved}
			) as moves group by rule, set_by`),
		reviews: waiting,
		held,
	};
}
