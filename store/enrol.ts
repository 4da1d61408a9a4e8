import { sql } from 'kysely';
import { derivedId } from '../engine/message/spine';
import { cleanText, groupBy, keyOf } from './bulk';
import { toEnrolments, type EnrolmentRow } from './enrolmentRows';
import { StoreInputError } from './errors';
import { newestSequences } from './sequences';
import type { Session } from './session';
import type { EnrolRequest, Sequences } from './store';

/** See `Sequences.enrol`. */
export async function enrol(session: Session, requests: readonly EnrolRequest[]): ReturnType<Sequences['enrol']> {
	const own = requests.map((request) => ({ ...request, sequenceId: cleanText(request.sequenceId), contactId: cleanText(request.contactId) }));
	const personKey = ({ workspace, sequenceId, contactId }: (typeof own)[number]): string => keyOf(workspace, sequenceId, contactId);
	await session.lock('sequence', own.map(personKey));
	const sequences = await newestSequences(session, own.map(({ workspace, sequenceId }) => ({ workspace, id: sequenceId })));
	const contacts = await session.matchingOnly('contacts', ['workspace', 'id', 'status'], ['workspace', 'id'], own.map(({ workspace, contactId }) => ({ workspace, id: contactId })));
	const people = new Map(contacts.map((row) => [keyOf(row.workspace, row.id), row]));
	const before = await session.matching('enrolments', ['workspace', 'contact_id'], own.map(({ workspace, contactId }) => ({ workspace, contact_id: contactId })));
	const known = groupBy(before.sort((a, b) => a.round - b.round), (row) => keyOf(row.workspace, row.sequence_id, row.contact_id));
	const fresh: EnrolmentRow[] = [];
	const rows = own.map((request, index) => {
		const { workspace, sequenceId, contactId, by, again = false } = request;
		const sequence = sequences.get(keyOf(workspace, sequenceId));
		const person = people.get(keyOf(workspace, contactId));
		if (!sequence) throw new StoreInputError(`No sequence '${sequenceId}' is saved in workspace "${workspace}". Save it first.`, index);
		if (!person) throw new StoreInputError(`No contact '${contactId}' is on record in workspace "${workspace}". Record it first.`, index);
		const earlier = known.get(personKey(request)) ?? [];
		const last = earlier.at(-1);
		if (last && (last.state === 'active' || !again)) return { row: last, created: false };
		const round = (last?.round ?? 0) + 1;
		const row: EnrolmentRow = {
			workspace, id: derivedId('enrolment', workspace, sequenceId, contactId, `${round}`), sequence_id: sequenceId, version: sequence.version, contact_id: contactId, round, state: 'active', code: null,
			sentence: 'Enrolled.', since: session.now, next_at: session.now, not_before: null, held_by: null, held_since: null, leases: 0, rev: 1, status_then: person.status,
			enrolled_at: session.now, enrolled_by: cleanText(by), ended_at: null,
		};
		known.set(personKey(request), [...earlier, row]);
		fresh.push(row);
		return { row, created: true };
	});
	await session.insert('enrolments', fresh, sql`on conflict do nothing`);
	const enrolments = await toEnrolments(session, rows.map(({ row }) => row));
	return enrolments.map((enrolment, at) => ({ enrolment, created: rows[at].created }));
}
