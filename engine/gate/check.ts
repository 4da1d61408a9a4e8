import type { Channel } from '../channels/channel';
import type { Contact } from '../message/contact';
import type { Conversation } from '../message/message';
import type { Mode } from '../message/mode';
import { canonicalise, type CanonicalText } from '../reply/canonical';
import type { EpochMs, Instant } from '../time';
import type { GateIssue } from './gate';

/** The checks of a draft, in the order they run and are listed. */
export const CHECKS = ['opted_out', 'mode', 'takeover', 'consent', 'confidence', 'empty', 'channel_rules', 'placeholder', 'pii', 'compliance', 'moderation', 'spam', 'wrong_name', 'wrong_language', 'facts', 'injection', 'ai_disclosure', 'own_words'] as const;
export type CheckName = (typeof CHECKS)[number];
export type Action = 'off' | 'review' | 'block';
export type Severity = Exclude<Action, 'off'>;

/** What happens when a check objects. Review where a person can mend it, block where sending is wrong as such. */
export const DEFAULT_ACTIONS: Readonly<Record<CheckName, Action>> = {
	opted_out: 'block',
	mode: 'block',
	takeover: 'block',
	consent: 'review',
	confidence: 'review',
	empty: 'review',
	channel_rules: 'review',
	placeholder: 'review',
	pii: 'block',
	compliance: 'review',
	moderation: 'review',
	spam: 'review',
	wrong_name: 'review',
	wrong_language: 'review',
	facts: 'review',
	injection: 'review',
	// Off because the duty has exceptions only the user can judge; otherwise every unattended message to the EU would wait.
	ai_disclosure: 'off',
	own_words: 'block',
};

/** What the gate is told besides the message. What is left out is not known, and its check says skipped. */
export interface GatePolicy {
	actions?: Partial<Record<CheckName, Action>>;
	/** Why the address may not be written to; null when it was looked up and may. */
	suppressed?: string | null;
	mode?: Mode;
	killSwitch?: boolean;
	/** False: assist modes only leave a note, because a person passes the text on anyway. Default true. */
	holdForPerson?: boolean;
	purpose?: 'reply' | 'outreach';
	/** 0–1. */
	confidence?: number;
	/** 0–1, default 0.85. */
	threshold?: number;
	/** What the draft's own confidence gate decided; stricter wins. */
	autoSend?: boolean;
	/** While no threshold is certified: how many more accepted drafts it takes at least. */
	reviewsNeeded?: number;
	/** When the contact last wrote on the channel; null when never. */
	lastInboundAt?: Instant | null;
	/** Whether the message is an approved provider template. */
	isTemplate?: boolean;
	country?: string;
	/** Texts whose prices, dates, links and bank details may be used besides the facts: postal address, signature. */
	known?: readonly string[];
	/** Domains (with subdomains) a link may always point to. */
	allowedDomains?: readonly string[];
	words?: readonly string[];
	/** Regular expressions in RE2 syntax, run in linear time. */
	patterns?: readonly string[];
}

export interface GateInput {
	text: string;
	subject?: string;
	channel?: Channel;
	language?: string;
	facts?: readonly string[];
	contact?: Partial<Contact>;
	conversation?: Conversation;
	now: EpochMs;
	policy: GatePolicy;
	/** Subject and text folded for phrase lists; made once. */
	canonical: CanonicalText;
	/** Length of what stands before the text in `whole`. */
	offset: number;
	/** Subject, line break, text. */
	whole: string;
}

export type CheckResult = GateIssue[] | 'skipped';
/** A pure check; its factory gets the severity and data it works with. */
export type Check = (input: GateInput) => CheckResult;

/** Prepares what all checks of one message share. */
export function gateInput(input: Omit<GateInput, 'canonical' | 'offset' | 'whole'>): GateInput {
	const offset = input.subject ? input.subject.length + 2 : 0;
	const whole = input.subject ? `${input.subject}\n\n${input.text}` : input.text;
	return { ...input, offset, whole, canonical: canonicalise(whole) };
}

/** A place in `whole` as a span of the text; none when it lies in the subject. */
export function spanIn(input: GateInput, start: number, end: number): Pick<GateIssue, 'span'> {
	return start < input.offset ? {} : { span: { start: start - input.offset, end: end - input.offset } };
}

/** What stands there, short enough for one line. */
export function quote(input: GateInput, start: number, end: number): string {
	const text = input.whole.slice(start, end).replace(/\s+/g, ' ');
	return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
