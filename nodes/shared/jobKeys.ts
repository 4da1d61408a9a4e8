import type { Contact } from '../../engine/message/contact';
import { ReviewSchema, type Job, type Review } from '../../engine/message/outbound';
import { iso } from '../../engine/time';
import type { ClaimedJob, OutboundRow } from '../../store/store';

/** An outbound row as items carry it, with the workspace, which no channel's answer gives back. */
export function jobOf(row: OutboundRow): Job {
	return {
		id: row.id,
		workspace: row.workspace,
		status: row.status,
		attempts: row.attempts,
		channel: row.channel,
		to: row.to,
		...(row.accountId === undefined ? {} : { accountId: row.accountId }),
		...(row.sendAt === undefined ? {} : { sendAt: iso(row.sendAt) }),
		sentence: row.sentence,
	};
}

/** Everything a dispatch workflow needs of a claimed job. `message` names the conversation and the message answered. */
export function claimedKeys(claimed: ClaimedJob): { job: Job; draft: OutboundRow['draft']; contact?: Contact; message: object } {
	const { workspace, channel, accountId, threadId, subjectOfThread, answersProviderId } = claimed;
	return {
		job: jobOf(claimed),
		draft: claimed.draft,
		...(claimed.contact ? { contact: claimed.contact } : {}),
		message: { workspace, channel, direction: 'outbound', purpose: claimed.purpose, accountId, threadId, subject: claimed.draft.subject ?? subjectOfThread, answersProviderId },
	};
}

/** A review as items carry it, without the store's own columns. */
export function reviewOf(review: Review): Review {
	return ReviewSchema.parse(review);
}
