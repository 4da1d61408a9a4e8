import { HOUR, epochMs, later } from '../time';
import { REVIEW_ACTIONS } from './reviewAction';
import type { ReviewFacts, ReviewOutcome } from './reviewFacts';
import { settleDraft } from './settleDraft';
import { settleOptOutDoubt } from './settleOptOutDoubt';
import { settleSend } from './settleSend';
import { settleStage } from './settleStage';

const NAMES: Readonly<Record<ReviewFacts['review']['kind'], string>> = {
	draft: 'a draft',
	stage: 'a stage',
	classification: 'a message nobody could decide',
	uncertain_send: 'an uncertain send',
	uncertain_opt_out: 'a doubtful opt-out',
};

/**
 * What a person's decision about an open review changes, or why it cannot be done now, in a sentence. Whatever the page
 * showed, it is decided by how things stand: the facts are read in the transaction that acts on the outcome.
 */
export function settleReview(facts: ReviewFacts): ReviewOutcome {
	const { review, action, shownHash, hash } = facts;
	if (!REVIEW_ACTIONS[review.kind].includes(action.action)) return refused(`'${action.action.replaceAll('_', ' ')}' cannot be done with ${NAMES[review.kind]}.`);
	if (shownHash !== undefined && shownHash !== hash) return { result: 'stale', sentence: 'Nothing was done: the message is not the one you were shown any more. Read it again.' };
	return anyKind(facts) ?? ofKind(facts);
}

function refused(sentence: string): ReviewOutcome {
	return { result: 'refused', sentence };
}

/** What is the same whatever the review is about. */
function anyKind({ action, by, contactId, route, message, now, review }: ReviewFacts): ReviewOutcome | undefined {
	if (action.action === 'reassign') {
		return action.to === '' ? { result: 'reassigned', sentence: `Given back to everybody by ${by}.` } : { result: 'reassigned', assignee: action.to, sentence: `Given to ${action.to} by ${by}.` };
	}
	if (action.action === 'dismiss') {
		const reason = action.reason ? `: ${action.reason}` : '';
		// Who keeps the present stage has judged the proposed one; who has read a message has judged nothing.
		return { result: 'decided', resolution: 'dismiss', ...(review.kind === 'stage' ? { decision: 'rejected' as const } : {}), reason: action.reason, sentence: `Settled by ${by}${reason}.`, changes: {} };
	}
	if (action.action === 'take_over') {
		if (contactId === undefined) return refused('It is not known who wrote, so there is nobody to take over.');
		const until = later(now, action.hours * HOUR);
		const sentence = `Taken over by ${by} for ${action.hours} ${action.hours === 1 ? 'hour' : 'hours'}: the autopilot keeps quiet.`;
		return { result: 'decided', resolution: 'take_over', sentence, changes: { takeOver: { until: epochMs(until) }, ...(route ? { move: { to: 'cancelled' } } : {}) } };
	}
	if (action.action === 'opt_out') {
		const channel = route?.row.channel ?? message?.channel;
		if (contactId === undefined) return refused('It is not known who wrote, so there is nobody to opt out.');
		if (channel === undefined && !action.allChannels) return refused('It is not known on which channel. Choose every channel.');
		const where = action.allChannels ? 'any channel' : channel;
		return { result: 'decided', resolution: 'opt_out', sentence: `Opted out by ${by}: nothing is sent on ${where} any more.`, changes: { optOut: { channel: channel ?? 'email', allChannels: action.allChannels, reason: `asked for by ${by}` } } };
	}
	return undefined;
}

function ofKind(facts: ReviewFacts): ReviewOutcome {
	const { review, route } = facts;
	if (review.kind === 'draft' && route) return settleDraft({ ...facts, route });
	if (review.kind === 'uncertain_send' && route) return settleSend({ ...facts, route });
	if (review.kind === 'uncertain_opt_out') return settleOptOutDoubt(facts);
	if (review.kind === 'stage') return settleStage(facts);
	return refused('The message this review is about is not known any more.');
}
