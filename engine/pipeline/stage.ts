import { z } from 'zod';

export const STAGE_TYPES = ['LEAD', 'IN_PROGRESS', 'WON', 'LOST', 'ARCHIVED'] as const;
export const StageDefinitionSchema = z.object({
	id: z.string().min(1),
	name: z.string().min(1),
	type: z.enum(STAGE_TYPES),
	/** Position in the pipeline, ascending. */
	order: z.number(),
	description: z.string().optional(),
	/** Score range, 0–100, both ends included. */
	min: z.number().optional(),
	max: z.number().optional(),
});
export type StageDefinition = z.infer<typeof StageDefinitionSchema>;

export const PipelineSchema = z.object({
	id: z.string().min(1),
	name: z.string().min(1),
	instructions: z.string().optional(),
	stages: z.array(StageDefinitionSchema).min(1),
});
export type Pipeline = z.infer<typeof PipelineSchema>;

export const StageSchema = z.object({
	pipelineId: z.string(),
	stageId: z.string(),
	previousStageId: z.string().optional(),
	changed: z.boolean(),
	rule: z.string(),
	protected: z.boolean(),
	needsReview: z.boolean(),
	activityId: z.string().optional(),
	sentence: z.string(),
});
export type Stage = z.infer<typeof StageSchema>;
