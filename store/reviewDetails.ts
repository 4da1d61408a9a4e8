import { sql } from 'kysely';
import { ClassificationSchema, type Classification } from '../engine/classify/classification';
import type { Draft } from '../engine/draft/draft';
import { ReplySchema } from '../engine/reply/reply';
import { epochMs } from '../engine/time';
import type { AddressHash } from './addresses';
import { cleanText, fromJson, keyOf } from './bulk';
import { loadContacts } from './contactRows';
import { listMessages } from './messageList';
import { lastInbound, toMessage, type MessageRow } from './messageRows';
import { loadOutbound, toOutbound } from './outboundRows';
import { hashOf } from './reviewFacts';
import { toReview } from './reviewRows';
import type { RowOf } from './schema';
import type { Session } from './session';
import { readTransitions } from './transitions';
import type { PreferencePair, ReviewDetails } from './store';

/** Messages of the conversation that come with a review. */
const CONVERSATION_SHOWN = 30;

/** See `Reviews.details`. */
export async function reviewDetails(session: Session, hash: AddressHash, workspace: string, reviewId: string): Promise<ReviewDetails | undefined> {
	const [review] = await session.matching('reviews', ['workspace', 'id'], [{ workspace, id: cleanText(reviewId) }]);
	if (!review) return undefined;
	const row = review.outbound_id === null ? undefined : (await loadOutbound(session, [{ workspace, id: review.outbound_id }], false)).values().next().value;
	const message = await leadsMessage(session, review, row);
	const contactId = review.contact_id ?? row?.contact_id ?? message?.contact_id ?? '';
	const contact = (await loadContacts(session, hash, [{ workspace, id: contactId }])).get(keyOf(workspace, contactId));
	const channel = row?.channel ?? message?.channel;
	const [lastInboundAt] = channel === undefined ? [] : await lastInbound(session, [{ workspace, contactId, channel }]);
	const classification = await newestClassification(session, workspace, contactId);
	const original = review.edited_text === null || review.shown_text === null ? undefined : { text: review.shown_text, ...(review.shown_subject === null ? {} : { subject: review.shown_subject }) };
	return {
		review: toReview(review),
		overdue: review.decided_at === null && review.due_at <= session.now,
		...(row ? { row: toOutbound(row), draftHash: hashOf(row) } : {}),
		...(original ? { original } : {}),
		...(contact ? { contact } : {}),
		...(message ? { message: toMessage(message) } : {}),
		...(message && message.reply !== null ? { reply: ReplySchema.parse(fromJson(message.reply)) } : {}),
		conversation: await listMessages(session, workspace, contactId, { limit: CONVERSATION_SHOWN }),
		...(classification ? { classification } : {}),
		transitions: row ? await readTransitions(session, workspace, row.id) : [],
		...(lastInboundAt === undefined ? {} : { lastInboundAt: epochMs(lastInboundAt) }),
	};
}

/** The message a review is about: its own, else the newest the draft answers. */
async function leadsMessage(session: Session, review: RowOf<'reviews'>, row: RowOf<'outbound'> | undefined): Promise<MessageRow | undefined> {
	const ids = review.message_id === null ? (row ? fromJson<string[]>(row.inbound_ids) : []) : [review.message_id];
	const found = await session.matching('messages', ['workspace', 'id'], ids.map((id) => ({ workspace: review.workspace, id })));
	return found.toSorted((a, b) => a.timestamp - b.timestamp || a.seq - b.seq).at(-1);
}

async function newestClassification(session: Session, workspace: string, contactId: string): Promise<Classification | undefined> {
	const [entry] = await session.rows(sql<{ detail: string }>`select detail from ${session.table('activities')}
		where workspace = ${workspace} and contact_id = ${contactId} and kind = 'classification' order by at desc, seq desc limit 1`);
	if (!entry) return undefined;
	return ClassificationSchema.safeParse(fromJson<{ classification?: unknown }>(entry.detail).classification).data;
}

/** See `Reviews.preferencePairs`. One statement. */
export async function preferencePairs(session: Session, workspace: string, { since, limit }: { since?: number; limit: number }): Promise<PreferencePair[]> {
	const rows = await session.rows(sql<RowOf<'reviews'> & { draft: string }>`select r.*, o.draft from ${session.table('reviews')} as r
		join ${session.table('outbound')} as o on o.workspace = r.workspace and o.id = r.outbound_id
		where r.workspace = ${workspace} and r.decision = 'edited' and r.shown_text is not null and r.decided_at >= ${since ?? 0} order by r.decided_at desc, r.id limit ${limit}`);
	return rows.map((row): PreferencePair => {
		const { language, modelId, promptVersion } = fromJson<Draft>(row.draft);
		return {
			reviewId: row.id,
			draftId: row.outbound_id ?? '',
			contactId: row.contact_id ?? undefined,
			channel: toReview(row).channel,
			language,
			modelId,
			promptVersion,
			rejected: { text: row.shown_text ?? '', ...(row.shown_subject === null ? {} : { subject: row.shown_subject }) },
			preferred: { text: row.edited_text ?? '', ...(row.edited_subject === null ? {} : { subject: row.edited_subject }) },
			editDistance: row.edit_distance ?? 1,
			secondsToDecide: row.seconds_to_decide ?? undefined,
			reviewer: row.reviewer ?? '',
			decidedAt: epochMs(row.decided_at ?? 0),
		};
	});
}
