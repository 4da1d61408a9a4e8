import { epochMs, type EpochMs } from '../time';
import { assertPlannable } from '../sendTime/zoneClock';
import { allowedDecision, deniedDecision, type LimitDecision } from './decideAllowance';
import { firstMoment, inOrder } from './firstMoment';
import type { LimitRequest, LimitRule } from './rule';
import { limitAt, type RuleState } from './ruleWindow';
import { dayOf, rangeOf, rulesFor, scopeKey, windowMs, zoneOf, type LimitScope } from './scopes';

/** One rule as numbers, for a store that counts by itself. */
export interface LimitCheck {
	scope: string;
	/** span: entries with from ≤ time < to. rolling: the most entries in any stretch of `length` ms that holds `at`. */
	window: { kind: 'span'; from: EpochMs; to: EpochMs } | { kind: 'rolling'; at: EpochMs; length: number };
	/** One more message fits while fewer than this are counted. */
	limit: number;
}

/** What a store that counts by itself is asked for a denial's `retryAt`. */
export interface LimitLook {
	/** The times of live entries of these scopes, ascending, by scope key. */
	entries(scopes: readonly LimitScope[]): Promise<ReadonlyMap<string, readonly EpochMs[]>>;
	/** What is counted under each of these checks. */
	counts(checks: readonly LimitCheck[]): Promise<readonly number[]>;
}

/** `decideAllowance` for a store that counts by itself: the same answer from counts as from the entries. */
export interface CountedDecision<D> {
	/** Allowed when every check has room. */
	checks: readonly LimitCheck[];
	/** The answer when every check has room; `used` is what each counted. */
	allow(used: readonly number[]): D;
	/** The answer when one has none. Loads the entries of the rules that deny, now or at the moment waited for, and no others. */
	deny(used: readonly number[], look: LimitLook): Promise<D>;
}

function checkAt(rule: LimitRule, scope: string, request: LimitRequest, at: EpochMs): LimitCheck {
	const length = windowMs(rule);
	if (length > 0) return { scope, window: { kind: 'rolling', at, length }, limit: limitAt(rule, request, at) };
	const { start, end } = dayOf(zoneOf(rule, request), at);
	return { scope, window: { kind: 'span', from: start, to: end }, limit: limitAt(rule, request, start) };
}

/** @throws RangeError when `at` is no moment or lies outside 1970 to 2999. */
export function countedDecision(rules: readonly LimitRule[], request: LimitRequest): CountedDecision<LimitDecision> {
	const at = epochMs(request.at);
	assertPlannable(at);
	const binding = rulesFor(rules, request);
	const scopes = new Map(binding.map((rule) => [rule, scopeKey(rule, request)]));
	const checkOf = (rule: LimitRule, moment: EpochMs): LimitCheck => checkAt(rule, scopes.get(rule) ?? scopeKey(rule, request), request, moment);
	const checks = binding.map((rule) => checkOf(rule, at));
	const statesOf = (used: readonly number[]): RuleState[] =>
		binding.map((rule, place) => ({ rule, zone: zoneOf(rule, request), limit: checks[place].limit, used: used[place] ?? 0, allows: (used[place] ?? 0) < checks[place].limit }));

	return {
		checks,
		allow: (used) => allowedDecision(statesOf(used)),
		async deny(used, look) {
			const states = statesOf(used);
			const denying = states.filter((state) => !state.allows).map(({ rule }) => rule);
			for (let waiting = denying; ; ) {
				const entries = await look.entries(waiting.map((rule) => ({ key: scopes.get(rule) ?? scopeKey(rule, request), ...rangeOf(rule, request, at) })));
				const wait = firstMoment(waiting, request, (rule) => entries.get(scopes.get(rule) ?? '') ?? [], at, denying[0]);
				const { at: moment } = wait;
				const others = moment === undefined ? [] : binding.filter((rule) => !waiting.includes(rule));
				const then = others.map((rule) => checkOf(rule, moment ?? at));
				const counts = then.length === 0 ? [] : await look.counts(then);
				const more = others.filter((_, place) => (counts[place] ?? 0) >= then[place].limit);
				if (more.length === 0) return deniedDecision(states, wait);
				waiting = inOrder(binding, [...waiting, ...more]);
			}
		},
	};
}
