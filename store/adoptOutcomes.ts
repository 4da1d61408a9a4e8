import { sql } from 'kysely';
import type { AddressHash } from './addresses';
import { cleanText, keyOf } from './bulk';
import { outboundKey } from './outboundMoves';
import { loadOutbound } from './outboundRows';
import { takeEffect } from './outcomeEffects';
import { toStoredOutcome } from './outcomeRows';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { OutboundRow } from './store';

type Adopted = Pick<RowOf<'outcomes'>, 'workspace' | 'id' | 'event' | 'outbound_id' | 'contact_id' | 'thread_id' | 'channel'>;

/** Keeps a report and the answer to its send from passing each other unseen. */
export async function lockReports(session: Session, reports: readonly { workspace: string; providerId?: string }[]): Promise<void> {
	await session.lock('receipt', reports.flatMap(({ workspace, providerId }) => (providerId === undefined ? [] : [keyOf(workspace, cleanText(providerId))])));
}

/**
 * Reports may be quicker than the answer to the send: what a provider said of a message before its id was known is tied
 * to it as soon as it is, and takes effect then. An answer read from a message stays what it was tied to by its conversation. One statement where there is nothing to adopt.
 */
export async function adoptOutcomes(session: Session, hash: AddressHash, sent: readonly OutboundRow[]): Promise<void> {
	const named = sent.flatMap(({ workspace, id, providerId, channel, contactId, threadId }) =>
		providerId === undefined ? [] : [{ workspace, id, provider_id: providerId, channel, contact_id: contactId, thread_id: threadId ?? null }],
	);
	if (named.length === 0) return;
	const values = session.values('v', { workspace: 'text', id: 'text', provider_id: 'text', channel: 'text', contact_id: 'text', thread_id: 'text?' }, named);
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const found = await session.rows(sql<Adopted>`select x.workspace, x.id, x.event, v.id as outbound_id, coalesce(x.contact_id, v.contact_id) as contact_id, coalesce(x.thread_id, v.thread_id) as thread_id, coalesce(x.channel, v.channel) as channel
		from ${values} ${join} ${session.table('outcomes')} as x on x.workspace = v.workspace and x.provider_id = v.provider_id
		where x.attributed <> 'id' and x.provider_id is not null and x.message_id is null and (x.channel is null or x.channel = v.channel)`);
	if (found.length === 0) return;
	await session.update('outcomes', ['workspace', 'id'], ['outbound_id', 'contact_id', 'thread_id', 'channel', 'attributed'], found.map((row) => ({ ...row, attributed: 'id' })));
	const adopted = await session.matching('outcomes', ['workspace', 'id'], found);
	const rows = await loadOutbound(session, sent, false);
	await takeEffect(session, hash, adopted.map((outcome) => ({ event: toStoredOutcome(outcome), attribution: { row: rows.get(outboundKey({ workspace: outcome.workspace, id: outcome.outbound_id ?? '' })), how: 'id' } })));
	// The message has its own word on having left: the provider's was the same one.
	const doubled = adopted.filter(({ event }) => event === 'sent').map(({ workspace, id }) => ({ workspace, id }));
	if (doubled.length === 0) return;
	await session.rows(sql`delete from ${session.table('outcomes')} where (workspace, id) in (select v.workspace, v.id from ${session.values('v', { workspace: 'text', id: 'text' }, doubled)})`);
}
