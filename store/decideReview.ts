import { sql } from 'kysely';
import type { ReviewOutcome, SettleReview } from '../engine/message/reviewFacts';
import { epochMs, iso, SECOND } from '../engine/time';
import type { AddressHash } from './addresses';
import { adoptAnswers } from './answers';
import { cleanText, fromJson, toJson } from './bulk';
import { takeOverIn } from './contacts';
import { ConcurrentChangeError } from './errors';
import { correctIn } from './labels';
import { moveRows, type OutboundDbRow } from './outboundMoves';
import { loadOutbound, toOutbound } from './outboundRows';
import { changeStagesIn } from './pipelines';
import { loadReviewFacts, reviewedRow } from './reviewFacts';
import { SENDER_RESUMED, toReview } from './reviewRows';
import { threadOf } from './routeFacts';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { DecidedReview, DecideReviewRequest } from './store';
import { optOut } from './suppressions';
import type { Draft } from '../engine/draft/draft';

type ReviewDbRow = RowOf<'reviews'>;
type Decided = Extract<ReviewOutcome, { result: 'decided' }>;

/** See `Reviews.decide`. The whole of it in one transaction. */
export async function decideReview(session: Session, hash: AddressHash, request: DecideReviewRequest, settle: SettleReview): Promise<DecidedReview> {
	const { workspace } = request;
	const key = [{ workspace, id: cleanText(request.reviewId) }];
	const [known] = await session.matching('reviews', ['workspace', 'id'], key);
	if (!known) return { result: 'unknown', sentence: 'There is no such review here.' };
	// The message first, then its review: the order in which everybody else takes them.
	const row = await lockRow(session, known);
	const [review] = await session.matching('reviews', ['workspace', 'id'], key, true);
	if (review.decided_at !== null) return { result: 'already_decided', sentence: alreadyDecided(review, row), review: toReview(review), ...(row ? { row: toOutbound(row) } : {}) };
	const facts = await loadReviewFacts(session, hash, review, row, request);
	const outcome = settle(facts);
	if (outcome.result === 'refused' || outcome.result === 'stale') return { ...outcome, review: toReview(review), ...(row ? { row: toOutbound(row) } : {}) };
	if (outcome.result === 'reassigned') {
		const given = { ...review, assignee: outcome.assignee === undefined ? null : cleanText(outcome.assignee) };
		await session.update('reviews', ['workspace', 'id'], ['assignee'], [given]);
		return { result: 'reassigned', sentence: outcome.sentence, review: toReview(given) };
	}
	const closed = closedReview(session, review, row, request, outcome, facts.contact?.takenOverAt);
	await session.update('reviews', ['workspace', 'id'], ['decision', 'reviewer', 'edited_text', 'edited_subject', 'edit_distance', 'seconds_to_decide', 'decided_at', 'resolution', 'reason', 'outcome', 'shown_text', 'shown_subject', 'gate', 'takeover_at'], [closed]);
	const after = await apply(session, hash, review, row, { by: request.by, contactId: facts.contactId }, outcome);
	return { result: 'decided', sentence: outcome.sentence, review: toReview(closed), ...(after ? { row: toOutbound(after) } : {}) };
}

async function lockRow(session: Session, { workspace, outbound_id }: ReviewDbRow): Promise<OutboundDbRow | undefined> {
	if (outbound_id === null) return undefined;
	const key = [{ workspace, id: outbound_id }];
	const [unlocked] = (await loadOutbound(session, key, false)).values();
	// A newer reply on the thread that is planned at this moment replaces this one, or finds it approved.
	const thread = unlocked && threadOf(unlocked);
	if (thread !== undefined) await session.lock('thread', [thread]);
	return (await loadOutbound(session, key, true)).values().next().value;
}

function alreadyDecided({ reviewer, decided_at, resolution, outcome }: ReviewDbRow, row: OutboundDbRow | undefined): string {
	const at = `${iso(epochMs(decided_at ?? 0)).slice(0, 16).replace('T', ' ')} UTC`;
	if (resolution === null || resolution === SENDER_RESUMED) return `Already closed at ${at}: ${row?.sentence ?? 'it needs nobody any more.'}`;
	return `Already decided by ${reviewer} at ${at}: ${outcome}`;
}

/** The review as it is kept: who, what, how long it took, and what was shown beside what was sent. */
function closedReview(session: Session, review: ReviewDbRow, row: OutboundDbRow | undefined, { by, shownAt }: DecideReviewRequest, outcome: Decided, takenOverAt: string | undefined): ReviewDbRow {
	const { edit } = outcome.changes;
	const shown = row && review.kind === 'draft' ? fromJson<Draft>(row.draft) : undefined;
	const from = Math.min(Math.max(shownAt ?? review.created_at, review.created_at), session.now);
	return {
		...review,
		decision: outcome.decision ?? null,
		reviewer: cleanText(by),
		edited_text: edit ? cleanText(edit.text) : null,
		edited_subject: edit?.subject === undefined ? null : cleanText(edit.subject),
		edit_distance: edit ? edit.editDistance : outcome.decision === 'approved' && review.kind === 'draft' ? 0 : null,
		seconds_to_decide: (session.now - from) / SECOND,
		decided_at: session.now,
		resolution: outcome.resolution,
		reason: outcome.reason === undefined ? null : cleanText(outcome.reason),
		outcome: cleanText(outcome.sentence),
		shown_text: shown?.text ?? null,
		shown_subject: shown?.subject ?? null,
		gate: shown && row ? row.gate : null,
		takeover_at: takenOverAt === undefined ? null : epochMs(takenOverAt),
	};
}

async function apply(session: Session, hash: AddressHash, review: ReviewDbRow, row: OutboundDbRow | undefined, { by, contactId }: { by: string; contactId?: string }, { changes, sentence }: Decided): Promise<OutboundDbRow | undefined> {
	const { workspace } = review;
	const edited = row && changes.edit ? { ...row, draft: toJson({ ...fromJson<Draft>(row.draft), text: changes.edit.text, subject: changes.edit.subject }), gate: toJson(changes.edit.gate) } : row;
	if (edited && changes.edit) await session.update('outbound', ['workspace', 'id'], ['draft'], [edited]);
	if (edited && changes.move) {
		const { to, sendAt, sentAt } = changes.move;
		const set = { gate: edited.gate, ...(sendAt === undefined ? {} : { send_at: sendAt }), ...(sentAt === undefined ? {} : { sent_at: sentAt }) };
		const moved = await moveRows(session, [{ row: edited, to, actor: 'person', sentence, set }]);
		await adoptAnswers(session, moved.filter(({ status }) => status === 'sent'));
	}
	if (changes.takeOver && contactId !== undefined) await takeOverIn(session, workspace, [{ contactId, until: changes.takeOver.until, by }]);
	if (changes.correction && contactId !== undefined) await correctIn(session, hash, workspace, [{ contactId, actor: by, sentence, ...changes.correction }]);
	if (changes.optOut) {
		const { channel, allChannels, reason } = changes.optOut;
		await optOut(session, hash, [{ workspace, contactId, channel, ...(row ? { address: row.to_address } : {}), allChannels, reason, actor: 'person', messageId: review.message_id ?? undefined }]);
	}
	if (changes.stage && contactId !== undefined) {
		const [{ applied }] = await changeStagesIn(session, [{ workspace, contactId, ...changes.stage, setBy: 'person', log: { rule: 'person', actor: by, sentence } }]);
		// Read in this very transaction: only somebody writing at the same moment can be the reason, so all is read again.
		if (!applied) throw new ConcurrentChangeError('The contact was moved while the review was decided.');
	}
	return row && (await reviewedRow(session, row));
}

/** See `Reviews.assign`. */
export async function assignReviews(session: Session, workspace: string, ids: readonly string[], assignee: string | null): Promise<number> {
	const changed = await session.rows(sql<{ id: string }>`update ${session.table('reviews')} set assignee = ${assignee === null ? null : cleanText(assignee)}
		where workspace = ${workspace} and ${session.among('id', ids)} and decided_at is null returning id`);
	return changed.length;
}
