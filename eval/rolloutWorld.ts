import { PLAN_POLICY } from '../engine/experiment/plan';
import { compareVersions, type RolloutVerdict } from '../engine/training/compareVersions';
import type { HarmStratum } from '../engine/training/harm';
import { ROLLOUT_POLICY } from '../engine/training/rollout';
import type { Random } from './uniform';

/** One candidate beside a deployed version: what either really does. */
export interface RolloutWorld {
	perWeek: number;
	/** Success of the deployed version, and how many times as often the candidate succeeds. */
	rate: number;
	ratio: number;
	/** Opt-outs of the deployed version a contact, and how many times as many the candidate causes. */
	optOuts?: number;
	harmRatio?: number;
	/** Rejected drafts of the deployed version, reviewed contacts being this share of all; rejections follow `harmRatio` too. */
	rejected?: number;
	reviewedShare?: number;
	/** Weeks until an outcome is settled. */
	lateWeeks?: number;
	/** Both rates drift over the weeks: multiplied by this each week. */
	drift?: number;
}

export interface RolloutLife {
	/** How it ended. */
	end: RolloutVerdict;
	/** Weeks until then. */
	week: number;
	/** The greatest share it was given, 0–1; 1 when promoted. */
	share: number;
	/** The first week at each share above the first. */
	reached: Record<string, number>;
}

/** How many of `trials` succeed: exact for few, by the normal approximation for many. */
export function binomial(rng: Random, trials: number, rate: number): number {
	const variance = trials * rate * (1 - rate);
	if (variance > 50) {
		const normal = Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
		return Math.max(0, Math.min(trials, Math.round(trials * rate + Math.sqrt(variance) * normal)));
	}
	let hits = 0;
	for (let i = 0; i < trials; i += 1) if (rng() < rate) hits += 1;
	return hits;
}

/** Runs a rollout by what `compareVersions` says, a look a week, until it ends. */
export function rolloutLife(world: RolloutWorld, rng: Random): RolloutLife {
	const { perWeek, rate, ratio, optOuts = 0.01, harmRatio = 1, rejected = 0.1, reviewedShare = 0.05, lateWeeks = 2, drift = 1 } = world;
	const horizon = PLAN_POLICY.horizon;
	const joined: { share: number; candidate: { exposures: number; conversions: number }; control: { exposures: number; conversions: number } }[] = [];
	const harm = { optOuts: new Map<number, HarmStratum>(), complaints: new Map<number, HarmStratum>(), rejections: new Map<number, HarmStratum>() };
	const reached: Record<string, number> = {};
	let share: number = ROLLOUT_POLICY.ramp[0];
	const add = (name: keyof typeof harm, at: number, contacts: readonly [number, number], base: number): void => {
		const before = harm[name].get(at) ?? { candidate: { contacts: 0, events: 0 }, control: { contacts: 0, events: 0 } };
		const grown = (arm: keyof HarmStratum, count: number, of: number) => ({ contacts: before[arm].contacts + count, events: before[arm].events + binomial(rng, count, of) });
		harm[name].set(at, { candidate: grown('candidate', contacts[0], Math.min(1, base * harmRatio)), control: grown('control', contacts[1], base) });
	};
	for (let week = 1; week <= horizon; week += 1) {
		const mine = binomial(rng, perWeek, share);
		const drifted = rate * drift ** week;
		joined.push({ share, candidate: { exposures: mine, conversions: binomial(rng, mine, Math.min(1, drifted * ratio)) }, control: { exposures: perWeek - mine, conversions: binomial(rng, perWeek - mine, drifted) } });
		const reviewed: [number, number] = [binomial(rng, mine, reviewedShare), binomial(rng, perWeek - mine, reviewedShare)];
		add('optOuts', share, [mine, perWeek - mine], optOuts);
		add('complaints', share, [mine, perWeek - mine], optOuts / 10);
		add('rejections', share, reviewed, rejected);
		const settled = joined.slice(0, Math.max(0, week - lateWeeks));
		// Look k sees who was settled by then: nobody at first.
		const weeks = [...Array.from({ length: Math.min(week, lateWeeks) }, () => undefined), ...settled];
		const arm = (id: string, name: 'candidate' | 'control') => {
			const each = weeks.map((one) => one?.[name] ?? { exposures: 0, conversions: 0 });
			return { id, exposures: each.reduce((sum, one) => sum + one.exposures, 0), conversions: each.reduce((sum, one) => sum + one.conversions, 0), weeks: each, expected: settled.reduce((sum, one) => sum + (name === 'candidate' ? one.share : 1 - one.share) * perWeek, 0) };
		};
		const { verdict, nextShare } = compareVersions({
			candidate: arm('candidate', 'candidate'),
			control: arm('deployed', 'control'),
			metric: 'positive_reply',
			share,
			guardrails: { optOuts: [...harm.optOuts.values()], complaints: [...harm.complaints.values()], rejections: [...harm.rejections.values()] },
			look: week,
			horizon,
			sendsPerWeek: perWeek,
		});
		if (verdict === 'ramp' && nextShare !== undefined) {
			share = nextShare;
			reached[share] = week;
		} else if (verdict !== 'keep_going' && verdict !== 'ramp' && verdict !== 'split_broken') {
			return { end: verdict, week, share: verdict === 'promote' ? 1 : share, reached };
		}
	}
	return { end: 'no_difference', week: horizon, share, reached };
}

/** Many rollouts of one world. */
export function rolloutLives(world: RolloutWorld, runs: number, rng: Random): RolloutLife[] {
	return Array.from({ length: runs }, () => rolloutLife(world, rng));
}
