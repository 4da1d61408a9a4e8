import { sql } from 'kysely';
import { STOPS } from '../engine/sequence/stopRules';
import { DAY, epochMs, type EpochMs } from '../engine/time';
import { activity } from './activities';
import { decideMessages, SEQ_STEP } from './messageRows';
import type { Session } from './session';
import { stopEnrolments } from './stopEnrolments';
import type { SettingsKey } from './settings';

/** How far back a colleague's message is looked for whose takeover may still run. Ours: nobody holds a conversation for longer. */
const LOOK_BACK_MS = 30 * DAY;

interface Found {
	id: string;
	account_id: string | null;
	contact_id: string;
}

/**
 * Shadow mode ends somewhere: what a colleague has answered there meanwhile is answered, and whom they wrote to is
 * theirs for as long as they were given, as if the mode had been another one. `left` tells which accounts and
 * contacts were in shadow mode and no longer are; nothing else is touched.
 */
export async function endShadow(session: Session, workspace: string, scope: { kind: 'workspace' | 'account' | 'contact'; id: string }, left: (keys: readonly SettingsKey[]) => Promise<boolean[]>): Promise<void> {
	const messages = session.table('messages');
	const inScope = scope.kind === 'workspace' ? sql`` : scope.kind === 'account' ? sql`and m.account_id = ${scope.id}` : sql`and m.contact_id = ${scope.id}`;
	const those = async <R extends Found>(rows: readonly R[]): Promise<R[]> => {
		const has = await left(rows.map((row) => ({ workspace, accountId: row.account_id ?? undefined, contactId: row.contact_id })));
		return rows.filter((_, at) => has[at]);
	};
	const answered = await those(await session.rows(sql<Found>`select m.id, m.account_id, m.contact_id from ${messages} as m
		where m.workspace = ${workspace} and m.direction = 'inbound' and m.state = 'received' ${inScope} and exists (
			select 1 from ${messages} as p where p.workspace = ${workspace} and p.channel = m.channel and p.thread_id = m.thread_id and p.direction = 'person' and p.seq > m.seq)`));
	await decideMessages(session, answered.map(({ id }) => ({ workspace, messageId: id, reason: 'A colleague answered.', actor: 'person' })));

	const wrote = await those(await session.rows(sql<Found & { until: number }>`select m.id, m.account_id, m.contact_id, m.lease_until as until from ${messages} as m
		where m.workspace = ${workspace} and m.direction = 'person' and m.seq > ${(session.now - LOOK_BACK_MS) * SEQ_STEP} and m.lease_until > ${session.now} ${inScope}`));
	const latest = new Map<string, EpochMs>();
	for (const { contact_id, until } of wrote.toSorted((a, b) => a.until - b.until)) latest.set(contact_id, epochMs(until));
	await stopEnrolments(session, [...latest.keys()].map((contactId) => ({ workspace, contactId, stop: STOPS.takeover, actor: 'person' })));
	await takeOver(session, workspace, latest);
}

/** Gives contacts to the colleague who wrote to them in a channel, each until its moment; a takeover that lasts longer stays. */
export async function takeOver(session: Session, workspace: string, latest: ReadonlyMap<string, EpochMs>): Promise<void> {
	if (latest.size === 0) return;
	const contacts = [...latest].map(([id, until]) => ({ workspace, id, until }));
	await session.rows(sql`update ${session.table('contacts')} as c set taken_over_until = v.until, taken_over_by = 'channel', taken_over_at = ${session.now}, last_taken_over_at = ${session.now}, updated_at = ${session.now}
		from ${session.values('v', { workspace: 'text', id: 'text', until: 'int' }, contacts)}
		where c.workspace = v.workspace and c.id = v.id and (c.taken_over_until is null or c.taken_over_until < v.until)`);
	await session.insert('activities', contacts.map(({ id, until }, at) => activity(session, workspace, id, 'takeover', { until, by: 'channel' }, at)));
}

/** In shadow mode a colleague's message takes nothing over; kept with it is until when it would have, for when the mode ends. */
export async function keepUntil(session: Session, holds: readonly { row: { workspace: string; id: string }; until: EpochMs }[]): Promise<void> {
	await session.update('messages', ['workspace', 'id'], ['lease_until'], holds.map(({ row: { workspace, id }, until }) => ({ workspace, id, lease_until: until })));
}

/** Handed back: what colleagues wrote in shadow mode takes these contacts over no more. */
export async function forgetUntil(session: Session, workspace: string, contactIds: readonly string[]): Promise<void> {
	if (contactIds.length === 0) return;
	await session.rows(sql`update ${session.table('messages')} set lease_until = null where workspace = ${workspace} and ${session.among('contact_id', contactIds)} and direction = 'person' and lease_until is not null`);
}
