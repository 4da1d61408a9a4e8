import { ChannelSchema, type Channel } from '../engine/channels/channel';
import { derivedId } from '../engine/message/spine';
import { OutcomeEventSchema } from '../engine/outcome/outcome';
import { suppressionOf } from '../engine/outcome/suppression';
import { epochMs } from '../engine/time';
import { sql } from 'kysely';
import type { AddressHash } from './addresses';
import { ATTRIBUTION_WINDOW_MS } from './attribution';
import { cleanText, keyOf } from './bulk';
import type { Database } from './database';
import { outboundKey, type OutboundDbRow } from './outboundMoves';
import { loadOutbound, toOutbound } from './outboundRows';
import { mayBeSettled, settleByReceipts } from './receipts';
import type { RowOf } from './schema';
import { sentOutcomeId } from './sendRecords';
import type { Session } from './session';
import type { OptOutRequest, OutcomeInput, Outcomes, RecordedOutcome } from './store';
import { optOut } from './suppressions';

interface Attribution {
	row?: OutboundDbRow;
	how: RecordedOutcome['attributed'];
}

/** The latest message sent before each event that it may come of, by thread or by contact, within the event's window. */
async function lastSentBefore(session: Session, by: 'thread_id' | 'contact_id', events: readonly { place: number; event: OutcomeInput }[]): Promise<Map<number, OutboundDbRow>> {
	const wanted = events.flatMap(({ place, event }) => {
		const value = by === 'thread_id' ? event.threadId : event.contactId;
		if (value === undefined) return [];
		return [{ place, workspace: event.workspace, value, channel: event.channel ?? null, until: event.occurredAt, since: event.occurredAt - ATTRIBUTION_WINDOW_MS[event.event] }];
	});
	if (wanted.length === 0) return new Map();
	const columns = { place: 'int', workspace: 'text', value: 'text', channel: 'text?', until: 'int', since: 'int' } as const;
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const rows = await session.rows(sql<OutboundDbRow & { place: number }>`select * from (
			select o.*, v.place, row_number() over (partition by v.place order by o.sent_at desc, o.id) as rank from ${session.values('v', columns, wanted)} ${join} ${session.table('outbound')} as o
			on o.workspace = v.workspace and ${sql.ref(`o.${by}`)} = v.value and o.status = 'sent' and o.sent_at <= v.until and o.sent_at > v.since and (v.channel is null or v.channel = o.channel)
		) as candidates where rank = 1`);
	return new Map(rows.map((row) => [row.place, row]));
}

/** id → thread → last message to that person inside the window; else nothing. */
async function attribute(session: Session, events: readonly OutcomeInput[]): Promise<Attribution[]> {
	const byId = await loadOutbound(session, events.flatMap(({ workspace, outboundId }) => (outboundId ? [{ workspace, id: outboundId }] : [])), false);
	const byProvider = await session.matching('outbound', ['workspace', 'provider_id'], events.flatMap(({ workspace, providerId }) => (providerId ? [{ workspace, provider_id: providerId }] : [])));
	// Nothing can come of a message that never left: an event that names one belongs to the last message that did.
	const left = (row: OutboundDbRow | undefined): OutboundDbRow | undefined => (row && (row.status === 'sent' || row.attempts > 0) ? row : undefined);
	const found: Attribution[] = events.map((event) => {
		const row =
			(event.outboundId ? left(byId.get(keyOf(event.workspace, cleanText(event.outboundId)))) : undefined) ??
			(event.providerId
				? byProvider.find((each) => each.workspace === event.workspace && each.provider_id === cleanText(event.providerId ?? '') && (event.channel === undefined || each.channel === event.channel))
				: undefined);
		return { row, how: row ? 'id' : 'none' };
	});
	for (const [by, how] of [['thread_id', 'thread'], ['contact_id', 'contact']] as const) {
		const open = events.flatMap((event, place) => (found[place].row ? [] : [{ place, event }]));
		for (const [place, row] of await lastSentBefore(session, by, open)) found[place] = { row, how };
	}
	return found;
}

/** What makes two reports the same one. */
function outcomeId(event: OutcomeInput, { row, how }: Attribution): string {
	// A message leaves once, whoever says so first: the provider's word and Mark Sent's are one outcome.
	if (row && how === 'id' && event.event === 'sent') return sentOutcomeId(row);
	const about = row?.id ?? event.outboundId ?? event.providerId ?? event.threadId ?? event.contactId ?? '';
	const identity = event.eventId ? ['event', event.eventId, event.event] : ['about', about, event.event, `${event.occurredAt}`];
	return derivedId('outcome', event.workspace, ...identity.map(cleanText));
}

function rowOf(session: Session, event: OutcomeInput, { row, how }: Attribution): RowOf<'outcomes'> {
	return {
		workspace: event.workspace,
		id: outcomeId(event, { row, how }),
		event: event.event,
		occurred_at: event.occurredAt,
		outbound_id: row?.id ?? event.outboundId ?? null,
		provider_id: event.providerId ?? row?.provider_id ?? null,
		event_id: event.eventId ?? null,
		thread_id: event.threadId ?? row?.thread_id ?? null,
		contact_id: event.contactId ?? row?.contact_id ?? null,
		channel: event.channel ?? row?.channel ?? null,
		error_code: event.errorCode ?? null,
		value: event.value ?? null,
		currency: event.currency ?? null,
		attributed: how,
		recorded_at: session.now,
	};
}

const toOutcome = (row: RowOf<'outcomes'>): OutcomeInput & { attributed: string } => ({
	workspace: row.workspace,
	event: OutcomeEventSchema.parse(row.event),
	occurredAt: epochMs(row.occurred_at),
	outboundId: row.outbound_id ?? undefined,
	providerId: row.provider_id ?? undefined,
	eventId: row.event_id ?? undefined,
	threadId: row.thread_id ?? undefined,
	contactId: row.contact_id ?? undefined,
	channel: row.channel === null ? undefined : ChannelSchema.parse(row.channel),
	errorCode: row.error_code ?? undefined,
	value: row.value ?? undefined,
	currency: row.currency ?? undefined,
	attributed: row.attributed,
});

/** The opt-out an event stands for, if any. */
function optOutBy(event: OutcomeInput, { row, how }: Attribution): OptOutRequest[] {
	if (event.optOutKept) return [];
	const channel: Channel | undefined = event.channel ?? (row && ChannelSchema.parse(row.channel));
	const kind = suppressionOf(event.event, channel, event.errorCode);
	const code = event.errorCode === undefined ? '' : ` (code ${event.errorCode})`;
	const base = { workspace: event.workspace, channel: channel ?? 'email', actor: 'provider' as const };
	const address = row && row.to_address !== '' && row.channel === channel ? { address: row.to_address } : {};
	// A guess by thread or contact does not tell which address is dead.
	if (kind === 'hard_bounce') return how === 'id' && 'address' in address ? [{ ...base, ...address, addressOnly: true, allChannels: false, reason: `The address does not exist${code}` }] : [];
	const contactId = row?.contact_id ?? event.contactId;
	if (kind === undefined || contactId === undefined) return [];
	return [{ ...base, ...address, contactId, allChannels: channel === undefined, reason: `Reported by the provider: ${event.event}${code}` }];
}

export function createOutcomes(database: Database, hash: AddressHash): Outcomes {
	return {
		async record(events, options = {}) {
			if (events.length === 0) return [];
			return await database.write(async (session) => {
				const attributions = await attribute(session, events);
				const rows = events.map((event, at) => rowOf(session, event, attributions[at]));
				const identity = (row: RowOf<'outcomes'>): string => keyOf(row.workspace, row.id);
				const first = new Map(rows.toReversed().map((row) => [identity(row), row]));
				const inserted = await insertNew(session, [...first.values()]);
				const fresh = new Map(rows.flatMap((row, at) => (inserted.has(identity(row)) ? [[identity(row), at] as const] : [])));
				await optOut(session, hash, [...fresh.values()].flatMap((at) => optOutBy(events[at], attributions[at])));
				// Receipts settle what is uncertain or was taken for failed, whichever came first: locked, so that a person and a receipt do not both decide.
				const open = new Map(attributions.flatMap(({ row, how }) => (row && how === 'id' && mayBeSettled(row) ? [[outboundKey(row), row] as const] : [])));
				const locked = await loadOutbound(session, [...open.values()], true);
				const settled = new Map((await settleByReceipts(session, [...locked.values()].filter(mayBeSettled))).map((row) => [outboundKey(row), row]));
				return rows.map((row, at) => {
					const { row: about, how } = attributions[at];
					const after = about && (settled.get(outboundKey(about)) ?? about);
					return {
						outboundId: row.outbound_id ?? undefined,
						attributed: how,
						recorded: inserted.delete(identity(row)),
						row: after && toOutbound(after),
						settled: about !== undefined && settled.has(outboundKey(about)),
					};
				});
			}, options);
		},

		async list(workspace, { outboundId, contactId, limit }) {
			return await database.read(async (session) => {
				const ofMessage = outboundId === undefined ? sql`` : sql`and outbound_id = ${cleanText(outboundId)}`;
				const ofContact = contactId === undefined ? sql`` : sql`and contact_id = ${cleanText(contactId)}`;
				const rows = await session.rows(sql<RowOf<'outcomes'>>`select * from ${session.table('outcomes')} where workspace = ${workspace} ${ofMessage} ${ofContact}
					order by occurred_at desc, recorded_at desc, id limit ${limit}`);
				return rows.map(toOutcome);
			});
		},
	};
}

/** Inserts what is not on record and returns the identities of those. */
async function insertNew(session: Session, rows: readonly RowOf<'outcomes'>[]): Promise<Set<string>> {
	const inserted = await session.insertReturning('outcomes', rows, sql`on conflict do nothing`, ['workspace', 'id']);
	return new Set(inserted.map(({ workspace, id }) => keyOf(workspace, id)));
}
