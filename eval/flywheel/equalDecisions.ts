import { allocationShares, type Experiment } from '../../engine/experiment/assignVariant';
import { zValue, type ArmWeek } from '../../engine/experiment/compareArms';
import { EXPERIMENT_POLICY, judgeExperiment } from '../../engine/experiment/judgeExperiment';
import { boundAtLook } from '../../engine/experiment/spendingBounds';
import { binomial, rolloutLives } from '../rolloutWorld';
import type { Figure } from '../table';
import { uniform, type Random } from '../uniform';
import { textEffect, WORLD } from './world';

/**
 * The equal world without a store, for as many runs as it takes to see a share of 5 %: the product's own decisions on
 * counts of the same size and delay. Twenty runs through the store can at best show less than 14 %.
 */
export const EQUAL_RUNS = 1_000;
const SEED = 20_260_302;
/** Weeks until a contact's window of 14 days is over. */
const LATE_WEEKS = 2;
/** A bound far above what was seen needs no exact computation, which is slow. */
const SURELY_BELOW = 0.85;

/** Positive replies a contact in the equal world. */
export function equalRate(): number {
	const { reply, answers } = textEffect({ kind: 'equal', bestVariant: '', bestHour: 0 }, 'plain');
	return WORLD.readShare * WORLD.replyOfReaders * reply * answers.interested;
}

/** One Thompson experiment of equal variants over the weeks of the campaign. Returns the week of a false winner, if any. */
export function falseVariantWinner(rng: Random): number | undefined {
	const plan: Experiment = { id: 'equal', status: 'running', method: 'thompson', variants: WORLD.variants.map((id) => ({ id, name: id, weight: 1 })) };
	const joined: ArmWeek[][] = [];
	const rate = equalRate();
	// Look k is k weeks after the first message: contacts of the first k − 2 weeks are known, each from the week its window was over.
	for (let look = 0; look <= WORLD.weeks; look += 1) {
		const known = joined.slice(0, Math.max(0, look - LATE_WEEKS));
		const weeks = WORLD.variants.map((_, arm) => [...Array.from({ length: look - known.length }, () => ({ exposures: 0, conversions: 0 })), ...known.map((each) => each[arm])]);
		const arms = WORLD.variants.map((id, arm) => ({ id, exposures: sum(weeks[arm], 'exposures'), conversions: sum(weeks[arm], 'conversions'), weeks: weeks[arm] }));
		const bound = SURELY_BELOW * boundAtLook(Math.max(1, look), WORLD.weeks, EXPERIMENT_POLICY.alphaAdaptive);
		const [best, ...others] = [...arms].sort((a, b) => b.conversions / Math.max(1, b.exposures) - a.conversions / Math.max(1, a.exposures));
		if (known.length > 0 && others.every((other) => zValue(best, other) >= bound) && judgeExperiment({ arms, look, horizon: WORLD.weeks, adaptive: true }).verdict === 'winner') return look;
		const shares = allocationShares(plan, arms);
		let left: number = WORLD.sendsAWeek;
		let rest = 1;
		joined.push(
			WORLD.variants.map((id) => {
				const share = shares.get(id) ?? 0;
				const exposures = rest > 0 ? binomial(rng, left, Math.min(1, share / rest)) : 0;
				left -= exposures;
				rest -= share;
				return { exposures, conversions: binomial(rng, exposures, rate) };
			}),
		);
	}
	return undefined;
}

const sum = (weeks: readonly ArmWeek[], name: 'exposures' | 'conversions'): number => weeks.reduce((total, week) => total + week[name], 0);

/** How often each decision maker names a winner where there is none. */
export function equalFigures(runs = EQUAL_RUNS, rng = uniform(SEED)): Figure[] {
	const variants = Array.from({ length: runs }, () => falseVariantWinner(rng)).filter((week) => week !== undefined).length;
	const versions = rolloutLives({ perWeek: WORLD.sendsAWeek, rate: equalRate(), ratio: 1 }, runs, rng);
	const ended = (end: string): number => versions.filter((life) => life.end === end).length;
	return [
		{ name: 'variants: a winner named within 12 weeks', hits: variants, of: runs, wanted: { atMost: 0.05 } },
		{ name: 'model versions: promoted within a rollout of 26 looks', hits: ended('promote'), of: runs, wanted: { atMost: 0.05 } },
		{ name: 'model versions: taken out as worse or harmful though alike', hits: ended('worse') + ended('roll_back'), of: runs },
	];
}
