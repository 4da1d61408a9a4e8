/** What is known about one model key, by its fingerprint only. Times in epoch milliseconds. */
export interface StoredKeyState {
	fingerprint: string;
	limitedUntil?: number;
	invalidUntil?: number;
	exhaustedUntil?: number;
	lastUsedAt?: number;
	/** USD on `spentDay`, a UTC day YYYY-MM-DD. */
	spentUsd?: number;
	spentDay?: string;
}
export interface KeyLedgerPort {
	load(fingerprints: readonly string[]): Promise<StoredKeyState[]>;
	record(fingerprint: string, event: { kind: 'used'; at: number; costUsd?: number } | { kind: 'limited' | 'invalid' | 'exhausted'; at: number; until: number }): Promise<void>;
}
export interface SpendLedgerPort {
	/** USD settled on that UTC day, YYYY-MM-DD. */
	spentToday(workspace: string, day: string): Promise<number>;
	/** Holds the amount back if settled + held + amount ≤ cap, in one atomic step over all processes. */
	reserve(reservation: { workspace: string; day: string; amountUsd: number; capUsd: number; expiresAt: number }): Promise<{ granted: true; reservationId: string } | { granted: false }>;
	/** Replaces the hold by what was spent. Settling twice changes nothing. */
	settle(reservationId: string, actualUsd: number): Promise<void>;
}
export interface CallLogPort {
	/** `at` is ISO-8601; latency in milliseconds over all tries. */
	record(entry: {
		workspace: string;
		purpose: string;
		modelId: string;
		keyFingerprint?: string;
		promptVersion: string;
		inputTokens?: number;
		outputTokens?: number;
		costUsd?: number;
		latencyMs: number;
		attempts: number;
		outcome: string;
		correlationId?: string;
		at: string;
	}): Promise<void>;
}
/** Persists what `llm/` needs: key states, daily spend, the call log. Shapes are those of the ports in `llm/`. */
export interface ModelCalls {
	keyLedger(): KeyLedgerPort;
	spendLedger(): SpendLedgerPort;
	callLog(): CallLogPort;
}
