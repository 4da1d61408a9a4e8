import { z } from 'zod';
import { IsoTimeSchema } from '../message/message';

export const AllowanceSchema = z.object({
	allowed: z.boolean(),
	/** Absent when denied, and when counted without the store. */
	reservationId: z.string().optional(),
	/** The first time it would be allowed. */
	retryAt: IsoTimeSchema.optional(),
	/** The rule that denied. */
	rule: z.string().optional(),
	/** What is left under each rule after this decision. */
	remaining: z.record(z.string(), z.number()),
	/** True when the store was away and bounded in-process counters decided. */
	degraded: z.boolean(),
	sentence: z.string(),
});
export type Allowance = z.infer<typeof AllowanceSchema>;
