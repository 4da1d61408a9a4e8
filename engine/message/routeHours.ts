import { HANDLE_KIND } from '../channels/channel';
import { bindingRules, outreachRules, type SendTimeConstraints } from '../sendTime/constraints';
import { lawsInstead } from '../sendTime/legalHours';
import { settle } from '../sendTime/openHours';
import { SEARCH_MS } from '../sendTime/sendTimePolicy';
import { resolveTimezone } from '../sendTime/timezone';
import { epochMs, later, type EpochMs } from '../time';
import type { RouteFacts } from './routeFacts';

/** The time a message may leave, and what moved it there; or what leaves no time at all. */
export type OpenMoment = { at: EpochMs; movedBy: string[]; closedBy?: undefined } | { at: EpochMs; movedBy: string[]; closedBy: string };

/**
 * The first moment from `at` on (but not before now) in which the message may leave: statutory hours wherever the contact
 * may be (or the lawful hours Best Send Time was given instead) hold for every message, the workspace's quiet hours and working days for outreach. A time that was lawful when
 * it was chosen may have passed while a worker was down, so this is asked as the message falls due.
 */
export function withinHours(facts: RouteFacts, at: EpochMs): OpenMoment {
	const { row, contact, settings, now } = facts;
	const zone = resolveTimezone({
		timezone: contact?.timezone,
		phone: HANDLE_KIND[row.channel] === 'phone' && row.to !== '' ? row.to : contact?.phone,
		country: contact?.country,
		workspaceTimezone: settings.timezone,
	});
	const constraints: SendTimeConstraints = {
		...lawsInstead(row.schedule?.lawful, row.channel, zone.places),
		possibleZones: zone.possible,
		quietHours: settings.quietHours,
		// No day at all would be a stop, and for that there is the kill switch.
		workingDays: settings.workingDays?.length ? settings.workingDays : undefined,
	};
	// What cannot be read in the settings is told where a time is planned; here it is passed over.
	const unread: string[] = [];
	const rules = bindingRules(constraints, row.channel, zone.timezone, unread);
	if (row.purpose === 'outreach') rules.push(...outreachRules(constraints, zone.timezone, unread));
	const moment = epochMs(Math.max(at, now));
	const settled = settle(rules, moment, later(moment, SEARCH_MS));
	if (settled.at === undefined) return { at, movedBy: settled.moved, closedBy: settled.blockedBy };
	return settled.at === moment ? { at, movedBy: [] } : { at: settled.at, movedBy: settled.moved };
}
