import type { ArmCount } from './posterior';
import { boundAtLook, spendingBounds } from './spendingBounds';

/** The contacts of an arm that joined between two looks. */
export interface ArmWeek extends Pick<ArmCount, 'exposures' | 'conversions'> {
	/** Where a contact counts for more or less than one conversion: the sum of the squares. */
	squares?: number;
}

export interface ComparedArm extends ArmCount {
	/** As in `ArmWeek`. */
	squares?: number;
	/** The arm's contacts by the look they joined before, from the first look to the present one. Without it all are taken to have joined evenly. */
	weeks?: readonly ArmWeek[];
}

/** Conversions a contact, 0–1; 0 without contacts. */
export const rateOf = (arm: ArmWeek): number => (arm.exposures > 0 ? arm.conversions / arm.exposures : 0);

/** Conversions of `a` beyond its share of all, and their variance if both arms are alike: what the contacts tell about a difference. */
function excess(a: ArmWeek, b: ArmWeek): { excess: number; variance: number } {
	const total = a.exposures + b.exposures;
	if (total === 0) return { excess: 0, variance: 0 };
	const pooled = (a.conversions + b.conversions) / total;
	const squares = (a.squares ?? a.conversions) + (b.squares ?? b.conversions);
	return { excess: a.conversions - a.exposures * pooled, variance: ((a.exposures * b.exposures) / total) * Math.max(0, squares / total - pooled ** 2) };
}

/**
 * z-value of a against b. Contacts are compared within the week they joined, and the weeks added up (Cochran 1954; Mantel
 * & Haenszel 1959): when the shares change while rates drift, one arm would else look better for having had the better weeks.
 */
export function zValue(a: ComparedArm, b: ComparedArm): number {
	const others = b.weeks;
	const weeks = a.weeks && others ? a.weeks.map((week, i) => excess(week, others[i])) : [excess(a, b)];
	const variance = weeks.reduce((sum, week) => sum + week.variance, 0);
	return variance > 0 ? weeks.reduce((sum, week) => sum + week.excess, 0) / Math.sqrt(variance) : 0;
}

/** The z-value that a winner over one other arm needs at this look, by what the two knew at each look when that is told. */
export function boundFor(a: ComparedArm, b: ComparedArm, look: number, horizon: number, alpha: number): number {
	const others = b.weeks;
	if (!a.weeks || !others) return boundAtLook(look, horizon, alpha);
	let known = 0;
	return spendingBounds(horizon, alpha, a.weeks.map((week, i) => (known += excess(week, others[i]).variance))).at(-1) ?? Infinity;
}
