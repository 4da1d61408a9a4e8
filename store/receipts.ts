import { OutcomeEventSchema, type OutcomeEvent } from '../engine/outcome/outcome';
import { adoptAnswers } from './answers';
import { keyOf } from './bulk';
import type { OutboundStatus } from '../engine/message/outbound';
import { moveRows, outboundKey, statusOf, type Move, type OutboundDbRow } from './outboundMoves';
import type { Session } from './session';

/** Events that prove a message left, and events that prove it did not arrive. */
const PROVES_SENT: readonly OutcomeEvent[] = ['delivered', 'read', 'opened', 'machine_opened', 'clicked', 'machine_clicked', 'bounced_soft', 'complaint', 'unsubscribed', 'replied'];
const PROVES_FAILED: readonly OutcomeEvent[] = ['failed', 'bounced_hard', 'dropped'];
const RECEIPTS: readonly OutcomeEvent[] = [...PROVES_SENT, 'sent', ...PROVES_FAILED];

/**
 * Statuses a receipt may settle, and the way from there to sent. One that failed, or waits for another try, had left after
 * all when a receipt says so: whichever of the two came first, it ends as sent and is not sent again.
 */
const SETTLED_BY_RECEIPTS: Readonly<Partial<Record<OutboundStatus, readonly OutboundStatus[]>>> = {
	uncertain: ['sent'],
	failed: ['scheduled', 'claimed', 'sending', 'sent'],
	scheduled: ['claimed', 'sending', 'sent'],
	claimed: ['sending', 'sent'],
};

/** Whether a receipt by id may settle the row: not one that was never begun. */
export const mayBeSettled = (row: OutboundDbRow): boolean => SETTLED_BY_RECEIPTS[statusOf(row)] !== undefined && (row.attempts > 0 || statusOf(row) === 'uncertain' || statusOf(row) === 'failed');

/** Rows that may be settled and have a receipt on record become sent, uncertain ones also failed; returns those. A proof that it left wins over a failure. */
export async function settleByReceipts(session: Session, rows: readonly OutboundDbRow[]): Promise<OutboundDbRow[]> {
	if (rows.length === 0) return [];
	const wanted = rows.flatMap((row) => RECEIPTS.map((event) => ({ workspace: row.workspace, outbound_id: row.id, event })));
	const receipts = await session.matching('outcomes', ['workspace', 'outbound_id', 'event'], wanted);
	const earliest = new Map<string, { sent?: number; failed?: string }>();
	for (const receipt of receipts) {
		// A guess by thread or contact proves nothing about this message.
		if (receipt.attributed !== 'id') continue;
		const event = OutcomeEventSchema.parse(receipt.event);
		const key = keyOf(receipt.workspace, receipt.outbound_id);
		const known = earliest.get(key) ?? {};
		if (PROVES_FAILED.includes(event)) known.failed = receipt.error_code ?? event;
		else known.sent = Math.min(known.sent ?? receipt.occurred_at, receipt.occurred_at);
		earliest.set(key, known);
	}
	const moves = rows.flatMap((row): Move[] => {
		const proof = earliest.get(outboundKey(row));
		const way = SETTLED_BY_RECEIPTS[statusOf(row)] ?? [];
		if (proof?.sent !== undefined) {
			const set = { sent_at: proof.sent, error_code: null };
			return way.map((to) => ({ row, to, actor: 'provider', sentence: to === 'sent' ? 'Sent: the provider sent a receipt.' : 'The provider sent a receipt of what was taken for not sent.', ...(to === 'sent' ? { set } : {}) }));
		}
		if (statusOf(row) === 'uncertain' && proof?.failed !== undefined) return [{ row, to: 'failed', actor: 'provider', sentence: `Failed: the provider reported ${proof.failed}.`, set: { error_code: proof.failed } }];
		return [];
	});
	const moved = await moveRows(session, moves);
	await adoptAnswers(session, moved.filter(({ status }) => status === 'sent'));
	return [...new Map(moved.map((row) => [outboundKey(row), row])).values()];
}
