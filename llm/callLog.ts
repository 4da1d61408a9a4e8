import type { ModelErrorKind } from './chatModel';

/** What a model call was for. */
export type CallPurpose = 'classify' | 'draft' | 'summarise' | 'moderate' | 'embed';

/** One model call for observation and cost. Holds ids and numbers, never text or keys. */
export interface CallLogEntry {
	workspace: string;
	purpose: CallPurpose;
	modelId: string;
	/** Which key answered or failed last; absent for a connected model or a server without keys. */
	keyFingerprint?: string;
	promptVersion: string;
	/** Absent when the provider reported none. */
	inputTokens?: number;
	outputTokens?: number;
	/** USD at list price; absent when the model's price or the token count is unknown. */
	costUsd?: number;
	/** Milliseconds over all tries, waits included. */
	latencyMs: number;
	/** Tries made; 0 when the call was refused before the first. */
	attempts: number;
	outcome: 'ok' | ModelErrorKind;
	/** `draft.id`, or whatever the caller follows the item by. */
	correlationId?: string;
	/** ISO-8601 UTC, when the call began. */
	at: string;
}

/** Where calls are noted. */
export interface CallLog {
	record(entry: CallLogEntry): Promise<void>;
}

/** A call log that keeps its entries in memory, for a run without a store. */
export function inMemoryCallLog(): CallLog & { readonly entries: readonly CallLogEntry[] } {
	const entries: CallLogEntry[] = [];
	return {
		entries,
		async record(entry) {
			entries.push(entry);
		},
	};
}
