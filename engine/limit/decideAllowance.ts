import { localText } from '../sendTime/zoneClock';
import { epochMs, iso, type EpochMs } from '../time';
import type { Allowance } from './allowance';
import type { LimitRequest, LimitRule } from './rule';
import { firstMoment, inOrder, type Wait } from './firstMoment';
import { stateAt, type RuleState } from './ruleWindow';
import { rulesFor, scopeKey } from './scopes';

/** What the rules say before anything is taken: an allowance without a reservation. */
export type LimitDecision = Omit<Allowance, 'reservationId'>;

function ascending(entries: readonly EpochMs[]): readonly EpochMs[] {
	for (let index = 1; index < entries.length; index++) {
		if (entries[index] < entries[index - 1]) return [...entries].sort((a, b) => a - b);
	}
	return entries;
}

function left(state: RuleState, taken: number): number {
	return Math.max(0, state.limit - state.used - taken);
}

function deniedSentence(denying: RuleState, retryAt: EpochMs | undefined): string {
	const kept = denying.limit < denying.rule.limit && denying.rule.replyShare ? ` (${denying.rule.limit - denying.limit} of ${denying.rule.limit} are kept for replies)` : '';
	const why = denying.limit === 0 ? `'${denying.rule.name}' lets nothing through${kept}` : `'${denying.rule.name}' is used up: ${denying.used} of ${denying.limit}${kept}`;
	if (retryAt === undefined) return `Limited: ${why}. No free moment in the next 14 days.`;
	return `Limited: ${why}. Free again at ${localText(denying.zone, retryAt)} (${denying.zone}).`;
}

function allowedSentence(states: readonly RuleState[]): string {
	if (states.length === 0) return 'Allowed: no limit applies to this message.';
	// A gap (one message a window) is always used up by the message itself: naming it would alarm for nothing.
	const counting = states.filter((state) => state.limit > 1);
	const [tightest] = [...counting].sort((a, b) => left(a, 1) - left(b, 1));
	if (!tightest) return 'Allowed.';
	return `Allowed: ${left(tightest, 1)} more left under '${tightest.rule.name}', the tightest of ${states.length} ${states.length === 1 ? 'limit' : 'limits'}.`;
}

/**
 * Whether a message may leave at `request.at` under all rules, given the times already counted under each key of
 * `scopesOf`. When not, `retryAt` is the first moment of the next 14 days at which it would be, to the millisecond.
 * @throws RangeError when `at` is no moment or lies outside 1970 to 2999.
 */
export function decideAllowance(rules: readonly LimitRule[], request: LimitRequest, entriesByScope: ReadonlyMap<string, readonly EpochMs[]>): LimitDecision {
	const at = epochMs(request.at);
	const binding = rulesFor(rules, request);
	const sorted = new Map(binding.map((rule) => [rule, ascending(entriesByScope.get(scopeKey(rule, request)) ?? [])]));
	const entriesOf = (rule: LimitRule): readonly EpochMs[] => sorted.get(rule) ?? [];
	const states = binding.map((rule) => stateAt(rule, request, entriesOf(rule), at));
	const [firstDenying, ...others] = states.filter((state) => !state.allows).map(({ rule }) => rule);
	if (!firstDenying) return allowedDecision(states);
	// Rules that allow now are asked only about the moment the others have come to.
	for (let waiting = [firstDenying, ...others]; ; ) {
		const wait = firstMoment(waiting, request, entriesOf, at, firstDenying);
		const more = wait.at === undefined ? [] : binding.filter((rule) => !waiting.includes(rule) && !stateAt(rule, request, entriesOf(rule), wait.at ?? at).allows);
		if (more.length === 0) return deniedDecision(states, wait);
		waiting = inOrder(binding, [...waiting, ...more]);
	}
}

/** The answer when every rule allows. */
export function allowedDecision(states: readonly RuleState[]): LimitDecision {
	return { allowed: true, remaining: remainingOf(states, 1), degraded: false, sentence: allowedSentence(states) };
}

/** The answer when a rule denies, and the first moment all allow. */
export function deniedDecision(states: readonly RuleState[], wait: Wait): LimitDecision {
	// The rule waited for longest explains the wait, if it denies now; a rule that only bites later does not.
	const denies = states.filter((state) => !state.allows);
	const denying = denies.find((state) => state.rule === wait.rule) ?? denies[0];
	return {
		allowed: false,
		...(wait.at === undefined ? {} : { retryAt: iso(wait.at) }),
		rule: denying.rule.id,
		remaining: remainingOf(states, 0),
		degraded: false,
		sentence: deniedSentence(denying, wait.at),
	};
}

function remainingOf(states: readonly RuleState[], taken: number): Record<string, number> {
	return Object.fromEntries(states.map((state) => [state.rule.id, left(state, taken)]));
}
