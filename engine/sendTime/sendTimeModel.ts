import { z } from 'zod';
import { HOUR, type EpochMs } from '../time';
import { offsetAt } from './zoneClock';

export const HOURS_PER_DAY = 24;
export const HOURS_PER_WEEK = 168;

export const SendTimeModelSchema = z.object({
	version: z.literal(1),
	/** Answer rate of each hour of the local week against the channel's default curve: 1 as believed there, 2 twice as good. Index 0 is Monday 00:00 to 01:00. */
	relative: z.array(z.number().positive()).length(HOURS_PER_WEEK),
	/** Weighted answers a delivery brings in an hour of relative rate 1. */
	level: z.number().positive(),
	/** Answers of people the model was fitted on: replies, clicks and opens, each counted once. */
	answers: z.number().int().nonnegative(),
	/** The same for all its priors together. */
	priorAnswers: z.number().int().nonnegative(),
	/** What could not be read on the way, e.g. the time zone. */
	warnings: z.array(z.string()),
});

/** What is known about when a contact, or a segment of contacts, answers. Plain data: it survives JSON. */
export type SendTimeModel = z.infer<typeof SendTimeModelSchema>;

/** 1970 began on a Thursday. */
const MONDAY_TO_EPOCH = 3 * HOURS_PER_DAY;

/** The hour of the local week, 0 (Monday 00:00) to 167 (Sunday 23:00), by the clock's face. */
export function hourOfWeek(zone: string, at: EpochMs): number {
	const hour = (Math.floor((at + offsetAt(zone, at)) / HOUR) + MONDAY_TO_EPOCH) % HOURS_PER_WEEK;
	return (hour + HOURS_PER_WEEK) % HOURS_PER_WEEK;
}
