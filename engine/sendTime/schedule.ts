import { z } from 'zod';
import { IsoTimeSchema } from '../message/message';

/** Own lawful hours in place of the shipped ones, local HH:MM; `off` when statutory hours are switched off. */
export const LawfulHoursSchema = z.union([z.literal('off'), z.object({ from: z.string(), to: z.string() })]);
export type LawfulHours = z.infer<typeof LawfulHoursSchema>;

export const ScheduleSchema = z.object({
	sendAt: IsoTimeSchema,
	/** YYYY-MM-DD HH:MM in `timezone`. */
	localTime: z.string(),
	timezone: z.string(),
	purpose: z.enum(['reply', 'outreach']),
	source: z.enum(['reply', 'preference', 'history', 'segment', 'channel']),
	/** The chance this moment had of being chosen: 1 without exploration. */
	propensity: z.number().min(0).max(1).optional(),
	/** Each rule that moved the time, in the order applied. */
	moved: z.array(z.string()),
	/** What was guessed or could not be read on the way, e.g. the time zone. */
	warnings: z.array(z.string()).optional(),
	/** The node's own lawful hours, which dispatch keeps in place of the shipped ones. */
	lawful: LawfulHoursSchema.optional(),
	sentence: z.string(),
});
export type Schedule = z.infer<typeof ScheduleSchema>;
