import { z } from 'zod';
import { IsoTimeSchema } from '../message/message';

export const OUTCOME_EVENTS = [
	'sent',
	'delivered',
	'read',
	'failed',
	'bounced_hard',
	'bounced_soft',
	'dropped',
	'opened',
	'machine_opened',
	'clicked',
	'machine_clicked',
	'complaint',
	'unsubscribed',
	'replied',
	'meeting_booked',
	'meeting_held',
	'meeting_no_show',
	'opportunity',
	'deal_won',
	'deal_lost',
] as const;
export const OutcomeEventSchema = z.enum(OUTCOME_EVENTS);
export type OutcomeEvent = z.infer<typeof OutcomeEventSchema>;

export const OutcomeSchema = z.object({
	/** draft.id of the message it is attributed to. */
	outboundId: z.string().optional(),
	event: OutcomeEventSchema,
	value: z.number().optional(),
	/** ISO 4217. */
	currency: z.string().optional(),
	occurredAt: IsoTimeSchema,
	label: z.string().optional(),
	weight: z.number().optional(),
	/** What a text earns by it, −1 to 1; absent where it says nothing about the text. */
	reward: z.number().min(-1).max(1).optional(),
	/** −1 hostile … 1 delighted, of answers. */
	sentiment: z.number().min(-1).max(1).optional(),
	/** When the window of this kind of event is over for the message. */
	maturesAt: IsoTimeSchema.optional(),
	attribution: z
		.object({
			variantId: z.string(),
			modelId: z.string(),
			promptVersion: z.string(),
			framework: z.string(),
			tone: z.string(),
			sendAt: IsoTimeSchema,
		})
		.partial()
		.default({}),
	/** How the message was found: by its id, its thread, as the last one to that person, or not at all. */
	attributed: z.enum(['id', 'thread', 'contact', 'none']),
	/** False when the same event was on record already. */
	recorded: z.boolean(),
	sentence: z.string(),
});
export type Outcome = z.infer<typeof OutcomeSchema>;
