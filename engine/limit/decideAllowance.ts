import { localText } from '../sendTime/zoneClock';
import { epochMs, iso, later, type EpochMs } from '../time';
import type { Allowance } from './allowance';
import type { LimitRequest, LimitRule } from './rule';
import { nextAllowed, stateAt, type RuleState } from './ruleWindow';
import { RETRY_HORIZON_MS, rulesFor, scopeKey } from './scopes';

/** What the rules say before anything is taken: an allowance without a reservation. */
export type LimitDecision = Omit<Allowance, 'reservationId'>;

function ascending(entries: readonly EpochMs[]): readonly EpochMs[] {
	for (let index = 1; index < entries.length; index++) {
		if (entries[index] < entries[index - 1]) return [...entries].sort((a, b) => a - b);
	}
	return entries;
}

interface Wait {
	/** Undefined: not within the horizon. */
	at?: EpochMs;
	/** The rule that is waited for longest. */
	rule: LimitRule;
}

/** The first moment all rules allow. Each step goes to the next moment one rule allows, which no earlier moment can be, until all agree. */
function firstMoment(rules: LimitRule[], request: LimitRequest, entriesOf: (rule: LimitRule) => readonly EpochMs[], at: EpochMs, first: LimitRule): Wait {
	const until = later(at, RETRY_HORIZON_MS);
	let wait: { at: EpochMs; rule: LimitRule } = { at, rule: first };
	for (let stable = false; !stable; ) {
		stable = true;
		for (const rule of rules) {
			const next = nextAllowed(rule, request, entriesOf(rule), wait.at, until);
			if (next === undefined || next > until) return { rule };
			if (next > wait.at) {
				wait = { at: next, rule };
				stable = false;
			}
		}
	}
	return wait;
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

function allowedSentence(states: RuleState[]): string {
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
	const allowed = states.every((state) => state.allows);
	const remaining = Object.fromEntries(states.map((state) => [state.rule.id, left(state, allowed ? 1 : 0)]));
	const firstDenying = states.find((state) => !state.allows);
	if (!firstDenying) return { allowed, remaining, degraded: false, sentence: allowedSentence(states) };

	const wait = firstMoment(binding, request, entriesOf, at, firstDenying.rule);
	// The rule waited for longest explains the wait, if it denies now; a rule that only bites later does not.
	const denying = states.find((state) => state.rule === wait.rule && !state.allows) ?? firstDenying;
	return {
		allowed,
		...(wait.at === undefined ? {} : { retryAt: iso(wait.at) }),
		rule: denying.rule.id,
		remaining,
		degraded: false,
		sentence: deniedSentence(denying, wait.at),
	};
}
