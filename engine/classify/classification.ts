import { z } from 'zod';
import { StatusSchema } from '../message/contact';

export const LEAD_INTENTS = ['hot', 'warm', 'cold'] as const;
export const EvidenceSchema = z.object({ id: z.string(), text: z.string(), similarity: z.number() });

export const ClassificationSchema = z.object({
	intent: z.enum(LEAD_INTENTS),
	score: z.number().min(0).max(100),
	status: StatusSchema,
	confidence: z.number().min(0).max(1),
	summary: z.string(),
	reasons: z.array(z.string()),
	evidence: z.array(EvidenceSchema).default([]),
	recommendedStage: z.string().optional(),
	usedFallback: z.boolean(),
	/** Model calls beyond the first. */
	retryCount: z.number().int().min(0),
	modelId: z.string().optional(),
	promptVersion: z.string().optional(),
	cached: z.boolean(),
	/** True when confidence was below 0.5: the item leaves on Unsure. */
	abstained: z.boolean(),
	sentence: z.string(),
});
export type Classification = z.infer<typeof ClassificationSchema>;
