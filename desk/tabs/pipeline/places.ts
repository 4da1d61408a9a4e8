import { z } from 'zod';
import { DEFAULT_PIPELINE } from '../../../engine/pipeline/defaultPipeline';
import type { Pipeline, StageDefinition } from '../../../engine/pipeline/stage';

/** A stage of a pipeline. */
export interface Place {
	pipeline: Pipeline;
	stage: StageDefinition;
}

/** Reads what `placeValue` wrote. Both are ids somebody else chose: no sign is left to keep them apart. */
export const PlaceValueSchema = z
	.string()
	.max(2_000)
	.transform((text, context): unknown => {
		try {
			return JSON.parse(text);
		} catch {
			context.addIssue({ code: 'custom', message: 'no place' });
			return z.NEVER;
		}
	})
	.pipe(z.tuple([z.string(), z.string()]));

export const placeValue = (pipelineId: string, stageId: string): string => JSON.stringify([pipelineId, stageId]);

/** Every place a person may put a contact in: the workspace's stages in their order, or those of the default. */
export function placesOf(saved: readonly Pipeline[]): Place[] {
	const all = saved.some(({ id }) => id === DEFAULT_PIPELINE.id) ? saved : [...saved, DEFAULT_PIPELINE];
	return all.flatMap((pipeline) => pipeline.stages.toSorted((a, b) => a.order - b.order).map((stage) => ({ pipeline, stage })));
}
