import { OPT_OUT_CERTAIN, OPT_OUT_CERTAINTY } from './readReply';
import type { Reply, ReplyIntent } from './reply';

/** What a model said of the newest message. Absent or null where it said nothing. */
export interface ModelReading {
	/** Whether the lead asks not to be contacted any more. */
	asksToStop?: boolean | null;
	intent?: ReplyIntent | null;
}

/** Intents that ask for no answer: what has to be answered follows from the intent. */
export const NO_ANSWER: ReadonlySet<ReplyIntent> = new Set(['out_of_office', 'not_interested', 'opt_out', 'other']);

/**
 * The rules' reading, refined by a model's. What the rules would answer stays to be answered, whatever the model says. A wish for silence is only ever added: a model that hears one hands it to a
 * person (it still needs an answer, so that one is asked), one that hears none takes nothing back. Automatic replies stay what they are, as nobody wrote them.
 */
export function refineReply(reply: Reply, { asksToStop, intent }: ModelReading): Reply {
	if (reply.optOut.certainty >= OPT_OUT_CERTAIN || reply.intent === 'out_of_office') return reply;
	if (reply.optOut.wanted) return reply;
	const { objection, ...rest } = reply;
	if (asksToStop === true || intent === 'opt_out') {
		return { ...rest, intent: 'opt_out', optOut: { wanted: true, certainty: OPT_OUT_CERTAINTY.perhaps }, needsAnswer: true };
	}
	if (!intent || intent === reply.intent) return reply;
	// A model's "no" silences nobody: what the rules took for something to answer is answered, or seen by a person.
	return { ...rest, ...(intent === 'objection' && objection ? { objection } : {}), intent, needsAnswer: reply.needsAnswer || !NO_ANSWER.has(intent) };
}
