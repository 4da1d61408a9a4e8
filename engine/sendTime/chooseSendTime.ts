import type { Channel } from '../channels/channel';
import { epochMs, HOUR, iso, later, type EpochMs, type Instant } from '../time';
import { clockText, parseClockTime } from './clockTime';
import { beyondHolidays, bindingRules, capRules, notBeforeRule, outreachRules, type SendTimeConstraints } from './constraints';
import { placeLearnt } from './learntHours';
import { settle, type Settlement, type TimeRule } from './openHours';
import type { Schedule } from './schedule';
import { HOURS_PER_WEEK, SendTimeModelSchema, type SendTimeModel } from './sendTimeModel';
import { CAPACITY_MS, CHANNEL_DEFAULT_HOUR, CHANNEL_LABEL, EXPLORED_HOURS, SEARCH_MS, WISHES_TRIED } from './sendTimePolicy';
import { assertPlannable, isZone, localText, localTime, nextLocal } from './zoneClock';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export interface SendTimeRequest {
	/** When the contact or its segment answers, from `fitSendTime`. One without answers changes nothing. Outreach only. */
	model?: SendTimeModel | null;
	channel: Channel;
	purpose: 'reply' | 'outreach';
	/** IANA zone of the contact. A name that is no zone counts as UTC, with a warning. */
	timezone: string;
	now: Instant;
	notBefore?: Instant;
	constraints?: SendTimeConstraints;
	/** When the contact likes to be written to, local: HH:MM. Outreach only. */
	preference?: string;
	/** 0–1: share of outreach that goes at a random waking hour, to learn from. Needs `rng`. A preference is kept all the same. */
	explore?: number;
	/** Even in [0, 1). */
	rng?: () => number;
}

/** A schedule, or one without `sendAt` whose sentence says why there is no time. */
export type SendTimeChoice = Omit<Schedule, 'sendAt' | 'localTime'> & { sendAt?: string; localTime?: string; warnings: string[] };

interface Plan {
	zone: string;
	now: EpochMs;
	until: EpochMs;
	closesAt?: EpochMs;
	rules: TimeRule[];
}

function union(...lists: string[][]): string[] {
	return [...new Set(lists.flat())];
}

/**
 * The first day on which the wanted time of day, or a later moment of the same day, is allowed. A day that is closed
 * passes the whole wish on to the next day rather than to its first minute. When the wished hour is closed every day,
 * the first moment that is open at all.
 */
function placeOutreach(plan: Plan, start: EpochMs, startRules: string[], msOfDay: number): Settlement {
	const first = nextLocal(plan.zone, msOfDay, start);
	const before = nextLocal(plan.zone, msOfDay, plan.now) < first ? startRules : [];
	const moved = [...before];
	const opening = settle(plan.rules, first, plan.until);
	for (let wish = first, tried = 0; wish <= plan.until && tried < WISHES_TRIED; tried++) {
		const settled = settle(plan.rules, wish, plan.until);
		if (settled.at === undefined) break;
		const dayClosed = settled.moved.some((name) => plan.rules.some((rule) => rule.closesDay === true && rule.name === name));
		if (!dayClosed && localTime(plan.zone, settled.at).date === localTime(plan.zone, wish).date) return { at: settled.at, moved: union(moved, settled.moved) };
		moved.push(...settled.moved);
		const next = nextLocal(plan.zone, msOfDay, settled.at);
		// A wish the rules send back to the same place every day would never settle.
		wish = next > wish ? next : later(wish, HOUR);
	}
	return opening.at === undefined ? opening : { at: opening.at, moved: union(before, opening.moved) };
}

/** Keeps a time before the channel's window closes: the wished one, else the first allowed one, else none. */
function insideWindow(plan: Plan, wished: Settlement, earliest: EpochMs): Settlement {
	const { closesAt } = plan;
	if (closesAt === undefined || (wished.at !== undefined && wished.at < closesAt)) return wished;
	const first = settle(plan.rules, earliest, plan.until);
	if (first.at !== undefined && first.at < closesAt) return { at: first.at, moved: union(wished.moved, first.moved, ['channel window']) };
	return { moved: union(wished.moved, first.moved), blockedBy: 'channel window' };
}

function noneSentence(request: SendTimeRequest, plan: Plan, settlement: Settlement & { blockedBy: string }): string {
	const { zone, closesAt } = plan;
	const others = settlement.moved.filter((name) => name !== 'channel window');
	if (settlement.blockedBy !== 'channel window' || closesAt === undefined) {
		const searched = plan.rules.find(({ name }) => name === settlement.blockedBy)?.horizon ?? plan.until;
		return `No time to send: ${settlement.blockedBy} leaves no moment up to ${localText(zone, searched)} (${zone}).`;
	}
	const closes = `the ${CHANNEL_LABEL[request.channel]} window ${closesAt <= plan.now ? 'closed' : 'closes'} at ${localText(zone, closesAt)} (${zone})`;
	if (closesAt <= plan.now) return `No time to send: ${closes}; only an approved template may be sent now.`;
	return `No time to send: ${closes}, before ${others.length > 0 ? others.join(' and ') : 'the first allowed moment'} would let the message leave.`;
}

function finish(request: SendTimeRequest, plan: Plan, settled: Settlement, source: Schedule['source'], why: string, warnings: string[], propensity = 1): SendTimeChoice {
	const base = { timezone: plan.zone, purpose: request.purpose, source, moved: settled.moved, warnings };
	const unknownHolidays = settled.at === undefined || request.purpose === 'reply' ? undefined : beyondHolidays(request.constraints ?? {}, plan.zone, settled.at);
	if (unknownHolidays !== undefined) warnings.push(unknownHolidays);
	const notes = warnings.length > 0 ? ` ${warnings.join(' ')}` : '';
	if (settled.at === undefined) return { ...base, sentence: noneSentence(request, plan, settled) + notes };
	const localAt = localText(plan.zone, settled.at);
	const because = settled.moved.length > 0 ? `; moved by ${settled.moved.join(', ')}` : '';
	const sentence = `${request.purpose === 'reply' ? 'Reply' : 'Send'} at ${localAt} (${plan.zone}): ${why}${because}.${notes}`;
	return { ...base, sendAt: iso(settled.at), localTime: localAt, propensity: Math.min(1, propensity), sentence };
}

function weekdayHour(zone: string, at: EpochMs): string {
	const { weekday, msOfDay } = localTime(zone, at);
	return `${WEEKDAYS[weekday - 1]} from ${clockText(Math.floor(msOfDay / HOUR) * HOUR)}`;
}

function chooseReply(request: SendTimeRequest, plan: Plan, warnings: string[]): SendTimeChoice {
	const { replyDelayMs } = request.constraints ?? {};
	const min = Math.max(0, replyDelayMs?.min ?? 0);
	const max = Math.max(min, replyDelayMs?.max ?? 0);
	const delay = Math.round(min + (max - min) * (request.rng?.() ?? 0));
	const settled = settle(plan.rules, later(plan.now, delay), plan.until);
	const why = delay > 0 ? `the contact is waiting for an answer, ${Math.round(delay / 1_000)} s pause` : 'the contact is waiting for an answer';
	return finish(request, plan, insideWindow(plan, settled, plan.now), 'reply', why, warnings);
}

interface Wish {
	source: Schedule['source'];
	why: string;
	settled: Settlement;
}

type Place = (msOfDay: number) => Settlement;

/** A model that can be read and has an answer in it. Stored models come back as JSON, so they are checked. */
function answeringModel(model: SendTimeModel | null | undefined, warnings: string[]): SendTimeModel | undefined {
	if (!model) return undefined;
	const { data } = SendTimeModelSchema.safeParse(model);
	if (!data) warnings.push('The learnt send times could not be read and were ignored; fit them again.');
	else warnings.push(...data.warnings.filter((warning) => !warnings.includes(warning)));
	return data && data.answers + data.priorAnswers > 0 ? data : undefined;
}

function learntWish(model: SendTimeModel, request: SendTimeRequest, plan: Plan, from: EpochMs, startRules: string[]): Wish | undefined {
	const opening = settle(plan.rules, from, plan.until);
	if (opening.at === undefined) return undefined;
	// A week that is closed as a whole passes the wish on to the one that begins when anything is open again.
	const weekIsClosed = opening.at >= later(from, HOURS_PER_WEEK * HOUR);
	const learnt = placeLearnt(model, request.channel, plan, weekIsClosed ? opening.at : from);
	if (!learnt) return undefined;
	const { wish } = learnt;
	const settled = weekIsClosed ? { at: learnt.settled.at, moved: union(opening.moved, learnt.settled.moved) } : learnt.settled;
	const unhindered = placeLearnt(model, request.channel, { ...plan, rules: [], closesAt: undefined }, plan.now);
	const moved = union(unhindered && unhindered.wish < from ? startRules : [], settled.moved);
	const own = model.answers > 0;
	const count = own ? model.answers : model.priorAnswers;
	const why = `${weekdayHour(plan.zone, wish)} is when ${own ? 'this contact' : 'contacts like this one'} answer${own ? 's' : ''} best (${count} answer${count === 1 ? '' : 's'} seen)`;
	return { source: own ? 'history' : 'segment', why, settled: { at: settled.at, moved } };
}

/** Preference, else what was learnt, else the channel's usual hour. */
function wishOf(request: SendTimeRequest, plan: Plan, from: EpochMs, startRules: string[], place: Place, warnings: string[]): Wish {
	const preferred = request.preference?.trim() ? parseClockTime(request.preference) : undefined;
	if (preferred !== undefined) return { source: 'preference', why: `the contact prefers ${clockText(preferred)}`, settled: place(preferred) };
	if (request.preference?.trim()) warnings.push(`The best contact time '${request.preference.slice(0, 40)}' is no time of day and was ignored.`);
	const model = answeringModel(request.model, warnings);
	const learnt = model && learntWish(model, request, plan, from, startRules);
	if (learnt) return learnt;
	const msOfDay = CHANNEL_DEFAULT_HOUR[request.channel] * HOUR;
	return { source: 'channel', why: `${clockText(msOfDay)} is the usual time for ${CHANNEL_LABEL[request.channel]}`, settled: place(msOfDay) };
}

function chooseOutreach(request: SendTimeRequest, plan: Plan, warnings: string[]): SendTimeChoice {
	const { minimumDelayMs = 0, takenOverUntil } = request.constraints ?? {};
	const delayed = later(plan.now, Math.max(0, minimumDelayMs));
	const starts = [
		notBeforeRule('minimum delay', delayed),
		...(request.notBefore === undefined ? [] : [notBeforeRule('not before', epochMs(request.notBefore))]),
		...(takenOverUntil === undefined ? [] : [notBeforeRule(`human takeover until ${iso(epochMs(takenOverUntil))}`, epochMs(takenOverUntil))]),
	];
	const start = settle(starts, plan.now, plan.until);
	const from = start.at ?? plan.now;
	const place: Place = (msOfDay) => insideWindow(plan, placeOutreach(plan, from, start.moved, msOfDay), from);
	const wish = wishOf(request, plan, from, start.moved, place, warnings);
	const { explore, rng } = request;
	// A time the contact asked for is not experimented with.
	if (explore === undefined || !(explore > 0) || !rng || wish.source === 'preference') return finish(request, plan, wish.settled, wish.source, wish.why, warnings);

	const share = Math.min(1, explore);
	const explored = rng() < share;
	const hour = EXPLORED_HOURS[Math.min(EXPLORED_HOURS.length - 1, Math.floor(rng() * EXPLORED_HOURS.length))];
	const usual = wish.settled;
	const chosen = explored ? place(hour * HOUR) : usual;
	// Several hours may be moved to the same moment, so the moment's chance is the sum over all that lead there.
	const alike = EXPLORED_HOURS.filter((other) => place(other * HOUR).at === chosen.at).length;
	const propensity = (share * alike) / EXPLORED_HOURS.length + (usual.at === chosen.at ? 1 - share : 0);
	const why = explored ? `${clockText(hour * HOUR)} was drawn to learn from` : wish.why;
	return finish(request, plan, chosen, wish.source, why, warnings, propensity);
}

/**
 * When a message should leave: one moment that satisfies every rule, or a sentence why there is none. A reply goes now
 * (plus its pause) and only statutory quiet hours and a takeover move it, besides an explicit `notBefore`. Outreach
 * goes at the contact's preferred time, else in the best of the learnt hours that the rules leave open within a week (of
 * the first open week, when the coming one is closed as a whole), else at the channel's usual hour, on the first day all rules allow. `propensity` is the chance this moment had of being
 * chosen: 1 without exploration.
 * @throws RangeError when `now`, `notBefore` or another moment is none, or lies outside 1970 to 2999.
 */
export function chooseSendTime(request: SendTimeRequest): SendTimeChoice {
	const { constraints = {}, channel, purpose } = request;
	const warnings: string[] = [];
	const known = isZone(request.timezone);
	if (!known) warnings.push(`'${request.timezone.slice(0, 40)}' is not an IANA time zone; UTC was used.`);
	const zone = known ? request.timezone : 'UTC';
	const now = epochMs(request.now);
	assertPlannable(now);
	const notBefore = request.notBefore === undefined ? now : epochMs(request.notBefore);
	const takenOverUntil = constraints.takenOverUntil === undefined ? now : epochMs(constraints.takenOverUntil);
	const latestStart = Math.max(later(now, Math.max(0, constraints.minimumDelayMs ?? 0)), notBefore, takenOverUntil);
	assertPlannable(latestStart + SEARCH_MS);
	const closesAt = constraints.windowClosesAt === undefined ? undefined : epochMs(constraints.windowClosesAt);
	const rules = bindingRules(constraints, channel, zone, warnings);
	if (purpose === 'outreach') rules.push(...outreachRules(constraints, zone, warnings), ...capRules(constraints, later(epochMs(latestStart), CAPACITY_MS), warnings));
	else if (request.notBefore !== undefined) rules.push(notBeforeRule('not before', notBefore));
	const plan: Plan = { zone, now, until: (latestStart + SEARCH_MS) as EpochMs, closesAt, rules };
	return purpose === 'reply' ? chooseReply(request, plan, warnings) : chooseOutreach(request, plan, warnings);
}
