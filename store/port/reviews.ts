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
}
