import { correctReading } from '../reply/correctReading';
import type { ReviewFacts, ReviewOutcome } from './reviewFacts';

/** A message that perhaps asks us to stop: what the person reads in it becomes its reading, and a label to learn from. */
export function settleOptOutDoubt({ action, by, message }: ReviewFacts): ReviewOutcome {
	if (!message) return { result: 'refused', sentence: 'The message is not known any more. Use Opt Out at the contact.' };
	const known = message.reply?.intent;
	if (action.action === 'is_opt_out') {
		const where = action.allChannels ? 'any channel' : message.channel;
		return {
			result: 'decided',
			resolution: 'is_opt_out',
			decision: 'approved',
			sentence: `An opt-out, as ${by} read it: nothing is sent on ${where} any more.`,
			changes: {
				correction: { messageId: message.id, reading: correctReading(message.reply, 'opt_out'), labels: [{ field: 'reply_intent', ...(known ? { from: known } : {}), to: 'opt_out' }] },
				...(action.allChannels ? { optOut: { channel: message.channel, allChannels: true, reason: `asked to stop on every channel, as ${by} read it` } } : {}),
			},
		};
	}
	const intent = known === undefined || known === 'opt_out' ? 'other' : known;
	return {
		result: 'decided',
		resolution: 'no_opt_out',
		decision: 'rejected',
		sentence: `No opt-out, as ${by} read it.`,
		changes: { correction: { messageId: message.id, reading: correctReading(message.reply, intent), labels: [{ field: 'reply_intent', ...(known ? { from: known } : {}), to: intent }] } },
	};
}
