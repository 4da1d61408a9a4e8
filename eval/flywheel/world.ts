import { localTime } from '../../engine/sendTime/zoneClock';
import { DAY, HOUR, later, MINUTE, SECOND, type EpochMs } from '../../engine/time';
import { pick, type Random } from '../uniform';
import { TEXT_KINDS, type TextKind } from './texts';

/** What comes of a message by how its text is: times the base rate of answers, then by the answer. */
interface TextEffect {
	/** Share of the model's drafts when it is shown no examples. Together 1. */
	share: number;
	/** Times the base rate of answers. The mean over what the model writes by itself is 1, the best 1.25. */
	reply: number;
	/** What answers are like. Together 1. */
	answers: Readonly<Record<AnswerKind, number>>;
	/** Share of the interested who book a meeting. */
	meeting: number;
	/** Share of the readers who use the unsubscribe link. */
	unsubscribe: number;
}

export const ANSWER_KINDS = ['interested', 'later', 'objection', 'stop', 'complaint'] as const;
export type AnswerKind = (typeof ANSWER_KINDS)[number];

/** The simulated market. Fixed before the first result was looked at; nothing in the product knows it. */
export const WORLD = {
	weeks: 12,
	/** New leads a week, one message each, half of them taken in on Monday, half on Thursday. */
	sendsAWeek: 1_000,
	/** A Monday. The clocks change on Sunday of the fourth week, Easter lies in the fifth and sixth. */
	startsOn: '2026-03-02T00:00:00Z',
	/** 8 % answer: 40 % read the mail at an ordinary hour, a fifth of them answers. */
	readShare: 0.4,
	replyOfReaders: 0.2,
	/** One of three variants, drawn by seed, is answered more often. */
	variants: ['a', 'b', 'c'],
	bestVariant: 1.4,
	/** The hour of the lead's day in which mail is read most, drawn by seed from 8 to 20; the gain fades like a bell of so many hours. */
	bestHour: 1.3,
	hourWidth: 2,
	text: {
		specific: { share: 0.25, reply: 1.25, answers: { interested: 0.6, later: 0.15, objection: 0.2, stop: 0.04, complaint: 0.01 }, meeting: 0.4, unsubscribe: 0.005 },
		plain: { share: 0.7, reply: 0.6075 / 0.7, answers: { interested: 0.25, later: 0.3, objection: 0.37, stop: 0.07, complaint: 0.01 }, meeting: 0.2, unsubscribe: 0.005 },
		// The trap: the most answers of all, but angry ones.
		pressing: { share: 0.05, reply: 1.6, answers: { interested: 0.08, later: 0.1, objection: 0.37, stop: 0.33, complaint: 0.12 }, meeting: 0.1, unsubscribe: 0.03 },
	} satisfies Record<TextKind, TextEffect>,
	dealOfMeetings: 0.35,
	/** Mail programs that fetch a mail by themselves, within seconds. */
	machineOpens: 0.25,
	absenceNotices: 0.02,
	/** Share of everything that happens which is reported late, at any time until the last day. */
	reportedLate: 0.15,
	/** Everything that comes of a message is on record this long after it was sent at the latest. */
	lastReport: 14 * DAY,
} as const;

/** equal: variants, hours and texts make no difference, and the model takes no hint from examples. */
export type WorldKind = 'real' | 'equal';

/** What is true in one run, unknown to the product. */
export interface Market {
	kind: WorldKind;
	bestVariant: string;
	bestHour: number;
}

export function drawMarket(kind: WorldKind, rng: Random): Market {
	return { kind, bestVariant: pick(WORLD.variants, rng), bestHour: 8 + Math.floor(rng() * 13) };
}

/** Something that happens, and when it becomes known here. */
export interface Happening {
	kind: 'opened' | 'machine_opened' | 'answer' | 'absence' | 'unsubscribed' | 'meeting_booked' | 'deal_won';
	answer?: AnswerKind;
	/** EUR, of a deal. */
	value?: number;
	at: EpochMs;
	knownAt: EpochMs;
}

export interface SentMessage {
	sentAt: EpochMs;
	zone: string;
	variantId: string;
	text: TextKind;
}

const normal = (rng: Random): number => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
const logNormal = (median: number, sigma: number, rng: Random): number => median * Math.exp(sigma * normal(rng));

function byShare<K extends string>(shares: Readonly<Record<K, number>>, kinds: readonly K[], rng: Random): K {
	let point = rng();
	return kinds.find((kind) => (point -= shares[kind]) < 0) ?? kinds[kinds.length - 1];
}

/** What the hour of the lead's day does to reading, 1 to `bestHour`. */
export function hourEffect({ kind, bestHour }: Market, zone: string, at: EpochMs): number {
	if (kind === 'equal') return 1;
	const apart = Math.abs(localTime(zone, at).msOfDay / HOUR - (bestHour + 0.5));
	const distance = Math.min(apart, 24 - apart);
	return 1 + (WORLD.bestHour - 1) * Math.exp(-0.5 * (distance / WORLD.hourWidth) ** 2);
}

/** How a text works in this market: in an equal one as the average of what the model writes by itself. */
export function textEffect(market: Market, text: TextKind): Omit<TextEffect, 'share'> {
	if (market.kind === 'real') return WORLD.text[text];
	const mean = (of: (effect: TextEffect) => number): number => TEXT_KINDS.reduce((sum, kind) => sum + WORLD.text[kind].share * of(WORLD.text[kind]), 0);
	const answered = mean(({ reply }) => reply);
	const ofAnswers = (kind: AnswerKind): number => mean(({ reply, answers }) => reply * answers[kind]) / answered;
	const answers = { interested: ofAnswers('interested'), later: ofAnswers('later'), objection: ofAnswers('objection'), stop: ofAnswers('stop'), complaint: ofAnswers('complaint') };
	return { reply: answered, answers, meeting: mean(({ reply, answers: own, meeting }) => reply * own.interested * meeting) / mean(({ reply, answers: own }) => reply * own.interested), unsubscribe: mean(({ unsubscribe }) => unsubscribe) };
}

/** The true chance that a message is answered. */
export function replyChance(market: Market, message: SentMessage): number {
	const variant = market.kind === 'real' && message.variantId === market.bestVariant ? WORLD.bestVariant : 1;
	return WORLD.readShare * WORLD.replyOfReaders * hourEffect(market, message.zone, message.sentAt) * variant * textEffect(market, message.text).reply;
}

/** Everything that will come of one message, in order of time; what is reported late may become known out of order. */
export function fateOf(market: Market, message: SentMessage, rng: Random): Happening[] {
	const { sentAt } = message;
	const end = later(sentAt, WORLD.lastReport);
	const happenings: Happening[] = [];
	const happens = (kind: Happening['kind'], at: EpochMs, more: Pick<Happening, 'answer' | 'value'> = {}): void => {
		const moment = Math.min(Math.round(at), end) as EpochMs;
		const lateBy = rng() < WORLD.reportedLate ? rng() * (end - moment) : 0;
		happenings.push({ kind, ...more, at: moment, knownAt: later(moment, Math.round(lateBy)) });
	};
	const read = WORLD.readShare * hourEffect(market, message.zone, sentAt);
	const effect = textEffect(market, message.text);
	if (rng() < WORLD.machineOpens) happens('machine_opened', later(sentAt, (1 + 4 * rng()) * SECOND));
	if (rng() < WORLD.absenceNotices) happens('absence', later(sentAt, 5 * SECOND));
	if (rng() >= read) return happenings;
	// Most read within the hour, some days later.
	const readAt = later(sentAt, Math.min(15 * SECOND + logNormal(25 * MINUTE, 1.5, rng), 3 * DAY));
	happens('opened', readAt);
	if (rng() < effect.unsubscribe) {
		happens('unsubscribed', later(readAt, MINUTE));
		return happenings;
	}
	if (rng() >= replyChance(market, message) / read) return happenings;
	const answer = byShare(effect.answers, ANSWER_KINDS, rng);
	// Half of all answers within 47 minutes, nine in ten within a day (Kooti et al., WWW 2015).
	const answeredAt = later(readAt, Math.min(MINUTE + logNormal(47 * MINUTE, 2.67, rng), 4 * DAY));
	happens('answer', answeredAt, { answer });
	if (answer !== 'interested' || rng() >= effect.meeting) return happenings;
	const bookedAt = later(answeredAt, (0.2 + 3 * rng()) * DAY);
	happens('meeting_booked', bookedAt);
	if (rng() < WORLD.dealOfMeetings) happens('deal_won', later(bookedAt, (1 + 3 * rng()) * DAY), { value: 500 + Math.round(rng() * 30) * 100 });
	return happenings;
}
