import { z } from 'zod';
import { later, type EpochMs } from '../../engine/time';
import type { Reviewers } from '../../store/store';
import { ACCESS } from './policy';
import { normalEmail, type DeskAccess, type Reviewer } from './reviewer';
import { deskId, readSigned, sign } from './signature';

export interface Invitation {
	email: string;
	/** Goes into the query of the desk's address as `invitation`. Lets its bearer choose the reviewer's password, once. */
	token: string;
	expiresAt: EpochMs;
}

const ClaimSchema = z.strictObject({ email: z.string(), version: z.number().int().min(0), until: z.number() });

/**
 * A link that lets a reviewer choose a password. It is good for the version the reviewer's record has now, and choosing a
 * password moves that on: so it works once, and using one invitation voids all others.
 * Undefined when the credential names no such reviewer.
 * @param lifeMs how long it is good for; at most 14 days.
 */
export async function makeInvitation(access: DeskAccess, reviewers: Reviewers, now: EpochMs, email: string, lifeMs: number = ACCESS.invitationMs): Promise<Invitation | undefined> {
	const known = access.reviewers.find((reviewer) => reviewer.email === normalEmail(email));
	if (!known) return undefined;
	const { version } = await reviewers.find(deskId(access.secret), known.email);
	const expiresAt = later(now, Math.min(Math.max(lifeMs, 0), ACCESS.invitationMaxMs));
	return { email: known.email, token: sign(access.secret, 'invitation', { email: known.email, version, until: expiresAt }), expiresAt };
}

/** Whom the invitation is for, while it is good; undefined when it is forged, used, or out of date, or the person is no longer named. */
export async function readInvitation(access: DeskAccess, reviewers: Reviewers, now: EpochMs, token: string): Promise<{ reviewer: Reviewer; version: number } | undefined> {
	const claim = ClaimSchema.safeParse(readSigned(access.secret, 'invitation', token));
	if (!claim.success || claim.data.until <= now) return undefined;
	const reviewer = access.reviewers.find(({ email }) => email === claim.data.email);
	if (!reviewer) return undefined;
	const { version } = await reviewers.find(deskId(access.secret), reviewer.email);
	return version === claim.data.version ? { reviewer, version } : undefined;
}

/** The address somebody opens. `deskUrl` is what the Review Desk Trigger shows as its webhook URL. */
export function invitationLink(deskUrl: string, { token }: Invitation): string {
	const url = new URL(deskUrl);
	url.search = '';
	url.hash = '';
	url.searchParams.set('invitation', token);
	return url.toString();
}

