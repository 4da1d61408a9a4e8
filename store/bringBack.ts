import { sql } from 'kysely';
import { cleanText } from './bulk';
import type { AddressHash } from './addresses';
import type { Database } from './database';
import { moveRows, outboundKey, type Move, type OutboundDbRow } from './outboundMoves';
import { toOutbound } from './outboundRows';
import { SENDER_RESUMED } from './reviewRows';
import { loadFacts } from './routeFacts';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { DecideRoute, OutboundRow } from './store';

/** A sender may have held back any number of messages: they are looked at this many a transaction. */
const AT_ONCE = 500;

/** Where a look at the messages of a sender goes on. */
type Place = Pick<OutboundDbRow, 'created_at' | 'id'>;
type Sender = Pick<RowOf<'sender_holds'>, 'workspace' | 'channel' | 'account_id'>;

/** Decides anew on messages that waited for nothing but their sender; returns those that are planned again. */
export async function bringBack(database: Database, hash: AddressHash, sender: Sender, decide: DecideRoute): Promise<OutboundRow[]> {
	const back: OutboundRow[] = [];
	// Those another hold keeps stay marked: each is looked at once.
	let after: Place | undefined = { created_at: -1, id: '' };
	while (after) {
		const from: Place = after;
		const some = await database.write(async (session) => await bringSomeBack(session, hash, sender, from, decide));
		back.push(...some.back.map(toOutbound));
		after = some.next;
	}
	return back;
}

async function bringSomeBack(session: Session, hash: AddressHash, { workspace, channel, account_id }: Sender, after: Place, decide: DecideRoute): Promise<{ next?: Place; back: OutboundDbRow[] }> {
	const held = await session.rows(sql<OutboundDbRow>`select * from ${session.table('outbound')} where held is not null and workspace = ${workspace} and channel = ${channel}
		and coalesce(account_id, '') = ${account_id} and status in ('in_review', 'scheduled') and (created_at > ${after.created_at} or (created_at = ${after.created_at} and id > ${after.id})) order by created_at, id limit ${AT_ONCE} ${session.dialect === 'postgres' ? sql`for update skip locked` : sql``}`);
	if (held.length === 0) return { back: [] };
	const reviews = new Map((await openReviewsOf(session, held)).map((review) => [outboundKey({ workspace: review.workspace, id: review.subject }), review]));
	const free = held.filter((row) => (reviews.get(outboundKey(row))?.assignee ?? null) === null);
	// Their approval counts from here on as if no review had been opened in between.
	const waiting = free.flatMap((row) => reviews.get(outboundKey(row)) ?? []);
	await session.update('reviews', ['workspace', 'id'], ['resolution'], waiting.map((review) => ({ ...review, resolution: SENDER_RESUMED })));
	const facts = await loadFacts(session, hash, free);
	const moves: Move[] = [];
	const staying: Staying[] = [];
	for (const [at, row] of free.entries()) {
		// What was moved to the end of the pause was due before that.
		const asked = row.status === 'scheduled' ? { ...facts[at], row: { ...facts[at].row, sendAt: session.now } } : facts[at];
		const route = decide(asked);
		const status = route.status === 'claimed' ? 'scheduled' : route.status;
		if (status === 'in_review' && row.status === 'in_review') staying.push({ row, sentence: route.sentence, held: route.waitsForSender ? 1 : null });
		else moves.push({ row, to: status, actor: 'person', sentence: `The sender was resumed. ${route.sentence}`, dueAt: route.dueAt, held: route.waitsForSender, set: { send_at: status === 'scheduled' ? (route.sendAt ?? session.now) : row.send_at } });
	}
	await stay(session, held, staying, reviews);
	const moved = await moveRows(session, moves);
	return { ...(held.length < AT_ONCE ? {} : { next: held[held.length - 1] }), back: moved.filter(({ status }) => status === 'scheduled') };
}

async function openReviewsOf(session: Session, rows: readonly OutboundDbRow[]): Promise<RowOf<'reviews'>[]> {
	const known = await session.matching('reviews', ['workspace', 'kind', 'subject'], rows.map(({ workspace, id }) => ({ workspace, kind: 'draft', subject: id })), true);
	return known.filter(({ decided_at }) => decided_at === null);
}

/** What still waits for a person, and whether that is for another hold on its sender. */
interface Staying {
	row: OutboundDbRow;
	sentence: string;
	held: 1 | null;
}

/** What a person has taken waits for the sender no more; what still waits says for what. */
async function stay(session: Session, held: readonly OutboundDbRow[], staying: readonly Staying[], reviews: ReadonlyMap<string, RowOf<'reviews'>>): Promise<void> {
	const why = new Map(staying.map((one) => [outboundKey(one.row), one]));
	await session.update('outbound', ['workspace', 'id'], ['held', 'sentence'], held.map((row) => {
		const stays = why.get(outboundKey(row));
		return { workspace: row.workspace, id: row.id, held: stays?.held ?? null, sentence: cleanText(stays?.sentence ?? row.sentence) };
	}));
	const changed = staying.flatMap(({ row, sentence }) => {
		const review = reviews.get(outboundKey(row));
		return review ? [{ workspace: review.workspace, id: review.id, sentence: cleanText(sentence), resolution: null }] : [];
	});
	await session.update('reviews', ['workspace', 'id'], ['sentence', 'resolution'], changed);
}
