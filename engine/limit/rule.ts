import { z } from 'zod';
import { ChannelSchema, type Channel } from '../channels/channel';
import type { Instant } from '../time';

/** Whose messages a rule counts together. */
export const LIMIT_SCOPES = ['contact', 'contact_channel', 'channel', 'recipient_domain', 'sender', 'workspace'] as const;
export const LimitScopeKindSchema = z.enum(LIMIT_SCOPES);

/** The longest window that can be counted: the store has to load two of it around every request. */
export const MAX_WINDOW_SECONDS = 90 * 24 * 3_600;

export const LimitRuleSchema = z.object({
	/** Key of `remaining` and of the allowance's `rule`. */
	id: z.string().min(1),
	/** How a sentence names it, e.g. "5 WhatsApp messages a day to one contact". */
	name: z.string().min(1),
	scope: LimitScopeKindSchema,
	/** day: the calendar day, in the contact's zone for contact scopes and in the workspace's for shared ones. rolling: any stretch of that length. */
	window: z.discriminatedUnion('kind', [
		z.object({ kind: z.literal('day') }),
		z.object({ kind: z.literal('rolling'), seconds: z.number().positive().max(MAX_WINDOW_SECONDS) }),
	]),
	/** Messages per window. 0 lets nothing through. */
	limit: z.number().int().min(0),
	/** Holds on these channels only and counts each by itself, unless the scope names the channel already. */
	channels: z.array(ChannelSchema).min(1).optional(),
	/** Holds for recipients at these domains only. */
	domains: z.array(z.string()).optional(),
	/** 0–1: the share of the limit outreach may not use, so that answers still get through. */
	replyShare: z.number().min(0).max(1).optional(),
	/** Grows with the age of the sender; `limit` is what holds after the last step. */
	warmUp: z.object({ startedAt: z.iso.datetime({ offset: true }), steps: z.array(z.object({ throughDay: z.number().int(), limit: z.number().int().min(0) })) }).optional(),
});
export type LimitRule = z.infer<typeof LimitRuleSchema>;

/** One message that asks to leave. */
export interface LimitRequest {
	/** What the contact is known by. */
	contact: string;
	channel: Channel;
	at: Instant;
	purpose?: 'reply' | 'outreach';
	/** IANA zone of the contact; UTC when absent or no zone. */
	timezone?: string;
	/** IANA zone in which days of shared scopes are counted; UTC when absent or no zone. */
	workspaceTimezone?: string;
	/** E-mail address, for rules by recipient domain. Taken from `contact` when that is one. */
	recipient?: string;
	/** The account or mailbox it leaves from. */
	sender?: string;
}
