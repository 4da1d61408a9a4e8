import { z } from 'zod';
import { ChannelSchema } from '../channels/channel';

/** The life of an outbound message, from draft to outcome. */
export const OUTBOUND_STATUSES = [
	'drafted',
	'in_review',
	'scheduled',
	'blocked',
	'claimed',
	'sending',
	'sent',
	'failed',
	'uncertain',
	'cancelled',
] as const;
export const OutboundStatusSchema = z.enum(OUTBOUND_STATUSES);
export type OutboundStatus = z.infer<typeof OutboundStatusSchema>;

/** Who moved a row. */
export const ACTORS = ['engine', 'dispatcher', 'person', 'housekeeping', 'provider'] as const;
export type Actor = (typeof ACTORS)[number];

/**
 * Every move that exists. `scheduled → scheduled` is a new send time. `claimed → scheduled` is a lease that ran out
 * before anything was handed to the provider; `sending → scheduled` only when the provider said it was not sent.
 * `uncertain` leaves by a receipt or a person, never by itself: sending again blindly may send twice.
 */
export const OUTBOUND_TRANSITIONS: Readonly<Record<OutboundStatus, readonly OutboundStatus[]>> = {
	drafted: ['in_review', 'scheduled', 'blocked', 'cancelled'],
	in_review: ['scheduled', 'blocked', 'cancelled'],
	scheduled: ['scheduled', 'claimed', 'in_review', 'blocked', 'cancelled'],
	blocked: ['in_review', 'cancelled'],
	claimed: ['sending', 'scheduled', 'in_review', 'blocked', 'cancelled'],
	sending: ['sent', 'failed', 'uncertain', 'scheduled'],
	uncertain: ['sent', 'failed', 'scheduled', 'cancelled'],
	failed: ['in_review', 'scheduled'],
	sent: [],
	cancelled: [],
};

export function mayMove(from: OutboundStatus, to: OutboundStatus): boolean {
	return OUTBOUND_TRANSITIONS[from].includes(to);
}

export const JobSchema = z.object({
	/** = draft.id */
	id: z.string(),
	workspace: z.string().optional(),
	status: OutboundStatusSchema,
	attempts: z.number().int().min(0),
	channel: ChannelSchema,
	to: z.string(),
	accountId: z.string().optional(),
	sendAt: z.string().optional(),
	sentence: z.string(),
});
export type Job = z.infer<typeof JobSchema>;

export const REVIEW_KINDS = ['draft', 'stage', 'classification', 'uncertain_send', 'uncertain_opt_out'] as const;
export const ReviewKindSchema = z.enum(REVIEW_KINDS);
export type ReviewKind = z.infer<typeof ReviewKindSchema>;

export const ReviewSchema = z.object({
	id: z.string(),
	kind: ReviewKindSchema,
	decision: z.enum(['approved', 'edited', 'rejected']).optional(),
	reviewer: z.string().optional(),
	editedText: z.string().optional(),
	editDistance: z.number().optional(),
	secondsToDecide: z.number().optional(),
	dueAt: z.string(),
	sentence: z.string(),
});
export type Review = z.infer<typeof ReviewSchema>;
