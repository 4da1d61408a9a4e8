import { replyWindowCloses } from '../channels/replyWindow';
import { HOUR, SECOND, epochMs, later, type EpochMs } from '../time';
import { afterDailyCaps } from './routeCaps';
import type { DecideRoute, Route, RouteFacts } from './routeFacts';
import { withinHours } from './routeHours';
import { reviewReasons, reviewSentence, SENDER_REASONS } from './routeReview';
import { heldReason } from './senderHold';
import { asOfThen, ownWish, wouldHave } from './routeShadow';
import { gateReason, holder, spoken, withoutStop } from './routeWording';

export type { DecideRoute, Route, RouteFacts, RouteRow } from './routeFacts';

/** How long a review may wait when no channel window closes earlier, and how long before its closing it should be read. */
const REVIEW_POLICY = { replyMs: 4 * HOUR, outreachMs: 24 * HOUR, beforeWindowClosesMs: HOUR } as const;

/**
 * Where an outbound message goes, as it is planned and again as it falls due: sent, moved, reviewed, blocked or
 * cancelled. One table for both moments, so that nothing leaves that could not be planned today.
 */
export function decideRoute(facts: RouteFacts): Route {
	return route(facts);
}

/** As `decideRoute`, for a draft that somebody wants a person to read: hard stops hold, all else becomes a review. */
export function decideReview(reason: string): DecideRoute {
	return (facts) => route(facts, reason);
}

function route(facts: RouteFacts, askedFor?: string): Route {
	// First of all: a replay is never sent, whatever the mode says today.
	if (facts.replay) return { status: 'cancelled', ...wouldHave('Replay', route(asOfThen(facts, facts.replay), ownWish(facts, askedFor)), facts.replay.at) };
	const shadowed = facts.settings.mode === 'shadow';
	const stop = stopping(facts, askedFor !== undefined);
	if (stop) return shadowed && stop.status === 'blocked' ? { ...stop, shadow: wouldHave('Shadow mode', stop, facts.now).shadow } : stop;
	if (shadowed) return { status: 'cancelled', ...wouldHave('Shadow mode', route({ ...facts, settings: { ...facts.settings, mode: 'auto' } }, askedFor), facts.now) };
	const due = isDue(facts);
	const leaving = leavingTime(facts, due);
	const reasons = reviewReasons(facts, leaving, askedFor);
	if (reasons.length > 0) {
		const ofSender = reasons.every(({ code }) => SENDER_REASONS.includes(code));
		return { status: 'in_review', sentence: reviewSentence(reasons.map(({ text }) => text)), dueAt: reviewDue(facts), reason: reasons[0].code, ...(ofSender ? { waitsForSender: true } : {}) };
	}
	if (due && leaving.at <= facts.now) return { status: 'claimed', sentence: 'Due: every check held again.' };
	const sentence = leaving.movedBy.length > 0 ? `Moved to ${spoken(leaving.at)}: ${leaving.movedBy.join(', ')}.` : scheduledSentence(facts, leaving.at);
	return { status: 'scheduled', sentence, sendAt: leaving.at, ...(leaving.ofSender ? { waitsForSender: true } : {}) };
}

/** The time after daily caps and, for what falls due, after the hours in which nothing may leave. */
function leavingTime(facts: RouteFacts, due: boolean): { at: EpochMs; movedBy: string[]; closedBy?: string; ofSender?: boolean } {
	const asked = leaveAt(facts, due);
	const waits = waitingTime(facts, asked);
	const capped = afterDailyCaps(facts, waits.at);
	const full = [...waits.by, ...(capped.full === undefined ? [] : [capped.full])];
	if (!due) return { at: capped.at, movedBy: full };
	const open = withinHours(facts, capped.at);
	return { ...open, movedBy: [...full, ...open.movedBy], ofSender: waits.by.length > 0 };
}

/** Later than asked for while the sender or the message's sequence is held back. */
function waitingTime({ held, sequence }: RouteFacts, asked: EpochMs): { at: EpochMs; by: string[] } {
	const sender = held?.until !== undefined && held.until > asked ? { at: held.until, by: [heldReason(held)] } : { at: asked, by: [] };
	if (sequence?.waitsUntil === undefined || sequence.waitsUntil <= sender.at) return sender;
	return { at: sequence.waitsUntil, by: [...sender.by, sequence.held ? 'the contact wrote, and it is being read' : 'the contact is away'] };
}

/** What ends the matter whatever the time: these hold for approved drafts too. */
function stopping(facts: RouteFacts, wantsReview: boolean): Route | undefined {
	const { row, settings } = facts;
	if (facts.suppressed !== undefined) return { status: 'blocked', sentence: `Not sent: ${withoutStop(facts.suppressed)}.`, reason: 'opted_out' };
	const optedOut = facts.contact?.optOutChannels.includes(row.channel);
	if (optedOut) return { status: 'blocked', sentence: `Not sent: the contact opted out of ${row.channel}.`, reason: 'opted_out' };
	if (settings.mode === 'off') return { status: 'cancelled', sentence: 'Not sent: the mode is off.' };
	if (facts.sequence?.stopped !== undefined) return { status: 'cancelled', sentence: `Not sent, with its follow-up sequence. ${facts.sequence.stopped}`, reason: 'sequence' };
	// What holds a sequence may be an absence notice: it waits until that is read.
	if (facts.newerInbound && facts.sequence?.held !== true) {
		const what = row.purpose === 'reply' ? 'a newer message arrived in the conversation; the answer to that one replaces this draft' : 'the contact has written in the meantime';
		return { status: 'cancelled', sentence: `Not sent: ${what}.` };
	}
	const held = takenOverSince(facts);
	if (held !== undefined) return { status: 'cancelled', sentence: `Not sent: ${held} took the conversation over after it was approved.`, reason: 'takeover' };
	if (row.gate?.verdict === 'block' && !wantsReview) {
		return { status: 'blocked', sentence: `Not sent: the quality gate blocked it (${gateReason(row.gate, 'block')}).`, reason: row.gate.issues.find(({ severity }) => severity === 'block')?.check ?? 'gate' };
	}
	return undefined;
}

/** Who took the conversation over after the draft was approved and still holds it: their word is newer. */
function takenOverSince({ approved, approvedDuring, contact, now }: RouteFacts): string | undefined {
	if (!approved || contact?.takenOverUntil === undefined || epochMs(contact.takenOverUntil) <= now || contact.takenOverAt === approvedDuring) return undefined;
	return holder(contact);
}

function isDue(facts: RouteFacts): boolean {
	return facts.row.status === 'scheduled' || facts.row.status === 'claimed';
}

/** The time asked for, but never before the delay in which an automatic send can still be stopped. */
function leaveAt(facts: RouteFacts, due: boolean): EpochMs {
	const asked = facts.row.sendAt ?? facts.now;
	if (due) return asked;
	const earliest = facts.approved ? facts.now : later(facts.now, delaySeconds(facts) * SECOND);
	return epochMs(Math.max(asked, earliest));
}

function delaySeconds(facts: RouteFacts): number {
	return facts.row.purpose === 'reply' ? facts.settings.replyDelaySeconds : facts.settings.outreachDelaySeconds;
}

function scheduledSentence(facts: RouteFacts, at: EpochMs): string {
	const seconds = Math.round((at - facts.now) / SECOND);
	const delay = !facts.approved && seconds <= delaySeconds(facts) && seconds > 0 ? `; it waits ${seconds} s so that it can still be stopped` : '';
	return `Will be sent at ${spoken(at)}${delay}.`;
}

/** By when a person should have looked: while the channel still takes the answer. Never in the past. */
function reviewDue(facts: RouteFacts): EpochMs {
	const patience = later(facts.now, facts.row.purpose === 'reply' ? REVIEW_POLICY.replyMs : REVIEW_POLICY.outreachMs);
	const closes = replyWindowCloses(facts.row.channel, facts.lastInboundAt);
	if (typeof closes !== 'number' || closes <= facts.now) return patience;
	return epochMs(Math.max(facts.now, Math.min(patience, closes - REVIEW_POLICY.beforeWindowClosesMs)));
}
