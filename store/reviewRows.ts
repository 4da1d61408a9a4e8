import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ChannelSchema } from '../engine/channels/channel';
import type { StageProposal } from '../engine/message/reviewFacts';
import { ReviewKindSchema, ReviewSchema, type ReviewKind } from '../engine/message/outbound';
import { epochMs, iso } from '../engine/time';
import { fromJson, keyOf, toJson } from './bulk';
import { StoreInputError } from './errors';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { ReviewRow, Reviews } from './store';

export type NewReview = Parameters<Reviews['open']>[0][number];

/** How a review ends that was opened for a hold on the sender alone: nobody decided anything. */
export const SENDER_RESUMED = 'sender_resumed';

export function toReview(row: RowOf<'reviews'>): ReviewRow {
	return {
		workspace: row.workspace,
		id: row.id,
		kind: ReviewKindSchema.parse(row.kind),
		decision: ReviewSchema.shape.decision.parse(row.decision ?? undefined),
		reviewer: row.reviewer ?? undefined,
		editedText: row.edited_text ?? undefined,
		editDistance: row.edit_distance ?? undefined,
		secondsToDecide: row.seconds_to_decide ?? undefined,
		dueAt: iso(epochMs(row.due_at)),
		sentence: row.sentence,
		outboundId: row.outbound_id ?? undefined,
		messageId: row.message_id ?? undefined,
		contactId: row.contact_id ?? undefined,
		createdAt: epochMs(row.created_at),
		decidedAt: row.decided_at === null ? undefined : epochMs(row.decided_at),
		channel: row.channel === null ? undefined : ChannelSchema.parse(row.channel),
		assignee: row.assignee ?? undefined,
		resolution: row.resolution === SENDER_RESUMED ? undefined : (row.resolution ?? undefined),
		reason: row.reason ?? undefined,
		outcome: row.outcome ?? undefined,
		proposal: row.proposal === null ? undefined : fromJson<StageProposal>(row.proposal),
	};
}

/** Opens each review unless one of its kind is open for the same subject; returns the open ones in the order asked. */
export async function openReviews(session: Session, reviews: readonly NewReview[]): Promise<ReviewRow[]> {
	if (reviews.length === 0) return [];
	const rows = reviews.map((review, index): RowOf<'reviews'> => {
		const subject = review.outboundId ?? review.messageId ?? review.contactId;
		if (subject === undefined) throw new StoreInputError('A review needs a message, a draft or a contact it is about.', index);
		return {
			workspace: review.workspace,
			id: randomUUID(),
			kind: review.kind,
			subject,
			outbound_id: review.outboundId ?? null,
			message_id: review.messageId ?? null,
			contact_id: review.contactId ?? null,
			sentence: review.sentence,
			due_at: review.dueAt,
			created_at: session.now,
			decision: null,
			reviewer: null,
			edited_text: null,
			edit_distance: null,
			seconds_to_decide: null,
			decided_at: null,
			channel: review.channel ?? null,
			assignee: null,
			resolution: null,
			reason: null,
			outcome: null,
			shown_text: null,
			shown_subject: null,
			edited_subject: null,
			gate: null,
			takeover_at: null,
			proposal: review.proposal ? toJson(review.proposal) : null,
		};
	});
	await session.insert('reviews', rows, sql`on conflict (workspace, kind, subject) where decided_at is null do nothing`);
	const open = await openReviewsOf(session, rows);
	return rows.flatMap((row) => open.get(keyOf(row.workspace, row.kind, row.subject)) ?? []);
}

/** Open reviews by `keyOf(workspace, kind, subject)`. */
export async function openReviewsOf(session: Session, wanted: readonly { workspace: string; kind: string; subject: string }[]): Promise<Map<string, ReviewRow>> {
	if (wanted.length === 0) return new Map();
	const subjects = [...new Map(wanted.map(({ workspace, kind, subject }) => [keyOf(workspace, kind, subject), { workspace, kind, subject }])).values()];
	// Said in the query that they are open: the index is of those alone.
	const rows = await session.rows(sql<RowOf<'reviews'>>`select o.* from ${session.values('v', { workspace: 'text', kind: 'text', subject: 'text' }, subjects)}
		${session.dialect === 'sqlite' ? sql`cross join` : sql`join`} ${session.table('reviews')} as o on o.workspace = v.workspace and o.kind = v.kind and o.subject = v.subject where o.decided_at is null`);
	return new Map(rows.map((row) => [keyOf(row.workspace, row.kind, row.subject), toReview(row)]));
}

/** Closes open reviews whose row moved on without them. No decision is invented: only that it is over, and through whom. */
export async function closeReviews(session: Session, subjects: readonly { workspace: string; kind: ReviewKind; subject: string; by: string }[]): Promise<void> {
	if (subjects.length === 0) return;
	const values = session.values('v', { workspace: 'text', kind: 'text', subject: 'text', by: 'text' }, subjects);
	await session.rows(sql`update ${session.table('reviews')} as r set decided_at = ${session.now}, reviewer = v.by
		from ${values} where r.workspace = v.workspace and r.kind = v.kind and r.subject = v.subject and r.decided_at is null`);
}
