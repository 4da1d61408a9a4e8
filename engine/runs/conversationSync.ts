import { z } from 'zod';
import { MINUTE, type EpochMs } from '../time';

/**
 * Policy of reading old conversations. Messages younger than `settledMs` are left to the intake: what a lead writes while a
 * sync runs must still be answered. The next sync goes back as far as the last one began, less that.
 */
export const SYNC_POLICY = {
	settledMs: 10 * MINUTE,
	/** A batch that came back unnoted this often is noted as failed, so that one contact never holds up the rest. */
	mostHandOuts: 3,
	/** Errors in a row that pass by themselves, until the run fails. */
	mostTroubles: 6,
} as const;

/** Where a conversation sync stands; kept with the run, so that it goes on there after a crash. */
export const SyncPositionSchema = z.object({
	/** Whose calls are counted: the page's id. */
	pageId: z.string(),
	/** Ids of our own side. */
	own: z.array(z.string()),
	/** Where the next page begins. */
	after: z.string().optional(),
	/** Whether the last page was read. */
	readAll: z.boolean().default(false),
	/** Conversations a call. */
	size: z.number().int().min(1),
	/** Contacts that were recorded and not yet noted, and those handed out last. */
	pending: z.array(z.string()).default([]),
	handed: z.array(z.string()).default([]),
	handOuts: z.number().default(0),
	/** Conversations come by so far, to skip and to limit. */
	seen: z.number().default(0),
	/** Only what was updated after this; absent: everything. Epoch milliseconds. */
	since: z.number().optional(),
	/** What the next sync takes as its `since`. */
	watermark: z.number(),
	/** Errors in a row that pass by themselves. */
	troubles: z.number().default(0),
	calls: z.number().default(0),
});
export type SyncPosition = z.infer<typeof SyncPositionSchema>;

/** The position kept in a run's cursor; undefined when there is none, or none of this version. */
export function readPosition(cursor: string | undefined): SyncPosition | undefined {
	if (cursor === undefined) return undefined;
	try {
		return SyncPositionSchema.safeParse(JSON.parse(cursor)).data;
	} catch {
		return undefined;
	}
}

/** Where a sync begins. `last` is where the last whole one of the account ended. */
export function firstPosition({ pageId, own, size, last, now }: { pageId: string; own: string[]; size: number; last: SyncPosition | undefined; now: EpochMs }): SyncPosition {
	return SyncPositionSchema.parse({ pageId, own, size, watermark: now - SYNC_POLICY.settledMs, ...(last ? { since: last.watermark } : {}) });
}

/** Of the conversations of a page, newest first, those to read; and whether older ones can be left unread. */
export function wantedOf<C extends { updatedAt: EpochMs }>(page: readonly C[], { since, seen }: Pick<SyncPosition, 'since' | 'seen'>, { skip = 0, limit }: { skip?: number; limit?: number }): { wanted: C[]; reachedOld: boolean; reachedLimit: boolean } {
	const fresh = page.filter(({ updatedAt }) => since === undefined || updatedAt > since);
	const end = limit === undefined ? Number.POSITIVE_INFINITY : skip + limit;
	const wanted = fresh.filter((_, place) => seen + place >= skip && seen + place < end);
	return { wanted, reachedOld: fresh.length < page.length, reachedLimit: seen + fresh.length >= end };
}

/** A conversation that could not be read must be looked at again by the next sync. */
export function keepInView(position: SyncPosition, updatedAt: EpochMs): SyncPosition {
	return { ...position, watermark: Math.min(position.watermark, updatedAt - 1) };
}

/** A sync that skipped or stopped early has not seen everything: the next one cannot build on it. */
export const isWhole = (position: SyncPosition, { skip = 0, limit }: { skip?: number; limit?: number }): boolean => position.readAll && skip === 0 && limit === undefined;
