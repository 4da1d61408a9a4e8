import type { Reply } from '../engine/reply/reply';
import { isAbsence, SEQUENCE_POLICY, STOPS } from '../engine/sequence/stopRules';
import { epochMs, later } from '../engine/time';
import { fromJson, groupBy, keyOf } from './bulk';
import { activeOf, changeEnrolments, type EnrolmentRow } from './enrolmentRows';
import { isFromHistory, type MessageRow } from './messageRows';
import type { Session } from './session';
import { endEnrolments } from './stopEnrolments';

/** What was written before the enrolment and read in afterwards is no answer; everything else that a contact writes may be one. */
const mayAnswer = (message: MessageRow, row: EnrolmentRow): boolean => message.direction === 'inbound' && ((message.source !== 'import' && !isFromHistory(message)) || message.timestamp >= row.enrolled_at);

const ofContacts = (messages: readonly MessageRow[]): Map<string, MessageRow[]> => groupBy(messages, ({ workspace, contact_id }) => keyOf(workspace, contact_id));

/**
 * What contacts write holds their sequences from the transaction that stores it: nothing of them leaves until it is read.
 * Whether it is an answer or an absence notice is said by `readHeld`.
 */
export async function holdEnrolments(session: Session, messages: readonly MessageRow[]): Promise<void> {
	if (messages.length === 0) return;
	const byContact = ofContacts(messages);
	const rows = await activeOf(session, messages.map(({ workspace, contact_id }) => ({ workspace, contact_id })), true);
	const held = rows.flatMap((row) => {
		const message = byContact.get(keyOf(row.workspace, row.contact_id))?.find((one) => mayAnswer(one, row));
		return message && row.held_by === null ? [{ ...row, held_by: message.id, held_since: session.now, next_at: later(session.now, SEQUENCE_POLICY.readWithinMs), sentence: 'Waits: the contact wrote, and it is being read.' }] : [];
	});
	await changeEnrolments(session, held);
}

/** What was read ends the sequences of who answered, and moves those of who is away. Read again as an answer, an absence notice ends them after all. */
export async function readHeld(session: Session, messages: readonly MessageRow[]): Promise<void> {
	const read = messages.filter(({ direction, reply }) => direction === 'inbound' && reply !== null);
	if (read.length === 0) return;
	const byContact = ofContacts(read);
	const rows = await activeOf(session, read.map(({ workspace, contact_id }) => ({ workspace, contact_id })));
	const away = new Set<string>();
	const ends: Parameters<typeof endEnrolments>[1][number][] = [];
	for (const row of rows) {
		const said = (byContact.get(keyOf(row.workspace, row.contact_id)) ?? []).filter((message) => mayAnswer(message, row) && (message.received_at >= row.enrolled_at || message.id === row.held_by));
		if (said.length === 0) continue;
		const readings = said.flatMap(({ reply }) => (reply === null ? [] : [fromJson<Reply>(reply)]));
		if (readings.some(({ intent }) => !isAbsence(intent))) ends.push({ row, stop: readings.some(({ optOut }) => optOut.wanted) ? STOPS.optOut : STOPS.replied, actor: 'engine' });
		else if (said.some(({ id }) => id === row.held_by)) away.add(row.id);
	}
	await endEnrolments(session, ends);
	const locked = await session.matching('enrolments', ['workspace', 'id'], rows.filter(({ id }) => away.has(id)), true);
	await changeEnrolments(session, locked.filter(({ state }) => state === 'active').map((row) => postponed(row, session.now)));
}

function postponed(row: EnrolmentRow, now: number): EnrolmentRow {
	const until = later(epochMs(now), SEQUENCE_POLICY.absenceMs);
	// Looked at soon: the claim says when the step is due now.
	return { ...row, held_by: null, held_since: null, not_before: Math.max(until, row.not_before ?? 0), next_at: now, sentence: 'The contact is away: what is left waits a week.' };
}
