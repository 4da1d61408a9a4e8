import { sql } from 'kysely';
import { later } from '../engine/time';
import type { AddressHash } from './addresses';
import { fromJson, keyOf } from './bulk';
import { loadContacts } from './contactRows';
import { moveRows, outboundKey, type Move, type OutboundDbRow } from './outboundMoves';
import { toOutbound } from './outboundRows';
import { loadFacts } from './routeFacts';
import type { Session } from './session';
import type { ClaimedJob, DecideRoute, Outbound, OutboundRow } from './store';

type Options = Parameters<Outbound['claimDue']>[0];

/** See `Outbound.claimDue`. */
export async function claimDue(session: Session, hash: AddressHash, options: Options, decide: DecideRoute): Promise<{ claimed: ClaimedJob[]; moved: OutboundRow[] }> {
	const due = await dueRows(session, options);
	if (due.length === 0) return { claimed: [], moved: [] };
	// Caps are counted over a workspace's sends: two claimants must not count at the same moment.
	await session.lock('claim', [...new Set(due.map(({ workspace }) => workspace))]);
	const facts = await loadFacts(session, hash, due);
	const toContact = new Map<string, number>();
	const byWorkspace = new Map<string, number>();
	const moves: Move[] = [];
	const claims = new Set<string>();
	for (const [at, row] of due.entries()) {
		const contact = keyOf(row.workspace, row.contact_id);
		const route = decide({
			...facts[at],
			sentToContactToday: facts[at].sentToContactToday + (toContact.get(contact) ?? 0),
			sentByWorkspaceToday: facts[at].sentByWorkspaceToday + (byWorkspace.get(row.workspace) ?? 0),
		});
		const go = route.status === 'claimed' || (route.status === 'scheduled' && (route.sendAt === undefined || route.sendAt <= session.now));
		if (!go) {
			const sendAt = route.status === 'scheduled' ? (route.sendAt ?? row.send_at) : row.send_at;
			moves.push({ row, to: route.status, actor: 'dispatcher', sentence: route.sentence, dueAt: route.dueAt, set: { send_at: sendAt } });
			continue;
		}
		claims.add(outboundKey(row));
		toContact.set(contact, (toContact.get(contact) ?? 0) + 1);
		byWorkspace.set(row.workspace, (byWorkspace.get(row.workspace) ?? 0) + 1);
		moves.push({ row, to: 'claimed', actor: 'dispatcher', sentence: route.sentence, set: { lease_until: later(session.now, options.leaseMs) } });
	}
	const after = await moveRows(session, moves);
	const claimed = after.filter((row) => claims.has(outboundKey(row)));
	return { claimed: await asJobs(session, hash, claimed), moved: after.filter((row) => !claims.has(outboundKey(row))).map(toOutbound) };
}

/** Replies first, then by score, then by the time they were due. Rows another claimant is looking at are passed over. */
async function dueRows(session: Session, options: Options): Promise<OutboundDbRow[]> {
	const inWorkspaces = options.workspaces ? sql`and ${session.among('workspace', options.workspaces)}` : sql``;
	const onChannels = options.channels ? sql`and ${session.among('channel', options.channels)}` : sql``;
	return await session.rows(sql<OutboundDbRow>`select * from ${session.table('outbound')}
		where status = 'scheduled' and send_at <= ${session.now} ${inWorkspaces} ${onChannels}
		order by case purpose when 'reply' then 0 else 1 end, coalesce(score, -1) desc, send_at, workspace, id
		limit ${options.limit} ${session.dialect === 'postgres' ? sql`for update skip locked` : sql``}`);
}

async function asJobs(session: Session, hash: AddressHash, rows: readonly OutboundDbRow[]): Promise<ClaimedJob[]> {
	const contacts = await loadContacts(session, hash, rows.map((row) => ({ workspace: row.workspace, id: row.contact_id })));
	const inboundIds = rows.map((row) => fromJson<string[]>(row.inbound_ids));
	const messages = await session.matching('messages', ['workspace', 'id'], rows.flatMap((row, at) => inboundIds[at].map((id) => ({ workspace: row.workspace, id }))));
	const byKey = new Map(messages.map((message) => [keyOf(message.workspace, message.id), message]));
	return rows.map((row, at) => {
		const newestFirst = inboundIds[at].flatMap((id) => byKey.get(keyOf(row.workspace, id)) ?? []).sort((a, b) => b.seq - a.seq);
		return {
			...toOutbound(row),
			contact: contacts.get(keyOf(row.workspace, row.contact_id)),
			subjectOfThread: newestFirst.find(({ subject }) => subject !== null)?.subject ?? undefined,
			answersProviderId: newestFirst.find(({ provider_id }) => provider_id !== null)?.provider_id ?? undefined,
		};
	});
}
