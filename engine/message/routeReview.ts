import { draftsMissing } from '../draft/decision';
import { HANDLE_KIND, type HandleKind } from '../channels/channel';
import { replyWindowCloses } from '../channels/replyWindow';
import type { GateIssue } from '../gate/gate';
import { epochMs, type EpochMs } from '../time';
import type { RouteFacts } from './routeFacts';
import { heldReason } from './senderHold';
import { plainReason, spoken } from './routeWording';

const ADDRESS_NAMES: Readonly<Record<HandleKind, string>> = {
	phone: 'phone number',
	email: 'e-mail address',
	instagram: 'Instagram ID',
	messenger: 'Messenger ID',
	linkedin: 'LinkedIn profile',
};

/** Codes of reasons that are about the sender alone, not about the message. */
export const SENDER_REASONS: readonly string[] = ['campaign_stopped', 'sender_paused'];

/** A reason and what it is about: two reasons about the same thing are one. */
interface Reason {
	about: string;
	/** The same for every message that has this reason, so that they can be counted. */
	code: string;
	text: string;
}

/**
 * Why a person has to look at the draft before it leaves, each reason once, the one that was asked for first; empty when
 * nobody has to. An approval answers what a person can judge; what no approval mends (no address, window closed, kill
 * switch) stays.
 */
export function reviewReasons(facts: RouteFacts, leaving: { at: EpochMs; closedBy?: string }, askedFor?: string): { code: string; text: string }[] {
	const closed = leaving.closedBy === undefined ? [] : [{ code: 'hours', text: `no time is left to send it in: ${leaving.closedBy} leaves no moment` }];
	const ended = approvalEnded(facts);
	const reasons: Reason[] = [
		...(askedFor === undefined ? [] : [asked(facts, askedFor)]),
		...[...unsendable(facts, leaving.at), ...closed].map(({ code, text }) => ({ about: text, code, text })),
		...(ended === undefined ? [] : [{ about: 'approval', code: 'approval_ended', text: ended }]),
		...(facts.approved && ended === undefined ? [] : judgement(facts, leaving.at)),
	];
	// The later words win: they are this table's own, where the earlier ones repeat what a check said.
	return [...new Map(reasons.map(({ about, code, text }) => [about, { code, text }])).values()];
}

/**
 * Why an approval is worth nothing any more: whoever took the conversation over after it, or switched the mode off, meant
 * that nothing should leave as it stood, though it is over by now.
 */
function approvalEnded({ approved, approvedAt, approvedDuring, lastTakenOverAt, lastOffAt }: RouteFacts): string | undefined {
	if (!approved || approvedAt === undefined) return undefined;
	const running = approvedDuring !== undefined && epochMs(approvedDuring) === lastTakenOverAt;
	if (lastTakenOverAt !== undefined && lastTakenOverAt > approvedAt && !running) return `it was approved before the conversation was taken over at ${spoken(lastTakenOverAt)}, so it needs another look`;
	if (lastOffAt !== undefined && lastOffAt > approvedAt) return `it was approved before the mode was switched off at ${spoken(lastOffAt)}, so it needs another look`;
	return undefined;
}

/** One line for the reviewer: the first reason, and how many others there are. */
export function reviewSentence(reasons: readonly string[]): string {
	const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : '';
	return `Waits for a person: ${reasons[0]}${more}.`;
}

/** A reason from the item often is the gate's sentence: then it is about what that check is about. */
function asked({ row }: RouteFacts, askedFor: string): Reason {
	const text = plainReason(askedFor);
	const issue = row.gate?.issues.find(({ reason }) => plainReason(reason) === text);
	return { about: issue ? aboutOf(issue) : text.toLowerCase(), code: issue?.check ?? 'asked', text };
}

/** Checks that look at the same facts as this table does. */
const SHARED_CHECKS: readonly string[] = ['confidence', 'mode', 'takeover'];

function aboutOf(issue: Pick<GateIssue, 'check' | 'reason'>): string {
	return SHARED_CHECKS.includes(issue.check) ? issue.check : plainReason(issue.reason).toLowerCase();
}

function unsendable(facts: RouteFacts, at: EpochMs): { code: string; text: string }[] {
	const { row, settings } = facts;
	const reasons: { code: string; text: string }[] = [];
	if (settings.killSwitch) reasons.push({ code: 'kill_switch', text: 'the kill switch is on, nothing is sent' });
	if (facts.held && facts.held.until === undefined) reasons.push({ code: facts.held.kind === 'campaign' ? 'campaign_stopped' : 'sender_paused', text: heldReason(facts.held) });
	if (row.to.trim() === '') reasons.push({ code: 'no_address', text: `no ${ADDRESS_NAMES[HANDLE_KIND[row.channel]]} of the contact is known` });
	if (row.draft.text.trim() === '' && !row.draft.waTemplate && !row.draft.media?.length) reasons.push({ code: 'empty', text: 'the draft is empty' });
	const closed = windowReason(facts, at);
	if (closed) reasons.push({ code: 'window', text: closed });
	if (settings.contactDailyCap === 0) reasons.push({ code: 'cap', text: "the contact's daily cap is 0, so no day is free" });
	if (settings.workspaceDailyCap === 0) reasons.push({ code: 'cap', text: "the workspace's daily cap is 0, so no day is free" });
	return reasons;
}

/** A template opens WhatsApp at any time; the other channels have none. */
function windowReason(facts: RouteFacts, at: EpochMs): string | undefined {
	const { row } = facts;
	if (row.channel === 'whatsapp' && row.draft.waTemplate) return undefined;
	const closes = replyWindowCloses(row.channel, facts.lastInboundAt);
	if (closes === 'open') return undefined;
	const need = row.channel === 'whatsapp' ? 'an approved template is needed' : 'the channel takes no message from us';
	if (closes === undefined) return `the contact has not written on ${row.channel} yet, so ${need}`;
	if (closes > at) return undefined;
	if (closes <= facts.now) return `the 24-hour window on ${row.channel} closed at ${spoken(closes)}, so ${need}`;
	return `the 24-hour window on ${row.channel} closes at ${spoken(closes)}, before the planned time ${spoken(at)}`;
}

function judgement(facts: RouteFacts, at: EpochMs): Reason[] {
	const { row, settings, contact } = facts;
	const reasons: Reason[] = [];
	if (facts.givenToPerson) reasons.push({ about: 'person', code: 'person', text: 'a person was asked to answer this message' });
	reasons.push(...gateReasons(row));
	if (contact?.takenOverUntil !== undefined && epochMs(contact.takenOverUntil) > at) {
		reasons.push({ about: 'takeover', code: 'takeover', text: `a colleague has taken the conversation over until ${spoken(epochMs(contact.takenOverUntil))}` });
	}
	const confidence = confidenceReason(facts);
	if (confidence) reasons.push({ about: 'confidence', ...confidence });
	if (settings.mode === 'assist' || settings.mode === 'one_click') {
		reasons.push({ about: 'mode', code: 'mode', text: `the mode is ${settings.mode === 'assist' ? 'assist' : 'one click'}, every draft is read first` });
	}
	return reasons;
}

function gateReasons({ gate }: RouteFacts['row']): Reason[] {
	if (!gate) return [{ about: 'gate', code: 'no_gate', text: 'no quality gate has looked at it' }];
	if (gate.verdict !== 'review') return [];
	const issues = gate.issues.filter(({ severity }) => severity === 'review');
	return (issues.length > 0 ? issues : [{ check: 'gate', reason: gate.sentence }]).map((issue) => ({ about: aboutOf(issue), code: issue.check, text: plainReason(issue.reason) }));
}

function confidenceReason({ row: { draft } }: RouteFacts): { code: string; text: string } | undefined {
	if (draft.usedFallback) return { code: 'fallback', text: 'it is a fallback text, no model wrote it' };
	if (draft.decision.audited) return { code: 'audit', text: 'it was drawn for the audit sample' };
	if (draft.decision.autoSend) return undefined;
	if (draft.confidence === undefined) return { code: 'confidence', text: 'nothing is known about how good it is' };
	const { threshold, reviewsNeeded } = draft.decision;
	if (reviewsNeeded !== undefined) return { code: 'confidence', text: `no threshold is certified yet, ${draftsMissing(reviewsNeeded)}` };
	return draft.confidence < threshold
		? { code: 'confidence', text: `confidence ${draft.confidence.toFixed(2)} is below the threshold ${threshold.toFixed(2)}` }
		: { code: 'not_cleared', text: 'it was not cleared for sending by itself' };
}
