import { jStat } from 'jstat';
import { EXPERIMENT_POLICY } from '../engine/experiment/judgeExperiment';
import { beliefs } from '../engine/experiment/posterior';
import { boundAtLook } from '../engine/experiment/spendingBounds';
import type { Section } from './table';
import { lostConversions } from './thompson';
import { uniform, type Random } from './uniform';

const SEED = 26;
const LOOKS = 26;
const FALSE_WINNERS = { runs: 10_000, rate: 0.2, aWeek: 40 } as const;
/** (1.96 + 0.8416)² (0.16 + 0.2016) / 0.08² = 443 contacts an arm give a fixed test 80 % power; 26 weeks of 17 are 442. */
const POWER = { runs: 10_000, rates: [0.2, 0.28], aWeek: 17 } as const;
const BELIEF_RUNS = 1_000;
const THOMPSON_RUNS = 500;

function draw(rng: Random, trials: number, rate: number): number {
	let hits = 0;
	for (let i = 0; i < trials; i += 1) if (rng() < rate) hits += 1;
	return hits;
}

type Stop = (hits: readonly [number, number], size: number, look: number) => boolean;

/** One experiment of two arms over all looks: the arm ahead when `stops` first says so, if it does. */
function firstWinner(rng: Random, rates: readonly [number, number], aWeek: number, stops: Stop): 0 | 1 | undefined {
	const hits: [number, number] = [0, 0];
	for (let look = 1; look <= LOOKS; look += 1) {
		hits[0] += draw(rng, aWeek, rates[0]);
		hits[1] += draw(rng, aWeek, rates[1]);
		const size = look * aWeek;
		if (size >= EXPERIMENT_POLICY.minimumSample && stops(hits, size, look)) return hits[1] > hits[0] ? 1 : 0;
	}
	return undefined;
}

const zValue: (hits: readonly [number, number], size: number) => number = ([a, b], size) => {
	const pooled = (a + b) / (2 * size);
	return pooled === 0 || pooled === 1 ? 0 : Math.abs(a - b) / size / Math.sqrt((2 * pooled * (1 - pooled)) / size);
};
const bySpending: Stop = (hits, size, look) => zValue(hits, size) >= boundAtLook(look, LOOKS, EXPERIMENT_POLICY.alpha);
/** What many tools do, shown beside: stop as soon as one arm is the best with 95 % belief. */
const byBelief: Stop = (hits, size) => beliefs(hits.map((conversions, i) => ({ id: String(i), exposures: size, conversions }))).some(({ pBest }) => pBest > 0.95);
const atTheEnd: Stop = (hits, size, look) => look === LOOKS && zValue(hits, size) >= 1.959964;

function count(runs: number, outcome: () => boolean): number {
	let hits = 0;
	for (let i = 0; i < runs; i += 1) if (outcome()) hits += 1;
	return hits;
}

/** Mean share of the even split's lost conversions that Thompson allocation saves, with its 95 % interval over runs. */
function saved(runs: number, rng: Random): { mean: number; low: number; high: number } {
	const shares = Array.from({ length: runs }, () => {
		const { thompson, even } = lostConversions(rng);
		return 1 - thompson / even;
	});
	const mean = shares.reduce((sum, share) => sum + share, 0) / runs;
	const deviation = Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (runs - 1));
	const half = jStat.normal.inv(0.975, 0, 1) * (deviation / Math.sqrt(runs));
	return { mean, low: mean - half, high: mean + half };
}

export function experimentsSection(): Section {
	const equal = [FALSE_WINNERS.rate, FALSE_WINNERS.rate] as const;
	const apart = POWER.rates;
	const rng = uniform(SEED);
	const gain = saved(THOMPSON_RUNS, uniform(SEED + 1));
	const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
	return {
		title: 'Experiments (simulated)',
		note: `Fixed seed. Two arms, ${LOOKS} weekly looks. Power at 442 contacts an arm, 20 % against 28 %.`,
		figures: [
			{ name: 'false winners, two arms alike', hits: count(FALSE_WINNERS.runs, () => firstWinner(rng, equal, FALSE_WINNERS.aWeek, bySpending) !== undefined), of: FALSE_WINNERS.runs, wanted: { atMost: 0.05 } },
			{ name: 'better arm found', hits: count(POWER.runs, () => firstWinner(rng, apart, POWER.aWeek, bySpending) === 1), of: POWER.runs, wanted: { atLeast: 0.72 } },
			{ name: 'better arm found by one fixed test at the end', hits: count(POWER.runs, () => firstWinner(rng, apart, POWER.aWeek, atTheEnd) === 1), of: POWER.runs },
			{ name: 'false winners if P(best) > 95 % ended it', hits: count(BELIEF_RUNS, () => firstWinner(rng, equal, FALSE_WINNERS.aWeek, byBelief) !== undefined), of: BELIEF_RUNS },
		],
		rows: [
			`Thompson, five arms at 12 / 9 / 9 / 7 / 5 %, 5,000 contacts, outcomes 3 days late, ${THOMPSON_RUNS} runs: ${percent(gain.mean)} [${percent(gain.low)} – ${percent(gain.high)}] fewer conversions lost than by an even split  wanted ≥ 30.0 %: ${gain.mean >= 0.3 ? 'yes' : 'NO'}`,
		],
	};
}
