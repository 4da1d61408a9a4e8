import { createHash } from 'node:crypto';

/** What is known about one key. Times in milliseconds since the epoch. */
export interface KeyState {
	fingerprint: string;
	/** Too many requests until then. */
	limitedUntil?: number;
	/** Refused by the provider; tried again from then. */
	invalidUntil?: number;
	/** The provider's account has no credit; tried again from then. */
	exhaustedUntil?: number;
	/** When the key last answered; the one unused longest is next. */
	lastUsedAt?: number;
	/** USD spent with the key on `spentDay`. */
	spentUsd?: number;
	/** UTC day, `YYYY-MM-DD`. */
	spentDay?: string;
}

/** What happened to a key. `costUsd` is absent when unknown. */
export type KeyEvent =
	| { kind: 'used'; at: number; costUsd?: number }
	| { kind: 'limited'; at: number; until: number }
	| { kind: 'invalid'; at: number; until: number }
	| { kind: 'exhausted'; at: number; until: number };

/** Where the state of keys is kept across runs and processes; keys are known by fingerprint only. */
export interface KeyLedger {
	/** The known states; keys never seen may be left out. */
	load(fingerprints: readonly string[]): Promise<KeyState[]>;
	record(fingerprint: string, event: KeyEvent): Promise<void>;
}

/** Names a key without giving it away: the first 12 hex digits of its SHA-256. */
export function keyFingerprint(key: string): string {
	return createHash('sha256').update(key).digest('hex').slice(0, 12);
}

/** The state after an event. A new UTC day starts the spending anew. */
export function applyKeyEvent(state: KeyState, event: KeyEvent): KeyState {
	switch (event.kind) {
		case 'used': {
			const day = new Date(event.at).toISOString().slice(0, 10);
			const before = state.spentDay === day ? (state.spentUsd ?? 0) : 0;
			return { ...state, lastUsedAt: event.at, spentUsd: before + (event.costUsd ?? 0), spentDay: day };
		}
		case 'limited':
			return { ...state, limitedUntil: event.until };
		case 'invalid':
			return { ...state, invalidUntil: event.until };
		case 'exhausted':
			return { ...state, exhaustedUntil: event.until };
	}
}

/** A key ledger for one process without a store. */
export function inMemoryKeyLedger(): KeyLedger {
	const states = new Map<string, KeyState>();
	return {
		async load(fingerprints) {
			return fingerprints.map((fingerprint) => ({ ...(states.get(fingerprint) ?? { fingerprint }) }));
		},
		async record(fingerprint, event) {
			states.set(fingerprint, applyKeyEvent(states.get(fingerprint) ?? { fingerprint }, event));
		},
	};
}
