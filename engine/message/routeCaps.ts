import { DateTime, IANAZone } from 'luxon';
import { epochMs, type EpochMs } from '../time';
import type { RouteFacts } from './routeFacts';

/** Moves that look further ahead than this many days find no working day and stop. */
const DAYS_AHEAD = 14;

/**
 * The time after daily caps: a day that is used up moves the send to the same local hour of the next allowed day, so
 * that quiet hours still hold. Counts are known for today only; a later day is checked when it comes. `full` says which cap moved it.
 */
export function afterDailyCaps(facts: RouteFacts, at: EpochMs): { at: EpochMs; full?: string } {
	const moment = epochMs(Math.max(at, facts.now));
	const full = usedUp(facts, moment);
	if (!full) return { at };
	return { at: nextDay(facts, moment), full };
}

function usedUp(facts: RouteFacts, at: EpochMs): string | undefined {
	const { contactDailyCap, workspaceDailyCap } = facts.settings;
	if (contactDailyCap !== undefined && contactDailyCap > 0 && facts.sentToContactToday >= contactDailyCap && sameDay(at, facts.now, zoneOf(facts))) {
		return `the contact's daily cap is reached (${facts.sentToContactToday} of ${contactDailyCap} sent today)`;
	}
	if (workspaceDailyCap !== undefined && workspaceDailyCap > 0 && facts.sentByWorkspaceToday >= workspaceDailyCap && sameDay(at, facts.now, 'utc')) {
		return `the workspace's daily cap is reached (${facts.sentByWorkspaceToday} of ${workspaceDailyCap} sent today)`;
	}
	return undefined;
}

function zoneOf({ contact, settings }: RouteFacts): string {
	const known = [contact?.timezone, settings.timezone].find((zone) => zone !== undefined && IANAZone.isValidZone(zone));
	return known ?? 'utc';
}

function sameDay(a: EpochMs, b: EpochMs, zone: string): boolean {
	return DateTime.fromMillis(a, { zone }).hasSame(DateTime.fromMillis(b, { zone }), 'day');
}

function nextDay(facts: RouteFacts, at: EpochMs): EpochMs {
	const start = DateTime.fromMillis(at, { zone: zoneOf(facts) });
	const days = facts.row.purpose === 'outreach' ? facts.settings.workingDays : undefined;
	for (let ahead = 1; ahead <= DAYS_AHEAD; ahead++) {
		const candidate = start.plus({ days: ahead });
		const counted = !sameDay(epochMs(candidate.toMillis()), facts.now, 'utc');
		if (counted && (!days?.length || days.includes(candidate.weekday))) return epochMs(candidate.toMillis());
	}
	return epochMs(start.plus({ days: 1 }).toMillis());
}
