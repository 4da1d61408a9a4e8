import type { JudgedDraft } from '../../engine/draft/learntConfidence';
import type { Review, ReviewKind } from '../../engine/message/outbound';
import type { EpochMs } from '../../engine/time';

export interface ReviewRow extends Review {
	workspace: string;
	outboundId?: string;
	messageId?: string;
	contactId?: string;
	createdAt: EpochMs;
	decidedAt?: EpochMs;
}
export interface Reviews {
	/** One open review a kind and subject: asking again returns it. */
	open(reviews: { workspace: string; kind: ReviewKind; outboundId?: string; messageId?: string; contactId?: string; sentence: string; dueAt: EpochMs }[]): Promise<ReviewRow[]>;
	list(workspace: string, filter: { open?: boolean; kinds?: ReviewKind[]; limit: number }): Promise<ReviewRow[]>;
	/**
	 * The newest decisions about drafts a model wrote, newest first, with what the draft and its gate said: one row a
	 * decision. Reviews that closed without a decision (superseded, cancelled) are not among them.
	 */
	judgedDrafts(workspace: string, limit: number): Promise<JudgedDraft[]>;
}
