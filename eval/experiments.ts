import { jStat } from 'jstat';
import { EXPERIMENT_POLICY } from '../engine/experiment/judgeExperiment';
import { beliefs } from '../engine/experiment/posterior';
import { boundAtLook, spendingBounds } from '../engine/experiment/spendingBounds';
import { alarmFigures } from './experimentAlarms';
import type { Section } from './table';
import { lostConversions, thompsonVerdict } from './thompson';
import { uniform, type Random } from './uniform';

const SEED = 26;
const LOOKS = 26;
const FALSE_WINNERS = { runs: 10_000, rate: 0.2, aWeek: 40 } as const;
/** (1.96 + 0.8416)² (0.16 + 0.2016) / 0.08² = 443 contacts an arm give a fixed test 80 % power; 26 weeks of 17 are 442. */
const POWER = { runs: 10_000, rates: [0.2, 0.28], aWeek: 17 } as const;
const BELIEF_RUNS = 1_000;
const THOMPSON_RUNS = 500;
const THOMPSON_VERDICTS = { alike: 600, apart: 200 } as const;
/** Contacts an arm and week when they do not come evenly: ever more, or all in the first month and answers over the following days. */
const GROWING = (week: number): number => Math.round(2 * 1.2 ** week);
const AT_ONCE = (week: number): number => (week <= 4 ? 250 : 0);
const UNEVEN_RUNS = 10_000;
/** Mean days until an answer, none after two weeks. */
const ANSWER_DAYS = 4;

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

/** Whether equal arms are told apart when contacts come unevenly and answers late; bounds by what each look knows, or as if all were even. */
function falseWinner(rng: Random, aWeek: (week: number) => number, bounds: readonly number[]): boolean {
	const size = { contacts: 0, hits: [0, 0] as [number, number] };
	const answers = Array.from({ length: LOOKS + 4 }, (): [number, number] => [0, 0]);
	for (let look = 1; look <= LOOKS; look += 1) {
		size.contacts += aWeek(look);
		for (const arm of [0, 1] as const) {
			const converting = draw(rng, aWeek(look), FALSE_WINNERS.rate);
			for (let i = 0; i < converting; i += 1) {
				const weeks = Math.floor(rng() - (Math.log(1 - rng()) * ANSWER_DAYS) / 7);
				if (weeks <= 2) answers[look - 1 + weeks][arm] += 1;
			}
			size.hits[arm] += answers[look - 1][arm];
		}
		if (size.contacts >= EXPERIMENT_POLICY.minimumSample && zValue(size.hits, size.contacts) >= bounds[look - 1]) return true;
	}
	return false;
}

const known = (aWeek: (week: number) => number): number[] => {
	let sum = 0;
	return Array.from({ length: LOOKS }, (_, week) => (sum += aWeek(week + 1)));
};

/** Share of runs that have named a winner by each look, two arms alike: by the spending bounds and by P(best) > 95 %. */
export function falseWinnersByLook(runs: number, rng: Random): { spending: number[]; belief: number[] } {
	const by = (stops: Stop): number[] => {
		const at = Array.from({ length: LOOKS }, () => 0);
		for (let run = 0; run < runs; run += 1) {
			let stoppedAt: number | undefined;
			firstWinner(rng, [FALSE_WINNERS.rate, FALSE_WINNERS.rate], FALSE_WINNERS.aWeek, (hits, size, look) => {
				const stop = stops(hits, size, look);
				if (stop) stoppedAt = look;
				return stop;
			});
			for (let look = stoppedAt ?? LOOKS + 1; look <= LOOKS; look += 1) at[look - 1] += 1 / runs;
		}
		return at;
	};
	return { spending: by(bySpending), belief: by(byBelief) };
}

function count(runs: number, outcome: () => boolean): number {
	let hits = 0;
	for (let i = 0; i < runs; i += 1) if (outcome()) hits += 1;
	return hits;
}

/** Mean share of the even split's lost conversions that Thompson allocation saves, with its 95 % interval over runs. */
function saved(runs: number, rng: Random, delayDays: number): { mean: number; low: number; high: number } {
	const shares = Array.from({ length: runs }, () => {
		const { thompson, even } = lostConversions(rng, delayDays);
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
	const gain = saved(THOMPSON_RUNS, uniform(SEED + 1), 3);
	const gainOfReplies = saved(THOMPSON_RUNS, uniform(SEED + 2), 14);
	const alarms = alarmFigures(uniform(SEED + 3));
	const late = uniform(SEED + 4);
	const even = spendingBounds(LOOKS, EXPERIMENT_POLICY.alpha);
	const unevenly = (name: string, aWeek: (week: number) => number, bounds: readonly number[], promised: boolean) => ({
		name,
		hits: count(UNEVEN_RUNS, () => falseWinner(late, aWeek, bounds)),
		of: UNEVEN_RUNS,
		...(promised ? { wanted: { atMost: 0.05 } } : {}),
	});
	const learning = uniform(SEED + 6);
	const rising = (day: number): readonly [number, number] => [0.1 + (0.2 * day) / 182, 0.1 + (0.2 * day) / 182];
	const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
	return {
		title: 'Experiments (simulated)',
		note: `Fixed seed. Two arms, ${LOOKS} weekly looks. Power at 442 contacts an arm, 20 % against 28 %.`,
		figures: [
			{ name: 'false winners, two arms alike', hits: count(FALSE_WINNERS.runs, () => firstWinner(rng, equal, FALSE_WINNERS.aWeek, bySpending) !== undefined), of: FALSE_WINNERS.runs, wanted: { atMost: 0.05 } },
			{ name: 'better arm found', hits: count(POWER.runs, () => firstWinner(rng, apart, POWER.aWeek, bySpending) === 1), of: POWER.runs, wanted: { atLeast: 0.72 } },
			{ name: 'better arm found by one fixed test at the end', hits: count(POWER.runs, () => firstWinner(rng, apart, POWER.aWeek, atTheEnd) === 1), of: POWER.runs },
			unevenly('false winners, contacts ever faster, answers days late', GROWING, spendingBounds(LOOKS, EXPERIMENT_POLICY.alpha, known(GROWING)), true),
			unevenly('… if their arrival were taken as even', GROWING, even, false),
			unevenly('false winners, all contacts in the first four weeks', AT_ONCE, spendingBounds(LOOKS, EXPERIMENT_POLICY.alpha, known(AT_ONCE)), true),
			{ name: 'false winners, Thompson, two arms alike at 20 %', hits: count(THOMPSON_VERDICTS.alike, () => thompsonVerdict(learning, () => equal) !== undefined), of: THOMPSON_VERDICTS.alike, wanted: { atMost: 0.05 } },
			{ name: 'false winners, Thompson, two arms alike, 10 % rising to 30 %', hits: count(THOMPSON_VERDICTS.alike, () => thompsonVerdict(learning, rising) !== undefined), of: THOMPSON_VERDICTS.alike, wanted: { atMost: 0.05 } },
			{ name: 'better arm found, Thompson, 20 % against 28 %, 12 contacts a day', hits: count(THOMPSON_VERDICTS.apart, () => thompsonVerdict(learning, () => apart) === 1), of: THOMPSON_VERDICTS.apart },
			...alarms.figures,
			{ name: 'false winners if P(best) > 95 % ended it', hits: count(BELIEF_RUNS, () => firstWinner(rng, equal, FALSE_WINNERS.aWeek, byBelief) !== undefined), of: BELIEF_RUNS },
		],
		rows: [
			`Thompson, five arms at 12 / 9 / 9 / 7 / 5 %, 5,000 contacts, outcomes 3 days late, ${THOMPSON_RUNS} runs: ${percent(gain.mean)} [${percent(gain.low)} – ${percent(gain.high)}] fewer conversions lost than by an even split  wanted ≥ 30.0 %: ${gain.mean >= 0.3 ? 'yes' : 'NO'}`,
			`The same, outcomes known after the 14 days of a reply's window, as the node waits: ${percent(gainOfReplies.mean)} [${percent(gainOfReplies.low)} – ${percent(gainOfReplies.high)}]`,
			...alarms.rows,
		],
	};
}
