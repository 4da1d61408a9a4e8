import type { SendTimeEvent } from '../engine/sendTime/answerEvidence';
import { hourOfWeek, HOURS_PER_WEEK } from '../engine/sendTime/sendTimeModel';
import { addDays, instantOf, localTime } from '../engine/sendTime/zoneClock';
import { DAY, epochMs, HOUR, later, MINUTE, type EpochMs } from '../engine/time';

/** Simulated contacts whose true chance of answering is known for every hour, and the histories they leave. */
export type HabitCase = 'two-peaked' | 'midnight' | 'drifting';
/** How late answers come: as soon as read, as late as e-mail is answered, or not before the contact's own hours. */
export type LagCase = 'prompt' | 'email' | 'own hours';

export const HISTORY_DAYS = 180;
export const HISTORY_START = '2026-01-05';
/** The clocks change within the history in most of them, on different days. */
const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Sydney', 'America/Santiago', 'UTC'];
const BASE_RATE = 0.01;
/** Share of sends that leave at our own habit, a working day at 10; the others at any hour of the week. */
const OWN_HABIT = 0.6;
const MACHINE_OPENS = 0.3;
const MAX_SENDS = 20_000;

interface Peak {
	hour: number;
	height: number;
	width: number;
}

export interface Segment {
	peaks: Peak[];
	weekend: number;
}

export interface Contact {
	peaks: Peak[];
	days: number[];
	/** Hours by which the habit has moved from the first to the last day of the history. */
	drift: number;
	zone: string;
	end: EpochMs;
}

type Rng = () => number;

function gaussian(rng: Rng): number {
	return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}

const between = (rng: Rng, low: number, high: number): number => low + (high - low) * rng();
const wrap = (hour: number): number => ((hour % 24) + 24) % 24;

export function drawSegment(habit: HabitCase, rng: Rng): Segment {
	const weekend = between(rng, 0.3, 1.2);
	const peak = (hour: number, low: number, high: number): Peak => ({ hour: wrap(hour), height: between(rng, low, high), width: between(rng, 1, 2) });
	if (habit === 'midnight') return { weekend, peaks: [peak(between(rng, 22.5, 25.5), 0.15, 0.35), peak(between(rng, 11, 15), 0.02, 0.06)] };
	const first = between(rng, 5, 24);
	return { weekend, peaks: [peak(first, 0.1, 0.3), peak(first + between(rng, 6, 14), 0.1, 0.3)] };
}

export function drawContact(habit: HabitCase, segment: Segment, rng: Rng): Contact {
	const shift = 1.5 * gaussian(rng);
	const peaks = segment.peaks.map(({ hour, height, width }) => ({ hour: wrap(hour + shift + gaussian(rng)), height: Math.min(0.6, height * Math.exp(0.5 * gaussian(rng))), width }));
	const days = Array.from({ length: 7 }, (_, day) => (day < 5 ? 1 : segment.weekend) * Math.exp(0.2 * gaussian(rng)));
	const drift = habit === 'drifting' ? (rng() < 0.5 ? -1 : 1) * between(rng, 4, 8) : 0;
	const zone = ZONES[Math.floor(rng() * ZONES.length)];
	// Any weekday: a default that always falls on a Saturday would be an easy one to beat.
	const end = instantOf(zone, addDays(HISTORY_START, HISTORY_DAYS + Math.floor(7 * rng())), 0);
	return { peaks, days, drift, zone, end };
}

/** The true chance that a message sent now is answered. `age` is 0 at the start of the history and 1 at its end. */
export function chanceAt(contact: Contact, hour: number, age: number): number {
	const ofDay = (hour % 24) + 0.5;
	const sum = contact.peaks.reduce((total, { hour: at, height, width }) => {
		const apart = wrap(ofDay - at - contact.drift * age);
		const distance = Math.min(apart, 24 - apart);
		return total + height * Math.exp(-0.5 * (distance / width) ** 2);
	}, 0);
	return Math.min(0.95, BASE_RATE + sum * contact.days[Math.floor(hour / 24)]);
}

function drawSend(contact: Contact, rng: Rng): { at: EpochMs; age: number } {
	for (;;) {
		const day = Math.floor(rng() * HISTORY_DAYS);
		const habit = rng() < OWN_HABIT;
		const hour = habit ? wrap(10 + gaussian(rng)) : 24 * rng();
		const at = instantOf(contact.zone, addDays(HISTORY_START, day), Math.floor(hour * HOUR));
		if (!habit || localTime(contact.zone, at).weekday <= 5) return { at, age: (day + hour / 24) / HISTORY_DAYS };
	}
}

/** When the answer comes, if one does. */
function drawAnswer(contact: Contact, sent: EpochMs, age: number, lag: LagCase, rng: Rng): EpochMs | undefined {
	const chance = (at: EpochMs): number => chanceAt(contact, hourOfWeek(contact.zone, at), age);
	if (lag === 'own hours') {
		// Each hour the message lies unread the contact may take it up, with less interest as it ages.
		for (let hour = 0; hour < 24; hour++) {
			const at = later(sent, (hour + rng()) * HOUR);
			if (rng() < chance(at) * 0.85 ** hour) return at;
		}
		return undefined;
	}
	if (rng() >= chance(sent)) return undefined;
	// Half of all e-mail replies within 47 minutes, 90 % within a day: log-normal here, unlike the Lomax the fit assumes.
	const lagMs = lag === 'prompt' ? -20 * MINUTE * Math.log(1 - rng()) : 47 * MINUTE * Math.exp(2.67 * gaussian(rng));
	return later(sent, Math.round(Math.min(lagMs, 5 * DAY)));
}

const KINDS = ['reply', 'reply', 'reply', 'click', 'click', 'open', 'open', 'open', 'open', 'open'] as const;

export interface HistorySize {
	/** What is counted up to `size`: answers of people, or messages delivered. */
	unit: 'answers' | 'sends';
	size: number;
}

/** The events of one contact in order of time; machine opens come on top. */
export function drawHistory(contact: Contact, { unit, size }: HistorySize, lag: LagCase, rng: Rng, name?: string): SendTimeEvent[] {
	const events: { at: EpochMs; kind: SendTimeEvent['kind'] }[] = [];
	for (let sends = 0, answers = 0; sends < MAX_SENDS && (unit === 'sends' ? sends : answers) < size; sends++) {
		const { at, age } = drawSend(contact, rng);
		events.push({ at, kind: 'delivered' });
		if (rng() < MACHINE_OPENS) events.push({ at: later(at, 5_000), kind: 'machineOpen' });
		const answered = drawAnswer(contact, at, age, lag, rng);
		if (answered === undefined || answered >= contact.end) continue;
		answers++;
		events.push({ at: answered, kind: KINDS[Math.floor(rng() * KINDS.length)] });
	}
	return events.sort((a, b) => a.at - b.at).map((event) => ({ ...event, contact: name, timezone: contact.zone }));
}

/** What the best hour of the week would bring at the end of the history. */
export function bestChance(contact: Contact): number {
	return Math.max(...Array.from({ length: HOURS_PER_WEEK }, (_, hour) => chanceAt(contact, hour, 1)));
}

/** What a message sent at the moment brings at the end of the history. */
export function chanceOfSend(contact: Contact, sendAt: string): number {
	return chanceAt(contact, hourOfWeek(contact.zone, epochMs(sendAt)), 1);
}
