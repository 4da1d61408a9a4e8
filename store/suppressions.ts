import { CHANNELS, HANDLE_KIND } from '../engine/channels/channel';
import { STOPS } from '../engine/sequence/stopRules';
import { sql } from 'kysely';
import { activity } from './activities';
import { addressesOf, normalAddress, type Address, type AddressHash } from './addresses';
import { fromJson, keyOf } from './bulk';
import type { Database } from './database';
import { StoreInputError } from './errors';
import { decideMessages } from './messageRows';
import { moveRows, type OutboundDbRow } from './outboundMoves';
import { outboundPages } from './outboundPages';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { OptOutRequest, Suppressions } from './store';
import { stopEnrolments } from './stopEnrolments';
import { ANY_CHANNEL, contactSubject, subjectsOf, suppressionReasons } from './suppressionList';

/** Statuses in which a message has not been handed to a channel yet. */
const PLANNED = ['drafted', 'in_review', 'scheduled', 'blocked', 'claimed'] as const;

interface Known {
	contactId?: string;
	addresses: Address[];
	addressHash?: string;
}

/** Who each request is about: the contact (given, or found by the address) and every address known of it, the given one first. */
async function people(session: Session, keys: readonly { workspace: string; contactId?: string; channel: OptOutRequest['channel']; address?: string; addressHash?: string }[]): Promise<Known[]> {
	const given = keys.map((key): Address[] => {
		const kind = HANDLE_KIND[key.channel];
		const address = key.address ? normalAddress(kind, key.address) : '';
		return address ? [{ kind, address }] : [];
	});
	const owners = await session.matching('contact_addresses', ['workspace', 'kind', 'address'], keys.flatMap(({ workspace }, at) => given[at].map((address) => ({ workspace, ...address }))));
	const ownerOf = new Map(owners.map((row) => [keyOf(row.workspace, row.kind, row.address), row.contact_id]));
	const contactIds = keys.map((key, at) => key.contactId ?? given[at].map(({ kind, address }) => ownerOf.get(keyOf(key.workspace, kind, address))).find((id) => id !== undefined));
	const contacts = await session.matching('contacts', ['workspace', 'id'], keys.flatMap(({ workspace }, at) => (contactIds[at] === undefined ? [] : [{ workspace, id: contactIds[at] ?? '' }])));
	const byId = new Map(contacts.map((row) => [keyOf(row.workspace, row.id), addressesOf({ ...row, handles: fromJson(row.handles) })]));
	return keys.map((key, at) => ({ contactId: contactIds[at], ...(key.addressHash === undefined ? {} : { addressHash: key.addressHash }), addresses: [...given[at], ...(byId.get(keyOf(key.workspace, contactIds[at])) ?? [])] }));
}

/** See `Suppressions.optOut`; for others who learn of one inside their own transaction. */
export async function optOut(session: Session, hash: AddressHash, requests: readonly OptOutRequest[]): Promise<{ cancelled: string[] }[]> {
	if (requests.length === 0) return [];
	const known = (await people(session, requests)).map((person, at): Known => (requests[at].addressOnly && requests[at].address ? { addresses: person.addresses.slice(0, 1) } : person));
	await session.insert('suppressions', requests.flatMap((request, at) => entriesOf(session, hash, request, known[at])), sql`on conflict do nothing`);
	await session.insert('activities', requests.flatMap((request, at) => proofOf(session, hash, request, known[at], at)));
	await decideMessages(
		session,
		requests.flatMap(({ workspace, messageId, reason, actor }) => (messageId === undefined ? [] : [{ workspace, messageId, reason: `Opt-out: ${reason}`, actor }])),
	);
	// A dead address closes one channel; a wish ends the whole sequence.
	await stopEnrolments(session, requests.flatMap(({ workspace, addressOnly, actor }, at) => {
		const { contactId } = known[at];
		return addressOnly || contactId === undefined ? [] : [{ workspace, contactId, stop: STOPS.optOut, actor }];
	}));
	return await cancelPlanned(session, requests, known);
}

export function createSuppressions(database: Database, hash: AddressHash): Suppressions {
	return {
		async optOut(requests) {
			if (requests.length === 0) return [];
			for (const [index, request] of requests.entries()) {
				if (!request.contactId && !request.address && !request.addressHash) throw new StoreInputError('An opt-out needs the contact or the address it is about.', index);
			}
			return await database.write(async (session) => await optOut(session, hash, requests));
		},

		async optIn(workspace, requests) {
			if (requests.length === 0) return;
			await database.write(async (session) => {
				const known = await people(session, requests.map((request) => ({ ...request, workspace })));
				const lift = new Map<string, Set<string>>();
				for (const [at, { channel }] of requests.entries()) {
					for (const subject of subjectsOf(hash, { workspace, ...known[at] })) lift.set(subject, (lift.get(subject) ?? new Set()).add(channel));
				}
				const rows = await session.matching('suppressions', ['workspace', 'subject'], [...lift.keys()].map((subject) => ({ workspace, subject })), true);
				const lifted = rows.filter((row) => row.channel === ANY_CHANNEL || lift.get(row.subject)?.has(row.channel));
				const values = session.values('v', { workspace: 'text', subject: 'text', channel: 'text' }, lifted);
				await session.rows(sql`delete from ${session.table('suppressions')} where (workspace, subject, channel) in (select v.workspace, v.subject, v.channel from ${values})`);
				// An opt-out of every channel shrinks to the others.
				const others = lifted.filter((row) => row.channel === ANY_CHANNEL).flatMap((row) => CHANNELS.filter((other) => !lift.get(row.subject)?.has(other)).map((channel) => ({ ...row, channel })));
				await session.insert('suppressions', others, sql`on conflict do nothing`);
				await session.insert(
					'activities',
					requests.flatMap(({ channel, actor, reason }, at) => {
						const contactId = known[at].contactId;
						return contactId === undefined ? [] : [activity(session, workspace, contactId, 'opt_in', { channel, actor, reason }, at)];
					}),
				);
			});
		},

		async check(workspace, keys) {
			if (keys.length === 0) return [];
			return await database.read(async (session) => {
				const known = await people(session, keys.map((key) => ({ ...key, workspace })));
				return await suppressionReasons(session, hash, keys.map(({ channel }, at) => ({ workspace, channel, ...known[at] })));
			});
		},
	};
}

function entriesOf(session: Session, hash: AddressHash, request: OptOutRequest, known: Known): RowOf<'suppressions'>[] {
	const { workspace, reason, actor, channel, allChannels } = request;
	const subjects = allChannels ? subjectsOf(hash, { workspace, ...known }) : subjectsOf(hash, { workspace, ...known }, channel);
	return subjects.map((subject) => ({ workspace, channel: allChannels ? ANY_CHANNEL : channel, subject, reason, actor, created_at: session.now }));
}

/** The proof that we heard it: who, when, how, never the address itself. */
function proofOf(session: Session, hash: AddressHash, request: OptOutRequest, known: Known, order: number): RowOf<'activities'>[] {
	const { workspace, channel, allChannels, reason, actor, messageId } = request;
	const [first] = known.addresses;
	const [own = ''] = subjectsOf(hash, { workspace, addresses: first ? [first] : [], addressHash: known.addressHash });
	const subject = known.contactId ?? own;
	return [activity(session, workspace, subject, 'opt_out', { channel, allChannels, reason, actor, messageId, subjects: subjectsOf(hash, { workspace, ...known }, allChannels ? undefined : channel).filter((entry) => entry !== contactSubject(known.contactId ?? '')) }, order)];
}

async function cancelPlanned(session: Session, requests: readonly OptOutRequest[], known: readonly Known[]): Promise<{ cancelled: string[] }[]> {
	// All that is planned in these workspaces, without the texts: addresses are compared in their normal form, which SQL does not know.
	const workspaces = [...new Set(requests.map(({ workspace }) => workspace))];
	const about: Target[] = [];
	for (const workspace of workspaces) {
		for await (const planned of outboundPages(session, workspace, PLANNED, TARGET)) about.push(...planned.filter((row) => requests.some((request, at) => isAbout(row, request, known[at]))));
	}
	const locked = await session.matching('outbound', ['workspace', 'id'], about, true);
	const open = new Map(locked.filter(({ status }) => PLANNED.some((planned) => planned === status)).map((row) => [keyOf(row.workspace, row.id), row]));
	const result = requests.map((request, at) => {
		const mine = [...open.values()].filter((row) => isAbout(row, request, known[at]));
		for (const row of mine) open.delete(keyOf(row.workspace, row.id));
		return { request, mine };
	});
	await moveRows(
		session,
		result.flatMap(({ request, mine }) => mine.map((row) => ({ row, to: 'cancelled' as const, actor: request.actor, sentence: `Cancelled: opted out of ${request.allChannels ? 'every channel' : request.channel}.` }))),
	);
	return result.map(({ mine }) => ({ cancelled: mine.map(({ id }) => id) }));
}

const TARGET = ['workspace', 'id', 'channel', 'contact_id', 'to_address'] as const;
type Target = Pick<OutboundDbRow, (typeof TARGET)[number]>;

function isAbout(row: Target, request: OptOutRequest, known: Known): boolean {
	if (row.workspace !== request.workspace || (!request.allChannels && row.channel !== request.channel)) return false;
	if (known.contactId !== undefined && row.contact_id === known.contactId) return true;
	const channel = CHANNELS.find((name) => name === row.channel);
	if (channel === undefined || row.to_address === '') return false;
	const to = normalAddress(HANDLE_KIND[channel], row.to_address);
	return known.addresses.some(({ kind, address }) => kind === HANDLE_KIND[channel] && address === to);
}
