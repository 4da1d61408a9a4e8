import { sql } from 'kysely';
import type { Draft } from '../engine/draft/draft';
import type { EpochMs } from '../engine/time';
import { STOPS } from '../engine/sequence/stopRules';
import { ChannelSchema, HANDLE_KIND } from '../engine/channels/channel';
import { addressesOf, normalAddress } from './addresses';
import { cleanText, fromJson, keyOf } from './bulk';
import { keepUntil, takeOver } from './endShadow';
import type { MessageRow } from './messageRows';
import { moveRows, type OutboundDbRow } from './outboundMoves';
import { outboundPages } from './outboundPages';
import type { Session } from './session';
import { stopEnrolments } from './stopEnrolments';
import { loadSettings } from './settings';
import type { InboundInput } from './store';

const ANSWERED_BY_COLLEAGUE = 'A colleague answered.';

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
	const own = new Set(inputs.filter(({ message }) => message.providerId && ourIds.has(keyOf(message.channel, cleanText(message.providerId)))));
	const said = inputs.map((input) => ({ input, keys: addressesOf(input.contact).map(({ address }) => keyOf(input.message.channel, address, input.message.text.trim())) }));
	for await (const underWay of outboundPages(session, workspace, ['sending', 'uncertain'], ['channel', 'to_address', 'draft'])) {
		const ourTexts = new Set(underWay.map((row) => keyOf(row.channel, normalAddress(HANDLE_KIND[ChannelSchema.parse(row.channel)], row.to_address), fromJson<Draft>(row.draft).text.trim())));
		for (const { input, keys } of said) if (keys.some((key) => ourTexts.has(key))) own.add(input);
	}
	return { own, others: inputs.filter((input) => !own.has(input)) };
}

/** A person wrote: the contact is theirs for a while, what was planned in the thread is off, and what the lead had asked is answered. */
export async function takeOverThreads(session: Session, workspace: string, holds: readonly { row: MessageRow; until: EpochMs }[]): Promise<void> {
	if (holds.length === 0) return;
	const settings = await loadSettings(session, holds.map(({ row }) => ({ workspace, accountId: row.account_id ?? undefined, contactId: row.contact_id })));
	// In shadow mode people answer as ever while everything is decided beside them: that is no takeover, and ends no decision.
	const shadowed = new Set(holds.flatMap(({ row }, at) => (settings[at].mode === 'shadow' ? [row.id] : [])));
	const taken = holds.filter(({ row }) => !shadowed.has(row.id));
	await stopEnrolments(session, taken.map(({ row }) => ({ workspace, contactId: row.contact_id, stop: STOPS.takeover, actor: 'person' })));
	await cancelPlanned(session, holds.map(({ row }) => row), shadowed);
	await keepUntil(session, holds.filter(({ row }) => shadowed.has(row.id)));
	if (taken.length === 0) return;
	const latest = new Map<string, EpochMs>();
	for (const { row, until } of taken) {
		const known = latest.get(row.contact_id);
		if (known === undefined || until > known) latest.set(row.contact_id, until);
	}
	await takeOver(session, workspace, latest);

	const threads = distinct(taken.map(({ row }) => ({ workspace, channel: row.channel, thread_id: row.thread_id })));
	await session.rows(sql`update ${session.table('messages')} as m
		set state = 'decided', decided_reason = ${ANSWERED_BY_COLLEAGUE}, decided_by = 'person', decided_at = ${session.now}, lease_until = null
		from ${session.values('v', { workspace: 'text', channel: 'text', thread_id: 'text' }, threads)}
		where m.workspace = v.workspace and m.channel = v.channel and m.thread_id = v.thread_id and m.direction = 'inbound' and m.state = 'received'`);
}

/** Many messages of one thread are one thread. */
function distinct<T extends object>(threads: readonly T[]): T[] {
	return [...new Map(threads.map((thread) => [JSON.stringify(thread), thread])).values()];
}

/** What was planned in the threads is off. In shadow mode a mere draft stays: it is there to be held against the answer. */
async function cancelPlanned(session: Session, answers: readonly MessageRow[], shadowed: ReadonlySet<string>): Promise<void> {
	const threads = distinct(answers.map((row) => ({ workspace: row.workspace, channel: row.channel, thread_id: row.thread_id, contact_id: row.contact_id, shadow: shadowed.has(row.id) ? 1 : 0 })));
	const values = session.values('v', { workspace: 'text', channel: 'text', thread_id: 'text', contact_id: 'text', shadow: 'int' }, threads);
	const planned = await session.rows(sql<OutboundDbRow>`select distinct o.* from ${values} ${JOIN[session.dialect]} ${session.table('outbound')} as o
		on o.workspace = v.workspace and o.channel = v.channel and (o.thread_id = v.thread_id or (o.thread_id is null and o.contact_id = v.contact_id))
		and (o.status in ('in_review', 'scheduled', 'claimed') or (o.status = 'drafted' and v.shadow = 0))`);
	const found = new Set(planned.map(({ id }) => id));
	const locked = await session.matching('outbound', ['workspace', 'id'], planned, true);
	const sentence = 'Cancelled: a colleague answered in this thread.';
	const open = locked.filter(({ id, status }) => found.has(id) && ['drafted', 'in_review', 'scheduled', 'claimed'].includes(status));
	await moveRows(session, open.map((row) => ({ row, to: 'cancelled', actor: 'person', sentence })));
}
