import { z } from 'zod';
import type { ReviewKind } from './outbound';

/** Longest text a person may send from the desk, in UTF-16 units; every channel takes less. */
const LONGEST_TEXT = 100_000;
/** Longest takeover, in hours. Ours: nobody holds a conversation for longer than a month. */
const LONGEST_TAKEOVER_HOURS = 30 * 24;

const reason = z.string().trim().max(500);

/** What a person may do with a review. Parsed from what a browser posts: nothing of it is trusted. */
export const ReviewActionSchema = z.discriminatedUnion('action', [
	/** Send the draft as it was shown; for a stage: agree to the move that was proposed. */
	z.object({ action: z.literal('approve') }),
	/** Send this text instead. `confirmed`: the token of the objections the person saw and overrules. */
	z.object({ action: z.literal('edit'), text: z.string().max(LONGEST_TEXT), subject: z.string().max(1_000).optional(), confirmed: z.string().max(100).optional() }),
	z.object({ action: z.literal('reject'), reason: reason.min(1) }),
	/** To a colleague, or to nobody (empty). The review stays open. */
	z.object({ action: z.literal('reassign'), to: z.string().trim().max(320) }),
	/** The conversation is the person's for so many hours; the draft is dropped. */
	z.object({ action: z.literal('take_over'), hours: z.number().positive().max(LONGEST_TAKEOVER_HOURS) }),
	z.object({ action: z.literal('opt_out'), allChannels: z.boolean().default(false) }),
	/** Seen and settled: nothing more is to be done. */
	z.object({ action: z.literal('dismiss'), reason: reason.optional() }),
	/** About a send nobody could tell the end of. */
	z.object({ action: z.literal('was_sent') }),
	z.object({ action: z.literal('try_again') }),
	z.object({ action: z.literal('stop') }),
	/** About a message that perhaps asks us to stop. */
	z.object({ action: z.literal('is_opt_out'), allChannels: z.boolean().default(false) }),
	z.object({ action: z.literal('no_opt_out') }),
	/** Another stage than the proposed one. */
	z.object({ action: z.literal('set_stage'), stageId: z.string().min(1).max(200) }),
]);
export type ReviewAction = z.infer<typeof ReviewActionSchema>;
export type ReviewActionName = ReviewAction['action'];

/** What each kind of review offers, in the order a desk shows it. */
export const REVIEW_ACTIONS: Readonly<Record<ReviewKind, readonly ReviewActionName[]>> = {
	draft: ['approve', 'edit', 'reject', 'reassign', 'take_over', 'opt_out'],
	stage: ['approve', 'set_stage', 'dismiss', 'reassign', 'take_over', 'opt_out'],
	classification: ['dismiss', 'reassign', 'take_over', 'opt_out'],
	uncertain_send: ['was_sent', 'try_again', 'stop', 'reassign'],
	uncertain_opt_out: ['is_opt_out', 'no_opt_out', 'reassign'],
};
