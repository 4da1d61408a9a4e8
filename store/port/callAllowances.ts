import type { EpochMs } from '../../engine/time';

/** Whose calls are counted together: a provider and what it counts by, e.g. a page. Over all workspaces, as the provider does. */
export interface CallSubject {
	provider: 'meta';
	subject: string;
}
export interface CallRules {
	/** At most so many calls in any `windowMs`. */
	limit: number;
	windowMs: number;
	/** Least milliseconds between two calls. */
	gapMs: number;
}
/** taken: the call may be made, now. Otherwise the first moment to ask again, and why. */
export type CallTaken = { taken: true; used: number } | { taken: false; at: EpochMs; why: 'gap' | 'limit' | 'blocked' };

/** A provider's limits on calls, counted before each call is made, over any number of processes and restarts. */
export interface CallAllowances {
	take(subject: CallSubject, rules: CallRules): Promise<CallTaken>;
	/** The provider itself said it takes none until then. A later word stands. */
	block(subject: CallSubject, until: EpochMs): Promise<void>;
}
