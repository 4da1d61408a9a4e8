import { editDistance } from '../draft/editDistance';
import { epochMs } from '../time';
import { objectionToken } from './draftHash';
import { gateEdited } from './gateEdited';
import type { ReviewChanges, ReviewFacts, ReviewOutcome } from './reviewFacts';
import { decideRoute } from './route';
import { gateReason, holder, spoken, withoutStop } from './routeWording';

type DraftFacts = ReviewFacts & { route: NonNullable<ReviewFacts['route']> };

/** Approve, edit and reject. */
export function settleDraft(facts: DraftFacts): ReviewOutcome {
	const { action, by } = facts;
	if (action.action === 'reject') {
		return { result: 'decided', resolution: 'reject', decision: 'rejected', reason: action.reason, sentence: `Rejected by ${by}: ${withoutStop(action.reason)}.`, changes: { move: { to: 'cancelled' } } };
	}
	// A text nobody was shown cannot be approved.
	if (facts.shownHash === undefined) return { result: 'stale', sentence: 'Nothing was done: it is not known which text was shown. Open the review again.' };
	if (action.action === 'approve') return approve(facts);
	return action.action === 'edit' ? editAndApprove(facts, action) : { result: 'refused', sentence: 'This cannot be done with a draft.' };
}

/** Sends it where everything that no approval mends allows it: the same table as for every other send. */
function approve(facts: DraftFacts, edit?: ReviewChanges['edit']): ReviewOutcome {
	const { route, by, contact, now } = facts;
	const held = contact?.takenOverUntil !== undefined && epochMs(contact.takenOverUntil) > now && contact.takenOverBy !== by;
	if (held) return notApproved(`${holder(contact)} has taken the conversation over until ${spoken(epochMs(contact.takenOverUntil ?? now))}; hand it back first`);
	const row = edit ? { ...route.row, gate: edit.gate, draft: { ...route.row.draft, text: edit.text, subject: edit.subject } } : route.row;
	const sent = decideRoute({ ...route, row, approved: true, approvedAt: now, approvedDuring: contact?.takenOverAt });
	if (sent.status !== 'scheduled') return notApproved(withoutStop(sent.sentence.replace(/^(?:Not sent|Waits for a person): /, '')));
	const done = edit ? `Edited and approved by ${by}` : `Approved by ${by}`;
	return {
		result: 'decided',
		resolution: edit ? 'edit' : 'approve',
		decision: edit ? 'edited' : 'approved',
		sentence: `${done}. ${sent.sentence}`,
		changes: { ...(edit ? { edit } : {}), move: { to: 'scheduled', ...(sent.sendAt === undefined ? {} : { sendAt: sent.sendAt }) } },
	};
}

function notApproved(why: string): ReviewOutcome {
	return { result: 'refused', sentence: `Not approved: ${why}.` };
}

/** A text that was not changed is approved as it is: the gate has looked at it already. */
function editAndApprove(facts: DraftFacts, { text, subject, confirmed }: { text: string; subject?: string; confirmed?: string }): ReviewOutcome {
	const { draft } = facts.route.row;
	const heading = subject ?? draft.subject;
	const distance = editDistance(withSubject(draft.subject, draft.text), withSubject(heading, text));
	if (distance === 0) return approve(facts);
	if (draft.waTemplate) return notApproved('it is an approved template, whose words cannot be changed here');
	const gate = gateEdited(facts.route, { text, subject: heading, conversation: facts.conversation });
	if (gate.verdict === 'block') return notApproved(`the quality gate blocked your text (${gateReason(gate, 'block')})`);
	// What was found in the draft, too, stood beside it as the person wrote.
	const seen = new Set(facts.route.row.gate?.issues.map(({ reason }) => reason));
	const objections = gate.issues.filter(({ severity, reason }) => severity === 'review' && !seen.has(reason));
	const token = objectionToken(text, heading, objections.map(({ reason }) => reason));
	if (objections.length > 0 && confirmed !== token) {
		return { result: 'refused', sentence: `Please confirm: ${objections.map(({ reason }) => withoutStop(reason)).join('; ')}.`, confirm: { token, issues: objections } };
	}
	return approve(facts, { text, ...(heading === undefined ? {} : { subject: heading }), gate, editDistance: distance });
}

function withSubject(subject: string | undefined, text: string): string {
	return subject === undefined ? text : `${subject}\n\n${text}`;
}
