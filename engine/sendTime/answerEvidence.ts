import { epochMs, HOUR, later, type EpochMs, type Instant } from '../time';
import { HOURS_PER_WEEK, hourOfWeek } from './sendTimeModel';
import { SEND_TIME_LEARNING } from './sendTimePolicy';
import { assertPlannable, isZone } from './zoneClock';

export interface SendTimeEvent {
	at: Instant;
	/** machineOpen: a mail gateway or a pre-fetching mail program; it counts nothing. */
	kind: 'delivered' | 'reply' | 'click' | 'open' | 'machineOpen';
	/** Whose event it is, when events of several contacts are fitted together. */
	contact?: string;
	/** The contact's own IANA zone, when it is not the one all share. */
	timezone?: string;
}

type AnswerKind = keyof typeof SEND_TIME_LEARNING.weight;
const isAnswer = (kind: SendTimeEvent['kind']): kind is AnswerKind => kind !== 'delivered' && kind !== 'machineOpen';

/** Weighted sums over the hours of the local week. */
export interface AnswerEvidence {
	/** Deliveries, by the hour of delivery. */
	deliveries: number[];
	/** Prompt answers, by the hour of the delivery they answer. */
	prompt: number[];
	/** Late answers, by the hour of the answer; and where such answers fall when every hour is alike. */
	late: number[];
	lateChance: number[];
	/** Answers to no delivery we know of, by their own hour. */
	unprompted: number[];
	/** Answers counted, unweighted. */
	answers: number;
	warnings: string[];
}

interface Delivery {
	at: EpochMs;
	answered: Set<AnswerKind>;
}

interface Timed {
	at: EpochMs;
	kind: Exclude<SendTimeEvent['kind'], 'machineOpen'>;
	contact: string;
	zone: string;
}

const hours = (): number[] => new Array<number>(HOURS_PER_WEEK).fill(0);

/** Share of answers that have come `lagMs` after the delivery. */
function answeredBy(lagMs: number): number {
	const { scaleMs, shape } = SEND_TIME_LEARNING.answerLag;
	return 1 - (1 + lagMs / scaleMs) ** -shape;
}

/** Spreads one late answer over the hours after its delivery as late answers fall in general, our sending habits included. */
function spreadLate(chance: number[], zone: string, delivered: EpochMs, weight: number): void {
	const { promptMs, answerWindowMs } = SEND_TIME_LEARNING;
	const total = answeredBy(answerWindowMs) - answeredBy(promptMs);
	for (let lag = promptMs; lag < answerWindowMs; lag += HOUR) {
		const share = (answeredBy(Math.min(lag + HOUR, answerWindowMs)) - answeredBy(lag)) / total;
		chance[hourOfWeek(zone, later(delivered, lag + HOUR / 2))] += weight * share;
	}
}

/** The newest delivery in the window that has no answer of this kind yet; 'repeat' when all have one. */
function deliveryFor(deliveries: readonly Delivery[], answer: Timed, kind: AnswerKind): Delivery | 'repeat' | undefined {
	let seen: 'repeat' | undefined;
	for (let index = deliveries.length - 1; index >= 0; index--) {
		const delivery = deliveries[index];
		if (answer.at - delivery.at > SEND_TIME_LEARNING.answerWindowMs) break;
		if (!delivery.answered.has(kind)) return delivery;
		seen = 'repeat';
	}
	return seen;
}

function readEvents(events: readonly SendTimeEvent[], timezone: string, warnings: Set<string>): Timed[] {
	const zoneOf = (name: string): string => {
		if (isZone(name)) return name;
		warnings.add(`'${name.slice(0, 40)}' is not an IANA time zone; UTC was used.`);
		return 'UTC';
	};
	const shared = zoneOf(timezone);
	return events
		.flatMap(({ at: instant, kind, contact = '', timezone: own }): Timed[] => {
			const at = epochMs(instant);
			assertPlannable(at);
			return kind === 'machineOpen' ? [] : [{ at, kind, contact, zone: own === undefined ? shared : zoneOf(own) }];
		})
		.sort((a, b) => a.at - b.at || Number(isAnswer(a.kind)) - Number(isAnswer(b.kind)));
}

const SUMS = ['deliveries', 'prompt', 'late', 'lateChance', 'unprompted'] as const;

function combine(a: AnswerEvidence, b: AnswerEvidence, sum: (x: number, y: number) => number): AnswerEvidence {
	const combined = noEvidence();
	for (const name of SUMS) combined[name] = a[name].map((value, hour) => sum(value, b[name][hour]));
	return { ...combined, answers: sum(a.answers, b.answers), warnings: [...new Set([...a.warnings, ...b.warnings])] };
}

/** Evidence of nothing. */
export function noEvidence(): AnswerEvidence {
	return { deliveries: hours(), prompt: hours(), late: hours(), lateChance: hours(), unprompted: hours(), answers: 0, warnings: [] };
}

/** What two contacts' events say together. Both must have been gathered with the same `now`. */
export function addEvidence(a: AnswerEvidence, b: AnswerEvidence): AnswerEvidence {
	return combine(a, b, (x, y) => x + y);
}

/** What is left when a part of it is taken out again. */
export function withoutEvidence(whole: AnswerEvidence, part: AnswerEvidence): AnswerEvidence {
	// Sums of floating-point numbers leave a residue where nothing is left.
	return combine(whole, part, (x, y) => Math.max(0, x - y));
}

/**
 * Sums events up by hour of the local week, newer ones more. A repeated open, click or reply to the same message
 * counts once. Ages are measured from `now`, or from the newest event that counts.
 * @throws RangeError when a time is none, or outside 1970 to 2999.
 */
export function gatherEvidence(events: readonly SendTimeEvent[], timezone: string, now?: Instant): AnswerEvidence {
	const { weight, halfLifeMs, promptMs } = SEND_TIME_LEARNING;
	const warnings = new Set<string>();
	const timed = readEvents(events, timezone, warnings);
	const sums = { deliveries: hours(), prompt: hours(), late: hours(), lateChance: hours(), unprompted: hours() };
	const newest = now === undefined ? (timed.at(-1)?.at ?? 0) : epochMs(now);
	const deliveriesOf = new Map<string, Delivery[]>();
	let answers = 0;
	for (const event of timed) {
		const { at, kind, contact, zone } = event;
		const recency = 2 ** -(Math.max(0, newest - at) / halfLifeMs);
		const earlier = deliveriesOf.get(contact) ?? [];
		if (!isAnswer(kind)) {
			earlier.push({ at, answered: new Set() });
			deliveriesOf.set(contact, earlier);
			sums.deliveries[hourOfWeek(zone, at)] += recency;
			continue;
		}
		const delivery = deliveryFor(earlier, event, kind);
		if (delivery === 'repeat') continue;
		answers++;
		const worth = weight[kind] * recency;
		if (delivery === undefined) {
			sums.unprompted[hourOfWeek(zone, at)] += worth;
			continue;
		}
		delivery.answered.add(kind);
		if (at - delivery.at <= promptMs) sums.prompt[hourOfWeek(zone, delivery.at)] += worth;
		else {
			sums.late[hourOfWeek(zone, at)] += worth;
			spreadLate(sums.lateChance, zone, delivery.at, worth);
		}
	}
	return { ...sums, answers, warnings: [...warnings] };
}
