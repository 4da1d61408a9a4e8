import { channelRulesCheck } from '../gate/checks/channelRules';
import { gateInput } from '../gate/check';
import type { Gate } from '../gate/gate';
import { gateSentence, verdictOf } from '../gate/gateDraft';
import { epochMs, iso, later, SECOND, type EpochMs } from '../time';
import type { Route, RouteFacts } from './routeFacts';
import { plainReason, spoken } from './routeWording';
import type { ShadowDecision } from './shadowDecision';

/** What a route would have meant, told as the sentence of a row that goes nowhere. `at` is when an unnamed send would have left. */
export function wouldHave(what: 'Replay' | 'Shadow mode', would: Route, at: EpochMs): { sentence: string; shadow: ShadowDecision } {
	const { reason } = would;
	if (would.status === 'in_review') return told('review', reason ?? 'review', `${what}: would have gone to review. ${would.sentence}`);
	if (would.status === 'blocked' || would.status === 'cancelled') return told('block', reason ?? 'stopped', `${what}: would have been blocked. ${would.sentence}`);
	const sendAt = would.sendAt ?? at;
	return told('send', 'cleared', `${what}: would have been sent at ${spoken(sendAt)}.`, sendAt);
}

function told(decision: ShadowDecision['decision'], reason: string, sentence: string, sendAt?: EpochMs): { sentence: string; shadow: ShadowDecision } {
	return { sentence, shadow: { decision, reason, ...(sendAt === undefined ? {} : { sendAt: iso(sendAt) }), sentence } };
}

/**
 * The facts of a replay as they were when its message came, so far as that is known: in mode auto without kill switch, no
 * takeover, nothing sent yet that day. It is decided like a job that falls due, so that quiet hours count.
 */
export function asOfThen(facts: RouteFacts, { at, onChannel }: NonNullable<RouteFacts['replay']>): RouteFacts {
	const { row, settings, contact } = facts;
	return {
		...facts,
		replay: undefined,
		now: at,
		row: { ...row, status: 'scheduled', sendAt: later(at, settings.replyDelaySeconds * SECOND), ...(row.gate ? { gate: withoutToday(row.gate, row) } : {}) },
		settings: { ...settings, mode: 'auto', killSwitch: false },
		// Opt-outs as of then come with `suppressed`.
		...(contact ? { contact: { ...contact, takenOverUntil: undefined, optOutChannels: [] } } : {}),
		newerInbound: false,
		givenToPerson: false,
		approved: false,
		lastInboundAt: onChannel ? at : undefined,
		sentToContactToday: 0,
		sentByWorkspaceToday: 0,
	};
}

/** Checks about how things stand today; the routing looks at the same things as of then. */
const ABOUT_TODAY: readonly string[] = ['opted_out', 'mode', 'takeover'];

/** The gate's verdict on the draft itself: without what it found about today's opt-outs, mode, takeover and reply window. */
function withoutToday(gate: Gate, { channel, draft }: RouteFacts['row']): Gate {
	const found = channelRulesCheck({ severity: 'review' })(gateInput({ text: draft.text, channel, now: epochMs(0), policy: { isTemplate: draft.waTemplate !== undefined } }));
	const lasting = found === 'skipped' ? [] : found.map(({ reason }) => reason);
	const issues = gate.issues.filter(({ check, reason }) => !ABOUT_TODAY.includes(check) && (check !== 'channel_rules' || lasting.includes(reason)));
	const verdict = verdictOf(issues);
	return { ...gate, verdict, issues, sentence: gateSentence(verdict, issues, gate.skipped) };
}

/** Why somebody wants a person to look, unless it only repeats the gate: its findings are weighed as of then. */
export function ownWish({ row }: RouteFacts, askedFor: string | undefined): string | undefined {
	if (askedFor === undefined) return undefined;
	const text = plainReason(askedFor);
	return row.gate?.issues.some(({ reason }) => plainReason(reason) === text) ? undefined : askedFor;
}
