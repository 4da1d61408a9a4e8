import { later, type EpochMs } from '../time';
import type { LimitRequest, LimitRule } from './rule';
import { nextAllowed } from './ruleWindow';
import { RETRY_HORIZON_MS } from './scopes';

export interface Wait {
	/** Undefined: not within the horizon. */
	at?: EpochMs;
	/** The rule that is waited for longest. */
	rule: LimitRule;
}

/** The first moment all these rules allow. Each step goes to the next moment one rule allows, which no earlier moment can be, until all agree. */
export function firstMoment(rules: readonly LimitRule[], request: LimitRequest, entriesOf: (rule: LimitRule) => readonly EpochMs[], at: EpochMs, first: LimitRule): Wait {
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

/** The chosen rules in the order all of them stand in. */
export function inOrder(all: readonly LimitRule[], chosen: readonly LimitRule[]): LimitRule[] {
	return all.filter((rule) => chosen.includes(rule));
}
