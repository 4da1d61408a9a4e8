import { z } from 'zod';
import { ReviewActionSchema, type ReviewActionName } from '../../../engine/message/reviewAction';
import { settleReview } from '../../../engine/message/settleReview';
import { epochMs } from '../../../engine/time';
import { StoreError } from '../../../store/errors';
import type { DecidedReview, ReviewRow } from '../../../store/store';
import type { DeskDecision } from '../../http/request';
import { formatMoment } from '../../parts';
import { defineAction, type ActionResult, type DeskContext } from '../tab';
import type { ReviewWords } from './en';
import { nextOf, readQueueQuery, searchQueue, type QueueQuery } from './queueQuery';

/** A moment as milliseconds; anything else is as if nothing had been said. */
const shownAt = z.coerce.number().int().min(0).max(8.64e15).transform(epochMs).optional().catch(undefined);

/** What the forms send: `do` is the action of the review, the rest its fields as browsers write them. */
const DecideSchema = z
	.object({
		review: z.string().min(1).max(200),
		do: z.string(),
		shown: z.string().max(100).optional(),
		shownAt,
		queue: z.string().max(4_000).default(''),
		stay: z.string().optional(),
		text: z.string().optional(),
		subject: z.string().optional(),
		confirmed: z.string().optional(),
		reason: z.string().optional(),
		to: z.string().optional(),
		hours: z.string().optional(),
		all: z.string().optional(),
		stageId: z.string().optional(),
	})
	.transform(({ do: action, text, subject, confirmed, reason, to, hours, all, stageId, ...rest }, issues) => {
		const parsed = ReviewActionSchema.safeParse({ action, text, subject, confirmed, to, stageId, reason: action === 'dismiss' && reason?.trim() === '' ? undefined : reason, hours: hours === undefined ? undefined : Number(hours), allChannels: all === 'yes' });
		if (parsed.success) return { ...rest, action: parsed.data };
		for (const { path, message } of parsed.error.issues) issues.addIssue({ code: 'custom', path, message });
		return z.NEVER;
	});
type Decide = z.infer<typeof DecideSchema>;

/** What the workflow reads: `draft_approved`, `uncertain_send_stopped`, … */
const DONE: Readonly<Record<ReviewActionName, string>> = {
	approve: 'approved', edit: 'edited', reject: 'rejected', reassign: 'reassigned', take_over: 'taken_over', opt_out: 'opted_out', dismiss: 'settled',
	was_sent: 'found_sent', try_again: 'tried_again', stop: 'stopped', is_opt_out: 'confirmed', no_opt_out: 'denied', set_stage: 'set',
};

function told({ workspace, reviewer }: DeskContext, { action }: Decide, { review, row, sentence }: DecidedReview): DeskDecision[] {
	if (!review) return [];
	const { id, kind, outboundId, messageId, contactId, channel, decision, assignee } = review;
	const facts = { reviewId: id, reviewKind: kind, action: action.action, decision, outboundId, messageId, contactId, channel, status: row?.status, assignee: action.action === 'reassign' ? assignee : undefined };
	// A reason is a person's own words: it stands with the review, not in what is told on.
	const withoutReason = 'reason' in action && action.reason !== undefined ? `${action.action === 'reject' ? 'Rejected' : 'Settled'} by ${reviewer.email}.` : sentence;
	return [{ kind: `${kind}_${DONE[action.action]}`, workspace, facts, sentence: withoutReason }];
}

/** Why nothing was done, in the reviewer's language as far as it is ours to say. */
function refusal(result: DecidedReview, words: ReviewWords, { language, timezone }: DeskContext): ActionResult {
	const { review, confirm, sentence } = result;
	if (result.result === 'unknown') return { refused: words.unknown };
	if (result.result === 'stale') return { refused: words.stale };
	if (result.result === 'already_decided') {
		const when = review?.decidedAt === undefined ? '' : formatMoment(review.decidedAt, language, timezone);
		return { refused: review?.resolution === undefined ? words.closedByItself(when) : words.alreadyDecided(review.reviewer ?? '?', words.did(review.resolution), when) };
	}
	if (!confirm) return { refused: words.notDone(sentence) };
	return { refused: words.confirmFirst, fields: { confirmed: confirm.token, text: confirm.issues.map(({ reason }) => reason).join(' ') } };
}

/** What to open next. The decision stands by then: not finding the next one must not look as if it did not. */
async function nextReview(context: DeskContext, query: QueueQuery, review: ReviewRow): Promise<string | undefined> {
	try {
		return nextOf((await searchQueue(context, query)).items, review);
	} catch (error) {
		if (error instanceof StoreError) return undefined;
		throw error;
	}
}

export const decide = defineAction<ReviewWords, Decide>({
	role: 'reviewer',
	schema: DecideSchema,
	invalid: (words, field) => words.invalid(field),
	async run(context, values, words) {
		const { store, workspace, reviewer, language, timezone } = context;
		const { action, review: reviewId, shown, shownAt: seenAt, stay } = values;
		if (action.action === 'reassign' && action.to !== '' && !context.colleagues.includes(action.to)) return { refused: words.unknownColleague, fields: { to: words.unknownColleague } };
		const result = await store.reviews.decide({ workspace, reviewId, by: reviewer.email, action, ...(shown === undefined ? {} : { shownHash: shown }), ...(seenAt === undefined ? {} : { shownAt: seenAt }) }, settleReview);
		const { review, row } = result;
		if (!review || (result.result !== 'decided' && result.result !== 'reassigned')) return refusal(result, words, context);
		const query = readQueueQuery(new URLSearchParams(values.queue));
		const leaves = result.result === 'decided' && row?.status === 'scheduled' && row.sendAt !== undefined ? ` ${words.leaves(formatMoment(row.sendAt, language, timezone))}` : '';
		return {
			notice: `${words.done(action.action)}${leaves}`,
			go: { ...query, id: stay === 'yes' ? undefined : await nextReview(context, query, review) },
			decided: told(context, values, result),
		};
	},
});
