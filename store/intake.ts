import { derivedId } from '../engine/message/spine';
import { addressesOf, looksLike, type Address } from './addresses';
import { cleanText, groupBy, keyOf } from './bulk';
import { newContactRow, withInput, type ContactRow } from './contactRows';
import { StoreInputError } from './errors';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { ContactInput } from './store';

/** The keys under which two callers could create the same contact at once. */
export function contactLocks(workspace: string, inputs: readonly ContactInput[]): string[] {
	return inputs.flatMap((input) => [...(input.id ? [keyOf(workspace, input.id)] : []), ...addressesOf(input).map(({ kind, address }) => keyOf(workspace, kind, address))]);
}

/**
 * Finds or creates the contact of each input and writes the fields given. Two inputs of one batch that share an address
 * are one contact. The caller holds the locks of `contactLocks`.
 */
export async function upsertContacts(session: Session, workspace: string, inputs: readonly ContactInput[]): Promise<ContactRow[]> {
	const prepared = inputs.map((input, index) => {
		const id = input.id === undefined ? undefined : cleanText(input.id);
		const addresses = addressesOf(input);
		if (!id && addresses.length === 0) throw new StoreInputError('A contact needs an id, an e-mail address, a phone number or a handle.', index);
		return { input, id, addresses };
	});
	const owners = await addressOwners(session, workspace, prepared.flatMap(({ addresses }) => addresses));
	const ids = [...prepared.flatMap(({ id }) => (id ? [id] : [])), ...owners.values()];
	const stored = await session.matching('contacts', ['workspace', 'id'], ids.map((id) => ({ workspace, id })), true);
	const known = new Map(stored.map((row) => [row.id, row]));
	const created = new Set<string>();
	const fresh: RowOf<'contact_addresses'>[] = [];

	const result = prepared.map(({ input, id, addresses }) => {
		const byAddress = addresses.map(({ kind, address }) => owners.get(keyOf(kind, address))).find((owner) => owner !== undefined);
		const own = id !== undefined && known.has(id) ? id : (byAddress ?? id ?? derivedId('contact', workspace, addresses[0].kind, addresses[0].address));
		const before = known.get(own);
		if (!before) created.add(own);
		known.set(own, withInput(before ?? newContactRow(workspace, own, session.now), input, session.now));
		for (const { kind, address } of addresses) {
			if (owners.has(keyOf(kind, address))) continue;
			owners.set(keyOf(kind, address), own);
			fresh.push({ workspace, kind, address, contact_id: own });
		}
		return own;
	});
	await writeContacts(session, [...new Set(result)].flatMap((id) => known.get(id) ?? []), created);
	await session.insert('contact_addresses', fresh);
	return result.flatMap((id) => known.get(id) ?? []);
}

/** An id as a contact: what looks like an address is one, for callers who know people by it alone. */
const asInput = (id: string): ContactInput => {
	const address = looksLike(id);
	if (address?.kind === 'email') return { id, email: id.trim() };
	return address?.kind === 'phone' ? { id, phone: id.trim() } : { id };
};

/**
 * The stored contact behind each id, which may also be an e-mail address or phone number. Ids nobody has get a row of
 * their own, so that a stage or takeover needs no earlier intake; those in `only` alone, when it is given.
 */
export async function ensureContacts(session: Session, workspace: string, ids: readonly string[], only?: ReadonlySet<string>): Promise<Map<string, string>> {
	const inputs = [...new Set(ids)].map((id) => asInput(cleanText(id)));
	await session.lock('intake', contactLocks(workspace, inputs));
	const rows = await session.matching('contacts', ['workspace', 'id'], inputs.map(({ id = '' }) => ({ workspace, id })));
	const known = new Set(rows.map(({ id }) => id));
	const owners = await addressOwners(session, workspace, inputs.flatMap(addressesOf));
	const result = new Map<string, string>();
	const missing: ContactInput[] = [];
	for (const input of inputs) {
		const id = input.id ?? '';
		const owner = addressesOf(input).map(({ kind, address }) => owners.get(keyOf(kind, address)))[0];
		if (known.has(id) || owner === undefined) result.set(id, id);
		else result.set(id, owner);
		if (!known.has(id) && owner === undefined && (only === undefined || only.has(id))) missing.push(input);
	}
	await upsertContacts(session, workspace, missing);
	return result;
}

async function writeContacts(session: Session, rows: readonly ContactRow[], created: ReadonlySet<string>): Promise<void> {
	await session.insert('contacts', rows.filter(({ id }) => created.has(id)));
	await session.update(
		'contacts',
		['workspace', 'id'],
		['name', 'email', 'phone', 'company', 'handles', 'timezone', 'country', 'language', 'best_contact_time', 'attributes', 'consent', 'profiling', 'owner', 'pipeline_id', 'status', 'summary', 'summary_at', 'updated_at'],
		rows.filter(({ id }) => !created.has(id)),
	);
}

async function addressOwners(session: Session, workspace: string, addresses: readonly Address[]): Promise<Map<string, string>> {
	const rows = await session.matching('contact_addresses', ['workspace', 'kind', 'address'], addresses.map(({ kind, address }) => ({ workspace, kind, address })));
	return new Map(rows.map((row) => [keyOf(row.kind, row.address), row.contact_id]));
}

/** Contact ids by any address in normal form; an address two contacts share under different kinds gives the first kind's. */
export async function contactIdsByAddress(session: Session, workspace: string, addresses: readonly string[]): Promise<Map<string, string>> {
	const rows = await session.matching('contact_addresses', ['workspace', 'address'], addresses.map((address) => ({ workspace, address })));
	const order = ['phone', 'email', 'instagram', 'messenger', 'linkedin'];
	const groups = groupBy(rows, ({ address }) => address);
	return new Map([...groups].map(([address, group]) => [address, group.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0].contact_id]));
}
