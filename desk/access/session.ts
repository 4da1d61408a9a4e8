import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { sameSecret } from '../../engine/outcome/signatures/sameSecret';
import type { EpochMs } from '../../engine/time';
import type { Reviewers } from '../../store/store';
import { ACCESS } from './policy';
import type { DeskAccess, Reviewer } from './reviewer';
import { deskId, keyedHash, readSigned, sign } from './signature';

const ClaimSchema = z.strictObject({ email: z.string(), version: z.number().int(), since: z.number(), seen: z.number(), nonce: z.string().min(16) });
type Claim = z.infer<typeof ClaimSchema>;

export interface Session {
	reviewer: Reviewer;
	/** What every form of this session carries; worthless in another session. */
	csrf: string;
	/** Tells this session's notices from others'. */
	nonce: string;
	/** The cookie with the time of this page in it, when it is time to write it anew. */
	renewed?: string;
}

/** The cookie's value for somebody who just proved who they are. */
export function newSession(access: DeskAccess, { email }: Reviewer, version: number, now: EpochMs): string {
	const claim: Claim = { email, version, since: now, seen: now, nonce: randomBytes(18).toString('base64url') };
	return sign(access.secret, 'session', claim);
}

/**
 * Who the cookie's bearer is. Role and workspaces come from the credential as it is now, so what was taken from somebody
 * there is gone with their next click; a new password or a sign-out everywhere has moved the version on.
 */
export async function readSession(access: DeskAccess, reviewers: Reviewers, cookie: string | undefined, now: EpochMs): Promise<Session | undefined> {
	if (cookie === undefined) return undefined;
	const parsed = ClaimSchema.safeParse(readSigned(access.secret, 'session', cookie));
	if (!parsed.success) return undefined;
	const claim = parsed.data;
	if (now - claim.since >= ACCESS.sessionMs || now - claim.seen >= ACCESS.sessionIdleMs) return undefined;
	const reviewer = access.reviewers.find(({ email }) => email === claim.email);
	if (!reviewer || (await reviewers.find(deskId(access.secret), claim.email)).version !== claim.version) return undefined;
	const renewed = now - claim.seen >= ACCESS.sessionRenewMs ? sign(access.secret, 'session', { ...claim, seen: now }) : undefined;
	return { reviewer, nonce: claim.nonce, csrf: keyedHash(access.secret, 'csrf', claim.nonce), ...(renewed === undefined ? {} : { renewed }) };
}

export function isCsrfToken({ csrf }: Session, given: string | undefined): boolean {
	return given !== undefined && sameSecret(given, csrf);
}
