import { NO_ANSWER } from './refineReply';
import type { Reply, ReplyIntent } from './reply';

/** What is known of a message nobody has read. */
const UNREAD = { sentiment: 0, language: 'und' } as const;

/**
 * A message's reading as a person put it right. What the person says is certain: an opt-out with certainty 1, anything
 * else is no wish for silence. The sentiment (−1 to 1) and language stay as read; of a message nobody has read they are 0 and `und`.
 */
export function correctReading(reply: Reply | undefined, intent: ReplyIntent): Reply {
	const { objection, ...rest } = reply ?? { ...UNREAD, objection: undefined };
	const asksToStop = intent === 'opt_out';
	return { ...rest, ...(intent === 'objection' && objection ? { objection } : {}), intent, optOut: { wanted: asksToStop, certainty: asksToStop ? 1 : 0 }, needsAnswer: !NO_ANSWER.has(intent) };
}
