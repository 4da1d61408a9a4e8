import { z } from 'zod';
import { IsoTimeSchema } from './message';

/**
 * What the autopilot would have done with a lead's message: sent its answer, asked a person, held the answer back for
 * good (opt-out, a block of the gate), or left it without an answer because none is needed.
 */
export const SHADOW_DECISIONS = ['send', 'review', 'block', 'no_reply'] as const;
export const ShadowDecisionNameSchema = z.enum(SHADOW_DECISIONS);
export type ShadowDecisionName = z.infer<typeof ShadowDecisionNameSchema>;

export const ShadowDecisionSchema = z.object({
	decision: ShadowDecisionNameSchema,
	/** A code that can be counted: the name of a check of the gate, or of a rule of the routing. */
	reason: z.string(),
	/** For `send`: when it would have left. */
	sendAt: IsoTimeSchema.optional(),
	/** One line an ops person reads. */
	sentence: z.string(),
});
export type ShadowDecision = z.infer<typeof ShadowDecisionSchema>;

/** Name of the run that holds what was decided live in shadow mode. */
export const LIVE_RUN = 'live';
