import { z } from 'zod';
import { DEFAULT_PIPELINE } from '../pipeline/defaultPipeline';
import type { Pipeline } from '../pipeline/stage';
import { DAY } from '../time';
import { plain } from './figure';
import { quantileOf, type RankedValue } from './quantile';

/** Values of one stage, and those around their median, ms. */
export interface StageTimes {
	/** Undefined for contacts that stand in no pipeline. */
	pipelineId?: string;
	stageId?: string;
	total: number;
	ranked: RankedValue[];
}
export interface PipelineRows {
	pipelines: Pipeline[];
	/** Contacts by where they stand, and for how long so far. */
	standing: StageTimes[];
	/** Stays that ended in the period, by the stage that was left. */
	stays: StageTimes[];
	/** Moves of the period by the rule and who made them. */
	moves: { rule: string; setBy: string; count: number }[];
	/** Contacts of which a person is to say where they belong. */
	reviews: { open: number; decided: number };
	/** Moves of the period that were held back for a person, and those of them that protect the contact. */
	held: { needsReview: number; protected: number };
}

export const StageFigureSchema = z.object({
	pipelineId: z.string().optional(),
	pipeline: z.string(),
	stageId: z.string().optional(),
	stage: z.string(),
	contacts: z.number(),
	/** How long those in it have been there, and how long those who left in the period had been, ms. */
	medianStandingMs: z.number().optional(),
	left: z.number(),
	medianStayMs: z.number().optional(),
	sentence: z.string(),
});
export const MoveFigureSchema = z.object({ rule: z.string(), setBy: z.string(), count: z.number(), sentence: z.string() });
/** What the Pipeline tab shows: every stage in its order, moves by rule, what waits for a person. */
export const PipelineFiguresSchema = z.object({ stages: z.array(StageFigureSchema), moves: z.array(MoveFigureSchema), openReviews: z.number(), decidedReviews: z.number(), needsReview: z.number(), protected: z.number(), sentence: z.string() });
export type PipelineFigures = z.infer<typeof PipelineFiguresSchema>;

const days = (ms: number): string => `${plain(ms / DAY)} days`;

type StageFigure = z.infer<typeof StageFigureSchema>;

function stageFigure(place: Pick<StageFigure, 'pipelineId' | 'pipeline' | 'stageId' | 'stage'>, standing: StageTimes | undefined, stay: StageTimes | undefined): StageFigure {
	const [contacts, left] = [standing?.total ?? 0, stay?.total ?? 0];
	const medianStandingMs = standing && quantileOf(standing.ranked, 50, contacts);
	const medianStayMs = stay && quantileOf(stay.ranked, 50, left);
	const since = medianStandingMs === undefined ? '' : `, half of them for ${days(medianStandingMs)} or longer`;
	const after = medianStayMs === undefined ? '' : `; ${left} left, half of them within ${days(medianStayMs)}`;
	return { ...place, contacts, ...(medianStandingMs === undefined ? {} : { medianStandingMs }), left, ...(medianStayMs === undefined ? {} : { medianStayMs }), sentence: `${place.pipeline} · ${place.stage}: ${contacts} ${contacts === 1 ? 'contact' : 'contacts'}${since}${after}.` };
}

export function pipelineFigures({ pipelines, standing, stays, moves, reviews, held }: PipelineRows): PipelineFigures {
	const all = pipelines.some(({ id }) => id === DEFAULT_PIPELINE.id) ? pipelines : [...pipelines, DEFAULT_PIPELINE];
	const at = (rows: readonly StageTimes[], pipelineId?: string, stageId?: string) => rows.find((row) => row.pipelineId === pipelineId && row.stageId === stageId);
	const known = all.flatMap((pipeline) => {
		const stages = pipeline.stages.toSorted((a, b) => a.order - b.order).map((stage) => stageFigure({ pipelineId: pipeline.id, pipeline: pipeline.name, stageId: stage.id, stage: stage.name }, at(standing, pipeline.id, stage.id), at(stays, pipeline.id, stage.id)));
		// A default nobody uses is not worth a line.
		return pipelines.includes(pipeline) || stages.some(({ contacts, left }) => contacts > 0 || left > 0) ? stages : [];
	});
	const others = standing.filter((row) => !all.some(({ id, stages }) => id === row.pipelineId && stages.some((stage) => stage.id === row.stageId)));
	const unknown = others.map((row) => stageFigure({ ...(row.pipelineId === undefined ? {} : { pipelineId: row.pipelineId }), pipeline: row.pipelineId ?? 'No pipeline', ...(row.stageId === undefined ? {} : { stageId: row.stageId }), stage: row.stageId ?? 'no stage' }, row, at(stays, row.pipelineId, row.stageId)));
	const moved = moves.reduce((sum, { count }) => sum + count, 0);
	return {
		stages: [...known, ...unknown],
		moves: moves.toSorted((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1)).map((move) => ({ ...move, sentence: `${move.count} ${move.count === 1 ? 'move' : 'moves'} by rule ${move.rule} (${move.setBy}).` })),
		openReviews: reviews.open,
		decidedReviews: reviews.decided,
		...held,
		sentence: `${moved} ${moved === 1 ? 'move' : 'moves'} in the period; ${held.needsReview} held back for a person, ${held.protected} of them to protect the contact; ${reviews.open} stage reviews open.`,
	};
}
