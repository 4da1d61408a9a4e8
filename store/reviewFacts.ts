import { ChannelSchema } from '../engine/channels/channel';
import { draftHash } from '../engine/message/draftHash';
import type { ReviewFacts, StageProposal } from '../engine/message/reviewFacts';
import { ReviewKindSchema } from '../engine/message/outbound';
import { ReplySchema } from '../engine/reply/reply';
import { epochMs } from '../engine/time';
import type { Draft } from '../engine/draft/draft';
import type { Gate } from '../engine/gate/gate';
import type { AddressHash } from './addresses';
import { fromJson, keyOf } from './bulk';
import { loadContacts } from './contactRows';
import { loadConversations } from './conversations';
import type { OutboundDbRow } from './outboundMoves';
import { loadOutbound } from './outboundRows';
import { toPipeline } from './pipelines';
import { loadFacts } from './routeFacts';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { DecideReviewRequest } from './store';

/** See `draftHash`. */
export function hashOf(row: Pick<OutboundDbRow, 'id' | 'version' | 'draft' | 'gate'>): string {
	const { text, subject } = fromJson<Draft>(row.draft);
	return draftHash({ id: row.id, version: row.version, text, subject, ...(row.gate === null ? {} : { gate: fromJson<Gate>(row.gate) }) });
}

/** The row as it is now. */
export async function reviewedRow(session: Session, { workspace, id }: OutboundDbRow): Promise<OutboundDbRow | undefined> {
	return (await loadOutbound(session, [{ workspace, id }], false)).values().next().value;
}

/** What a reviewer's decision needs. The caller holds the row and the review. */
export async function loadReviewFacts(session: Session, hash: AddressHash, review: RowOf<'reviews'>, row: OutboundDbRow | undefined, { action, by, shownHash }: DecideReviewRequest): Promise<ReviewFacts> {
	const { workspace } = review;
	const [message] = review.message_id === null ? [] : await session.matching('messages', ['workspace', 'id'], [{ workspace, id: review.message_id }]);
	const contactId = review.contact_id ?? row?.contact_id ?? message?.contact_id;
	const contact = contactId === undefined ? undefined : (await loadContacts(session, hash, [{ workspace, id: contactId }])).get(keyOf(workspace, contactId));
	const conversation = action.action === 'edit' && contactId !== undefined ? (await loadConversations(session, [{ workspace, contactId }])).get(keyOf(workspace, contactId)) : undefined;
	const [route] = row ? await loadFacts(session, hash, [row]) : [];
	const proposal = review.proposal === null ? undefined : fromJson<StageProposal>(review.proposal);
	const pipelineId = review.kind === 'stage' ? (proposal?.pipelineId ?? contact?.pipelineId) : undefined;
	const [pipeline] = pipelineId === undefined ? [] : await session.matching('pipelines', ['workspace', 'id'], [{ workspace, id: pipelineId }]);
	return {
		review: { id: review.id, kind: ReviewKindSchema.parse(review.kind) },
		action,
		by,
		shownHash,
		...(row ? { hash: hashOf(row) } : {}),
		...(route && row ? { route: { ...route, row: { ...route.row, ...(row.sending_at === null ? {} : { sendingAt: epochMs(row.sending_at) }) } } } : {}),
		contactId,
		contact,
		conversation,
		...(message ? { message: { id: message.id, channel: ChannelSchema.parse(message.channel), ...(message.reply === null ? {} : { reply: ReplySchema.parse(fromJson(message.reply)) }) } } : {}),
		proposal,
		...(pipeline ? { pipeline: toPipeline(pipeline) } : {}),
		now: session.now,
	};
}
