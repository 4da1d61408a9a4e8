import { createHash } from 'node:crypto';

/** A number in [0, 1) that belongs to a draft: a repeat without a store draws the same, so no draft is tossed twice. */
export function auditDraw(draftId: string): number {
	return createHash('sha256').update(`audit:${draftId}`).digest().readUInt32BE(0) / 2 ** 32;
}
