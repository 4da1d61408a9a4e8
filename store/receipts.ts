import { OutcomeEventSchema, type OutcomeEvent } from '../engine/outcome/outcome';
import { keyOf } from './bulk';
import { moveRows, outboundKey, type Move, type OutboundDbRow } from './outboundMoves';
import type { Session } from './session';

/** Events that prove a message left, and events that prove it did not arrive. */
const PROVES_SENT: readonly OutcomeEvent[] = ['delivered', 'read', 'opened', 'clicked', 'bounced_soft', 'complaint', 'unsubscribed', 'replied'];
const PROVES_FAILED: readonly OutcomeEvent[] = ['failed', 'bounced_hard', 'dropped'];
const RECEIPTS: readonly OutcomeEvent[] = [...PROVES_SENT, 'sent', ...PROVES_FAILED];

/** Uncertain rows with a receipt on record become sent or failed; returns those. A proof that it left wins over a later failure. */
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
		if (proof?.sent !== undefined) return [{ row, to: 'sent', actor: 'provider', sentence: 'Sent: the provider sent a receipt.', set: { sent_at: proof.sent } }];
		if (proof?.failed !== undefined) return [{ row, to: 'failed', actor: 'provider', sentence: `Failed: the provider reported ${proof.failed}.`, set: { error_code: proof.failed } }];
		return [];
	});
	return await moveRows(session, moves);
}
