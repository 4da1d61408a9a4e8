import { IANAZone } from 'luxon';
import { sql } from 'kysely';
import { ChannelSchema, HANDLE_KIND } from '../engine/channels/channel';
import { heldBy } from '../engine/message/senderHold';
import { epochMs, iso, type EpochMs } from '../engine/time';
import { normalAddress, type AddressHash } from './addresses';
import { fromJson, keyOf, outOfIndex } from './bulk';
import { personOf, toContact } from './contactRows';
import { eachWith } from './firstOfEach';
import { BY_PERSON, lastInbound, SEQ_STEP, type MessageRow } from './messageRows';
import { outboundKey, type OutboundDbRow } from './outboundMoves';
import { toOutbound } from './outboundRows';
import { SENDER_RESUMED } from './reviewRows';
import type { RowOf } from './schema';
import type { Session } from './session';
import { replaysOf } from './shadowRecords';
import { loadHolds } from './senderHolds';
import { enrolmentsOf, sequenceFacts } from './sequenceFacts';
import { loadScopes } from './settings';
import { sentToday } from './sentToday';
import type { RouteFacts } from './store';
import { SuppressionList } from './suppressionList';
import { together } from './together';

/** Statuses in which a reply still may go out, the one nearest to it first. */
export const OPEN_STATUSES = ['sending', 'claimed', 'scheduled', 'in_review', 'drafted'] as const;

export const threadOf = (row: Pick<OutboundDbRow, 'workspace' | 'purpose' | 'channel' | 'thread_id'>): string | undefined =>
	row.purpose === 'reply' && row.thread_id !== null ? keyOf(row.workspace, row.channel, row.thread_id) : undefined;

/** A message that a row answers. */
type Answered = Pick<MessageRow, 'workspace' | 'id' | 'seq' | 'answered_by' | 'subject' | 'provider_id'>;

/** Facts, and what was read for them that whoever claims the row needs, too. */
export interface LoadedFacts extends RouteFacts {
	/** The messages the row answers. */
	answers: readonly Answered[];
}

interface FactOptions {
	/** False: nothing counts as sent today, for rows whose place under the caps is theirs already. */
	counts?: boolean;
	/** The open replies on the rows' threads, when they have been read. */
	siblings?: readonly Sibling[];
}

/** What a routing decision needs for each row, in their order; the number of queries does not depend on theirs. */
export async function loadFacts(session: Session, hash: AddressHash, rows: readonly OutboundDbRow[], { counts = true, siblings }: FactOptions = {}): Promise<LoadedFacts[]> {
	if (rows.length === 0) return [];
	const people = rows.map((row) => ({ workspace: row.workspace, contactId: row.contact_id, channel: row.channel }));
	const [contactRows, replays, { answers, newer, givenToPerson }, scopes, onThreads, inbound, approved, holds, enrolments] = await together([
		session.matching('contacts', ['workspace', 'id'], rows.map((row) => ({ workspace: row.workspace, id: row.contact_id }))),
		replaysOf(session, rows),
		inboundOf(session, rows),
		loadScopes(session, rows.map((row) => ({ workspace: row.workspace, accountId: row.account_id ?? undefined, contactId: row.contact_id }))),
		siblings ? Promise.resolve(siblings) : openSiblings(session, rows),
		lastInbound(session, people),
		approvedDrafts(session, rows),
		loadHolds(session, rows.map(({ workspace }) => workspace)),
		enrolmentsOf(session, rows),
	]);
	const settings = scopes.map((scope) => scope.settings);
	const open = openReplies(onThreads);
	const known = new Map(contactRows.map((row) => [keyOf(row.workspace, row.id), { row, person: personOf(row) }]));
	const addressees = rows.map((row, place) => {
		const channel = ChannelSchema.parse(row.channel);
		const to = row.to_address === '' ? [] : [{ kind: HANDLE_KIND[channel], address: normalAddress(HANDLE_KIND[channel], row.to_address) }];
		const own = known.get(keyOf(row.workspace, row.contact_id))?.person.addresses ?? [];
		return { workspace: row.workspace, contactId: row.contact_id, channel, addresses: [...to, ...own], asOf: replays[place]?.at };
	});
	const suppressions = await SuppressionList.about(session, hash, addressees);
	const contacts = new Map([...known].map(([key, { row, person }]) => [key, toContact(row, suppressions.channels(person))]));
	const contactOf = (row: OutboundDbRow) => contacts.get(keyOf(row.workspace, row.contact_id));
	// As the cap reads it: a name that is no zone is passed over. Asking the runtime costs a tenth of a millisecond, so it is asked only where a contact's day is counted.
	const zones = rows.map((row, at) => (counts && settings[at].contactDailyCap !== undefined ? [contactOf(row)?.timezone, settings[at].timezone].find((zone) => zone !== undefined && IANAZone.isValidZone(zone)) : undefined) ?? 'UTC');
	const today = counts ? await sentToday(session, rows.map((row, at) => ({ row, zone: zones[at], settings: settings[at] }))) : rows.map(() => ({ contact: 0, workspace: 0 }));
	return rows.map((row, at) => {
		const thread = threadOf(row);
		const last = inbound[at];
		const replay = replays[at];
		const outbound = toOutbound(row);
		const held = heldBy({ ...outbound, template: outbound.draft.waTemplate?.name }, holds, session.now);
		return {
			row: outbound,
			...(held ? { held } : {}),
			...sequenceFacts(row, enrolments.get(outboundKey(row)), contactOf(row)),
			settings: settings[at],
			contact: contactOf(row),
			...moments(known.get(keyOf(row.workspace, row.contact_id))?.row.last_taken_over_at, scopes[at].offAt),
			suppressed: suppressions.reason(addressees[at]),
			newerInbound: newer.has(outboundKey(row)),
			givenToPerson: givenToPerson.has(outboundKey(row)),
			openReplyOnThread: thread === undefined ? undefined : open.get(thread)?.find((id) => id !== row.id),
			lastInboundAt: last === undefined ? undefined : epochMs(last),
			sentToContactToday: today[at].contact,
			sentByWorkspaceToday: today[at].workspace,
			...approvalOf(approved.get(outboundKey(row))),
			...(replay ? { replay: { at: epochMs(replay.at), onChannel: replay.on_channel === 1 } } : {}),
			now: session.now,
			answers: answers[at],
		};
	});
}

/** What ends an approval that is older. */
function moments(takenOver: number | null | undefined, off: EpochMs | undefined): Pick<RouteFacts, 'lastTakenOverAt' | 'lastOffAt'> {
	return { ...(takenOver === null || takenOver === undefined ? {} : { lastTakenOverAt: epochMs(takenOver) }), ...(off === undefined ? {} : { lastOffAt: off }) };
}

/**
 * `newer`: rows whose lead wrote again since: a message still open, or one that another draft or a person answers. Settled
 * ones (an out-of-office note) do not count. `givenToPerson`: rows of which a message they answer was handed to a person.
 */
async function inboundOf(session: Session, rows: readonly OutboundDbRow[]): Promise<{ answers: Answered[][]; newer: Set<string>; givenToPerson: Set<string> }> {
	const inboundIds = rows.map((row) => fromJson<string[]>(row.inbound_ids));
	const wantedIds = rows.flatMap((row, at) => inboundIds[at].map((id) => ({ workspace: row.workspace, id })));
	const answered = await session.matchingOnly('messages', ['workspace', 'id', 'seq', 'answered_by', 'subject', 'provider_id'], ['workspace', 'id'], wantedIds);
	const byKey = new Map(answered.map((message) => [keyOf(message.workspace, message.id), message]));
	const answers = rows.map((row, at) => inboundIds[at].flatMap((id) => byKey.get(keyOf(row.workspace, id)) ?? []));
	const givenToPerson = new Set(rows.filter((_, at) => answers[at].some(({ answered_by }) => answered_by === BY_PERSON)).map(outboundKey));
	const wanted = rows.map((row, at) => {
		const after = answers[at].length > 0 ? Math.max(...answers[at].map(({ seq }) => seq)) : row.created_at * SEQ_STEP + SEQ_STEP - 1;
		return { workspace: row.workspace, id: row.id, channel: row.channel, thread_id: row.thread_id, contact_id: row.contact_id, after };
	});
	const columns = { workspace: 'text', id: 'text', channel: 'text', thread_id: 'text?', contact_id: 'text', after: 'int' } as const;
	const newer = async (some: typeof wanted, by: 'thread_id' | 'contact_id') => {
		if (some.length === 0) return [];
		const channel = by === 'thread_id' ? sql.ref('m.channel') : outOfIndex('m.channel');
		const later = sql`m.workspace = v.workspace and ${channel} = v.channel and ${sql.ref(`m.${by}`)} = ${sql.ref(`v.${by}`)} and m.direction = 'inbound'
			and m.seq > v.after and (m.state = 'received' or (m.answered_by is not null and m.answered_by <> v.id))`;
		return await session.rows(sql<{ workspace: string; id: string }>`select distinct v.workspace, v.id from ${eachWith(session, session.values('v', columns, some), 'messages', later)}`);
	};
	const found = [...(await newer(wanted.filter(({ thread_id }) => thread_id !== null), 'thread_id')), ...(await newer(wanted.filter(({ thread_id }) => thread_id === null), 'contact_id'))];
	return { answers, newer: new Set(found.map(outboundKey)), givenToPerson };
}

/** Ids of the open replies of each thread, the one nearest to leaving first. */
function openReplies(siblings: readonly Sibling[]): Map<string, string[]> {
	const order = (row: Sibling): number => OPEN_STATUSES.findIndex((status) => status === row.status);
	const result = new Map<string, string[]>();
	for (const row of siblings.toSorted((a, b) => order(a) - order(b) || a.created_at - b.created_at || (a.id < b.id ? -1 : 1))) {
		const thread = threadOf(row);
		if (thread !== undefined) result.set(thread, [...(result.get(thread) ?? []), row.id]);
	}
	return result;
}

const SIBLING = ['workspace', 'id', 'status', 'version', 'purpose', 'channel', 'thread_id', 'created_at'] as const;
/** An open reply on some row's thread: enough of it to tell where it stands. */
export type Sibling = Pick<OutboundDbRow, (typeof SIBLING)[number]>;

/** The open replies on the threads of these rows, themselves included. */
export async function openSiblings(session: Session, rows: readonly OutboundDbRow[]): Promise<Sibling[]> {
	const threads = rows.flatMap((row) => (threadOf(row) === undefined || row.thread_id === null ? [] : [{ workspace: row.workspace, channel: row.channel, thread_id: row.thread_id }]));
	if (threads.length === 0) return [];
	const distinct = [...new Map(threads.map((thread) => [JSON.stringify(thread), thread])).values()];
	// The statuses are written out: that is how both planners see that the index of open rows will do.
	const open = sql.raw(OPEN_STATUSES.map((status) => `'${status}'`).join(', '));
	const columns = sql.join(SIBLING.map((column) => sql.ref(`m.${column}`)));
	const ofThread = sql`m.workspace = v.workspace and m.channel = v.channel and m.thread_id = v.thread_id and m.status in (${open}) and m.purpose = 'reply'`;
	return await session.rows(sql<Sibling>`select ${columns} from ${eachWith(session, session.values('v', { workspace: 'text', channel: 'text', thread_id: 'text' }, distinct), 'outbound', ofThread)}`);
}

type Approval = Pick<RowOf<'reviews'>, 'workspace' | 'outbound_id' | 'created_at' | 'decision' | 'takeover_at' | 'decided_at' | 'resolution'>;

/** The reviews of rows whose last review of the draft ended with a person's yes. */
async function approvedDrafts(session: Session, rows: readonly OutboundDbRow[]): Promise<Map<string, Approval>> {
	const wanted = rows.map((row) => ({ workspace: row.workspace, kind: 'draft', outbound_id: row.id }));
	const reviews = await session.matchingOnly('reviews', ['workspace', 'outbound_id', 'created_at', 'decision', 'takeover_at', 'decided_at', 'resolution'], ['workspace', 'kind', 'outbound_id'], wanted);
	const last = new Map<string, Approval>();
	// One that was opened for a hold on the sender alone, and ended with it, says nothing about the draft.
	const ofDraft = reviews.filter(({ resolution }) => resolution !== SENDER_RESUMED);
	for (const review of ofDraft.sort((a, b) => a.created_at - b.created_at)) last.set(keyOf(review.workspace, review.outbound_id), review);
	return new Map([...last].filter(([, review]) => review.decision === 'approved' || review.decision === 'edited'));
}

/** An approval, and the takeover it was given in: one that came later ends it. */
function approvalOf(review: Approval | undefined): Pick<RouteFacts, 'approved' | 'approvedAt' | 'approvedDuring'> {
	if (!review) return { approved: false };
	return { approved: true, ...(review.decided_at === null ? {} : { approvedAt: epochMs(review.decided_at) }), ...(review.takeover_at === null ? {} : { approvedDuring: iso(epochMs(review.takeover_at)) }) };
}
