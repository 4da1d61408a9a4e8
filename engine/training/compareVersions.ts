import { boundFor, rateOf, zValue, type ComparedArm } from '../experiment/compareArms';
import { EXPERIMENT_POLICY, guardrailIsBroken, splitIsBroken } from '../experiment/judgeExperiment';
import { PLAN_POLICY } from '../experiment/plan';
import { leastBound } from '../experiment/spendingBounds';
import { HARMS, judgeHarm, type Harm, type HarmFinding, type HarmStratum } from './harm';
import { liftOf, type Lift } from './lift';
import { nextShare, ROLLOUT_POLICY } from './rollout';
import { stillNeeded, type Needed } from './sendsNeeded';
import { comparisonSentence } from './comparisonSentence';
import type { VersionMetric } from './versionMetrics';

export interface VersionArm extends ComparedArm {
	/** The version. */
	id: string;
	/** Contacts the arm should have had by the chances they were given. */
	expected?: number;
}

export interface CompareInput {
	/** Contacts whose window is over, by the week they joined. A contact counts once, in the arm of its first message of the rollout. */
	candidate: VersionArm;
	control: VersionArm;
	metric: VersionMetric;
	/** Share of contacts the candidate serves, 0–1. */
	share: number;
	/** Harm so far, windows over or not, one entry a share the candidate has had. */
	guardrails: Readonly<Record<Harm, readonly HarmStratum[]>>;
	/** Highest shares of opt-outs and complaints, whatever the deployed version has, 0–1. */
	ceilings?: Readonly<Record<'optOuts' | 'complaints', number>>;
	/** Whether the figures are of after the last change of share: only such can earn the next one. True unless told. */
	newFigures?: boolean;
	/** Which of the weekly looks this is; 0 before the first. */
	look: number;
	/** How many there are at most. */
	horizon: number;
	/** Contacts that join the rollout in a week, both arms together. */
	sendsPerWeek?: number;
}

/**
 * promote: to everybody. ramp: to more contacts. roll_back: it does harm. worse: proven to do worse. no_difference: the last
 * look is past. split_broken: the arms are not of the sizes intended, so nothing can be compared. keep_going: none of these yet.
 */
export type RolloutVerdict = 'promote' | 'ramp' | 'keep_going' | 'roll_back' | 'worse' | 'no_difference' | 'split_broken';

export interface VersionComparison {
	verdict: RolloutVerdict;
	/** For ramp: the next share. */
	nextShare?: number;
	candidate: { version: string; contacts: number; successes: number; rate: number };
	control: { version: string; contacts: number; successes: number; rate: number };
	/** Absent while either arm has too few successes for a ratio. */
	lift?: Lift;
	harms: HarmFinding[];
	/** Why it is given no more contacts although it does well enough. */
	heldBy?: string;
	/** It does well enough for more contacts, but by figures that gave it the present share already. */
	waits?: true;
	/** What the next step takes at the pace so far. */
	needed?: Needed;
	metric: VersionMetric;
	look: number;
	horizon: number;
	sentence: string;
}

/** Whether the looks so far let one say that `a` beats `b`. */
function beats(a: VersionArm, b: VersionArm, look: number, horizon: number): boolean {
	const { alpha } = ROLLOUT_POLICY;
	const z = zValue(a, b);
	return z >= leastBound(look, horizon, alpha) && z >= boundFor(a, b, look, horizon, alpha);
}

function ceilingBroken(harms: readonly HarmFinding[], ceilings: Readonly<Record<'optOuts' | 'complaints', number>>): string | undefined {
	for (const name of ['optOuts', 'complaints'] as const) {
		const found = harms.find(({ harm }) => harm === name);
		if (found && guardrailIsBroken({ events: found.candidate.events, maxShare: ceilings[name] }, found.candidate.contacts)) return name;
	}
	return undefined;
}

/** Why a candidate is not given more contacts for now. */
function heldBy(harms: readonly HarmFinding[], ceilings: Readonly<Record<'optOuts' | 'complaints', number>>): string | undefined {
	return harms.find(({ verdict }) => verdict === 'suspicion')?.harm ?? ceilingBroken(harms, ceilings);
}

/** Whether the figures would do for the next share, if there is one. */
function earnsMore({ look, share }: CompareInput, lift: Lift | undefined): boolean {
	return look > 0 && lift !== undefined && lift.low > ROLLOUT_POLICY.nonInferiority && nextShare(share) !== undefined;
}

function verdictOf(input: CompareInput, lift: Lift | undefined, harms: readonly HarmFinding[], held: string | undefined): RolloutVerdict {
	const { candidate, control, look, horizon } = input;
	if (harms.some(({ verdict }) => verdict === 'harm')) return 'roll_back';
	const total = candidate.exposures + control.exposures;
	const arms = [candidate, control].map(({ exposures, expected }) => ({ exposures, ...(expected === undefined || total === 0 ? {} : { expectedShare: expected / total }) }));
	if (candidate.expected !== undefined && splitIsBroken(arms)) return 'split_broken';
	const enough = candidate.exposures >= EXPERIMENT_POLICY.minimumSample && control.exposures >= EXPERIMENT_POLICY.minimumSample;
	if (enough && beats(control, candidate, look, horizon)) return 'worse';
	if (enough && held === undefined && lift !== undefined) {
		if (lift.value > ROLLOUT_POLICY.promotionLift && beats(candidate, control, look, horizon)) return 'promote';
		if (input.newFigures !== false && earnsMore(input, lift)) return 'ramp';
	}
	return look >= horizon ? 'no_difference' : 'keep_going';
}

/**
 * What is to become of a candidate that serves a share of contacts beside the deployed version. Harm is judged whenever
 * it is asked, the metric by weekly looks that share out the chance of error: a candidate that is no better is promoted in
 * fewer than 5 % of rollouts, however many looks there are.
 * @throws RangeError for counts that cannot be
 */
export function compareVersions(input: CompareInput): VersionComparison {
	const { candidate, control, metric, share, look, horizon, ceilings = PLAN_POLICY.guardrails } = input;
	for (const arm of [candidate, control]) {
		if (!(arm.exposures >= 0 && arm.conversions >= 0 && arm.conversions <= arm.exposures)) throw new RangeError(`Version '${arm.id}' cannot have ${arm.conversions} successes among ${arm.exposures} contacts`);
	}
	const harms = HARMS.map((harm) => judgeHarm(harm, input.guardrails[harm]));
	const lift = liftOf(candidate, control);
	const held = heldBy(harms, ceilings);
	const verdict = verdictOf(input, lift, harms, held);
	const step = verdict === 'ramp' ? nextShare(share) : undefined;
	const waits = verdict === 'keep_going' && held === undefined && input.newFigures === false && earnsMore(input, lift);
	const needed = verdict === 'keep_going' && held === undefined && !waits ? stillNeeded(input, lift) : undefined;
	const shown = (arm: VersionArm) => ({ version: arm.id, contacts: arm.exposures, successes: arm.conversions, rate: rateOf(arm) });
	const comparison = {
		verdict,
		...(step === undefined ? {} : { nextShare: step }),
		candidate: shown(candidate),
		control: shown(control),
		...(lift ? { lift } : {}),
		harms,
		...(held === undefined ? {} : { heldBy: held }),
		...(waits ? { waits } : {}),
		...(needed ? { needed } : {}),
		metric,
		look,
		horizon,
	};
	return { ...comparison, sentence: comparisonSentence(comparison, share) };
}
