import { z } from 'zod';
import { IsoTimeSchema } from '../message/message';

export const ScheduleSchema = z.object({
	sendAt: IsoTimeSchema,
	/** YYYY-MM-DD HH:MM in `timezone`. */
	localTime: z.string(),
	timezone: z.string(),
	purpose: z.enum(['reply', 'outreach']),
	source: z.enum(['reply', 'preference', 'history', 'segment', 'channel']),
	propensity: z.number().min(0).max(1).optional(),
	/** Each rule that moved the time, in the order applied. */
	moved: z.array(z.string()),
	/** What was guessed or could not be read on the way, e.g. the time zone. */
	warnings: z.array(z.string()).optional(),
	sentence: z.string(),
});
export type Schedule = z.infer<typeof ScheduleSchema>;
