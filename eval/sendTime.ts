import { jStat } from 'jstat';
import type { SendTimeEvent } from '../engine/sendTime/answerEvidence';
import { chooseSendTime } from '../engine/sendTime/chooseSendTime';
import { fitSendTime } from '../engine/sendTime/fitSendTime';
import { hourOfWeek, type SendTimeModel } from '../engine/sendTime/sendTimeModel';
import { CHANNEL_DEFAULT_HOUR } from '../engine/sendTime/sendTimePolicy';
import { addDays, instantOf, localTime } from '../engine/sendTime/zoneClock';
import { epochMs, HOUR } from '../engine/time';
import { bestChance, chanceOfSend, drawContact, drawHistory, drawSegment, type Contact, type HabitCase, type HistorySize, type LagCase } from './sendTimeWorld';

export const HABITS: readonly HabitCase[] = ['two-peaked', 'midnight', 'drifting'];
export const LAGS: readonly LagCase[] = ['prompt', 'email', 'own hours'];
export const SIZES: readonly number[] = [1, 5, 20, 100];
const CHANNEL = 'email';
const OTHERS_PER_SEGMENT = 30;
const OTHERS_ANSWERS = 15;

/** Uniform on [0, 1), the same sequence for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), state | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

const isHuman = ({ kind }: SendTimeEvent): boolean => kind === 'reply' || kind === 'click' || kind === 'open';

function counted(events: readonly SendTimeEvent[], zone: string, bins: 24 | 168): number[] {
	const counts = new Array<number>(bins).fill(0);
	for (const event of events) if (isHuman(event)) counts[hourOfWeek(zone, epochMs(event.at)) % bins]++;
	return counts;
}

/** The fullest bin; of equals the one nearest to the channel's usual hour. */
function fullest(counts: readonly number[]): number {
	const apart = (bin: number): number => Math.abs((bin % 24) - CHANNEL_DEFAULT_HOUR[CHANNEL]);
	return counts.reduce((best, count, bin) => (count > counts[best] || (count === counts[best] && apart(bin) < apart(best)) ? bin : best), 0);
}

/** Plain personal histogram: the hour (of the day or of the week) in which most answers came; none: the default. */
function histogramChance(contact: Contact, events: readonly SendTimeEvent[], bins: 24 | 168): number {
	const counts = counted(events, contact.zone, bins);
	if (counts.every((count) => count === 0)) return chosenChance(contact);
	const bin = fullest(counts);
	const { date, weekday } = localTime(contact.zone, contact.end);
	const days = bins === 24 ? 0 : (Math.floor(bin / 24) - (weekday - 1) + 7) % 7;
	return chanceOfSend(contact, new Date(instantOf(contact.zone, addDays(date, days), (bin % 24) * HOUR)).toISOString());
}

/** The true chance at the time `chooseSendTime` names; without a model the channel's default. */
function chosenChance(contact: Contact, model?: SendTimeModel): number {
	const { sendAt } = chooseSendTime({ model, channel: CHANNEL, purpose: 'outreach', timezone: contact.zone, now: contact.end });
	if (sendAt === undefined) throw new Error('An unrestricted message found no time.');
	return chanceOfSend(contact, sendAt);
}

export interface Paired {
	mean: number;
	low: number;
	high: number;
}

/** What the rivals are: three ways to choose without our model, and the segment's model without the contact's own events. */
export const RIVALS = ['channelDefault', 'histogram', 'weekHistogram', 'segmentOnly'] as const;
export type Rival = (typeof RIVALS)[number];

export interface SendTimeResult {
	habit: HabitCase;
	lag: LagCase;
	history: HistorySize;
	prior: 'segment' | 'none';
	contacts: number;
	segments: number;
	/** Mean true chance of an answer at the chosen hour. */
	learnt: number;
	rivals: Record<Rival, number>;
	/** At the best hour of the week, which nobody knows. */
	best: number;
	/** Learnt minus the rival, paired by contact, 95 % over segments, since contacts of a segment share its prior. */
	gains: Record<Rival, Paired>;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Two-sided 95 % quantile of Student's t, through the beta quantile. */
function studentQuantile(freedom: number): number {
	const x = jStat.beta.inv(0.05, freedom / 2, 0.5);
	return Math.sqrt((freedom * (1 - x)) / x);
}

/** Mean and 95 % interval (Student, one value a segment). */
function interval(perSegment: readonly number[]): Paired {
	const centre = mean(perSegment);
	const variance = perSegment.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (perSegment.length - 1);
	const half = studentQuantile(perSegment.length - 1) * Math.sqrt(variance / perSegment.length);
	return { mean: centre, low: centre - half, high: centre + half };
}

/** One contact with one history: the true chance each way of choosing leads to. */
type Row = Record<Rival | 'learnt' | 'alone' | 'best', number>;

function compare(contact: Contact, events: readonly SendTimeEvent[], segmentModel: SendTimeModel): Row {
	return {
		learnt: chosenChance(contact, fitSendTime({ events, timezone: contact.zone, prior: segmentModel })),
		alone: chosenChance(contact, fitSendTime({ events, timezone: contact.zone })),
		channelDefault: chosenChance(contact),
		histogram: histogramChance(contact, events, 24),
		weekHistogram: histogramChance(contact, events, 168),
		segmentOnly: chosenChance(contact, segmentModel),
		best: bestChance(contact),
	};
}

export interface SendTimeWorld {
	habit: HabitCase;
	lag: LagCase;
	unit: HistorySize['unit'];
	sizes: readonly number[];
	segments: number;
	contactsPerSegment: number;
	/** Contacts the prior of a segment is fitted on. */
	othersPerSegment?: number;
	seed: number;
}

/** Simulates segments of contacts; the prior of a segment is fitted on 30 other contacts of it with 15 answers each. */
export function simulateSendTime({ habit, lag, unit, sizes, segments, contactsPerSegment, othersPerSegment = OTHERS_PER_SEGMENT, seed }: SendTimeWorld): SendTimeResult[] {
	const rng = randomOf(seed);
	const rows = sizes.map((): Row[][] => []);
	for (let group = 0; group < segments; group++) {
		const segment = drawSegment(habit, rng);
		const others = Array.from({ length: othersPerSegment }, (_, index) => drawHistory(drawContact(habit, segment, rng), { unit: 'answers', size: OTHERS_ANSWERS }, lag, rng, `other ${index}`));
		const segmentModel = fitSendTime({ events: others.flat(), timezone: 'UTC' });
		const contacts = Array.from({ length: contactsPerSegment }, () => drawContact(habit, segment, rng));
		sizes.forEach((size, place) => rows[place].push(contacts.map((contact) => compare(contact, drawHistory(contact, { unit, size }, lag, rng), segmentModel))));
	}
	return rows.flatMap((groups, place) =>
		(['segment', 'none'] as const).map((prior): SendTimeResult => {
			const arm = prior === 'segment' ? 'learnt' : 'alone';
			const average = (name: keyof Row): number => mean(groups.flat().map((row) => row[name]));
			const gain = (rival: Rival): Paired => interval(groups.map((group) => mean(group.map((row) => row[arm] - row[rival]))));
			const each = <T>(value: (rival: Rival) => T): Record<Rival, T> => ({ channelDefault: value('channelDefault'), histogram: value('histogram'), weekHistogram: value('weekHistogram'), segmentOnly: value('segmentOnly') });
			return { habit, lag, history: { unit, size: sizes[place] }, prior, contacts: segments * contactsPerSegment, segments, learnt: average(arm), rivals: each(average), best: average('best'), gains: each(gain) };
		}),
	);
}

export const REPORTED = { segments: 50, contactsPerSegment: 10, seed: 20_261_120 };

/** Every habit at every size, answers late as in e-mail and only in the contact's own hours. Other seeds than any the policy numbers were chosen on. */
export function reportedResults(lags: readonly LagCase[] = ['email', 'own hours'], unit: HistorySize['unit'] = 'answers'): SendTimeResult[] {
	return lags.flatMap((lag, lagIndex) =>
		HABITS.flatMap((habit, habitIndex) => simulateSendTime({ habit, lag, unit, sizes: SIZES, ...REPORTED, seed: REPORTED.seed + 100 * lagIndex + habitIndex })),
	);
}

const points = (share: number): string => (100 * share).toFixed(1);
const signed = ({ mean: centre, low, high }: Paired): string => `${centre >= 0 ? '+' : ''}${points(centre)} [${points(low)}, ${points(high)}]`;

/** Whether the gain over each rival a team could have used instead is surely above 0. */
export function beatsAll({ gains }: SendTimeResult): boolean {
	return [gains.channelDefault, gains.histogram, gains.weekHistogram].every(({ low }) => low > 0);
}

function printed(result: SendTimeResult): string {
	const { habit, lag, history, prior, contacts, learnt, best, gains } = result;
	const name = `${habit}, ${lag}, ${history.size} ${history.unit}, prior ${prior}`.padEnd(50);
	return `${name} n=${contacts}  ${points(learnt)} % of at most ${points(best)} %  − default ${signed(gains.channelDefault)}  − day histogram ${signed(gains.histogram)}  − week histogram ${signed(gains.weekHistogram)}  above all: ${beatsAll(result) ? 'yes' : 'NO'}`;
}

/** The figures of Best Send Time as printable rows. */
export function sendTimeSection(results: readonly SendTimeResult[] = reportedResults()): { title: string; note: string; rows: string[] } {
	return {
		title: 'Best Send Time (simulated contacts)',
		note: `True chance of an answer at the chosen hour, percentage points; paired differences with 95 % intervals over ${REPORTED.segments} segments. The policy numbers were chosen on the same simulator with other seeds.`,
		rows: results.map(printed),
	};
}
