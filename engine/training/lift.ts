import { jStat } from 'jstat';
import type { ArmWeek, ComparedArm } from '../experiment/compareArms';
import { ROLLOUT_POLICY } from './rollout';

/** How much better the candidate is, as a share of the control: 0.05 is 5 % better. */
export interface Lift {
	value: number;
	/** One-sided 95 % bounds. */
	low: number;
	high: number;
	/** Standard error of the logarithm of the ratio. */
	error: number;
}

interface Moments {
	contacts: number;
	mean: number;
	/** Variance of one contact. */
	variance: number;
}

const squaresOf = (week: ArmWeek): number => week.squares ?? week.conversions;

export function momentsOf(arm: ArmWeek): Moments {
	const { exposures: contacts } = arm;
	const mean = contacts > 0 ? arm.conversions / contacts : 0;
	return { contacts, mean, variance: contacts > 0 ? Math.max(0, squaresOf(arm) / contacts - mean ** 2) : 0 };
}

/**
 * The relative lift with its bounds; undefined while either arm has too few successes for a ratio. Contacts are compared
 * within the week they joined (direct standardisation with Mantel–Haenszel weights), so that a share which grew in good weeks is no merit;
 * the bounds are those of the logarithm of the ratio (delta method).
 */
export function liftOf(candidate: ComparedArm, control: ComparedArm): Lift | undefined {
	const { leastSuccesses, boundLevel } = ROLLOUT_POLICY;
	if (candidate.conversions < leastSuccesses || control.conversions < leastSuccesses) return undefined;
	const [a, b] = [momentsOf(candidate), momentsOf(control)];
	const others = control.weeks;
	const weeks = candidate.weeks && others ? candidate.weeks.map((week, i) => [momentsOf(week), momentsOf(others[i])]) : [[a, b]];
	let [sumA, sumB, varianceA, varianceB] = [0, 0, 0, 0];
	for (const [mine, theirs] of weeks) {
		if (mine.contacts === 0 || theirs.contacts === 0) continue;
		const weight = (mine.contacts * theirs.contacts) / (mine.contacts + theirs.contacts);
		sumA += weight * mine.mean;
		sumB += weight * theirs.mean;
		// A week by itself knows too little of its own spread.
		varianceA += (weight ** 2 * a.variance) / mine.contacts;
		varianceB += (weight ** 2 * b.variance) / theirs.contacts;
	}
	if (sumA <= 0 || sumB <= 0) return undefined;
	const log = Math.log(sumA / sumB);
	const error = Math.sqrt(varianceA / sumA ** 2 + varianceB / sumB ** 2);
	const reach = jStat.normal.inv(boundLevel, 0, 1) * error;
	return { value: Math.exp(log) - 1, low: Math.exp(log - reach) - 1, high: Math.exp(log + reach) - 1, error };
}

/**
 * Contacts both arms together need for the logarithm of the ratio to be known within `error`, when the candidate has
 * `share` of them.
 */
export function contactsFor(control: ArmWeek, share: number, error: number): number {
	const { mean, variance } = momentsOf(control);
	return mean <= 0 || error <= 0 || share <= 0 || share >= 1 ? Infinity : variance / mean ** 2 / (share * (1 - share) * error ** 2);
}
