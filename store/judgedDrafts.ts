import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { SamplingSchema } from '../engine/draft/draft';
import type { JudgedDraft } from '../engine/draft/learntConfidence';
import { GateIssueSchema } from '../engine/gate/gate';
import { ReviewSchema } from '../engine/message/outbound';
import type { EpochMs } from '../engine/time';
import { fromJson } from './bulk';
import type { Session } from './session';

/** What of a draft is read: the texts of two thousand drafts would be megabytes. */
interface JudgedRow {
	outbound_id: string;
	decision: string;
	edit_distance: number | null;
	decided_at: number;
	raw: number;
	confidence: number | null;
	model_id: string | null;
	prompt_version: string | null;
	scoring: string | null;
	sampling: string | null;
	raw_threshold: number | null;
	gate_issues: string | null;
}

const DecisionSchema = ReviewSchema.shape.decision.unwrap();
const IssuesSchema = z.array(GateIssueSchema.pick({ check: true, severity: true }));

function toJudged(row: JudgedRow): JudgedDraft {
	return {
		draftId: row.outbound_id,
		raw: row.raw,
		...(row.confidence !== null && { confidence: row.confidence }),
		decision: DecisionSchema.parse(row.decision),
		...(row.edit_distance !== null && { editDistance: row.edit_distance }),
		...(row.model_id !== null && { modelId: row.model_id }),
		...(row.prompt_version !== null && { promptVersion: row.prompt_version }),
		...(row.scoring !== null && { scoring: row.scoring }),
		...(row.sampling !== null && { sampling: SamplingSchema.parse(row.sampling) }),
		...(row.raw_threshold !== null && { rawThreshold: row.raw_threshold }),
		gateIssues: row.gate_issues === null ? [] : IssuesSchema.parse(fromJson(row.gate_issues)),
		decidedAt: row.decided_at,
	};
}

/** The draft's fields and what the gate said of it as it was reviewed (an edited text has a verdict of its own), each document parsed once a row: a cast a field would parse it seven times. */
function parts(session: Session): { columns: RawBuilder<unknown>; parsed: RawBuilder<unknown>; raw: RawBuilder<unknown> } {
	if (session.dialect === 'sqlite') {
		// Keeps the last documents it parsed.
		const field = (path: string) => sql`json_extract(o.draft, ${sql.lit(path)})`;
		return {
			columns: sql`${field('$.rawConfidence')} as raw, ${field('$.confidence')} as confidence, ${field('$.modelId')} as model_id, ${field('$.promptVersion')} as prompt_version, ${field('$.scoring')} as scoring,
				${field('$.decision.sampling')} as sampling, ${field('$.decision.rawThreshold')} as raw_threshold, json_extract(coalesce(r.gate, o.gate), '$.issues') as gate_issues`,
			parsed: sql``,
			raw: field('$.rawConfidence'),
		};
	}
	return {
		columns: sql`d."rawConfidence" as raw, d.confidence, d."modelId" as model_id, d."promptVersion" as prompt_version, d.scoring, d.decision ->> 'sampling' as sampling,
			cast(d.decision ->> 'rawThreshold' as double precision) as raw_threshold, cast(cast(coalesce(r.gate, o.gate) as json) -> 'issues' as text) as gate_issues`,
		parsed: sql`cross join lateral json_to_record(cast(o.draft as json)) as d("rawConfidence" double precision, confidence double precision, "modelId" text, "promptVersion" text, scoring text, decision json)`,
		raw: sql`d."rawConfidence"`,
	};
}

/** See `Reviews.judgedDrafts`. One statement. Decided since ≤ t < until, of one channel, when these are named. */
export async function readJudgedDrafts(session: Session, workspace: string, limit: number, { since, until, channel }: { since?: EpochMs; until?: EpochMs; channel?: string } = {}): Promise<JudgedDraft[]> {
	const { columns, parsed, raw } = parts(session);
	const bounds = sql`${since === undefined ? sql`` : sql`and decided_at >= ${since}`} ${until === undefined ? sql`` : sql`and decided_at < ${until}`}`;
	const newest = sql`select workspace, outbound_id, id, decision, edit_distance, decided_at, gate from ${session.table('reviews')}
		where workspace = ${workspace} and kind = 'draft' and decision is not null ${bounds} order by decided_at desc, id limit ${limit}`;
	const rows = await session.rows(sql<JudgedRow>`select r.outbound_id, r.decision, r.edit_distance, r.decided_at, ${columns}
		from (${newest}) as r join ${session.table('outbound')} as o on o.workspace = r.workspace and o.id = r.outbound_id ${parsed}
		where ${raw} is not null ${channel === undefined ? sql`` : sql`and o.channel = ${channel}`} order by r.decided_at desc, r.id`);
	return rows.map(toJudged);
}
