import type { OutcomeEvent } from '../outcome';
import { asRecord, asText, isMail, moment, type ProviderEvent } from './reading';
import type { EpochMs } from '../../time';
import { ownEntry } from '../../ownEntry';

const EVENTS: Readonly<Record<string, OutcomeEvent>> = {
	'invitee.created': 'meeting_booked',
	'invitee.canceled': 'meeting_no_show',
	'invitee_no_show.created': 'meeting_no_show',
};

/**
 * Calendly: somebody booked, cancelled or did not come. A change of the time is a cancellation with a new booking behind
 * it and counts as neither.
 */
export function readCalendly(payload: unknown, now: EpochMs): ProviderEvent[] {
	const body = asRecord(payload);
	const event = ownEntry(EVENTS, asText(body.event) ?? '');
	const report = asRecord(body.payload);
	// A no-show names the invitee by address inside its own object.
	const invitee = asText(report.invitee) ?? asText(asRecord(report.invitee).uri) ?? asText(report.uri);
	if (event === undefined || invitee === undefined) return [];
	if (report.rescheduled === true || asText(report.old_invitee) !== undefined) return [];
	const person = asText(report.email) ?? asText(asRecord(report.invitee).email);
	const occurredAt = moment(asRecord(report.cancellation).created_at ?? report.created_at ?? body.created_at, now);
	return [{ event, occurredAt, eventId: `calendly:${invitee}:${event}`, person: isMail(person) ? person : undefined }];
}
