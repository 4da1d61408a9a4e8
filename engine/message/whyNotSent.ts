import { MINUTE, type EpochMs } from '../time';
import type { Actor, OutboundStatus } from './outbound';
import { spoken } from './routeWording';

/** From when on a message that is due and not taken points at a workflow that does not run. Ours: the trigger asks every 2 s. */
const NOBODY_TAKES_IT_MS = 5 * MINUTE;

export interface UnsentRow {
	status: OutboundStatus;
	/** Why the row stands where it stands. */
	sentence: string;
	sendAt?: EpochMs;
	sentAt?: EpochMs;
}

/**
 * Why a message was not sent (or that it was), in one sentence or two: the same at the desk and in items. `last` is its
 * newest transition, where it is known.
 */
export function whyNotSent({ status, sentence, sendAt, sentAt }: UnsentRow, now: EpochMs, last?: { actor: Actor; at: EpochMs }): string {
	switch (status) {
		case 'sent':
			return sentAt === undefined ? 'It was sent.' : `It was sent at ${spoken(sentAt)}.`;
		case 'drafted':
			return 'Not sent yet: it is written, and nothing has decided yet whether it may leave.';
		case 'scheduled':
			return planned(sentence, sendAt, now);
		case 'claimed':
		case 'sending':
			return 'Not sent yet: it is being sent at this moment.';
		case 'in_review':
			return `Not sent yet. ${sentence}`;
		case 'uncertain':
			return sentence;
		default:
			return `${/^Not sent\b/.test(sentence) ? sentence : `Not sent. ${sentence}`}${last ? ` (${last.actor === 'person' ? 'By a person, ' : ''}${spoken(last.at)})` : ''}`;
	}
}

function planned(sentence: string, sendAt: EpochMs | undefined, now: EpochMs): string {
	if (sendAt === undefined) return `Not sent yet. ${sentence}`;
	if (now - sendAt < NOBODY_TAKES_IT_MS) return `Not sent yet: it is planned for ${spoken(sendAt)}. ${sentence}`;
	return `Not sent yet: it is due since ${spoken(sendAt)} and no workflow has taken it. Check that the one with the trigger Send Due is published and running.`;
}
