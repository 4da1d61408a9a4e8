import { guardrailIsBroken, judgeExperiment, splitIsBroken } from '../engine/experiment/judgeExperiment';
import { PLAN_POLICY } from '../engine/experiment/plan';
import type { Figure } from './table';
import type { Random } from './uniform';

const LOOKS = 26;
const SPLIT = { contacts: 1_000, broken: [0.55, 0.45] } as const;
const UNEVEN = [0.7, 0.2, 0.1];
const A_WEEK = 40;

export const ALARM_RUNS = { split: 100_000, weekly: 5_000, guardrail: 5_000, equal: 1_000 } as const;
export type AlarmRuns = Readonly<Record<keyof typeof ALARM_RUNS, number>>;

function count(runs: number, outcome: () => boolean): number {
	let hits = 0;
	for (let i = 0; i < runs; i += 1) if (outcome()) hits += 1;
	return hits;
}

/** Contacts dealt out by `shares`, added to `arms`. */
function deal(rng: Random, contacts: number, shares: readonly number[], arms: number[]): void {
	for (let i = 0; i < contacts; i += 1) {
		let point = rng();
		const arm = shares.findIndex((share) => (point -= share) < 0);
		arms[arm === -1 ? shares.length - 1 : arm] += 1;
	}
}

function alarm(rng: Random, contacts: number, real: readonly number[], intended: readonly number[]): boolean {
	const arms = real.map(() => 0);
	deal(rng, contacts, real, arms);
	return splitIsBroken(arms.map((exposures, i) => ({ exposures, expectedShare: intended[i] })));
}

/** Whether an even split is taken for broken at any of the weekly looks. */
function weeklyAlarm(rng: Random): boolean {
	const arms = [0, 0];
	for (let look = 1; look <= LOOKS; look += 1) {
		deal(rng, 2 * A_WEEK, [0.5, 0.5], arms);
		if (splitIsBroken(arms.map((exposures) => ({ exposures, expectedShare: 0.5 })))) return true;
	}
	return false;
}

/** Whether one arm with this share of opt-outs is stopped within the horizon, and after how many weeks. */
function stopped(rng: Random, share: number): number | undefined {
	let events = 0;
	for (let look = 1; look <= LOOKS; look += 1) {
		for (let i = 0; i < A_WEEK; i += 1) if (rng() < share) events += 1;
		if (guardrailIsBroken({ events, maxShare: PLAN_POLICY.guardrails.optOuts }, look * A_WEEK)) return look;
	}
	return undefined;
}

/** The verdict that ends an experiment of two equal arms, judged as a report judges it. */
function endOfEquals(rng: Random): string {
	const arms = ['a', 'b'].map((id) => ({ id, exposures: 0, conversions: 0, expectedShare: 0.5 }));
	for (let look = 1; look <= LOOKS; look += 1) {
		for (let i = 0; i < 2 * A_WEEK; i += 1) {
			const arm = arms[rng() < 0.5 ? 0 : 1];
			arm.exposures += 1;
			if (rng() < 0.2) arm.conversions += 1;
		}
		const { verdict } = judgeExperiment({ arms, look, horizon: LOOKS });
		if (verdict !== 'keep_going') return verdict;
	}
	return 'keep_going';
}

/** What the alarms cost when nothing is wrong, and what they find when something is. */
export function alarmFigures(rng: Random, runs: AlarmRuns = ALARM_RUNS): { figures: Figure[]; rows: string[] } {
	const even = [0.5, 0.5];
	const weeks: number[] = [];
	const detected = count(runs.guardrail, () => {
		const look = stopped(rng, 0.05);
		if (look !== undefined) weeks.push(look);
		return look !== undefined;
	});
	weeks.sort((a, b) => a - b);
	return {
		figures: [
			{ name: 'split alarm, correct 50/50 split, 1,000 contacts', hits: count(runs.split, () => alarm(rng, SPLIT.contacts, even, even)), of: runs.split, wanted: { atMost: 0.0015 } },
			{ name: 'split alarm, correct 70/20/10 split, 1,000 contacts', hits: count(runs.split, () => alarm(rng, SPLIT.contacts, UNEVEN, UNEVEN)), of: runs.split, wanted: { atMost: 0.0015 } },
			{ name: 'split alarm at any of 26 weekly looks, correct split', hits: count(runs.weekly, () => weeklyAlarm(rng)), of: runs.weekly },
			...[1_000, 2_000, 4_000].map((contacts) => ({ name: `split alarm, 55/45 instead of 50/50, ${contacts.toLocaleString('en')} contacts`, hits: count(runs.weekly, () => alarm(rng, contacts, SPLIT.broken, even)), of: runs.weekly })),
			{ name: 'guardrail of 2 % stops an arm with 1 % opt-outs', hits: count(runs.guardrail, () => stopped(rng, 0.01) !== undefined), of: runs.guardrail, wanted: { atMost: 0.05 } },
			{ name: 'guardrail of 2 % stops an arm with just 2 %', hits: count(runs.guardrail, () => stopped(rng, 0.02) !== undefined), of: runs.guardrail },
			{ name: 'guardrail of 2 % stops an arm with 5 %', hits: detected, of: runs.guardrail, wanted: { atLeast: 0.95 } },
			{ name: 'two arms alike end in "no difference"', hits: count(runs.equal, () => endOfEquals(rng) === 'no_difference'), of: runs.equal, wanted: { atLeast: 0.93 } },
		],
		rows: weeks.length > 0 ? [`The guardrail stops an arm with 5 % opt-outs after ${weeks[Math.floor(weeks.length / 2)]} weeks of ${A_WEEK} contacts (median); looks are weekly.`] : [],
	};
}
