import { STOPS } from '../engine/sequence/stopRules';
import { addressForms, type AddressHash } from './addresses';
import { cleanText, keyOf } from './bulk';
import { contactsOf, loadContacts } from './contactRows';
import { loadConversations } from './conversations';
import type { Database } from './database';
import { forgetUntil } from './endShadow';
import { contactIdsByAddress, contactLocks, ensureContacts, upsertContacts } from './intake';
import { activity } from './activities';
import { searchContacts } from './contactSearch';
import type { Session } from './session';
import { stopEnrolments } from './stopEnrolments';
import type { Contacts } from './store';

/** See `Contacts.setTakeOver`; for others who take a conversation over inside their own transaction. */
export async function takeOverIn(session: Session, workspace: string, changes: Parameters<Contacts['setTakeOver']>[1]): Promise<void> {
	const { now } = session;
	// A takeover must hold for somebody known only by id, too.
	const ids = await ensureContacts(session, workspace, changes.map(({ contactId }) => contactId));
	const last = [...new Map(changes.map((change) => ({ ...change, contactId: ids.get(cleanText(change.contactId)) ?? change.contactId })).map((change) => [change.contactId, change])).values()];
	const held = new Map((await session.matching('contacts', ['workspace', 'id'], last.map(({ contactId }) => ({ workspace, id: contactId })), true)).map((row) => [row.id, row]));
	// Who takes over for a while does not shorten what a colleague has taken over for longer.
	const taking = last.filter(({ contactId, until, by }) => {
		const { taken_over_until: before, taken_over_by: holder } = held.get(contactId) ?? { taken_over_until: null, taken_over_by: null };
		return until === null || before === null || before <= now || holder === by || until > before;
	});
	await stopEnrolments(session, last.flatMap(({ contactId, until }) => (until === null ? [] : [{ workspace, contactId, stop: STOPS.takeover, actor: 'person' as const }])));
	await session.update(
		'contacts',
		['workspace', 'id'],
		['taken_over_until', 'taken_over_by', 'taken_over_at', 'last_taken_over_at', 'updated_at'],
		taking.map(({ contactId, until, by }) => {
			const over = until === null;
			// Handing back ends the takeover, not that there was one.
			const last_taken_over_at = over ? (held.get(contactId)?.last_taken_over_at ?? null) : now;
			return { workspace, id: contactId, taken_over_until: until, taken_over_by: over ? null : by, taken_over_at: over ? null : now, last_taken_over_at, updated_at: now };
		}),
	);
	await forgetUntil(session, workspace, last.flatMap(({ contactId, until }) => (until === null ? [contactId] : [])));
	await session.insert('activities', last.map(({ contactId, until, by }, at) => activity(session, workspace, contactId, 'takeover', { until, by }, at)));
}

export function createContacts(database: Database, hash: AddressHash): Contacts {
	return {
		async upsert(workspace, inputs) {
			if (inputs.length === 0) return [];
			return await database.write(async (session) => {
				await session.lock('intake', contactLocks(workspace, inputs));
				const rows = await upsertContacts(session, workspace, inputs);
				const contacts = await contactsOf(session, hash, [...new Map(rows.map((row) => [row.id, row])).values()]);
				return rows.flatMap((row) => contacts.get(keyOf(workspace, row.id)) ?? []);
			});
		},

		async find(workspace, references) {
			if (references.length === 0) return [];
			return await database.read(async (session) => {
				const forms = references.map(addressForms);
				const byAddress = await contactIdsByAddress(session, workspace, forms.flat());
				const ids = [...references.map(cleanText), ...byAddress.values()];
				const contacts = await loadContacts(session, hash, ids.map((id) => ({ workspace, id })));
				return references.map((reference, at) => {
					const direct = contacts.get(keyOf(workspace, cleanText(reference)));
					if (direct) return direct;
					const id = forms[at].map((form) => byAddress.get(form)).find((owner) => owner !== undefined);
					return id === undefined ? undefined : contacts.get(keyOf(workspace, id));
				});
			});
		},

		async search(workspace, query) {
			return await database.read(async (session) => await searchContacts(session, hash, workspace, query));
		},

		async setTakeOver(workspace, changes) {
			if (changes.length === 0) return;
			await database.write(async (session) => await takeOverIn(session, workspace, changes));
		},

		async saveClassification(workspace, results) {
			if (results.length === 0) return;
			await database.write(async (session) => {
				const { now } = session;
				const ids = await ensureContacts(session, workspace, results.map(({ contactId }) => contactId));
				const own = results.map((result) => ({ ...result, contactId: ids.get(cleanText(result.contactId)) ?? result.contactId }));
				const last = [...new Map(own.map((result) => [result.contactId, result])).values()];
				await session.update(
					'contacts',
					['workspace', 'id'],
					['score', 'status', 'summary', 'summary_at', 'updated_at'],
					last.map(({ contactId, readUntil, classification: { score, status, summary } }) => ({ workspace, id: contactId, score, status, summary, summary_at: readUntil ?? now, updated_at: now })),
				);
				await session.insert('activities', own.map(({ contactId, messageId, classification }, at) => activity(session, workspace, contactId, 'classification', { messageId, classification }, at)));
			});
		},

		async conversations(workspace, contactIds) {
			if (contactIds.length === 0) return [];
			return await database.read(async (session) => {
				const found = await loadConversations(session, contactIds.map((contactId) => ({ workspace, contactId })));
				return contactIds.map((contactId) => found.get(keyOf(workspace, cleanText(contactId))) ?? []);
			});
		},
	};
}
