import { allocationShares, type Experiment } from '../engine/experiment/assignVariant';

/** The world of the simulation: five messages, outcomes known three days after the send. */
const RATES = [0.12, 0.09, 0.09, 0.07, 0.05];
const CONTACTS = 5_000;
const CONTACTS_A_DAY = 100;
const DELAY_DAYS = 3;

const EXPERIMENT: Experiment = { id: 'five', status: 'running', method: 'thompson', variants: RATES.map((_, i) => ({ id: `v${i}`, name: `Variant ${i}`, weight: 1 })) };

/** Expected conversions lost against always sending the best message, by Thompson allocation and by an even split. */
export function lostConversions(rng: () => number): { thompson: number; even: number } {
	const best = Math.max(...RATES);
	const days = CONTACTS / CONTACTS_A_DAY;
	const byDay: { arm: number; converted: boolean }[][] = [];
	let lost = 0;
	for (let day = 0; day < days; day += 1) {
		const known = byDay.slice(0, Math.max(0, day - DELAY_DAYS)).flat();
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
