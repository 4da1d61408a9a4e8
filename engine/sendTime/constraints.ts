import type { Channel } from '../channels/channel';
import { epochMs, iso, type EpochMs, type Instant } from '../time';
import { parseClockTime } from './clockTime';
import { dailyCapRule, type DailyCap } from './dailyCaps';
import { lawsAt, legalRules, type LegalHours } from './legalHours';
import { NO_HOURS, openHours, outsideQuietHours, WHOLE_DAY, type TimeRule } from './openHours';
import { HOLIDAYS_UNTIL, publicHolidays } from './publicHolidays';
import { isZone, localTime } from './zoneClock';

/** What a send time has to respect. Everything optional. */
export interface SendTimeConstraints {
	/** ISO 3166-1 alpha-2 and state: whose statutory quiet hours hold. `places` when there may be several. */
	country?: string;
	region?: string;
	places?: readonly { country?: string; region?: string }[];
	/** Zones the contact may be in; statutory hours hold in all of them. The chosen zone is always among them. */
	possibleZones?: readonly string[];
	/** Replaces the shipped statutory hours; an empty list switches them off. */
	legalHours?: readonly LegalHours[];
	/** Own quiet hours, local, may wrap midnight. Outreach only. */
	quietHours?: { from: string; to: string };
	/** ISO weekdays on which outreach may leave, 1 = Monday. */
	workingDays?: readonly number[];
	/** Local dates YYYY-MM-DD on which no outreach leaves. */
	holidays?: readonly string[];
	/** ISO 3166-1 alpha-2: no outreach on the public holidays of this country. */
	publicHolidaysOf?: string;
	/** Caps on messages a day, with what is planned already. Outreach only. */
	dailyCaps?: readonly DailyCap[];
	/** How long outreach waits at least. */
	minimumDelayMs?: number;
	/** A person has the conversation until then. */
	takenOverUntil?: Instant;
	/** When the channel stops taking free-form messages to this contact. */
	windowClosesAt?: Instant;
	/** A human-like pause before a reply, drawn evenly from the range. */
	replyDelayMs?: { min: number; max: number };
}

const HOLIDAY = /^\d{4}-\d{2}-\d{2}$/;

/** A rule that nothing happens before a moment. */
export function notBeforeRule(name: string, from: EpochMs): TimeRule {
	return { name, next: (at) => (at >= from ? at : from) };
}

/** Rules that bind every message: law, and a person who has the conversation. */
export function bindingRules(constraints: SendTimeConstraints, channel: Channel, zone: string, warnings: string[]): TimeRule[] {
	const rules: TimeRule[] = [];
	if (constraints.takenOverUntil !== undefined) {
		const until = epochMs(constraints.takenOverUntil);
		rules.push(notBeforeRule(`human takeover until ${iso(until)}`, until));
	}
	const named = constraints.places ?? [];
	const places = constraints.country === undefined ? named : [{ country: constraints.country, region: constraints.region }, ...named];
	const laws = [...new Set(places.flatMap((place) => lawsAt({ ...place, channel }, constraints.legalHours)))];
	const zones = [...new Set([zone, ...(constraints.possibleZones ?? [])])].filter((name) => {
		if (isZone(name)) return true;
		warnings.push(`'${name.slice(0, 40)}' is not an IANA time zone and was ignored.`);
		return false;
	});
	return [...rules, ...legalRules(laws, zones)];
}

function quietRule(quietHours: { from: string; to: string }, zone: string, warnings: string[]): TimeRule[] {
	const [from, to] = [parseClockTime(quietHours.from), parseClockTime(quietHours.to === '24:00' ? '00:00' : quietHours.to)];
	if (from === undefined || to === undefined) {
		warnings.push(`The quiet hours '${quietHours.from}' to '${quietHours.to}' are no times of day and were ignored.`);
		return [];
	}
	const open = outsideQuietHours(from, to);
	return [openHours(`quiet hours ${quietHours.from} to ${quietHours.to}`, zone, () => open)];
}

function publicHolidayRule(country: string, zone: string, warnings: string[]): TimeRule[] {
	const code = country.toUpperCase().slice(0, 40);
	const names = publicHolidays(country);
	if (!names) {
		warnings.push(`No public holidays are known for '${code}', so none were kept.`);
		return [];
	}
	const rule = openHours(`public holidays (${code})`, zone, (local) => (names.has(local.date) ? NO_HOURS : WHOLE_DAY));
	return [{ ...rule, nameAt: (at) => `public holiday (${code}: ${names.get(localTime(zone, at).date) ?? 'holiday'})` }];
}

/** A warning when a moment lies past the years whose public holidays are known. */
export function beyondHolidays({ publicHolidaysOf }: SendTimeConstraints, zone: string, at: EpochMs): string | undefined {
	if (publicHolidaysOf === undefined || !publicHolidays(publicHolidaysOf) || Number(localTime(zone, at).date.slice(0, 4)) <= HOLIDAYS_UNTIL) return undefined;
	return `Public holidays are known up to ${HOLIDAYS_UNTIL} only: update the package.`;
}

/** Days on which a cap leaves no room, up to `horizon`. */
export function capRules({ dailyCaps = [] }: SendTimeConstraints, horizon: EpochMs, warnings: string[]): TimeRule[] {
	return dailyCaps.flatMap((cap) => {
		if (cap.limit >= 1 && isZone(cap.zone)) return [dailyCapRule(cap, horizon)];
		warnings.push(`${cap.name} could not be read and was ignored.`);
		return [];
	});
}

/** Rules the user sets for outreach: own quiet hours, working days, holidays. */
export function outreachRules(constraints: SendTimeConstraints, zone: string, warnings: string[]): TimeRule[] {
	const rules: TimeRule[] = [];
	const { workingDays, quietHours } = constraints;
	if (workingDays) rules.push(openHours('working days', zone, (local) => (workingDays.includes(local.weekday) ? WHOLE_DAY : NO_HOURS)));
	const holidays = new Set(constraints.holidays?.map((day) => day.trim()));
	for (const day of holidays) {
		if (HOLIDAY.test(day)) continue;
		warnings.push(`The holiday '${day.slice(0, 40)}' is no date of the form YYYY-MM-DD and was ignored.`);
	}
	if (holidays.size > 0) rules.push(openHours('holidays', zone, (local) => (holidays.has(local.date) ? NO_HOURS : WHOLE_DAY)));
	if (constraints.publicHolidaysOf !== undefined) rules.push(...publicHolidayRule(constraints.publicHolidaysOf, zone, warnings));
	return quietHours ? [...rules, ...quietRule(quietHours, zone, warnings)] : rules;
}
