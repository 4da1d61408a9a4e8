import { actionOf, errorRule, type ErrorRule, type FailureAction } from '../channels/errorCodes';
import { withoutAddresses } from '../privacy/withoutAddresses';
import { SECOND, later, type EpochMs } from '../time';
import { readProviderAnswer, type ProviderAnswer } from './providerAnswer';

export interface SendFailure {
	/** The provider's own code, as text. */
	code?: string;
	/** What happened, in a sentence. */
	message: string;
	/** not_sent: the provider said so, may be tried again. permanent: never will. unknown: nobody can tell whether it left. */
	kind: 'not_sent' | 'permanent' | 'unknown';
	/** The earliest time of another try. */
	retryAt?: EpochMs;
	/** Set when the address must not be written to any more. */
	suppress?: 'opt_out' | 'hard_bounce';
	/** What is done about it. */
	action?: FailureAction;
	/** For pause_sender, seconds; absent: until a person lifts it. */
	pauseSeconds?: number;
}

/** The longest Retry-After that is believed, in seconds: two days. */
const LONGEST_WAIT = 2 * 24 * 60 * 60;
/** The wait grows with the first tries; later ones only come where the sender was refused, and wait for that. */
const GROWS_TIMES = 2;
/** A provider's own words are quoted up to this length. */
const QUOTED_CHARACTERS = 200;
/** Of a longer text only the beginning is looked at. */
const CHARACTERS_READ = 2_000;

/**
 * What a channel node's item says about a send that did not work: an HTTP answer with status and body, an error item of
 * n8n, or a text with an SMTP reply. What cannot be told is `unknown`, so that nothing is sent twice.
 * @param attempts tries begun so far, 0 or more; the wait grows with them.
 */
export function readSendFailure(answer: unknown, { now, attempts = 0 }: { now: EpochMs; attempts?: number }): SendFailure {
	const read = readProviderAnswer(answer);
	const [code, rule] = ruleFor(read);
	if (!rule) {
		const message = read.text === undefined ? 'The channel reported a failure and no reason.' : `The channel said: ${quoted(read.text)}`;
		return { code, message, kind: 'unknown' };
	}
	const failure: SendFailure = { code, message: sentence(rule, read), kind: rule.kind };
	failure.action = actionOf(rule);
	if (rule.suppress) failure.suppress = rule.suppress;
	if (rule.pauseSeconds !== undefined) failure.pauseSeconds = rule.pauseSeconds;
	const seconds = waitSeconds(rule, read, now, attempts);
	if (seconds !== undefined) failure.retryAt = later(now, seconds * SECOND);
	return failure;
}

/** Whether an item holds a provider's answer that says no: it must not be recorded as sent. */
export function saysFailed(answer: unknown): boolean {
	const read = readProviderAnswer(answer);
	return read.failed;
}

/** The most specific rule there is: a provider's code before the mail server's, before the connection's, before HTTP's. */
function ruleFor(read: ProviderAnswer): [string | undefined, ErrorRule | undefined] {
	for (const { book, code } of read.codes) {
		const rule = errorRule(book, code);
		if (rule) return [book === 'metaSubcodes' ? (read.codes.find((other) => other.book === 'meta')?.code ?? code) : code, rule];
	}
	return [read.codes[0]?.code, undefined];
}

function waitSeconds(rule: ErrorRule, read: ProviderAnswer, now: EpochMs, attempts: number): number | undefined {
	if (rule.kind !== 'not_sent') return undefined;
	const own = (rule.retryAfterSeconds ?? 60) * (rule.growth ?? 1) ** Math.min(Math.max(0, attempts - 1), GROWS_TIMES);
	const asked = retryAfterSeconds(read.retryAfter, now);
	return Math.min(Math.max(own, asked ?? 0), LONGEST_WAIT);
}

/** RFC 9110: seconds, or a date. */
function retryAfterSeconds(header: string | undefined, now: EpochMs): number | undefined {
	if (header === undefined) return undefined;
	const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - now) / SECOND;
	return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

function sentence(rule: ErrorRule, read: ProviderAnswer): string {
	const generic = read.codes.every(({ book }) => book === 'http' || book === 'smtp' || book === 'node');
	const theirs = generic && read.text !== undefined ? ` It said: ${quoted(read.text)}` : '';
	return `${rule.sentence}${theirs}`;
}

function quoted(text: string): string {
	// Mail servers repeat the address they refuse. Cut after that, or half an address would be no longer found.
	const line = withoutAddresses(text.slice(0, CHARACTERS_READ)).replace(/\s+/g, ' ').trim();
	return `"${line.length > QUOTED_CHARACTERS ? `${line.slice(0, QUOTED_CHARACTERS)}…` : line}"`;
}
