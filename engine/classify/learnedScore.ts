import type { OutcomeEvent } from '../outcome/outcome';
import { DAY } from '../time';
import { bandOf } from './bands';
import type { Classification } from './classification';
import { factorReasons } from './factorReasons';
import { fitLeadScore, scoreLead, type LeadScoreModel } from './leadScore';

/** What the learned score is made of. Ours unless a source is named. */
export const LEARNING_POLICY = {
	/** What counts as converted. */
	conversions: ['meeting_booked', 'meeting_held', 'opportunity', 'deal_won'] satisfies OutcomeEvent[],
	/** How long after a classification an event counts: as long as a meeting is attributed to a message. Younger classifications are not learnt from. */
	windowMs: 30 * DAY,
	/** How often a workspace's score is fitted at most. */
	refitEveryMs: DAY,
	/** Leads it is fitted on, the newest. */
	mostExamples: 10_000,
	/** A yes/no fact fewer leads have is left out: it would only repeat accidents. */
	rarestFact: 10,
	/** Yes/no facts at most, the most frequent: each makes the fit slower by more than itself. */
	mostFacts: 40,
	/** Its share of the score is c ÷ (c + 240) for c conversions, a third at the first 120, and never more than this. */
	halfWeightConversions: 240,
	highestShare: 0.6,
} as const;

/** A fitted score with what brings it onto the scale of the scores it is blended with. */
export interface LeadScoreRecord {
	model: LeadScoreModel;
	/** The 0th, 1st, … 100th percentile of the chances of the leads it was fitted on. */
	chances: number[];
	/** The same percentiles of the scores they had been given. */
	scores: number[];
}

/** 101 percentiles of some values, lowest first. */
function percentiles(values: readonly number[]): number[] {
	const sorted = [...values].sort((a, b) => a - b);
	return Array.from({ length: 101 }, (_, percent) => {
		const at = (percent / 100) * (sorted.length - 1);
		const low = Math.floor(at);
		return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
	});
}

/** Where a value stands among percentiles, 0–1: half-way through those equal to it, between two in proportion. */
function standing(grid: readonly number[], value: number): number {
	const below = grid.filter((one) => one < value).length;
	const equal = grid.filter((one) => one === value).length;
	if (equal > 0) return (below + (equal - 1) / 2) / (grid.length - 1);
	if (below === 0) return 0;
	if (below === grid.length) return 1;
	return (below - 1 + (value - grid[below - 1]) / (grid[below] - grid[below - 1])) / (grid.length - 1);
}

function withoutRareFacts(examples: readonly { features: Readonly<Record<string, number>> }[]): (name: string) => boolean {
	const having = new Map<string, number>();
	for (const { features } of examples) for (const name of Object.keys(features)) if (name.includes(':')) having.set(name, (having.get(name) ?? 0) + 1);
	const frequent = [...having].filter(([, leads]) => leads >= LEARNING_POLICY.rarestFact).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
	const kept = new Set(frequent.slice(0, LEARNING_POLICY.mostFacts).map(([name]) => name));
	return (name) => !name.includes(':') || kept.has(name);
}

/**
 * Learns from leads whose window is over.
 * @throws TooFewConversionsError under 120 conversions
 */
export function fitLearnedScore(examples: readonly { features: Readonly<Record<string, number>>; baseScore: number; converted: boolean }[]): LeadScoreRecord {
	const keep = withoutRareFacts(examples);
	const known = examples.map(({ features, converted }) => ({ converted, features: Object.fromEntries(Object.entries(features).filter(([name]) => keep(name))) }));
	const model = fitLeadScore(known);
	return { model, chances: percentiles(known.map(({ features }) => scoreLead(model, features).probability)), scores: percentiles(examples.map(({ baseScore }) => baseScore)) };
}

/** The learned score's share of the blended one, 0–0.6. */
export function learnedShare(conversions: number): number {
	return Math.min(LEARNING_POLICY.highestShare, conversions / (conversions + LEARNING_POLICY.halfWeightConversions));
}

/**
 * The chance of converting on the scale of scores, 0–100: the score that as many leads stay under as stay under this chance
 * (equipercentile equating: Kolen & Brennan, Test Equating, Scaling, and Linking, ch. 2). So the bands keep their sizes.
 */
export function scoreOfChance(record: LeadScoreRecord, chance: number): number {
	const at = standing(record.chances, chance) * 100;
	const low = Math.floor(at);
	return record.scores[low] + (at - low) * ((record.scores[low + 1] ?? record.scores[low]) - record.scores[low]);
}

/** The classification with the learned score blended in: score, intent, reasons and sentence. Status, confidence and summary stay. */
export function blendLearned(base: Classification, record: LeadScoreRecord, features: Readonly<Record<string, number>>): Classification {
	const { probability, reasons } = scoreLead(record.model, features);
	const share = learnedShare(record.model.conversions);
	const score = Math.round((1 - share) * base.score + share * scoreOfChance(record, probability));
	const factors = factorReasons(reasons, features);
	const why = factors.length === 0 ? '' : `: ${factors.join(', ')}`;
	const { intent, name } = bandOf(score);
	return {
		...base,
		score,
		intent,
		reasons: [...base.reasons, ...factors],
		learned: { chance: probability, share, conversions: record.model.conversions, baseScore: base.score },
		sentence: `${base.sentence} With ${Math.round(share * 100)} % of the score learnt from ${record.model.conversions} conversions (chance ${Math.round(probability * 100)} %${why}) it is ${score} (${name}).`,
	};
}
