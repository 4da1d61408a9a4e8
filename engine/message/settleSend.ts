import type { ReviewFacts, ReviewOutcome } from './reviewFacts';
import { decideRoute } from './route';
import { withoutStop } from './routeWording';

/** A send nobody could tell the end of, as a person saw it in the channel: it was sent, it was not, or it is given up. */
export function settleSend({ action, by, route, now, contact }: ReviewFacts & { route: NonNullable<ReviewFacts['route']> }): ReviewOutcome {
	if (action.action === 'was_sent') return { result: 'decided', resolution: 'was_sent', sentence: `Sent: ${by} found it in the channel.`, changes: { move: { to: 'sent', sentAt: route.row.sendingAt ?? now } } };
	if (action.action === 'stop') return { result: 'decided', resolution: 'stop', sentence: `Given up by ${by}: it is not tried again.`, changes: { move: { to: 'cancelled' } } };
	// What a person asks for again needs no second reading, but every hard stop holds.
	const again = decideRoute({ ...route, approved: true, approvedAt: now, approvedDuring: contact?.takenOverAt });
	if (again.status !== 'scheduled') return { result: 'refused', sentence: `Not tried again: ${withoutStop(again.sentence.replace(/^(?:Not sent|Waits for a person): /, ''))}.` };
	return { result: 'decided', resolution: 'try_again', sentence: `Not sent, as ${by} saw it; tried again. ${again.sentence}`, changes: { move: { to: 'scheduled', sendAt: again.sendAt } } };
}
