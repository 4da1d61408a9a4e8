import { jStat } from 'jstat';
import { ROLLOUT_POLICY } from './rollout';

/** The policy's numbers, in one place. */
export const OFF_POLICY = {
	/** Weights above are cut off: one contact must not speak for more. Biases towards what was done, which the effective sample shows. */
	mostWeight: 20,
	/** Effective contacts below which nothing is said. */
	leastEffective: 100,
	/** Successes that have to be among them. */
	leastSuccesses: ROLLOUT_POLICY.leastSuccesses,
	/** Two-sided. */
	level: 0.95,
} as const;

/** Contacts for which the same was drawn with the same chance. */
export interface LoggedAction {
	/** What was done, e.g. the variant. */
	action: string;
	/** Chance with which it was drawn, above 0, at most 1. */
	propensity: number;
	contacts: number;
	/** Of these, with a success inside the metric's window. */
	successes: number;
}

export interface OffPolicyResult {
	verdict: 'no_evidence_of_harm' | 'harm' | 'cannot_tell';
	/** What the candidate's choice would have brought a contact, and what was done did, 0–1. */
	expected: number;
	observed: number;
	/** Relative difference with its 95 % interval; absent without a success. */
	difference?: { value: number; low: number; high: number };
	/** How many contacts drawn as the candidate would choose the weighted ones are worth. */
	effective: number;
	contacts: number;
	/** Share of contacts whose weight was cut off. */
	cut: number;
	/** Choices of the candidate that were never drawn: nothing can be said about them. */
	unseen: string[];
	sentence: string;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const signed = (share: number): string => `${share >= 0 ? '+' : '−'}${percent(Math.abs(share))}`;

/**
 * What a candidate's choices would have brought, from contacts for whom the choice was drawn by lot: each counts by how much
 * likelier the candidate would have chosen what was done (self-normalised inverse propensity scoring, weights cut off).
 * Only choices with a logged chance can be judged so; the text of a message cannot.
 * Source: Swaminathan & Joachims, "The Self-Normalized Estimator for Counterfactual Learning", NIPS 2015; effective sample after Kish 1965.
 * @param target chance with which the candidate would choose each action, 0–1, summing to 1
 * @throws RangeError for chances that cannot be
 */
export function offPolicyCheck(logged: readonly LoggedAction[], target: Readonly<Record<string, number>>): OffPolicyResult {
	for (const { action, propensity, contacts, successes } of logged) {
		if (!(propensity > 0 && propensity <= 1) || !(successes >= 0 && successes <= contacts)) throw new RangeError(`'${action}' cannot have been drawn with a chance of ${propensity} for ${contacts} contacts with ${successes} successes`);
	}
	const wanted = new Map(Object.entries(target).filter(([, chance]) => chance > 0));
	if (Math.abs([...wanted.values()].reduce((sum, chance) => sum + chance, 0) - 1) > 1e-6) throw new RangeError('The chances of what the candidate would choose must sum to 1');
	const rows = logged.map((row) => {
		const weight = (wanted.get(row.action) ?? 0) / row.propensity;
		return { ...row, weight: Math.min(weight, OFF_POLICY.mostWeight), cut: weight > OFF_POLICY.mostWeight };
	});
	const sum = (value: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + value(row), 0);
	const contacts = sum((row) => row.contacts);
	const weights = sum((row) => row.weight * row.contacts);
	const squares = sum((row) => row.weight ** 2 * row.contacts);
	const effective = squares > 0 ? weights ** 2 / squares : 0;
	const observed = contacts > 0 ? sum((row) => row.successes) / contacts : 0;
	const expected = weights > 0 ? sum((row) => row.weight * row.successes) / weights : 0;
	const unseen = [...wanted.keys()].filter((action) => !logged.some((row) => row.action === action && row.contacts > 0));
	const difference = weights > 0 && observed > 0 ? relative(rows, { contacts, weights, expected, observed }) : undefined;
	const known = { expected, observed, ...(difference ? { difference } : {}), effective, contacts, cut: contacts > 0 ? sum((row) => (row.cut ? row.contacts : 0)) / contacts : 0, unseen };
	const telling = sum((row) => (row.weight > 0 ? row.successes : 0));
	const enough = unseen.length === 0 && effective >= OFF_POLICY.leastEffective && telling >= OFF_POLICY.leastSuccesses && difference !== undefined;
	const verdict = !enough ? 'cannot_tell' : difference.high < 0 ? 'harm' : difference.low > ROLLOUT_POLICY.nonInferiority ? 'no_evidence_of_harm' : 'cannot_tell';
	return { verdict, ...known, sentence: sentenceOf(verdict, known) };
}

/** The difference to what was done, with the interval of its influence function: both are of the same contacts. */
function relative(rows: readonly (LoggedAction & { weight: number })[], { contacts, weights, expected, observed }: { contacts: number; weights: number; expected: number; observed: number }): { value: number; low: number; high: number } {
	const influence = (weight: number, reward: number): number => (contacts * weight * (reward - expected)) / weights - (reward - observed);
	const variance = rows.reduce((total, { weight, contacts: own, successes }) => total + successes * influence(weight, 1) ** 2 + (own - successes) * influence(weight, 0) ** 2, 0) / contacts ** 2;
	const reach = jStat.normal.inv(1 - (1 - OFF_POLICY.level) / 2, 0, 1) * Math.sqrt(variance);
	const difference = expected - observed;
	return { value: difference / observed, low: (difference - reach) / observed, high: (difference + reach) / observed };
}

function sentenceOf(verdict: OffPolicyResult['verdict'], { difference, expected, observed, effective, contacts, unseen }: Omit<OffPolicyResult, 'verdict' | 'sentence'>): string {
	const worth = `effective sample ${Math.round(effective)} of ${contacts} contacts`;
	if (unseen.length > 0) return `Cannot tell: ${unseen.map((action) => `'${action.slice(0, 60)}'`).join(', ')} was never drawn by lot (${worth}).`;
	const rates = `${percent(expected)} expected against ${percent(observed)} as it was${difference ? ` (${signed(difference.value)}, with 95 % certainty between ${signed(difference.low)} and ${signed(difference.high)})` : ''}; ${worth}`;
	if (verdict === 'harm') return `Harm: ${rates}.`;
	return verdict === 'no_evidence_of_harm' ? `No evidence of harm: ${rates}.` : `Cannot tell: ${rates}.`;
}
