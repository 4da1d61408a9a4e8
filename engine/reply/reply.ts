import { z } from 'zod';

export const REPLY_INTENTS = [
	'interested',
	'objection',
	'meeting',
	'question',
	'not_now',
	'out_of_office',
	'wrong_person',
	'not_interested',
	'complaint',
	'opt_out',
	'other',
] as const;
export const ReplyIntentSchema = z.enum(REPLY_INTENTS);
export type ReplyIntent = z.infer<typeof ReplyIntentSchema>;
export const OBJECTIONS = ['price', 'time', 'trust', 'authority', 'competitor', 'need'] as const;

export const ReplySchema = z.object({
	intent: ReplyIntentSchema,
	/** certainty 0–1 that the text asks us to stop writing. */
	optOut: z.object({ wanted: z.boolean(), certainty: z.number().min(0).max(1) }),
	objection: z.enum(OBJECTIONS).optional(),
	/** −1 hostile … 1 delighted. */
	sentiment: z.number().min(-1).max(1),
	/** ISO 639-1, or `und` when it cannot be told. */
	language: z.string(),
	needsAnswer: z.boolean(),
});
export type Reply = z.infer<typeof ReplySchema>;
