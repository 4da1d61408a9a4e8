import { fitLearnedScore, learnedShare, scoreOfChance } from '../engine/classify/learnedScore';
import { fitLeadScore, LEAD_SCORE_POLICY, scoreLead, TooFewConversionsError } from '../engine/classify/leadScore';
import { drawLead, drawMarket, WORLDS, type SimulatedLead, type World } from './leadWorld';
import { studentInterval, type Interval } from './studentInterval';
import { uniform, type Random } from './uniform';
import type { Section } from './table';

export const CONVERSIONS: readonly number[] = [LEAD_SCORE_POLICY.minimumConversions, 400, 1_000];

/** The chance that a converted lead is ranked above another: the area under the ROC curve (Mann & Whitney), ties half. */
export function rankedRight(leads: readonly { height: number; converted: boolean }[]): number {
	const sorted = [...leads].sort((a, b) => a.height - b.height);
	let ranks = 0;
	for (let start = 0; start < sorted.length; ) {
		let end = start;
		while (end < sorted.length && sorted[end].height === sorted[start].height) end += 1;
		const middle = (start + end + 1) / 2;
		for (let place = start; place < end; place += 1) if (sorted[place].converted) ranks += middle;
		start = end;
	}
	const converted = sorted.filter((lead) => lead.converted).length;
	return (ranks - (converted * (converted + 1)) / 2) / (converted * (sorted.length - converted));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean log-loss in nats; lower is better. */
function logLoss(leads: readonly SimulatedLead[], chance: (lead: SimulatedLead) => number): number {
	return mean(leads.map((lead) => -Math.log(Math.max(1e-9, lead.converted ? chance(lead) : 1 - chance(lead)))));
}

export interface Reliability {
	/** Chance told and whether it happened, of every unseen lead. */
	told: number;
	converted: boolean;
}

export interface LeadScoreResult {
	world: World;
	conversions: number;
	workspaces: number;
	unseen: number;
	/** Over workspaces, on leads not learnt from. */
	rules: Interval;
	learned: Interval;
	blended: Interval;
	/** What ranking by the true chance would reach. */
	best: number;
	/** Paired by workspace. */
	learnedGain: Interval;
	blendedGain: Interval;
	/** Log-loss of the rules' score brought to a chance on the same leads, minus that of the learned score. */
	lossGain: Interval;
	reliability: Reliability[];
}

export interface LeadScoreRun {
	world: World;
	conversions: number;
	workspaces: number;
	unseen: number;
	rng: Random;
}

/** Learns in simulated workspaces until there are so many conversions, and judges on leads it has not seen. */
export function simulateLeadScore({ world, conversions, workspaces, unseen, rng }: LeadScoreRun): LeadScoreResult {
	const rows = Array.from({ length: workspaces }, () => {
		const market = drawMarket(world, rng);
		const seen: SimulatedLead[] = [];
		for (let converted = 0; converted < conversions; ) {
			const lead = drawLead(market, rng);
			seen.push(lead);
			if (lead.converted) converted += 1;
		}
		const record = fitLearnedScore(seen);
		// The rules know no chances: one number brought to a chance by the same method, on the same leads.
		const rulesModel = fitLeadScore(seen.map(({ baseScore, converted }) => ({ features: { baseScore }, converted })));
		const tested = Array.from({ length: unseen }, () => drawLead(market, rng));
		const chance = ({ features }: SimulatedLead): number => scoreLead(record.model, features).probability;
		const share = learnedShare(conversions);
		const blended = (lead: SimulatedLead): number => Math.round((1 - share) * lead.baseScore + share * scoreOfChance(record, chance(lead)));
		const ranked = (height: (lead: SimulatedLead) => number): number => rankedRight(tested.map((lead) => ({ height: height(lead), converted: lead.converted })));
		return {
			rules: ranked(({ baseScore }) => baseScore),
			learned: ranked(chance),
			blended: ranked(blended),
			best: ranked((lead) => lead.chance),
			loss: logLoss(tested, ({ baseScore }) => scoreLead(rulesModel, { baseScore }).probability) - logLoss(tested, chance),
			reliability: tested.map((lead) => ({ told: chance(lead), converted: lead.converted })),
		};
	});
	const of = (value: (row: (typeof rows)[number]) => number): Interval => studentInterval(rows.map(value));
	return {
		world,
		conversions,
		workspaces,
		unseen,
		rules: of(({ rules }) => rules),
		learned: of(({ learned }) => learned),
		blended: of(({ blended }) => blended),
		best: mean(rows.map(({ best }) => best)),
		learnedGain: of(({ learned, rules }) => learned - rules),
		blendedGain: of(({ blended, rules }) => blended - rules),
		lossGain: of(({ loss }) => loss),
		reliability: rows.flatMap(({ reliability }) => reliability),
	};
}

export const REPORTED = { workspaces: 12, unseen: 1_200, seed: 20_261_121 };

/** Every world at every number of conversions. */
export function reportedLeadScores(): LeadScoreResult[] {
	return WORLDS.flatMap((world, place) => CONVERSIONS.map((conversions, at) => simulateLeadScore({ world, conversions, workspaces: REPORTED.workspaces, unseen: REPORTED.unseen, rng: uniform(REPORTED.seed + 10 * place + at) })));
}

/** Whether a workspace one conversion short is refused. */
export function refusedUnderMinimum(): boolean {
	const few = Array.from({ length: 500 }, (_, at) => ({ features: { x: at }, baseScore: 50, converted: at < LEAD_SCORE_POLICY.minimumConversions - 1 }));
	try {
		fitLearnedScore(few);
		return false;
	} catch (error) {
		return error instanceof TooFewConversionsError;
	}
}

const shown = ({ mean: centre, low, high }: Interval, digits = 3, signed = false): string => `${signed && centre >= 0 ? '+' : ''}${centre.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;

function printed(result: LeadScoreResult): string {
	const { world, conversions, rules, learned, blended, best, learnedGain, blendedGain, lossGain } = result;
	return `${`${world}, ${conversions} conversions`.padEnd(36)} AUC rules ${shown(rules)}  learned ${shown(learned)}  blended ${shown(blended)}  (best possible ${best.toFixed(3)})  learned − rules ${shown(learnedGain, 3, true)}  blended − rules ${shown(blendedGain, 3, true)}  log-loss saved ${shown(lossGain, 4, true)}`;
}

/** The figures of the learned score. */
export function leadScoreSection(results: readonly LeadScoreResult[] = reportedLeadScores()): Section {
	return {
		title: 'Learned lead score (simulated workspaces)',
		note: `AUC and log-loss on ${REPORTED.unseen} unseen leads in each of ${REPORTED.workspaces} workspaces, one lead in eight converting; 95 % intervals (Student) over workspaces. Log-loss saved: against the rules' score brought to a chance on the same leads.`,
		figures: [],
		rows: [...results.map(printed), `refused with ${LEAD_SCORE_POLICY.minimumConversions - 1} conversions: ${refusedUnderMinimum() ? 'yes' : 'NO'}`],
	};
}
