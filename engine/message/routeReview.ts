import { HANDLE_KIND, type HandleKind } from '../channels/channel';
import { replyWindowCloses } from '../channels/replyWindow';
import { epochMs, type EpochMs } from '../time';
import type { RouteFacts } from './routeFacts';
import { gateReason, spoken } from './routeWording';

const ADDRESS_NAMES: Readonly<Record<HandleKind, string>> = {
	phone: 'phone number',
	email: 'e-mail address',
	instagram: 'Instagram ID',
	messenger: 'Messenger ID',
	linkedin: 'LinkedIn profile',
};

/**
 * Why a person has to look at the draft before it leaves at `at`; empty when nobody has to. An approval answers what a
 * person can judge; what no approval mends (no address, window closed, kill switch) stays.
 */
export function reviewReasons(facts: RouteFacts, at: EpochMs): string[] {
	return [...unsendable(facts, at), ...(facts.approved ? [] : judgement(facts, at))];
}

function unsendable(facts: RouteFacts, at: EpochMs): string[] {
	const { row, settings } = facts;
	const reasons: string[] = [];
	if (settings.killSwitch) reasons.push('the kill switch is on, nothing is sent');
	if (row.to.trim() === '') reasons.push(`no ${ADDRESS_NAMES[HANDLE_KIND[row.channel]]} of the contact is known`);
	if (row.draft.text.trim() === '' && !row.draft.waTemplate && !row.draft.media?.length) reasons.push('the draft is empty');
	const closed = windowReason(facts, at);
	if (closed) reasons.push(closed);
	if (settings.contactDailyCap === 0) reasons.push("the contact's daily cap is 0, so no day is free");
	if (settings.workspaceDailyCap === 0) reasons.push("the workspace's daily cap is 0, so no day is free");
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

function judgement(facts: RouteFacts, at: EpochMs): string[] {
	const { row, settings, contact } = facts;
	const reasons: string[] = [];
	if (contact?.takenOverUntil !== undefined && epochMs(contact.takenOverUntil) > at) {
		reasons.push(`a colleague has taken the conversation over until ${spoken(epochMs(contact.takenOverUntil))}`);
	}
	if (!row.gate) reasons.push('no quality gate has looked at it');
	else if (row.gate.verdict === 'review') reasons.push(`the quality gate asks for a look (${gateReason(row.gate, 'review')})`);
	const confidence = confidenceReason(facts);
	if (confidence) reasons.push(confidence);
	if (settings.mode === 'assist' || settings.mode === 'one_click') {
		reasons.push(`the mode is ${settings.mode === 'assist' ? 'assist' : 'one click'}, every draft is read first`);
	}
	return reasons;
}

function confidenceReason({ row: { draft } }: RouteFacts): string | undefined {
	if (draft.usedFallback) return 'it is a fallback text, no model wrote it';
	if (draft.decision.audited) return 'it was drawn for the audit sample';
	if (draft.decision.autoSend) return undefined;
	if (draft.confidence === undefined) return 'nothing is known about how good it is';
	const { threshold } = draft.decision;
	return draft.confidence < threshold
		? `its confidence ${draft.confidence.toFixed(2)} is below the threshold ${threshold.toFixed(2)}`
		: 'it was not cleared for sending by itself';
}
