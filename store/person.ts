import { sql, type RawBuilder } from 'kysely';
import { addressesOf, addressForms, looksLike, type Address, type AddressHash } from './addresses';
import { cleanText, fromJson } from './bulk';
import type { ContactRow } from './contactRows';
import { contactIdsByAddress } from './intake';
import { PERSONAL_TABLES } from './personalTables';
import type { RowOf, TableName } from './schema';
import type { Session } from './session';
import { contactSubject, subjectsOf } from './suppressionList';

/** One person and all that rows may call them. */
export interface Person {
	workspace: string;
	id: string;
	contact?: ContactRow;
	addresses: Address[];
	/** The id, and each address as it may stand where a contact id is expected. */
	names: string[];
	outboundIds: string[];
	messageIds: string[];
	threadIds: string[];
	subjects: string[];
}

/** Every spelling under which an item without a contact row may have named the person. */
function namesOf(id: string, contact: ContactRow | undefined, addresses: readonly Address[]): string[] {
	const spelt = [id, contact?.email, contact?.phone, ...addresses.flatMap(({ kind, address }) => (kind === 'phone' ? [address, `+${address}`, `00${address}`] : [address]))];
	return [...new Set(spelt.flatMap((name) => (name ? [cleanText(name)] : [])))];
}

async function idsIn(session: Session, name: 'outbound' | 'messages', workspace: string, names: readonly string[]): Promise<string[]> {
	const rows = await session.rows(sql<{ id: string }>`select id from ${session.table(name)} where workspace = ${workspace} and ${session.among('contact_id', names)}`);
	return rows.map(({ id }) => id);
}

/** The conversations nobody else takes part in. */
async function threadsOf(session: Session, workspace: string, names: readonly string[]): Promise<string[]> {
	const messages = session.table('messages');
	const rows = await session.rows(sql<{ thread_id: string }>`select distinct m.thread_id from ${messages} as m where m.workspace = ${workspace} and ${session.among('m.contact_id', names)}
		and not exists (select 1 from ${messages} as n where n.workspace = m.workspace and n.channel = m.channel and n.thread_id = m.thread_id and n.contact_id <> m.contact_id)`);
	return rows.map(({ thread_id }) => thread_id).filter((id) => id !== '');
}

/** The person a reference (contact id, e-mail address, phone number) stands for, whether or not there is a contact row. */
export async function personOf(session: Session, hash: AddressHash, workspace: string, reference: string): Promise<Person> {
	const forms = addressForms(reference);
	const owners = await contactIdsByAddress(session, workspace, forms);
	const candidates = [cleanText(reference), ...forms.flatMap((form) => owners.get(form) ?? [])];
	const rows = await session.matching('contacts', ['workspace', 'id'], candidates.map((id) => ({ workspace, id })), true);
	const contact = candidates.map((id) => rows.find((row) => row.id === id)).find((row) => row !== undefined);
	const id = contact?.id ?? cleanText(reference);
	const own = looksLike(id);
	const addresses = [...(contact ? addressesOf({ ...contact, handles: fromJson(contact.handles) }) : []), ...(own ? [own] : [])];
	const names = namesOf(id, contact, addresses);
	const [outboundIds, messageIds] = [await idsIn(session, 'outbound', workspace, names), await idsIn(session, 'messages', workspace, names)];
	const subjects = [...new Set([...names.map(contactSubject), ...subjectsOf(hash, { workspace, contactId: id, addresses })])];
	const threadIds = await threadsOf(session, workspace, names);
	return { workspace, id, ...(contact ? { contact } : {}), addresses, names, outboundIds, messageIds, threadIds, subjects };
}

/** The condition that finds a table's rows about the person; undefined for tables that name nobody. */
export function rowsAbout(session: Session, name: TableName, person: Person): RawBuilder<boolean> | undefined {
	const links = PERSONAL_TABLES[name];
	if (!links) return undefined;
	const values = { contact: person.names, outbound: person.outboundIds, message: person.messageIds, thread: person.threadIds, subject: person.subjects };
	const either = links.map(({ column, of, only, unless }) => {
		const named = session.among(column, values[of]);
		return sql<boolean>`(${named}${only ? sql` and ${sql.ref(only[0])} = ${only[1]}` : sql``}${unless === undefined ? sql`` : sql` and ${sql.ref(unless)} is null`})`;
	});
	return sql<boolean>`workspace = ${person.workspace} and (${sql.join(either, sql` or `)})`;
}

export async function loadAbout<T extends TableName>(session: Session, name: T, person: Person): Promise<RowOf<T>[]> {
	const about = rowsAbout(session, name, person);
	return about ? await session.rows(sql<RowOf<T>>`select * from ${session.table(name)} where ${about}`) : [];
}
