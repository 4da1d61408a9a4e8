import { z } from 'zod';
import { CHANNELS } from '../channels/channel';
import { SECOND } from '../time';

/**
 * Work that is asked for and takes a while. sync: read all conversations of an account. reanalysis: classify contacts
 * again. reassignment: place contacts in their pipeline again.
 */
export const RUN_KINDS = ['sync', 'reanalysis', 'reassignment'] as const;
export const RunKindSchema = z.enum(RUN_KINDS);
export type RunKind = z.infer<typeof RunKindSchema>;

/**
 * requested → running ⇄ waiting → done | failed | cancelled; a run nobody is at is cancelled at once. waiting: a provider
 * takes no more calls until a time; nobody is at it meanwhile, and it is handed out again then.
 */
export const RUN_STATES = ['requested', 'running', 'waiting', 'done', 'failed', 'cancelled'] as const;
export const RunStateSchema = z.enum(RUN_STATES);
export type RunState = z.infer<typeof RunStateSchema>;

/** A run that stopped without a word this often is given up. */
export const MOST_LEASES = 3;

/** How a run names itself in a sentence. */
const NAMES: Readonly<Record<RunKind, string>> = { sync: 'Conversation sync', reanalysis: 'Re-analysis', reassignment: 'Stage re-assignment' };

export const RunOptionsSchema = z.object({
	channel: z.enum(CHANNELS).optional(),
	/** Most contacts. */
	limit: z.number().int().min(1).optional(),
	/** Contacts to leave out from the beginning. */
	skip: z.number().int().min(0).optional(),
	pipelineId: z.string().optional(),
});
export type RunOptions = z.infer<typeof RunOptionsSchema>;

/** What became of one contact or conversation of a run. */
export const RUN_ITEM_RESULTS = ['done', 'skipped', 'failed'] as const;
export type RunItemResult = (typeof RUN_ITEM_RESULTS)[number];

/** The item key `run`. Counts are of contacts or conversations. */
export const RunSchema = z.object({
	id: z.string(),
	workspace: z.string(),
	kind: RunKindSchema,
	state: RunStateSchema,
	/** The account a sync reads; empty for the whole workspace. */
	accountId: z.string().optional(),
	options: RunOptionsSchema,
	requestedBy: z.string(),
	requestedAt: z.string(),
	startedAt: z.string().optional(),
	finishedAt: z.string().optional(),
	/** Where the run goes on when it is begun again. Whoever runs it writes and reads it. */
	cursor: z.string().optional(),
	/** While it waits: until when, and for what. */
	waitsUntil: z.string().optional(),
	waitsFor: z.string().optional(),
	cancelRequested: z.boolean(),
	counts: z.object({ done: z.number(), skipped: z.number(), failed: z.number(), total: z.number().optional() }),
	sentence: z.string(),
});
export type Run = z.infer<typeof RunSchema>;
export type RunCounts = Run['counts'];

/** What a run's sentence is made of. */
export interface RunFacts {
	kind: RunKind;
	state: RunState;
	counts: RunCounts;
	requestedBy: string;
	cancelledBy?: string;
	/** Why it failed, or what it waits for. */
	error?: string;
	/** ISO-8601. */
	waitsUntil?: string;
	/** Milliseconds since it was begun, until now or until it ended. */
	elapsedMs?: number;
}

function progress({ done, skipped, failed, total }: RunCounts): string {
	const seen = done + skipped + failed;
	const parts = [`${seen}${total === undefined ? '' : ` of ${total}`} seen`, ...(skipped > 0 ? [`${skipped} skipped`] : []), ...(failed > 0 ? [`${failed} failed`] : [])];
	return parts.join(', ');
}

function pace({ done, skipped, failed }: RunCounts, elapsedMs: number | undefined): string {
	const seen = done + skipped + failed;
	if (elapsedMs === undefined || elapsedMs < 10 * SECOND || seen === 0) return '';
	return `, ${Math.round((seen / elapsedMs) * 60 * SECOND)} a minute`;
}

/** Where a run stands, in one line. */
export function runSentence({ kind, state, counts, requestedBy, cancelledBy, error, waitsUntil, elapsedMs }: RunFacts): string {
	const name = NAMES[kind];
	switch (state) {
		case 'requested':
			return `${name} asked for by ${requestedBy}; it begins when the workflow that does it is published and free.`;
		case 'running':
			return cancelledBy === undefined ? `${name} under way: ${progress(counts)}${pace(counts, elapsedMs)}.` : `${name} is being stopped, as ${cancelledBy} asked: ${progress(counts)}.`;
		case 'waiting':
			return `${name} waits until ${waitsUntil?.slice(11, 16) ?? 'later'} UTC for ${error ?? 'its provider'}, then goes on by itself: ${progress(counts)}.`;
		case 'done':
			return `${name} finished: ${progress(counts)}${pace(counts, elapsedMs)}.`;
		case 'cancelled':
			return `${name} stopped by ${cancelledBy ?? 'its workflow'}: ${progress(counts)}.`;
		case 'failed':
			return `${name} failed: ${error ?? 'no reason was given'}. ${progress(counts)}.`;
	}
}
