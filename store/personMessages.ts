import { sql } from 'kysely';
import type { Draft } from '../engine/draft/draft';
import type { EpochMs } from '../engine/time';
import { ChannelSchema, HANDLE_KIND } from '../engine/channels/channel';
import { addressesOf, normalAddress } from './addresses';
import { activity } from './activities';
import { cleanText, fromJson, keyOf } from './bulk';
import type { MessageRow } from './messageRows';
import { moveRows, type OutboundDbRow } from './outboundMoves';
import type { Session } from './session';
import type { InboundInput } from './store';

const JOIN = { sqlite: sql`cross join`, postgres: sql`join` };

/**
 * Tells the echoes of what we sent ourselves from what a colleague wrote: by the provider's id, or, when the echo is
 * faster than the provider's answer, by the same text in a send that is under way to the same address.
 */
export async function withoutOwnEchoes<I extends InboundInput>(session: Session, workspace: string, inputs: readonly I[]): Promise<{ own: Set<I>; others: I[] }> {
	const byProvider = await session.matching(
		'outbound',
		['workspace', 'provider_id'],
		inputs.flatMap(({ message }) => (message.providerId ? [{ workspace, provider_id: message.providerId }] : [])),
	);
	const ourIds = new Set(byProvider.map((row) => keyOf(row.channel, row.provider_id)));
	const underWay = await session.rows(sql<OutboundDbRow>`select * from ${session.table('outbound')} where workspace = ${workspace} and status in ('sending', 'uncertain')`);
	const ourTexts = new Set(underWay.map((row) => keyOf(row.channel, normalAddress(HANDLE_KIND[ChannelSchema.parse(row.channel)], row.to_address), fromJson<Draft>(row.draft).text.trim())));
	const own = new Set(
		inputs.filter(({ message, contact }) => {
			if (message.providerId && ourIds.has(keyOf(message.channel, cleanText(message.providerId)))) return true;
			return addressesOf(contact).some(({ address }) => ourTexts.has(keyOf(message.channel, address, message.text.trim())));
		}),
	);
	return { own, others: inputs.filter((input) => !own.has(input)) };
}

/** A person wrote: the contact is theirs for a while, what was planned in the thread is off, and what the lead had asked is answered. */
export async function takeOverThreads(session: Session, workspace: string, holds: readonly { row: MessageRow; until: EpochMs }[]): Promise<void> {
	if (holds.length === 0) return;
	const latest = new Map<string, EpochMs>();
	for (const { row, until } of holds) {
		const known = latest.get(row.contact_id);
		if (known === undefined || until > known) latest.set(row.contact_id, until);
	}
	const contacts = [...latest].map(([id, until]) => ({ workspace, id, until }));
	await session.rows(sql`update ${session.table('contacts')} as c set taken_over_until = v.until, taken_over_by = 'channel', updated_at = ${session.now}
		from ${session.values('v', { workspace: 'text', id: 'text', until: 'int' }, contacts)}
		where c.workspace = v.workspace and c.id = v.id and (c.taken_over_until is null or c.taken_over_until < v.until)`);
	await session.insert('activities', contacts.map(({ id, until }, at) => activity(session, workspace, id, 'takeover', { until, by: 'channel' }, at)));

	const threads = holds.map(({ row }) => ({ workspace, channel: row.channel, thread_id: row.thread_id, contact_id: row.contact_id }));
	const values = session.values('v', { workspace: 'text', channel: 'text', thread_id: 'text', contact_id: 'text' }, threads);
	const planned = await session.rows(sql<OutboundDbRow>`select distinct o.* from ${values} ${JOIN[session.dialect]} ${session.table('outbound')} as o
		on o.workspace = v.workspace and o.channel = v.channel and (o.thread_id = v.thread_id or (o.thread_id is null and o.contact_id = v.contact_id))
		and o.status in ('drafted', 'in_review', 'scheduled', 'claimed')`);
	const locked = await session.matching('outbound', ['workspace', 'id'], planned, true);
	const sentence = 'Cancelled: a colleague answered in this thread.';
	const open = locked.filter(({ status }) => ['drafted', 'in_review', 'scheduled', 'claimed'].includes(status));
	await moveRows(session, open.map((row) => ({ row, to: 'cancelled', actor: 'person', sentence })));
	await session.rows(sql`update ${session.table('messages')} as m
		set state = 'decided', decided_reason = 'A colleague answered.', decided_by = 'person', decided_at = ${session.now}, lease_until = null
		from ${values} where m.workspace = v.workspace and m.channel = v.channel and m.thread_id = v.thread_id and m.direction = 'inbound' and m.state = 'received'`);
}
