import type { EpochMs } from '../../engine/time';

export interface ReviewerSecret {
	/** The password's scrypt string; absent until one was chosen. */
	passwordHash?: string;
	/** Counts up with each new password and each sign-out everywhere; what was signed for an older one is void. 0 before the first. */
	version: number;
}

/** One thing that sign-ins are counted against: an e-mail address or a client address, as a keyed hash. */
export interface SignInSubject {
	subject: string;
	windowMs: number;
}
export interface SignInTries {
	subject: string;
	/** Tries since the window began, this one included. */
	tries: number;
	/** When the window ends and the count begins anew. */
	until: EpochMs;
}

/** Passwords and sign-in tries of the review desks of a store. `desk` keeps desks with different secrets apart; e-mails are lower case. */
export interface Reviewers {
	find(desk: string, email: string): Promise<ReviewerSecret>;
	/** Keeps a new password if the version still is the expected one, so that of two who use the same invitation one is through. */
	setPassword(desk: string, email: string, passwordHash: string, expectedVersion: number): Promise<{ kept: boolean; version: number }>;
	/** Voids every session and every open invitation of the reviewer; returns the new version. */
	endSessions(desk: string, email: string): Promise<number>;
	/** Counts one try against each subject and says how many that makes; in the order given. */
	countTries(desk: string, subjects: readonly SignInSubject[]): Promise<SignInTries[]>;
	/** A sign-in that succeeded was no failed one: `cleared` starts at nought again, from `lessened` this try is taken back. */
	forgive(desk: string, cleared: string, lessened: string): Promise<void>;
}
