import { jStat } from 'jstat';
import { lowerBound } from '../statistics/binomial';
import { boundFor, rateOf, zValue, type ComparedArm } from './compareArms';
import { beliefs, type ArmCount } from './posterior';

/** The policy's numbers, in one place. */
export const EXPERIMENT_POLICY = {
	/**
	 * Error the looks may spend, so that a winner among equals is named in at most 5 % of experiments: whole-number
	 * counts make the z-test slightly liberal (5.2 % in 10,000 runs at 0.05), which this takes back.
	 */
	alpha: 0.045,
	/** The same where shares follow the results: the weaker arm has few contacts, and counts of few are the more liberal (6 % of 400 runs at 0.045, 4.5 % of 1,100 at 0.035). */
	alphaAdaptive: 0.03,
	/** Share of experiments in which the shown intervals may miss. */
	intervalMiss: 0.05,
	/** Power for which the missing contacts are counted. */
	power: 0.8,
	/** Contacts an arm needs before it is judged at all. */
	minimumSample: 30,
	/** Below this probability the split itself is broken. */
	sampleRatioAlarm: 0.001,
	/** Contacts every arm should have had before the split is tested: below, the chi-square test cries wolf. Source: Cochran 1954. */
	sampleRatioMinimum: 5,
	/** Confidence with which a guardrail must be broken. */
	guardrailLevel: 0.975,
} as const;

export interface JudgedArm extends ComparedArm {
	/** Share of contacts this arm should have had, 0–1: the mean propensity. Equal shares when absent. */
	expectedShare?: number;
}

/** A rate that must not be exceeded in an arm, e.g. opt-outs at most 2 %. */
export interface Guardrail {
	/** The arm. */
	id: string;
	name: string;
	events: number;
	/** Contacts among which they were counted; the arm's when absent. */
	exposures?: number;
	/** 0–1 */
	maxShare: number;
}

export interface JudgeInput {
	/** At least two; the first is the control. */
	arms: readonly JudgedArm[];
	/** Which of the planned looks this is, from 1. */
	look: number;
	/** How many looks were planned when the experiment began. */
	horizon: number;
	guardrails?: readonly Guardrail[];
	/** Whether the arms' shares followed their results (Thompson). */
	adaptive?: boolean;
	/** Contacts that join in a week, all arms together. */
	perWeek?: number;
}

export interface Judgement {
	verdict: 'winner' | 'no_difference' | 'keep_going' | 'stop_guardrail' | 'sample_ratio_mismatch';
	winner?: string;
	/** By arm: probability of being the best. Shown beside the verdict; the verdict does not rest on it. */
	pBest: Record<string, number>;
	/** By arm: conversions a contact lost by settling on it. */
	expectedLoss: Record<string, number>;
	/** By arm: its rate with a 95 % interval that holds however often it is looked at. */
	intervals: Record<string, { rate: number; low: number; high: number }>;
	/** Contacts still missing, about, for a difference of the size seen now. */
	moreContacts?: number;
	weeks?: number;
	sentence: string;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Anytime-valid interval: asymptotic confidence sequence, tightest near `minimumSample`·10 contacts. Source: Waudby-Smith et al. 2021, eq. 4. */
function anytimeInterval(arm: ArmCount, alpha: number): { rate: number; low: number; high: number } {
	const n = arm.exposures;
	if (n === 0) return { rate: 0, low: 0, high: 1 };
	// One success and one failure more keep the deviation from vanishing at 0 or all conversions.
	const smoothed = (arm.conversions + 1) / (n + 2);
	const deviation = Math.sqrt(smoothed * (1 - smoothed));
	const rho2 = (2 * Math.log(1 / alpha) + Math.log(1 + 2 * Math.log(1 / alpha))) / (EXPERIMENT_POLICY.minimumSample * 10);
	const half = deviation * Math.sqrt(((2 * (n * rho2 + 1)) / (n * n * rho2)) * Math.log(Math.sqrt(n * rho2 + 1) / alpha));
	const rate = rateOf(arm);
	return { rate, low: Math.max(0, rate - half), high: Math.min(1, rate + half) };
}

const guardedContacts = (guardrail: Guardrail, arms: readonly JudgedArm[]): number => guardrail.exposures ?? arms.find((arm) => arm.id === guardrail.id)?.exposures ?? 0;

/** Whether so many cases among so many contacts mean that more than the allowed share is to be expected. */
export function guardrailIsBroken({ events, maxShare }: Pick<Guardrail, 'events' | 'maxShare'>, contacts: number): boolean {
	return lowerBound(events, contacts, EXPERIMENT_POLICY.guardrailLevel) > maxShare;
}

/**
 * Whether contacts are split otherwise than intended, by Pearson's chi-square test: the messages of one arm fail, wait for
 * a person or are counted twice, and the arms no longer hold the same kind of people.
 */
export function splitIsBroken(arms: readonly Pick<JudgedArm, 'exposures' | 'expectedShare'>[]): boolean {
	const total = arms.reduce((sum, arm) => sum + arm.exposures, 0);
	const shareSum = arms.reduce((sum, arm) => sum + (arm.expectedShare ?? 1 / arms.length), 0);
	const cells = arms.map((arm) => ({ seen: arm.exposures, expected: shareSum > 0 ? (total * (arm.expectedShare ?? 1 / arms.length)) / shareSum : 0 }));
	// Contacts in an arm nobody should have come into need no statistics.
	if (cells.some(({ seen, expected }) => expected === 0 && seen > 0)) return true;
	const open = cells.filter(({ expected }) => expected > 0);
	if (open.length < 2 || open.some(({ expected }) => expected < EXPERIMENT_POLICY.sampleRatioMinimum)) return false;
	const statistic = open.reduce((sum, { seen, expected }) => sum + (seen - expected) ** 2 / expected, 0);
	return 1 - jStat.chisquare.cdf(statistic, open.length - 1) < EXPERIMENT_POLICY.sampleRatioAlarm;
}

/** Contacts an arm needs to tell two rates apart, fixed size, two-sided. */
function contactsPerArm(p1: number, p2: number): number {
	const reach = jStat.normal.inv(1 - EXPERIMENT_POLICY.intervalMiss / 2, 0, 1) + jStat.normal.inv(EXPERIMENT_POLICY.power, 0, 1);
	return (reach ** 2 * (p1 * (1 - p1) + p2 * (1 - p2))) / (p1 - p2) ** 2;
}

/**
 * Whether an experiment may end, and how. A winner beats every other arm by the alpha-spending bound of this look;
 * with more than two arms the error is shared out so that all of them together keep it.
 * @throws RangeError for fewer than two arms or counts that cannot be
 */
export function judgeExperiment(input: JudgeInput): Judgement {
	const { arms, look, horizon, guardrails = [], adaptive = false, perWeek } = input;
	if (arms.length < 2) throw new RangeError('An experiment needs at least two arms to be judged');
	for (const arm of arms) {
		if (!(arm.exposures >= 0 && arm.conversions >= 0 && arm.conversions <= arm.exposures)) {
			throw new RangeError(`Arm '${arm.id}' cannot have ${arm.conversions} conversions among ${arm.exposures} contacts`);
		}
	}
	const believed = beliefs(arms);
	const shown = {
		pBest: Object.fromEntries(believed.map(({ id, pBest }) => [id, pBest])),
		expectedLoss: Object.fromEntries(believed.map(({ id, expectedLoss }) => [id, expectedLoss])),
		intervals: Object.fromEntries(arms.map((arm) => [arm.id, anytimeInterval(arm, EXPERIMENT_POLICY.intervalMiss)])),
	};

	const broken = guardrails.find((guardrail) => guardrailIsBroken(guardrail, guardedContacts(guardrail, arms)));
	if (broken) {
		return { verdict: 'stop_guardrail', ...shown, sentence: `Stop '${broken.id}': ${broken.events} ${broken.name} among ${guardedContacts(broken, arms)} contacts are more than the ${percent(broken.maxShare)} allowed, and no accident.` };
	}
	if (splitIsBroken(arms)) {
		return { verdict: 'sample_ratio_mismatch', ...shown, sentence: 'The contacts are not split as intended, so the comparison cannot be trusted: find out which contacts are missing first.' };
	}

	const ranked = [...arms].sort((a, b) => rateOf(b) - rateOf(a));
	const [best, second] = ranked;
	const enough = arms.every((arm) => arm.exposures >= EXPERIMENT_POLICY.minimumSample);
	// Any of k equal arms may come out on top of all others: with 2α/k a pair, that happens in at most α of experiments.
	const alpha = (2 * (adaptive ? EXPERIMENT_POLICY.alphaAdaptive : EXPERIMENT_POLICY.alpha)) / arms.length;
	if (enough && ranked.slice(1).every((arm) => zValue(best, arm) >= boundFor(best, arm, look, horizon, alpha))) {
		return { verdict: 'winner', winner: best.id, ...shown, sentence: `'${best.id}' wins: ${percent(rateOf(best))} against ${percent(rateOf(second))} for '${second.id}', at look ${look} of ${horizon}.` };
	}
	if (look >= horizon) {
		return { verdict: 'no_difference', ...shown, sentence: `No difference that ${horizon} looks could show: '${best.id}' ${percent(rateOf(best))}, '${second.id}' ${percent(rateOf(second))}. Keep either.` };
	}
	return { verdict: 'keep_going', ...shown, ...stillMissing(arms, best, second, perWeek, look, horizon) };
}

function stillMissing(
	arms: readonly JudgedArm[],
	best: JudgedArm,
	second: JudgedArm,
	perWeek: number | undefined,
	look: number,
	horizon: number,
): Pick<Judgement, 'moreContacts' | 'weeks' | 'sentence'> {
	const has = arms.reduce((sum, arm) => sum + arm.exposures, 0);
	const leading = `Keep going (look ${look} of ${horizon})`;
	if (rateOf(best) === rateOf(second)) return { sentence: `${leading}: the best two are level so far.` };
	const needed = Math.max(contactsPerArm(rateOf(best), rateOf(second)), EXPERIMENT_POLICY.minimumSample) * arms.length;
	const moreContacts = Math.max(1, Math.ceil(needed - has));
	const weeks = perWeek && perWeek > 0 ? Math.ceil(moreContacts / perWeek) : undefined;
	const time = weeks === undefined ? '' : `, ${weeks} more week${weeks === 1 ? '' : 's'}`;
	return { moreContacts, weeks, sentence: `${leading}: '${best.id}' leads with ${percent(rateOf(best))} against ${percent(rateOf(second))}; about ${moreContacts} more contacts${time} if the difference is real.` };
}
