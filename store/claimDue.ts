import { sql } from 'kysely';
import { later } from '../engine/time';
import type { AddressHash } from './addresses';
import { keyOf } from './bulk';
import { moveRows, outboundKey, type Move, type OutboundDbRow } from './outboundMoves';
import { toOutbound } from './outboundRows';
import { loadFacts, type LoadedFacts } from './routeFacts';
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
			moves.push({ row, to: route.status, actor: 'dispatcher', sentence: route.sentence, dueAt: route.dueAt, held: route.waitsForSender, set: { send_at: sendAt } });
			continue;
		}
		claims.add(outboundKey(row));
		toContact.set(contact, (toContact.get(contact) ?? 0) + 1);
		byWorkspace.set(row.workspace, (byWorkspace.get(row.workspace) ?? 0) + 1);
		moves.push({ row, to: 'claimed', actor: 'dispatcher', sentence: route.sentence, set: { lease_until: later(session.now, options.leaseMs) } });
	}
	const after = await moveRows(session, moves);
	const claimed = after.filter((row) => claims.has(outboundKey(row)));
	const byRow = new Map(due.map((row, at) => [outboundKey(row), facts[at]]));
	return { claimed: claimed.map((row) => asJob(row, byRow.get(outboundKey(row)))), moved: after.filter((row) => !claims.has(outboundKey(row))).map(toOutbound) };
}

/** Replies first, then by score, then by the time they were due. Rows another claimant is looking at are passed over. */
async function dueRows(session: Session, options: Options): Promise<OutboundDbRow[]> {
	// The plus keeps SQLite from the index by workspace: it would sort all that is due for the few that are taken.
	const plus = session.dialect === 'sqlite' ? sql`+` : sql``;
	const inWorkspaces = options.workspaces ? sql`and ${plus}${session.among('workspace', options.workspaces)}` : sql``;
	const onChannels = options.channels ? sql`and ${session.among('channel', options.channels)}` : sql``;
	return await session.rows(sql<OutboundDbRow>`select * from ${session.table('outbound')}
		where status = 'scheduled' and send_at <= ${session.now} ${inWorkspaces} ${onChannels}
		order by case purpose when 'reply' then 0 else 1 end, coalesce(score, -1) desc, send_at, workspace, id
		limit ${options.limit} ${session.dialect === 'postgres' ? sql`for update skip locked` : sql``}`);
}

function asJob(row: OutboundDbRow, facts: LoadedFacts | undefined): ClaimedJob {
	const newestFirst = (facts?.answers ?? []).toSorted((a, b) => b.seq - a.seq);
	return {
		...toOutbound(row),
		contact: facts?.contact,
		subjectOfThread: newestFirst.find(({ subject }) => subject !== null)?.subject ?? undefined,
		answersProviderId: newestFirst.find(({ provider_id }) => provider_id !== null)?.provider_id ?? undefined,
	};
}
