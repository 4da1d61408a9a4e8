import { DAY, iso, type EpochMs } from '../time';
import type { ArmTally } from './armTally';
import type { ExperimentArm } from './assignVariant';
import { judgeExperiment, EXPERIMENT_POLICY, type Guardrail, type Judgement } from './judgeExperiment';
import { GUARDRAIL_DEFINITIONS, GUARDRAILS } from './metrics';
import type { ExperimentPlan, LookTime } from './plan';

const WEEK = 7 * DAY;

export interface ReportInput {
	plan: ExperimentPlan;
	variants: readonly ExperimentArm[];
	look: LookTime;
	now: EpochMs;
	/** What the look sees; by arm, in the order of `variants`. */
	atLook: readonly ArmTally[];
	/** The present, for what must not wait for a look: guardrails. Since a person last went on. */
	live: readonly ArmTally[];
}

export interface ReportedVariant {
	id: string;
	name: string;
	exposures: number;
	conversions: number;
	/** Conversions a contact, 0–1, with an interval that holds however often it is looked at. */
	rate: number;
	low: number;
	high: number;
	pBest?: number;
	expectedLoss?: number;
	/** Share of the contacts it has, and the share it should have by the chances given, 0–1; 0 without contacts. */
	share: number;
	expectedShare: number;
	/** Contacts with one, so far, since the experiment was last resumed. */
	optOuts: number;
	complaints: number;
}

export interface ExperimentReport {
	verdict: Judgement['verdict'];
	winner?: string;
	/** 0 before the first look. */
	look: number;
	horizon: number;
	/** The data the verdict rests on are of this moment, ISO-8601. */
	asOf: string;
	nextLookAt?: string;
	moreContacts?: number;
	weeks?: number;
	variants: ReportedVariant[];
	sentence: string;
}

/** Contacts that joined a week, all arms together; undefined before the first. */
function perWeek(tallies: readonly ArmTally[], asOf: EpochMs): number | undefined {
	const first = tallies.flatMap(({ firstAt }) => (firstAt === undefined ? [] : [firstAt]));
	if (first.length === 0) return undefined;
	return tallies.reduce((sum, { exposures }) => sum + exposures, 0) / Math.max(1, (asOf - Math.min(...first)) / WEEK);
}

function guardrailsOf({ plan, live }: ReportInput): Guardrail[] {
	return live.flatMap((tally) =>
		GUARDRAILS.map((name) => ({ id: tally.id, name: GUARDRAIL_DEFINITIONS[name].plural, events: tally[name], exposures: tally.exposures, maxShare: plan.guardrails[name] })),
	);
}

/** The verdict of the last look due, with guardrails as they stand now. */
export function reportExperiment(input: ReportInput): ExperimentReport {
	const { plan, variants, look, atLook } = input;
	const total = atLook.reduce((sum, { exposures }) => sum + exposures, 0);
	const chances = atLook.reduce((sum, { expected }) => sum + expected, 0);
	// An arm that was taken out before anybody could be judged by it has no say.
	const judged = atLook.filter(({ exposures }, place) => variants[place].weight > 0 || exposures >= EXPERIMENT_POLICY.minimumSample);
	if (judged.length < 2) return { verdict: 'keep_going', look: look.look, horizon: plan.horizon, asOf: iso(look.asOf), variants: [], sentence: 'There is nothing to compare: fewer than two variants have a weight above 0.' };
	const judgement = judgeExperiment({
		arms: judged.map(({ id, exposures, conversions, expected, weeks }) => ({ id, exposures, conversions, weeks, ...(chances > 0 ? { expectedShare: expected / chances } : {}) })),
		look: Math.max(1, look.look),
		horizon: plan.horizon,
		guardrails: guardrailsOf(input),
		adaptive: plan.method === 'thompson',
		perWeek: perWeek(atLook, look.asOf),
	});
	const waits = look.look === 0 && (judgement.verdict === 'winner' || judgement.verdict === 'no_difference' || judgement.verdict === 'keep_going');
	const { moreContacts, weeks, winner } = waits ? {} : judgement;
	return {
		verdict: waits ? 'keep_going' : judgement.verdict,
		winner,
		look: look.look,
		horizon: plan.horizon,
		asOf: iso(look.asOf),
		nextLookAt: look.nextAt === undefined ? undefined : iso(look.nextAt),
		moreContacts,
		weeks,
		variants: atLook.map((tally, place) => {
			const { rate, low, high } = judgement.intervals[tally.id] ?? { rate: 0, low: 0, high: 1 };
			return {
				id: tally.id,
				name: variants[place].name,
				exposures: tally.exposures,
				conversions: tally.conversions,
				rate,
				low,
				high,
				pBest: judgement.pBest[tally.id],
				expectedLoss: judgement.expectedLoss[tally.id],
				share: total > 0 ? tally.exposures / total : 0,
				expectedShare: chances > 0 ? tally.expected / chances : 0,
				optOuts: input.live[place].optOuts,
				complaints: input.live[place].complaints,
			};
		}),
		sentence: waits ? firstLookSentence(atLook, look) : judgement.sentence,
	};
}

function firstLookSentence(tallies: readonly ArmTally[], look: LookTime): string {
	const contacts = tallies.reduce((sum, { exposures }) => sum + exposures, 0);
	const when = look.nextAt === undefined ? 'a week after the first of them' : `on ${iso(look.nextAt).slice(0, 10)}`;
	return `Keep going, ${contacts} contact${contacts === 1 ? '' : 's'} so far: the first look is ${when}.`;
}
