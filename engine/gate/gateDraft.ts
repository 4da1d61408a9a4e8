import { parseChannel } from '../channels/channel';
import type { Contact } from '../message/contact';
import type { Conversation } from '../message/message';
import { epochMs, type Instant } from '../time';
import { CHECKS, DEFAULT_ACTIONS, gateInput, type Check, type CheckName, type GatePolicy, type Severity } from './check';
import { aiDisclosureCheck } from './checks/aiDisclosure';
import { wrongLanguageCheck, wrongNameCheck } from './checks/addressee';
import { channelRulesCheck, emptyCheck } from './checks/channelRules';
import { consentCheck } from './checks/consent';
import { factsCheck } from './checks/facts';
import { injectionCheck } from './checks/injection';
import { ownWordsCheck } from './checks/ownWords';
import { confidenceCheck, modeCheck, optedOutCheck, takeoverCheck } from './checks/permission';
import { complianceCheck, moderationCheck, placeholderCheck } from './checks/phraseChecks';
import { piiCheck } from './checks/pii';
import { spamCheck } from './checks/spam';
import { stricter, type Gate, type GateIssue, type Verdict } from './gate';

/** The pack's own threshold when neither draft nor settings name one. */
export const DEFAULT_THRESHOLD = 0.85;

const FACTORIES: Readonly<Record<CheckName, (config: { severity: Severity; policy: GatePolicy }) => Check>> = {
	opted_out: optedOutCheck,
	mode: modeCheck,
	takeover: takeoverCheck,
	consent: consentCheck,
	confidence: ({ severity }) => confidenceCheck({ severity, threshold: DEFAULT_THRESHOLD }),
	empty: emptyCheck,
	channel_rules: channelRulesCheck,
	placeholder: placeholderCheck,
	pii: piiCheck,
	compliance: complianceCheck,
	moderation: moderationCheck,
	spam: spamCheck,
	wrong_name: wrongNameCheck,
	wrong_language: wrongLanguageCheck,
	facts: factsCheck,
	injection: injectionCheck,
	ai_disclosure: aiDisclosureCheck,
	own_words: ({ severity, policy }) => ownWordsCheck({ severity, words: policy.words ?? [], patterns: policy.patterns ?? [] }),
};

export interface DraftToGate {
	text: string;
	subject?: string;
	/** A channel's name; an unknown one makes the channel's checks skipped. */
	channel: string;
	/** ISO 639-1 of the language the contact should be answered in. */
	language?: string;
	/** Statements whose prices, dates and links may be used. Leave out when there are none to check against. */
	facts?: readonly string[];
	contact?: Partial<Contact>;
	conversation?: Conversation;
	now: Instant;
	policy?: GatePolicy;
}

/** The verdict a list of issues adds up to. */
export function verdictOf(issues: readonly GateIssue[]): Verdict {
	return issues.reduce<Verdict>((verdict, { severity }) => (severity === 'note' ? verdict : stricter(verdict, severity)), 'pass');
}

/** One line for the item, the log and the desk. */
export function gateSentence(verdict: Verdict, issues: readonly GateIssue[], skipped: readonly string[]): string {
	const weighing = issues.filter((issue) => issue.severity === verdict);
	if (verdict === 'pass' || weighing.length === 0) return skipped.length === 0 ? 'Passed every check.' : `Passed; not checked for lack of data: ${skipped.join(', ').replaceAll('_', ' ')}.`;
	const more = weighing.length > 1 ? ` (and ${weighing.length - 1} more)` : '';
	return `${verdict === 'block' ? 'Blocked' : 'Needs review'}: ${weighing[0].reason}${more}`;
}

/**
 * Checks what would be sent. Pure and linear in the text's length. A check whose data is missing is listed under
 * `skipped`, never passed silently.
 * @throws PatternError when a pattern of `policy.patterns` is not RE2 syntax; RangeError when `now` is no moment.
 */
export function gateDraft({ text, subject, channel, language, facts, contact, conversation, now, policy = {} }: DraftToGate): Gate {
	const input = gateInput({ text, subject, channel: parseChannel(channel), language, facts, contact, conversation, now: epochMs(now), policy });
	const issues: GateIssue[] = [];
	const skipped: string[] = [];
	for (const name of CHECKS) {
		const severity = policy.actions?.[name] ?? DEFAULT_ACTIONS[name];
		if (severity === 'off') continue;
		const result = FACTORIES[name]({ severity, policy })(input);
		if (result === 'skipped') skipped.push(name);
		else issues.push(...result);
	}
	const verdict = verdictOf(issues);
	return { verdict, issues, skipped, sentence: gateSentence(verdict, issues, skipped) };
}
