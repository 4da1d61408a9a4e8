import { z } from 'zod';
import type { AllocationMethod, ExperimentArm } from '../experiment/assignVariant';
import type { ArmTally } from '../experiment/armTally';
import { METRIC_DEFINITIONS, readMetric, type GuardrailName } from '../experiment/metrics';
import { lookAt, PLAN_POLICY, type ExperimentPlan, type LookTime } from '../experiment/plan';
import { reportExperiment } from '../experiment/report';
import type { EpochMs } from '../time';

/** An experiment as it is saved, as far as its report needs it. */
export interface SavedExperiment {
	id: string;
	name: string;
	status: 'running' | 'paused' | 'completed';
	/** Reply intent it applies to; empty means any. */
	context?: string;
	metric: string;
	/** How contacts are split; weighted when absent. */
	method?: AllocationMethod;
	/** Declared number of weekly looks. */
	horizon?: number;
	/** Highest shares allowed, 0–1. */
	guardrails?: Partial<Record<GuardrailName, number>>;
	variants: ExperimentArm[];
	winner?: string;
	/** When the first message of a contact left; choosing an arm begins nothing. */
	startedAt?: EpochMs;
}
/** One experiment with what its last look saw and what is on record now. */
export interface ExperimentTallies {
	experiment: SavedExperiment;
	/** First message or, where reviews are counted, first decision. */
	startedAt?: EpochMs;
	atLook: ArmTally[];
	live: ArmTally[];
}

/** What an experiment declared; undefined for a metric this version does not know. */
export function declaredPlan({ metric: name, method, horizon, guardrails }: SavedExperiment): ExperimentPlan | undefined {
	const metric = readMetric(name);
	return metric && { metric, method: method ?? PLAN_POLICY.method, horizon: horizon ?? PLAN_POLICY.horizon, guardrails: { ...PLAN_POLICY.guardrails, ...guardrails } };
}

/** Which look of an experiment is due, for the store to count what it sees; undefined for a metric this version does not know. */
export function lookOf(experiment: SavedExperiment, startedAt: EpochMs | undefined, now: EpochMs): { plan: ExperimentPlan; look: LookTime; everyMs: number } | undefined {
	const plan = declaredPlan(experiment);
	return plan && { plan, look: lookAt(startedAt, now, plan.horizon), everyMs: PLAN_POLICY.lookEveryMs };
}
export type LookOf = typeof lookOf;

export const ExperimentFigureSchema = z.object({
	id: z.string(),
	name: z.string(),
	status: z.enum(['running', 'paused', 'completed']),
	context: z.string().optional(),
	/** In words, e.g. "positive replies". */
	metric: z.string(),
	verdict: z.string(),
	/** Name of the variant that won, or that a person settled on. */
	winner: z.string().optional(),
	winnerId: z.string().optional(),
	look: z.number(),
	horizon: z.number(),
	contacts: z.number(),
	/** ISO-8601; absent after the last look, and before anything began. */
	nextLookAt: z.string().optional(),
	/** Highest shares of a variant's contacts allowed, 0–1. */
	guardrails: z.object({ optOuts: z.number(), complaints: z.number() }).optional(),
	/** `share` of the contacts beside the one intended, 0–1. `expectedLoss`: conversions a contact lost by settling on it. Opt-outs and complaints are those of `liveContacts`, as of now. */
	variants: z.array(z.object({ id: z.string(), name: z.string(), contacts: z.number(), conversions: z.number(), rate: z.number(), low: z.number(), high: z.number(), pBest: z.number().optional(), expectedLoss: z.number().optional(), share: z.number(), expectedShare: z.number(), liveContacts: z.number(), optOuts: z.number(), complaints: z.number() })),
	sentence: z.string(),
});
export type ExperimentFigure = z.infer<typeof ExperimentFigureSchema>;

/** Every experiment with its verdict, as A/B Variant → Report says it: those that run first, then by name. */
export function experimentFigures(all: readonly ExperimentTallies[], now: EpochMs): ExperimentFigure[] {
	const order = ['running', 'paused', 'completed'];
	return all.toSorted((a, b) => order.indexOf(a.experiment.status) - order.indexOf(b.experiment.status) || (a.experiment.name < b.experiment.name ? -1 : 1)).map(({ experiment, startedAt, atLook, live }): ExperimentFigure => {
		const { id, name, status, variants } = experiment;
		const base = { id, name, status, ...(experiment.context === undefined ? {} : { context: experiment.context }) };
		const looked = lookOf(experiment, startedAt, now);
		if (!looked) return { ...base, metric: experiment.metric, verdict: 'unknown', look: 0, horizon: 0, contacts: 0, variants: [], sentence: `${name} is decided by '${experiment.metric}', which this version does not know.` };
		const report = reportExperiment({ plan: looked.plan, variants, look: looked.look, now, atLook, live });
		const won = experiment.winner ?? report.winner;
		const winner = variants.find((variant) => variant.id === won)?.name ?? won;
		return {
			...base,
			metric: METRIC_DEFINITIONS[looked.plan.metric].plural,
			verdict: report.verdict,
			...(winner === undefined || won === undefined ? {} : { winner, winnerId: won }),
			look: report.look,
			horizon: report.horizon,
			contacts: live.reduce((sum, { exposures }) => sum + exposures, 0),
			...(report.nextLookAt === undefined ? {} : { nextLookAt: report.nextLookAt }),
			guardrails: looked.plan.guardrails,
			variants: report.variants.map(({ exposures, pBest, expectedLoss, ...variant }, place) => ({ ...variant, contacts: exposures, liveContacts: live[place].exposures, ...(pBest === undefined ? {} : { pBest }), ...(expectedLoss === undefined ? {} : { expectedLoss }) })),
			sentence: report.sentence,
		};
	});
}
