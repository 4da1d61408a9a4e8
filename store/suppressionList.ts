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

/** The entries that speak about some people, read once. Of people whose every subject belongs to one of these it may be asked, too. */
export class SuppressionList {
	private constructor(
		private readonly hash: AddressHash,
		private readonly entries: ReadonlyMap<string, readonly RowOf<'suppressions'>[]>,
	) {}

	static async about(session: Session, hash: AddressHash, people: readonly Person[]): Promise<SuppressionList> {
		// The same address is asked about again and again, and a hash costs more than all else here.
		const hashes = new Map<string, string>();
		const once: AddressHash = (address) => {
			const name = `${address.kind} ${address.address}`;
			const known = hashes.get(name) ?? hash(address);
			hashes.set(name, known);
			return known;
		};
		return new SuppressionList(once, await entriesFor(session, people.flatMap((person) => subjectsOf(once, person).map((subject) => ({ workspace: person.workspace, subject })))));
	}

	/** Why nothing may be sent to a person on a channel (or might not be as of a moment). */
	reason(person: Person & { channel: Channel; asOf?: number }): string | undefined {
		if (this.entries.size === 0) return undefined;
		const { workspace, channel, asOf = Infinity } = person;
		const narrow = new Set(subjectsOf(this.hash, person, channel));
		// An opt-out of every channel is kept with all addresses known then: any of them may tell of it.
		for (const subject of subjectsOf(this.hash, person)) {
			for (const entry of this.entries.get(keyOf(workspace, subject)) ?? []) {
				if (entry.created_at > asOf) continue;
				if (entry.channel === ANY_CHANNEL) return `Opted out of every channel: ${entry.reason}`;
				if (entry.channel === channel && narrow.has(subject)) return `Opted out of ${channel}: ${entry.reason}`;
			}
		}
		return undefined;
	}

	/** The channels a person opted out of. */
	channels(person: Person): Channel[] {
		if (this.entries.size === 0) return [];
		const mine = subjectsOf(this.hash, person).flatMap((subject) => this.entries.get(keyOf(person.workspace, subject)) ?? []);
		if (mine.some(({ channel }) => channel === ANY_CHANNEL)) return [...CHANNELS];
		return CHANNELS.filter((channel) => {
			const narrow = new Set(subjectsOf(this.hash, person, channel));
			return mine.some((entry) => entry.channel === channel && narrow.has(entry.subject));
		});
	}
}

/** For each person on a channel: why nothing may be sent (or might not be as of a moment), or undefined. One query for all. */
export async function suppressionReasons(session: Session, hash: AddressHash, people: readonly (Person & { channel: Channel; asOf?: number })[]): Promise<(string | undefined)[]> {
	const list = await SuppressionList.about(session, hash, people);
	return people.map((person) => list.reason(person));
}
