import { DAY, epochMs, later, type EpochMs } from '../time';
import type { AllocationMethod } from './assignVariant';
import type { GuardrailName, Metric } from './metrics';

/** What is declared before the first contact, and the defaults. */
export const PLAN_POLICY = {
	metric: 'positive_reply',
	method: 'weighted',
	/** Looks, one a week: half a year. */
	horizon: 26,
	/** Time between two looks. */
	lookEveryMs: 7 * DAY,
	/** Highest shares of contacts, 0–1. Opt-outs: ours. Complaints: where mail providers stop a sender (0.3 %). */
	guardrails: { optOuts: 0.02, complaints: 0.003 },
} as const satisfies { metric: Metric; method: AllocationMethod; horizon: number; lookEveryMs: number; guardrails: Record<GuardrailName, number> };

export interface ExperimentPlan {
	metric: Metric;
	method: AllocationMethod;
	/** How many weekly looks there will be at most, 1–520. */
	horizon: number;
	/** Highest share of an arm's contacts, 0–1. */
	guardrails: Record<GuardrailName, number>;
}

export interface LookTime {
	/** Number of the last look that is due, 0 before the first, at most the horizon. */
	look: number;
	/** What was on record at this moment is what the look sees, whenever somebody asks. The present before the first look. */
	asOf: EpochMs;
	/** Absent after the last, and before anything began. */
	nextAt?: EpochMs;
}

/**
 * Which look is due. Looks fall on whole weeks since the start and each sees what was on record then, so asking every
 * hour is still one look a week, and the error spent stays what was declared.
 * @param startedAt undefined when nothing began yet: no look is used up by waiting
 */
export function lookAt(startedAt: EpochMs | undefined, now: EpochMs, horizon: number): LookTime {
	if (startedAt === undefined) return { look: 0, asOf: epochMs(now) };
	const weeks = Math.max(0, Math.floor((now - startedAt) / PLAN_POLICY.lookEveryMs));
	const look = Math.min(weeks, horizon);
	const at = (number: number): EpochMs => later(startedAt, number * PLAN_POLICY.lookEveryMs);
	return { look, asOf: look === 0 ? epochMs(now) : at(look), ...(look < horizon ? { nextAt: at(look + 1) } : {}) };
}

const METHOD_NAMES: Readonly<Record<AllocationMethod, string>> = { weighted: 'Weighted', thompson: 'Thompson' };

interface Declared {
	plan: ExperimentPlan;
	variants: readonly { id: string; template?: string }[];
}

/**
 * Why a started experiment must not be saved like this, or undefined. Its metric, method, horizon, variants and their
 * templates were declared before the first contact: changing them afterwards would choose the question by the answer, and
 * mix contacts that had different messages. Weights, names and guardrails may change: chances are logged a contact.
 */
export function changeRefused(before: Declared, after: Declared): string | undefined {
	if (before.plan.metric !== after.plan.metric) return `its metric stays '${before.plan.metric}'`;
	if (before.plan.method !== after.plan.method) return `its method stays ${METHOD_NAMES[before.plan.method]}`;
	if (before.plan.horizon !== after.plan.horizon) return `its horizon stays ${before.plan.horizon} looks`;
	const added = after.variants.find(({ id }) => !before.variants.some((old) => old.id === id));
	if (added) return `variant '${added.id}' was not there when it began`;
	const removed = before.variants.find(({ id }) => !after.variants.some((arm) => arm.id === id));
	if (removed) return `variant '${removed.id}' has contacts; give it weight 0 instead of removing it`;
	const reworded = after.variants.find(({ id, template }) => before.variants.some((old) => old.id === id && (old.template ?? '') !== (template ?? '')));
	return reworded && `the template of '${reworded.id}' is what its contacts were sent`;
}
