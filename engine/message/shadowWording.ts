import type { ShadowDecisionName } from './shadowDecision';
import { SHADOW_POLICY } from './whatPeopleDid';
import { ownEntry } from '../ownEntry';

/** What the codes of reasons mean; a check of the gate that is not named here is named by its own name. */
const NAMES: Readonly<Record<string, string>> = {
	asked: 'a step of the workflow asked for a person',
	audit: 'drawn for the audit sample',
	cap: 'a daily cap is 0',
	channel_rules: 'too long for the channel',
	cleared: 'every check passed',
	confidence: 'confidence below the threshold',
	empty: 'the draft is empty',
	fallback: 'no model wrote it',
	hours: 'no lawful hour is left',
	kill_switch: 'the kill switch is on',
	no_address: 'no address on the channel is known',
	no_answer_needed: 'no answer needed',
	no_gate: 'no quality gate looked at it',
	not_cleared: 'not cleared for sending by itself',
	opt_out: 'the lead asked to stop',
	opted_out: 'the contact has opted out',
	person: 'a person was asked to answer',
	takeover: 'a colleague has taken over',
	window: 'the reply window was closed',
};

export function reasonName(code: string): string {
	return ownEntry(NAMES, code) ?? `check: ${code.replaceAll('_', ' ')}`;
}

const VERBS: Readonly<Record<ShadowDecisionName, string>> = { send: 'sent', review: 'given to a person', block: 'blocked', no_reply: 'left without an answer' };

const number = (value: number): string => value.toLocaleString('en-US');
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

interface Told {
	cases: number;
	decisions: Record<ShadowDecisionName, number>;
	agreement: { all: { agreed: number; of: number; share?: number; low?: number; high?: number } };
}

/** The report in one line. */
export function reportSentence({ cases, decisions, agreement: { all } }: Told): string {
	if (cases === 0) return 'Nothing was decided in shadow mode in this time: no conversation came, or the mode was another one.';
	const made = (['send', 'review', 'block', 'no_reply'] as const).filter((decision) => decisions[decision] > 0).map((decision) => `${number(decisions[decision])} would have been ${VERBS[decision]}`);
	const what = `Of ${number(cases)} ${cases === 1 ? 'message' : 'messages'} ${made.join(', ')}.`;
	if (all.share === undefined || all.low === undefined || all.high === undefined) return `${what} None can be compared with what people did yet.`;
	const few = all.of < SHADOW_POLICY.fewest ? `; fewer than ${SHADOW_POLICY.fewest} comparisons tell little` : '';
	return `${what} Where that can be compared with what people did, it agreed in ${number(all.agreed)} of ${number(all.of)} (${percent(all.share)}, 95 % interval ${percent(all.low)} to ${percent(all.high)})${few}.`;
}
