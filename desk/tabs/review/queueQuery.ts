import { z } from 'zod';
import { ChannelSchema } from '../../../engine/channels/channel';
import { ReviewKindSchema } from '../../../engine/message/outbound';
import { StoreInputError } from '../../../store/errors';
import type { ReviewFilter, ReviewItem, ReviewPage } from '../../../store/store';
import type { DeskContext } from '../tab';

/** Reviews a page of the queue shows. */
export const QUEUE_PAGE = 25;

const optional = z.string().trim().max(400).transform((text) => (text === '' ? undefined : text)).optional().catch(undefined);
const QueueQuerySchema = z.object({
	kind: ReviewKindSchema.optional().catch(undefined),
	channel: ChannelSchema.optional().catch(undefined),
	who: z.enum(['me', 'nobody']).optional().catch(undefined),
	late: z.literal('yes').optional().catch(undefined),
	q: optional,
	after: optional,
	before: optional,
});
/** What of the queue is looked at, as the address says it. */
export type QueueQuery = z.infer<typeof QueueQuerySchema>;

/** What makes no sense in an address is left out. */
export function readQueueQuery(parameters: URLSearchParams): QueueQuery {
	return QueueQuerySchema.parse(Object.fromEntries(parameters));
}

/** The query as one field of a form, so that a decision leads on to the next review of the same queue. */
export function queueField(query: QueueQuery): string {
	return new URLSearchParams(Object.entries(query).flatMap<[string, string]>(([name, value]) => (value === undefined ? [] : [[name, value]]))).toString();
}

function filterOf({ kind, channel, who, late, q }: QueueQuery, { workspace, reviewer }: DeskContext): ReviewFilter {
	return {
		workspaces: [workspace],
		...(kind === undefined ? {} : { kinds: [kind] }),
		...(channel === undefined ? {} : { channels: [channel] }),
		...(who === undefined ? {} : { assignee: who === 'me' ? reviewer.email : null }),
		...(late === undefined ? {} : { overdue: true }),
		...(q === undefined ? {} : { text: q }),
	};
}

/** The page of the queue the query names; its first one when there is no such page. */
export async function searchQueue(context: DeskContext, query: QueueQuery): Promise<ReviewPage> {
	const filter = { ...filterOf(query, context), limit: QUEUE_PAGE };
	const { after, before } = query;
	if (after === undefined && before === undefined) return await context.store.reviews.search(filter);
	try {
		const page = await context.store.reviews.search({ ...filter, ...(after === undefined ? { before } : { after }) });
		if (page.items.length > 0) return page;
	} catch (error) {
		if (!(error instanceof StoreInputError)) throw error;
	}
	return await context.store.reviews.search(filter);
}

/** The review behind this one in the queue, else the first that is left. */
export function nextOf(items: readonly ReviewItem[], { id, dueAt }: { id: string; dueAt: string }): string | undefined {
	const left = items.map(({ review }) => review).filter((review) => review.id !== id);
	return (left.find((review) => review.dueAt > dueAt || (review.dueAt === dueAt && review.id > id)) ?? left.at(0))?.id;
}
