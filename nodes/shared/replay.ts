import { z } from 'zod';

const ReplaySchema = z.object({ replayOf: z.string() });

/**
 * Whether an item's message is one of the past that is run through the settings again (see Past Conversations): a node
 * decides about it as ever and keeps nothing with the contact, of whom more is known by now.
 */
export function isReplay(message: unknown): boolean {
	return ReplaySchema.safeParse(message).success;
}
