import type { Route } from '../engine/message/routeFacts';
import { LIVE_RUN, type ShadowDecision } from '../engine/message/shadowDecision';
import { epochMs, type EpochMs } from '../engine/time';
import { sql } from 'kysely';
import { fromJson, groupBy, keyOf } from './bulk';
import type { MessageRow } from './messageRows';
import type { OutboundDbRow } from './outboundMoves';
import type { RowOf } from './schema';
import type { Session } from './session';
import { loadSettings } from './settings';

export type ShadowRow = RowOf<'shadow_decisions'>;

/** The replays that outbound rows belong to, by the message they answer or by their thread, in the rows' order. */
export async function replaysOf(session: Session, rows: readonly OutboundDbRow[]): Promise<(ShadowRow | undefined)[]> {
	const ids = rows.map((row) => [...fromJson<string[]>(row.inbound_ids), ...(row.thread_id === null ? [] : [row.thread_id])]);
	const found = await session.matching('shadow_decisions', ['workspace', 'replay_id'], rows.flatMap(({ workspace }, at) => ids[at].map((replay_id) => ({ workspace, replay_id }))));
	const replays = new Map(found.map((row) => [keyOf(row.workspace, row.replay_id), row]));
	return rows.map(({ workspace }, at) => ids[at].map((id) => replays.get(keyOf(workspace, id))).find((row) => row !== undefined));
}

/** A decision as the columns hold it. */
function columnsOf({ decision, reason, sentence, sendAt }: ShadowDecision, outboundId: string | null, now: number): Pick<ShadowRow, 'decision' | 'reason' | 'sentence' | 'send_at' | 'outbound_id' | 'decided_at'> {
	return { decision, reason, sentence, send_at: sendAt === undefined ? null : epochMs(sendAt), outbound_id: outboundId, decided_at: now };
}

/** Settles replays by their ids; the first decision stands. */
export async function settleReplays(session: Session, decisions: readonly { workspace: string; replayId: string; decision: ShadowDecision; outboundId?: string }[]): Promise<void> {
	if (decisions.length === 0) return;
	const open = (await session.matching('shadow_decisions', ['workspace', 'replay_id'], decisions.map(({ workspace, replayId }) => ({ workspace, replay_id: replayId })), true)).filter(({ decision }) => decision === null);
	const byId = new Map(decisions.toReversed().map((one) => [keyOf(one.workspace, one.replayId), one]));
	const settled = open.flatMap((row) => {
		const one = byId.get(keyOf(row.workspace, row.replay_id));
		return one ? [{ ...row, ...columnsOf(one.decision, one.outboundId ?? null, session.now) }] : [];
	});
	await session.update('shadow_decisions', ['workspace', 'run', 'message_id'], ['decision', 'reason', 'sentence', 'send_at', 'outbound_id', 'decided_at'], settled);
}

/** Keeps what would have become of drafts: of replays under their run, all else as live. */
export async function recordRoutes(session: Session, all: readonly { row: OutboundDbRow; route: Route }[]): Promise<void> {
	const decided = all.filter(({ route }) => route.shadow !== undefined);
	if (decided.length === 0) return;
	const replays = await replaysOf(session, decided.map(({ row }) => row));
	const routed = decided.map((one, at) => ({ ...one, replay: replays[at] }));
	const replayed = routed.flatMap(({ row, route, replay }) => (route.shadow && replay?.replay_id ? [{ workspace: row.workspace, replayId: replay.replay_id, decision: route.shadow, outboundId: row.id }] : []));
	await settleReplays(session, replayed);
	const live = routed.flatMap(({ row, route, replay }) => (route.shadow && !replay ? [{ row, shadow: route.shadow }] : []));
	const answered = await session.matching('messages', ['workspace', 'id'], live.flatMap(({ row }) => fromJson<string[]>(row.inbound_ids).map((id) => ({ workspace: row.workspace, id }))));
	const messages = new Map(answered.map((message) => [keyOf(message.workspace, message.id), message]));
	await insertLive(session, live.map(({ row, shadow }) => {
		const newest = fromJson<string[]>(row.inbound_ids).flatMap((id) => messages.get(keyOf(row.workspace, id)) ?? []).toSorted((a, b) => a.timestamp - b.timestamp || a.seq - b.seq).at(-1);
		return { ...subjectOf(newest, row, session.now), ...columnsOf(shadow, row.id, session.now) };
	}));
}

type Subject = Pick<ShadowRow, 'workspace' | 'message_id' | 'contact_id' | 'channel' | 'account_id' | 'thread_id' | 'at' | 'seq' | 'on_channel'>;

/** What a decision is about: the lead's message, or, where nobody had asked, the draft itself. */
function subjectOf(message: MessageRow | undefined, row: OutboundDbRow, now: EpochMs): Subject {
	if (message) return aboutMessage(message);
	return { workspace: row.workspace, message_id: row.id, contact_id: row.contact_id, channel: row.channel, account_id: row.account_id, thread_id: null, at: now, seq: 0, on_channel: 0 };
}

export function aboutMessage(message: MessageRow): Subject {
	const { workspace, id, contact_id, channel, account_id, thread_id, timestamp, seq, source } = message;
	return { workspace, message_id: id, contact_id, channel, account_id, thread_id, at: timestamp, seq, on_channel: source === 'channel' ? 1 : 0 };
}

async function insertLive(session: Session, rows: readonly (Subject & ReturnType<typeof columnsOf>)[]): Promise<void> {
	const full = rows.map((row): ShadowRow => ({ ...row, run: LIVE_RUN, replay_id: null, created_at: session.now }));
	await session.insert('shadow_decisions', [...new Map(full.map((row) => [keyOf(row.workspace, row.message_id), row])).values()], sql`on conflict do nothing`);
}

/** Messages that are settled without an answer: a decision too, of a replay or where the mode is shadow. */
export async function recordNoReplies(session: Session, decisions: readonly { workspace: string; messageId: string; reason: string; actor: string }[]): Promise<void> {
	const byEngine = decisions.filter(({ actor }) => actor === 'engine');
	if (byEngine.length === 0) return;
	const decisionOf = (reason: string): ShadowDecision => ({ decision: 'no_reply', reason: 'no_answer_needed', sentence: `Shadow mode: would have been left without an answer. ${reason}` });
	await settleReplays(session, byEngine.map(({ workspace, messageId, reason }) => ({ workspace, replayId: messageId, decision: decisionOf(reason) })));
	const found = await session.matching('messages', ['workspace', 'id'], byEngine.map(({ workspace, messageId }) => ({ workspace, id: messageId })));
	const open = found.filter(({ state, direction }) => state === 'received' && direction === 'inbound');
	const settings = await loadSettings(session, open.map((row) => ({ workspace: row.workspace, accountId: row.account_id ?? undefined, contactId: row.contact_id })));
	const shadowed = open.filter((_, at) => settings[at].mode === 'shadow');
	// Of a burst that is settled at once the newest stands for all.
	const newest = [...groupBy(shadowed, (row) => keyOf(row.workspace, row.channel, row.thread_id)).values()].map((group) => group.toSorted((a, b) => a.timestamp - b.timestamp || a.seq - b.seq)[group.length - 1]);
	const reasons = new Map(byEngine.map(({ workspace, messageId, reason }) => [keyOf(workspace, messageId), reason]));
	await insertLive(session, newest.map((row) => ({ ...aboutMessage(row), ...columnsOf(decisionOf(reasons.get(keyOf(row.workspace, row.id)) ?? ''), null, session.now) })));
}
