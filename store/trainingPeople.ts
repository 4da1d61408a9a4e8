import { CHANNELS } from '../engine/channels/channel';
import { identifiersOf, type TrainingPerson } from '../engine/training/trainingPerson';
import { addressForms, type AddressHash } from './addresses';
import { groupBy } from './bulk';
import { contactsOf, type ContactRow } from './contactRows';
import { contactIdsByAddress } from './intake';
import type { Session } from './session';
import { SuppressionList } from './suppressionList';

export interface KnownPerson extends TrainingPerson {
	/** The contact's own id, whatever a message called them. */
	contactId: string;
}

/**
 * Who stands behind the names that messages have for their contacts: ids, or addresses of people who became contacts
 * later. Six statements at most.
 */
export async function trainingPeople(session: Session, hash: AddressHash, workspace: string, names: readonly string[]): Promise<Map<string, KnownPerson>> {
	const wanted = [...new Set(names)];
	const load = async (ids: readonly string[]): Promise<ContactRow[]> => await session.matching('contacts', ['workspace', 'id'], ids.map((id) => ({ workspace, id })));
	const named = await load(wanted);
	const known = new Set(named.map(({ id }) => id));
	const strangers = wanted.filter((name) => !known.has(name));
	const owners = await contactIdsByAddress(session, workspace, strangers.flatMap(addressForms));
	const ownerOf = (name: string): string | undefined => addressForms(name).map((form) => owners.get(form)).find((id) => id !== undefined);
	const behind = await load([...new Set(strangers.flatMap((name) => ownerOf(name) ?? []))].filter((id) => !known.has(id)));
	const people = await describe(session, hash, workspace, [...named, ...behind]);
	const nobody = strangers.filter((name) => !people.has(ownerOf(name) ?? name));
	for (const person of await strange(session, hash, workspace, nobody)) people.set(person.contactId, person);
	return new Map(wanted.flatMap((name) => {
		const person = people.get(known.has(name) ? name : (ownerOf(name) ?? name));
		return person ? [[name, person] as const] : [];
	}));
}

async function describe(session: Session, hash: AddressHash, workspace: string, rows: readonly ContactRow[]): Promise<Map<string, KnownPerson>> {
	const aliases = groupBy(await session.matching('contact_addresses', ['workspace', 'contact_id'], rows.map(({ id }) => ({ workspace, contact_id: id }))), ({ contact_id }) => contact_id);
	const contacts = await contactsOf(session, hash, rows);
	return new Map([...contacts.values()].map((contact): [string, KnownPerson] => {
		const identifiers = identifiersOf(contact, (aliases.get(contact.id) ?? []).map(({ address }) => address));
		const { profiling, attributes, consent, optOutChannels } = contact;
		return [contact.id, { contactId: contact.id, identifiers, profiling, optedOutOfAll: optOutChannels.length === CHANNELS.length, attributes, consent }];
	}));
}

/** People known by nothing but what messages call them. */
async function strange(session: Session, hash: AddressHash, workspace: string, names: readonly string[]): Promise<KnownPerson[]> {
	const list = await SuppressionList.about(session, hash, names.map((contactId) => ({ workspace, contactId, addresses: [] })));
	return names.map((contactId) => ({
		contactId,
		identifiers: { names: [], companies: [], addresses: [contactId], others: [] },
		profiling: true,
		optedOutOfAll: list.channels({ workspace, contactId, addresses: [] }).length === CHANNELS.length,
		attributes: {},
		consent: {},
	}));
}
