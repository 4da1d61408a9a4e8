import { allocationShares, type Experiment } from '../engine/experiment/assignVariant';
import { zValue, type ArmWeek } from '../engine/experiment/compareArms';
import { EXPERIMENT_POLICY, judgeExperiment } from '../engine/experiment/judgeExperiment';
import { boundAtLook } from '../engine/experiment/spendingBounds';

/** The world of the simulation: five messages. */
const RATES = [0.12, 0.09, 0.09, 0.07, 0.05];
const CONTACTS = 5_000;
const CONTACTS_A_DAY = 100;

const EXPERIMENT: Experiment = { id: 'five', status: 'running', method: 'thompson', variants: RATES.map((_, i) => ({ id: `v${i}`, name: `Variant ${i}`, weight: 1 })) };

/**
 * Expected conversions lost against always sending the best message, by Thompson allocation and by an even split.
 * @param delayDays days after which a contact's outcome is known; the node waits for the whole window of its metric
 */
export function lostConversions(rng: () => number, delayDays = 3): { thompson: number; even: number } {
	const best = Math.max(...RATES);
	const days = CONTACTS / CONTACTS_A_DAY;
	const byDay: { arm: number; converted: boolean }[][] = [];
	let lost = 0;
	for (let day = 0; day < days; day += 1) {
		const known = byDay.slice(0, Math.max(0, day - delayDays)).flat();
		const results = RATES.map((_, arm) => {
			const own = known.filter((contact) => contact.arm === arm);
			return { id: `v${arm}`, exposures: own.length, conversions: own.filter((contact) => contact.converted).length };
		});
		const shares = [...allocationShares(EXPERIMENT, results).values()];
		byDay.push(
			Array.from({ length: CONTACTS_A_DAY }, () => {
				let point = rng();
				const found = shares.findIndex((share) => (point -= share) < 0);
				const arm = found === -1 ? shares.length - 1 : found;
				lost += best - RATES[arm];
				return { arm, converted: rng() < RATES[arm] };
			}),
		);
	}
	const mean = RATES.reduce((sum, rate) => sum + rate, 0) / RATES.length;
	return { thompson: lost, even: CONTACTS * (best - mean) };
}

/** Weeks of the declared horizon, contacts a day and days until a contact's window is over. */
const VERDICT_WORLD = { looks: 26, aDay: 12, windowDays: 14 } as const;

/**
 * One Thompson experiment of two arms as the node runs it: results loaded once a day, matured contacts only, weekly looks.
 * @param rates of the two arms on a day from 1 to 182
 * @returns the winner it names, if any
 */
export function thompsonVerdict(rng: () => number, rates: (day: number) => readonly [number, number]): 0 | 1 | undefined {
	const { looks, aDay, windowDays } = VERDICT_WORLD;
	const matured = ['v0', 'v1'].map((id) => ({ id, exposures: 0, conversions: 0 }));
	const weeks = matured.map((): ArmWeek[] => []);
	const byDay: ArmWeek[][] = [];
	const plan: Experiment = { id: 'two', status: 'running', method: 'thompson', variants: matured.map(({ id }) => ({ id, name: id, weight: 1 })) };
	for (let day = 1; day <= 7 * looks; day += 1) {
		const share = allocationShares(plan, matured).get('v0') ?? 0.5;
		const today = matured.map(() => ({ exposures: 0, conversions: 0 }));
		for (let contact = 0; contact < aDay; contact += 1) {
			const arm = rng() < share ? 0 : 1;
			today[arm].exposures += 1;
			if (rng() < rates(day)[arm]) today[arm].conversions += 1;
		}
		byDay.push(today);
		if (day % 7 === 1) for (const own of weeks) own.push({ exposures: 0, conversions: 0 });
		byDay.at(-1 - windowDays)?.forEach((known, arm) => {
			for (const sum of [matured[arm], weeks[arm][weeks[arm].length - 1]]) {
				sum.exposures += known.exposures;
				sum.conversions += known.conversions;
			}
		});
		if (day % 7 !== 0) continue;
		const arms = matured.map((arm, i) => ({ ...arm, weeks: weeks[i], expectedShare: arm.exposures }));
		// Far below what even arrival would ask: the exact bound, slow to compute, is not needed.
		if (Math.abs(zValue(arms[0], arms[1])) < 0.85 * boundAtLook(day / 7, looks, EXPERIMENT_POLICY.alphaAdaptive)) continue;
		const { verdict, winner } = judgeExperiment({ arms, look: day / 7, horizon: looks, adaptive: true });
		if (verdict === 'winner') return winner === 'v0' ? 0 : 1;
	}
	return undefined;
}
