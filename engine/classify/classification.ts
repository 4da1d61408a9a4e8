import { z } from 'zod';
import { StatusSchema } from '../message/contact';
import { ReplyIntentSchema } from '../reply/reply';

export const LEAD_INTENTS = ['hot', 'warm', 'cold'] as const;
export const EvidenceSchema = z.object({ id: z.string(), text: z.string(), similarity: z.number() });

/** What a model says of the lead's newest message. An intent it makes up is dropped, not the rest of its answer. */
export const NewestMessageSchema = z.object({ intent: ReplyIntentSchema.nullable().catch(null), asksToStop: z.boolean() });

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
	/** Set when a score learnt from the workspace's outcomes was blended in. */
	learned: z
		.object({
			/** Of converting inside the window, 0–1. */
			chance: z.number().min(0).max(1),
			/** Of the learned score in the blended one, 0–1. */
			share: z.number().min(0).max(1),
			conversions: z.number().int(),
			/** Before blending, 0–100. */
			baseScore: z.number().min(0).max(100),
		})
		.optional(),
	/** How the model read the newest message; it refines the rules' `reply`. */
	newestMessage: NewestMessageSchema.optional(),
	sentence: z.string(),
});
export type Classification = z.infer<typeof ClassificationSchema>;
