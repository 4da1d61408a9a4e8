import type { z } from 'zod';
import type { DraftDecisionSchema, Sampling } from './draft';
import type { Bar } from './learntConfidence';

export type DraftDecision = z.infer<typeof DraftDecisionSchema>;

/** From which confidence a draft may be sent, unless the user sets another. */
export const DEFAULT_THRESHOLD = 0.85;
/** Share of the drafts that may be sent which a person looks at all the same: it keeps the confidence honest. */
export const DEFAULT_AUDIT_SHARE = 0.05;
/** The share of errors among sent drafts that is asked for where a threshold is certified, unless the user sets another. */
export const DEFAULT_ERROR_SHARE = 0.05;

export interface DecisionInput {
	/** Absent when nothing could be said: then never sent by itself. */
	confidence?: number;
	/** The score behind it; certified thresholds are about this. */
	rawConfidence?: number;
	/** Fixed at 0.85 when absent. */
	bar?: Bar;
	/** 0–1. */
	auditShare?: number;
	/** Why a person must look, whatever the confidence. */
	reviewReasons: readonly string[];
	/** True while every draft is read whatever its confidence (assist modes). */
	readsAll?: boolean;
	/** Uniform in [0, 1); drawn only for a draft that may be sent. */
	rng: () => number;
}

function reaches(bar: Bar, confidence: number | undefined, raw: number | undefined): boolean {
	if (bar.source === 'fixed') return confidence !== undefined && confidence >= bar.threshold;
	return 'rawThreshold' in bar && raw !== undefined && raw >= bar.rawThreshold;
}

/** Whether a draft may go on without a person. An audited one does not: `autoSend` is false and `audited` says why. */
export function decideAutoSend(input: DecisionInput): DraftDecision {
	const bar: Bar = input.bar ?? { source: 'fixed', threshold: DEFAULT_THRESHOLD };
	const held = input.reviewReasons.length > 0;
	const sendable = !held && reaches(bar, input.confidence, input.rawConfidence);
	const audited = sendable && input.rng() < (input.auditShare ?? DEFAULT_AUDIT_SHARE);
	const uncertified = 'reviewsNeeded' in bar;
	const sampling = samplingOf({ held, readsAll: input.readsAll === true || uncertified, audited, sendable });
	return {
		autoSend: sendable && !audited,
		threshold: uncertified ? 1 : bar.threshold,
		source: bar.source,
		audited,
		...('rawThreshold' in bar && bar.rawThreshold !== undefined && (audited || bar.source === 'certified') && { rawThreshold: bar.rawThreshold }),
		...(uncertified && { reviewsNeeded: bar.reviewsNeeded }),
		...(sampling && { sampling }),
	};
}

function samplingOf({ held, readsAll, audited, sendable }: { held: boolean; readsAll: boolean; audited: boolean; sendable: boolean }): Sampling | undefined {
	if (held) return 'held';
	if (readsAll) return 'full';
	if (audited) return 'audit';
	return sendable ? undefined : 'low';
}

/** In words, how many reviews are still missing until a threshold may be certified. */
export function draftsMissing(count: number): string {
	return count === 1 ? 'at least 1 more accepted draft is needed' : `at least ${count} more accepted drafts are needed`;
}
