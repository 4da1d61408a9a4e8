import type { RetentionKind } from '../../engine/privacy/retention';

export interface RetentionResult {
	kind: RetentionKind;
	/** Rows deleted, or emptied of what they said. */
	rows: number;
	/** Whether some are left that are as old. */
	more: boolean;
}
/** Deletes what has been kept long enough. */
export interface Retention {
	/**
	 * `days` for each kind, 0 to leave it alone. In transactions of `batch` rows, at most `batches` of each kind a call: memory
	 * and locks stay small however much there is. What is open (undecided messages, jobs, reviews, replays) and proofs of
	 * opt-out, consent and erasure are never touched. Again deletes nothing more.
	 */
	apply(workspace: string, days: Readonly<Record<RetentionKind, number>>, limits: { batch: number; batches: number }): Promise<RetentionResult[]>;
}
