import type { Instant } from '../time';
import { gatherEvidence, type AnswerEvidence, type SendTimeEvent } from './answerEvidence';
import { HOURS_PER_DAY, HOURS_PER_WEEK, type SendTimeModel } from './sendTimeModel';
import { SEND_TIME_LEARNING } from './sendTimePolicy';

export interface SendTimeHistory {
	/** In any order. Events of several contacts may be fitted together; name the `contact` of each then. */
	events: readonly SendTimeEvent[];
	/** IANA zone the hours are meant in. A name that is no zone counts as UTC, with a warning. */
	timezone: string;
	/** What is believed without these events, e.g. the model of the contact's segment. Without one every hour is alike but for the channel's default curve, which `chooseSendTime` applies. */
	prior?: SendTimeModel | null;
	/** Ages are measured from here; default: the newest event that counts. */
	now?: Instant;
}

/** Days that share what is learnt at a level: all, workdays and weekends apart, each alone. */
type DayGroup = (day: number) => number;
interface Level {
	name: keyof typeof SEND_TIME_LEARNING.priorAnswers.model;
	group: DayGroup;
	/** By whose rate the answers to sends in the hours around are expected. */
	expectBy: 'this hour' | 'their hour';
}
const LEVELS: readonly Level[] = [
	// Between hours of the day the prior may fall steeply: by their own rate, sends of a poor hour that went well would
	// lift the hours around it, which nobody tried, above the one that was answered.
	{ name: 'day', group: () => 0, expectBy: 'this hour' },
	// Days are compared hour by hour, with what is believed of these very hours by now.
	{ name: 'kind', group: (day) => (day < 5 ? 0 : 1), expectBy: 'their hour' },
	{ name: 'weekday', group: (day) => day, expectBy: 'their hour' },
];

/** Weights of the hours up to three standard deviations away; 1 for the hour itself. */
const TAPS: readonly { shift: number; weight: number }[] = (() => {
	const { smoothingHours } = SEND_TIME_LEARNING;
	const reach = Math.ceil(3 * smoothingHours);
	return Array.from({ length: 2 * reach + 1 }, (_, index) => index - reach).map((shift) => ({ shift, weight: Math.exp(-0.5 * (shift / smoothingHours) ** 2) }));
})();

/** Adds up the same hour of the days of a group, then the hours around it on the circle of 168: Sunday night meets Monday. */
function smoothed(perHour: readonly number[], group: DayGroup): number[] {
	const keys = perHour.map((_, hour) => group(Math.floor(hour / HOURS_PER_DAY)) * HOURS_PER_DAY + (hour % HOURS_PER_DAY));
	const sums = new Array<number>(HOURS_PER_WEEK).fill(0);
	perHour.forEach((value, hour) => (sums[keys[hour]] += value));
	return perHour.map((_, hour) => TAPS.reduce((sum, { shift, weight }) => sum + weight * sums[keys[(hour + shift + HOURS_PER_WEEK) % HOURS_PER_WEEK]], 0));
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** `chance` scaled so that, weighed by the rate of each hour, it makes `sum` in all. */
function shareOut(sum: number, chance: readonly number[], relative: readonly number[]): number[] {
	const all = chance.reduce((whole, value, hour) => whole + value * relative[hour], 0);
	return chance.map((value) => (all > 0 ? (sum * value) / all : 0));
}

/** Weighted answers a delivery brings in an hour of relative rate 1: gamma-Poisson mean. */
function levelOf(evidence: AnswerEvidence, relative: readonly number[], rate: number): number {
	const { deliveries } = SEND_TIME_LEARNING.level;
	const exposure = evidence.deliveries.reduce((sum, count, hour) => sum + count * relative[hour], 0);
	return (rate * deliveries + total(evidence.prompt)) / (deliveries + exposure);
}

const EVEN: readonly number[] = new Array<number>(HOURS_PER_WEEK).fill(1);

/** One step of learning: each hour's rate times (prior + answers seen) ÷ (prior + answers expected). */
function learn(evidence: AnswerEvidence, relative: readonly number[], rate: number, { group, expectBy }: Level, priorAnswers: number): number[] {
	const level = levelOf(evidence, relative, rate);
	const late = shareOut(total(evidence.late), evidence.lateChance, relative);
	const unprompted = shareOut(total(evidence.unprompted), EVEN, relative);
	const seen = smoothed(evidence.prompt.map((value, hour) => value + evidence.late[hour] + evidence.unprompted[hour]), group);
	// Answers to expect at a relative rate of 1.
	const exposure = evidence.deliveries.map((count, hour) => count * level + late[hour] + unprompted[hour]);
	const around = smoothed(expectBy === 'this hour' ? exposure : exposure.map((value, hour) => value * relative[hour]), group);
	return relative.map((value, hour) => {
		const expected = expectBy === 'this hour' ? value * around[hour] : around[hour];
		return value * ((priorAnswers + seen[hour]) / (priorAnswers + expected));
	});
}

/** As `fitSendTime`, of evidence that was gathered before. */
export function fitEvidence(evidence: AnswerEvidence, prior?: SendTimeModel | null): SendTimeModel {
	const rate = prior?.level ?? SEND_TIME_LEARNING.level.rate;
	let relative: number[] = [...(prior?.relative ?? EVEN)];
	const priorAnswers = prior ? prior.answers + prior.priorAnswers : 0;
	const worth = SEND_TIME_LEARNING.priorAnswers[priorAnswers > 0 ? 'model' : 'none'];
	for (const level of LEVELS) relative = learn(evidence, relative, rate, level, worth[level.name]);
	return {
		version: 1,
		relative,
		level: levelOf(evidence, relative, rate),
		answers: evidence.answers,
		priorAnswers,
		warnings: [...new Set([...(prior?.warnings ?? []), ...evidence.warnings])],
	};
}

/**
 * Learns when a contact answers, as a rate by hour of the local week, so that our own sending habits cancel out.
 *
 * For every hour h: relative(h) = prior(h) × Π over levels of (k + seen(h)) ÷ (k + expected(h)). `seen` are answers,
 * weighted by kind and age and smoothed round the clock; `expected` is what our deliveries around the hour would have
 * brought by the prior. The levels are hour of day, workday or weekend, weekday; k is what the prior is worth.
 * Few answers leave the prior as it is, many replace it. Machine opens count nothing.
 *
 * Source: gamma-Poisson shrinkage of observed ÷ expected (Clayton & Kaldor, Biometrics 43, 1987) with a kernel on the
 * circle (Mardia & Jupp, Directional Statistics, 2000).
 * @throws RangeError when a time is none, or outside 1970 to 2999.
 */
export function fitSendTime({ events, timezone, prior, now }: SendTimeHistory): SendTimeModel {
	return fitEvidence(gatherEvidence(events, timezone, now), prior);
}
