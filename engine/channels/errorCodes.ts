import { z } from 'zod';
import data from './errorCodes.json';

/**
 * What is done about an error. retry_at: the message is tried again at a time. use_template: a person chooses an approved
 * template. suppress: the address is not written to again. pause_sender: nothing leaves by this sender for a while.
 * stop_campaign: outreach of the same kind waits for a person. reconnect_token: as a short pause, until a send works again
 * or a person renewed the credential. none: nothing helps but changing the message.
 */
export const FAILURE_ACTIONS = ['retry_at', 'use_template', 'suppress', 'pause_sender', 'stop_campaign', 'reconnect_token', 'none'] as const;
export type FailureAction = (typeof FAILURE_ACTIONS)[number];

const RuleSchema = z.object({
	/** not_sent: may be tried again. permanent: never will go. unknown: nobody can tell whether it left. */
	kind: z.enum(['not_sent', 'permanent', 'unknown']),
	retryAfterSeconds: z.number().positive().optional(),
	/** Factor by which the wait grows with each try. */
	growth: z.number().min(1).optional(),
	/** What must not be written to any more: the person asked for it, or the address does not exist. */
	suppress: z.enum(['opt_out', 'hard_bounce']).optional(),
	/** What is done besides; see `actionOf` for what follows from the rest. */
	action: z.enum(FAILURE_ACTIONS).optional(),
	/** For pause_sender: how long. Absent: until a person lifts it. */
	pauseSeconds: z.number().positive().optional(),
	sentence: z.string(),
});
export type ErrorRule = z.infer<typeof RuleSchema>;

const RulesSchema = z.record(z.string(), RuleSchema);
const ErrorCodesSchema = z.object({
	asOf: z.iso.date(),
	sources: z.array(z.string()).min(1),
	meta: RulesSchema,
	metaSubcodes: RulesSchema,
	twilio: RulesSchema,
	smtpEnhanced: RulesSchema,
	smtp: RulesSchema,
	http: RulesSchema,
	network: RulesSchema,
	/** What the pack's own sending node says when it hands nothing over. */
	node: RulesSchema,
	texts: z.array(z.object({ contains: z.string(), network: z.string().optional(), http: z.string().optional(), node: z.string().optional() })),
});

/** What providers' error codes mean for a send, with sources and date. */
export const ERROR_CODES = ErrorCodesSchema.parse(data);
export type CodeBook = 'meta' | 'metaSubcodes' | 'twilio' | 'smtpEnhanced' | 'smtp' | 'http' | 'network' | 'node';

/** The one thing that is done about an error of this rule. */
export function actionOf(rule: ErrorRule): FailureAction {
	return rule.action ?? (rule.suppress ? 'suppress' : rule.kind === 'not_sent' ? 'retry_at' : 'none');
}

/** The rule of a code a provider reports after it took the message. Mail servers' codes are of their own; Meta's and Twilio's numbers do not overlap. */
export function reportedRule(channel: string | undefined, code: string): ErrorRule | undefined {
	return channel === 'email' ? errorRule('smtpEnhanced', code) : (errorRule('meta', code) ?? errorRule('twilio', code) ?? errorRule('smtpEnhanced', code));
}

/** The rule of a code; for SMTP and HTTP the rule of its class (4xx, 5xx) when the code has none of its own. */
export function errorRule(book: CodeBook, code: string): ErrorRule | undefined {
	const rules = ERROR_CODES[book];
	if (Object.hasOwn(rules, code)) return rules[code];
	const byClass = `${code[0]}xx`;
	return (book === 'smtp' || book === 'http') && Object.hasOwn(rules, byClass) ? rules[byClass] : undefined;
}
