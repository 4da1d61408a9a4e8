import { replyWindowCloses } from '../../../engine/channels/replyWindow';
import type { Contact } from '../../../engine/message/contact';
import { DEFAULT_PIPELINE } from '../../../engine/pipeline/defaultPipeline';
import type { Pipeline } from '../../../engine/pipeline/stage';
import { whyThisStage } from '../../../engine/pipeline/whyThisStage';
import type { EpochMs } from '../../../engine/time';
import { StoreInputError } from '../../../store/errors';
import type { MessagePage, OutboundRow, ReviewCounts, ReviewDetails, ReviewItem, ReviewPage } from '../../../store/store';
import { mayAct } from '../../access/reviewer';
import type { DeskContext } from '../tab';
import { nextOf, readQueueQuery, searchQueue, type QueueQuery } from './queueQuery';

/** Longest draft that is shown whole in the queue, and so may be approved there, in UTF-16 units. */
export const WHOLE_IN_QUEUE = 600;
const EARLIER_SHOWN = 30;

/** One review of the queue. */
export interface QueueRow extends ReviewItem {
	/** The message it is about, where there is one. */
	row?: OutboundRow;
	/** Whether it may be approved right in the queue: mode one_click, and all of it is shown there. */
	oneTap: boolean;
}

/** The review that is open beside the queue. */
export interface OpenReview extends ReviewDetails {
	conversation: MessagePage;
	/** When the channel stops taking a free text; `open` when never. */
	closes?: EpochMs | 'open';
	pipeline?: Pipeline;
	whyStage?: string;
	/** The next one of the queue. */
	nextId?: string;
}

export interface ReviewModel {
	query: QueueQuery;
	counts: ReviewCounts;
	rows: readonly QueueRow[];
	page: Pick<ReviewPage, 'next' | 'previous'>;
	/** `unknown` when the address names a review this workspace does not have. */
	open?: OpenReview | 'unknown';
}

async function queueRows({ store, workspace, reviewer }: DeskContext, items: readonly ReviewItem[]): Promise<QueueRow[]> {
	const ids = items.flatMap(({ review }) => review.outboundId ?? []);
	const rows = new Map((await store.outbound.find(workspace, ids)).flatMap((row) => (row ? [[row.id, row] as const] : [])));
	const drafts = items.flatMap(({ review }) => (review.kind === 'draft' ? (rows.get(review.outboundId ?? '') ?? []) : []));
	const settings = await store.settings.effective(drafts.map(({ accountId, contactId }) => ({ workspace, contactId, ...(accountId === undefined ? {} : { accountId }) })));
	const oneTap = new Set(drafts.flatMap(({ id, draft }, at) => (settings[at].mode === 'one_click' && draft.text.length <= WHOLE_IN_QUEUE && !draft.waTemplate && !draft.media?.length ? [id] : [])));
	return items.map((item): QueueRow => {
		const row = rows.get(item.review.outboundId ?? '');
		return { ...item, ...(row ? { row } : {}), oneTap: row !== undefined && oneTap.has(row.id) && mayAct(reviewer.role, 'reviewer') };
	});
}

/** The pipeline a contact stands in or is to be moved in. */
export async function pipelineOf({ store, workspace }: DeskContext, contact: Pick<Contact, 'pipelineId'>, pipelineId = contact.pipelineId ?? DEFAULT_PIPELINE.id): Promise<Pipeline | undefined> {
	const [stored] = await store.pipelines.find(workspace, [pipelineId]);
	return stored ?? (pipelineId === DEFAULT_PIPELINE.id ? DEFAULT_PIPELINE : undefined);
}

/** The conversation before a cursor of the address; undefined when it names none. */
async function earlierMessages({ store, workspace }: DeskContext, contactId: string, before: string): Promise<MessagePage | undefined> {
	try {
		return await store.messages.list(workspace, contactId, { limit: EARLIER_SHOWN, before });
	} catch (error) {
		if (error instanceof StoreInputError) return undefined;
		throw error;
	}
}

async function openReview(context: DeskContext, id: string, queue: readonly ReviewItem[], earlier: string | null): Promise<OpenReview | 'unknown'> {
	const { store, workspace } = context;
	const details = await store.reviews.details(workspace, id);
	if (!details) return 'unknown';
	const { contact, row, message, lastInboundAt, review } = details;
	const channel = row?.channel ?? message?.channel;
	const pipeline = contact && (await pipelineOf(context, contact, review.proposal?.pipelineId));
	const [move] = contact ? await store.pipelines.lastMoves(workspace, [contact.id]) : [];
	const conversation = contact && earlier !== null ? await earlierMessages(context, contact.id, earlier) : undefined;
	const nextId = nextOf(queue, review);
	return {
		...details,
		conversation: conversation ?? details.conversation,
		...(channel === undefined ? {} : { closes: replyWindowCloses(channel, lastInboundAt) }),
		...(pipeline ? { pipeline } : {}),
		...(contact ? { whyStage: whyThisStage(contact, move, pipeline?.stages.find(({ id: stageId }) => stageId === contact.stageId)?.name) } : {}),
		...(nextId === undefined ? {} : { nextId }),
	};
}

export async function loadReview(context: DeskContext, parameters: URLSearchParams): Promise<ReviewModel> {
	const query = readQueueQuery(parameters);
	const id = parameters.get('id');
	const [page, counts] = await Promise.all([searchQueue(context, query), context.store.reviews.counts([context.workspace])]);
	const rows = await queueRows(context, page.items);
	const open = id === null || id === '' ? undefined : await openReview(context, id, page.items, parameters.get('earlier'));
	return { query, counts, rows, page: { ...(page.next === undefined ? {} : { next: page.next }), ...(page.previous === undefined ? {} : { previous: page.previous }) }, ...(open === undefined ? {} : { open }) };
}
