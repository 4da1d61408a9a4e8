import { DateTime } from 'luxon';
import { sql } from 'kysely';
import type { EffectiveSettings } from '../engine/message/settings';
import { DAY } from '../engine/time';
import { outOfIndex } from './bulk';
import type { OutboundDbRow } from './outboundMoves';
import type { Session } from './session';

interface Counted {
	row: OutboundDbRow;
	/** In which the contact's day is counted. */
	zone: string;
	settings: Pick<EffectiveSettings, 'contactDailyCap' | 'workspaceDailyCap'>;
}

/**
 * Sent, or maybe about to be, today: to the contact in its local day, by the workspace in the UTC day; the row itself does
 * not count. Counted only under a daily cap: without one it is 0, since a workspace's day may hold any number of sends.
 */
export async function sentToday(session: Session, all: readonly Counted[]): Promise<{ contact: number; workspace: number }[]> {
	const ofContact = await byContact(session, all);
	const ofWorkspace = await byWorkspace(session, all.filter(({ settings }) => caps(settings.workspaceDailyCap)).map(({ row }) => row.workspace));
	const countsItself = ({ status }: OutboundDbRow): number => (status === 'claimed' || status === 'sending' ? 1 : 0);
	return all.map(({ row }, at) => ({ contact: ofContact.get(at) ?? 0, workspace: Math.max((ofWorkspace.get(row.workspace) ?? 0) - countsItself(row), 0) }));
}

const caps = (cap: number | undefined): boolean => cap !== undefined && cap > 0;

/** By the row's place. */
async function byContact(session: Session, all: readonly Counted[]): Promise<Map<number, number>> {
	const capped = all.flatMap(({ row, zone, settings }, place) => (caps(settings.contactDailyCap) ? [{ place, workspace: row.workspace, contact_id: row.contact_id, id: row.id, since: startOfDay(session.now, zone) }] : []));
	if (capped.length === 0) return new Map();
	const values = session.values('v', { place: 'int', workspace: 'text', contact_id: 'text', id: 'text', since: 'int' }, capped);
	const counts = await session.rows(sql<{ place: number; count: number }>`select v.place, (select count(*) from ${session.table('outbound')} as o
		where o.workspace = v.workspace and o.contact_id = v.contact_id and o.id <> v.id and ((${outOfIndex('o.status')} = 'sent' and o.sent_at >= v.since)
			or ${outOfIndex('o.status')} in ('claimed', 'sending') or (${outOfIndex('o.status')} = 'uncertain' and o.sending_at >= v.since))) as count from ${values}`);
	return new Map(counts.map(({ place, count }) => [place, count]));
}

async function byWorkspace(session: Session, capped: readonly string[]): Promise<Map<string, number>> {
	if (capped.length === 0) return new Map();
	const outbound = session.table('outbound');
	const day = startOfDay(session.now, 'UTC');
	const values = session.values('v', { workspace: 'text' }, [...new Set(capped)].map((workspace) => ({ workspace })));
	// One after the other: each has an index of its own, together they would have none.
	const counts = await session.rows(sql<{ workspace: string; count: number }>`select v.workspace,
		(select count(*) from ${outbound} as o where o.workspace = v.workspace and o.status = 'sent' and o.sent_at >= ${day})
		+ (select count(*) from ${outbound} as o where o.workspace = v.workspace and o.status in ('claimed', 'sending'))
		+ (select count(*) from ${outbound} as o where o.workspace = v.workspace and o.status = 'uncertain' and o.sending_at >= ${day}) as count from ${values}`);
	return new Map(counts.map(({ workspace, count }) => [workspace, count]));
}

function startOfDay(now: number, zone: string): number {
	const local = DateTime.fromMillis(now, { zone });
	return local.isValid ? local.startOf('day').toMillis() : Math.floor(now / DAY) * DAY;
}
