import type { z } from 'zod';
import type { DraftDecisionSchema } from './draft';

export type DraftDecision = z.infer<typeof DraftDecisionSchema>;

/** From which confidence a draft may be sent, unless the user sets another. */
export const DEFAULT_THRESHOLD = 0.85;
/** Share of the drafts that may be sent which a person looks at all the same: it keeps the confidence honest. */
export const DEFAULT_AUDIT_SHARE = 0.05;

export interface DecisionInput {
	/** Absent when nothing could be said: then never sent by itself. */
	confidence?: number;
	/** 0–1. */
	threshold?: number;
	/** 0–1. */
	auditShare?: number;
	/** Why a person must look, whatever the confidence. */
	reviewReasons: readonly string[];
	/** Uniform in [0, 1); drawn only for a draft that may be sent. */
	rng: () => number;
}

/** Whether a draft may go on without a person. An audited one does not: `autoSend` is false and `audited` says why. */
export function decideAutoSend(input: DecisionInput): DraftDecision {
	const threshold = input.threshold ?? DEFAULT_THRESHOLD;
	const sendable = input.reviewReasons.length === 0 && input.confidence !== undefined && input.confidence >= threshold;
	const audited = sendable && input.rng() < (input.auditShare ?? DEFAULT_AUDIT_SHARE);
	return { autoSend: sendable && !audited, threshold, source: 'fixed', audited };
}
