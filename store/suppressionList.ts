import { CHANNELS, HANDLE_KIND, type Channel } from '../engine/channels/channel';
import { looksLike, type Address, type AddressHash } from './addresses';
import { groupBy, keyOf } from './bulk';
import type { RowOf } from './schema';
import type { Session } from './session';

/** In the channel column: every channel. */
export const ANY_CHANNEL = '*';

export interface Person {
	workspace: string;
	contactId?: string;
	addresses: readonly Address[];
	/** Hash of an address that is not known in words. */
	addressHash?: string;
}

export const contactSubject = (contactId: string): string => `c:${contactId}`;
const hashSubject = (hashed: string): string => `a:${hashed}`;
export const addressSubject = (hash: AddressHash, address: Address): string => hashSubject(hash(address));

/** The addresses of a person, counting a contact id that is itself an address. */
function allAddresses(person: Person): Address[] {
	const own = person.contactId === undefined ? undefined : looksLike(person.contactId);
	return own ? [...person.addresses, own] : [...person.addresses];
}

/** The suppression entries that speak about a person on one channel (all of a person's when `channel` is undefined). */
export function subjectsOf(hash: AddressHash, person: Person, channel?: Channel): string[] {
	const addresses = allAddresses(person).filter(({ kind }) => channel === undefined || HANDLE_KIND[channel] === kind);
	const subjects = [...new Set([...addresses.map((address) => addressSubject(hash, address)), ...(person.addressHash === undefined ? [] : [hashSubject(person.addressHash)])])];
	return person.contactId === undefined ? subjects : [contactSubject(person.contactId), ...subjects];
}

async function entriesFor(session: Session, wanted: readonly { workspace: string; subject: string }[]): Promise<Map<string, RowOf<'suppressions'>[]>> {
	return groupBy(await session.matching('suppressions', ['workspace', 'subject'], wanted), (row) => keyOf(row.workspace, row.subject));
}

/** For each person on a channel: why nothing may be sent (or might not be as of a moment), or undefined. One query for all. */
export async function suppressionReasons(session: Session, hash: AddressHash, keys: readonly (Person & { channel: Channel; asOf?: number })[]): Promise<(string | undefined)[]> {
	const wanted = keys.map((key) => ({
		channel: key.channel,
		asOf: key.asOf ?? Infinity,
		// An opt-out of every channel is kept with all addresses known then: any of them may tell of it.
		subjects: subjectsOf(hash, key).map((subject) => ({ workspace: key.workspace, subject })),
		narrow: new Set(subjectsOf(hash, key, key.channel)),
	}));
	const entries = await entriesFor(session, wanted.flatMap(({ subjects }) => subjects));
	return wanted.map(({ channel, asOf, subjects, narrow }) => {
		for (const { workspace, subject } of subjects) {
			for (const entry of entries.get(keyOf(workspace, subject)) ?? []) {
				if (entry.created_at > asOf) continue;
				if (entry.channel === ANY_CHANNEL) return `Opted out of every channel: ${entry.reason}`;
				if (entry.channel === channel && narrow.has(subject)) return `Opted out of ${channel}: ${entry.reason}`;
			}
		}
		return undefined;
	});
}

/** For each person the channels opted out of. One query for all. */
export async function optOutChannels(session: Session, hash: AddressHash, people: readonly Person[]): Promise<Channel[][]> {
	const subjects = people.map((person) => subjectsOf(hash, person).map((subject) => ({ workspace: person.workspace, subject })));
	const entries = await entriesFor(session, subjects.flat());
	if (entries.size === 0) return people.map(() => []);
	return people.map((person, at) => {
		const mine = subjects[at].flatMap(({ workspace, subject }) => entries.get(keyOf(workspace, subject)) ?? []);
		if (mine.some(({ channel }) => channel === ANY_CHANNEL)) return [...CHANNELS];
		return CHANNELS.filter((channel) => {
			const narrow = new Set(subjectsOf(hash, person, channel));
			return mine.some((entry) => entry.channel === channel && narrow.has(entry.subject));
		});
	});
}
