import { DAY, HOUR, MINUTE } from '../../engine/time';

/** Every number that decides who gets in and for how long, in one place. */
export const ACCESS = {
	/** A session ends this long after the last page. */
	sessionIdleMs: 2 * HOUR,
	/** And this long after signing in, whatever happens. */
	sessionMs: 12 * HOUR,
	/** A session cookie older than this is written anew with the time of the last page. */
	sessionRenewMs: 5 * MINUTE,
	/** Failed sign-ins, by the address that is tried and by the client that tries (an office shares one). */
	tries: { perEmail: 10, perClient: 50, windowMs: 15 * MINUTE },
	/** How long an invitation is good for unless said otherwise, and at most. */
	invitationMs: 2 * DAY,
	invitationMaxMs: 14 * DAY,
	/** NIST SP 800-63B-4: at least 15 characters where a password is all there is; no rules on its make-up. */
	passwordMin: 15,
	passwordMax: 200,
	/** OWASP's password storage cheat sheet, scrypt: N = 2^15, r = 8, p = 3 (32 MB). */
	scrypt: { N: 32_768, r: 8, p: 3 },
	secretMin: 32,
} as const;
