import type { EpochMs } from '../../engine/time';
import type { Reviewers } from '../../store/store';
import { isPassword } from './password';
import { ACCESS } from './policy';
import { normalEmail, type DeskAccess } from './reviewer';
import { newSession } from './session';
import { deskId, keyedHash } from './signature';

export type SignIn = { result: 'in'; cookie: string } | { result: 'wrong' } | { result: 'later'; until: EpochMs };

/** An IPv6 customer owns a whole /64: each of its addresses counts as the one. */
function clientKey(address: string): string {
	const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
	if (!plain.includes(':')) return plain;
	const [head, tail = ''] = plain.split('::');
	const left = head.split(':').filter(Boolean);
	const right = tail.split(':').filter(Boolean);
	const groups = [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0'), ...right];
	return groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, '').toLowerCase()).join(':');
}

/**
 * Checks an e-mail address and password. The try is counted before the password is looked at, in the store, so that any
 * number of processes and of tries at once count as what they are. Somebody unknown costs the same time and gets the same answer.
 */
export async function signIn(access: DeskAccess, reviewers: Reviewers, given: { email: string; password: string; client: string }, now: EpochMs): Promise<SignIn> {
	const desk = deskId(access.secret);
	const email = normalEmail(given.email).slice(0, 254);
	const { perEmail, perClient, windowMs } = ACCESS.tries;
	const byEmail = keyedHash(access.secret, 'subject', `email ${email}`);
	const byClient = keyedHash(access.secret, 'subject', `client ${clientKey(given.client)}`);
	const [ofEmail, ofClient] = await reviewers.countTries(desk, [{ subject: byEmail, windowMs }, { subject: byClient, windowMs }]);
	if (ofClient.tries > perClient) return { result: 'later', until: ofClient.until };
	if (ofEmail.tries > perEmail) return { result: 'later', until: ofEmail.until };
	const reviewer = access.reviewers.find((one) => one.email === email);
	const { passwordHash, version } = await reviewers.find(desk, email);
	const right = await isPassword(given.password, reviewer ? passwordHash : undefined);
	if (!right || !reviewer) return { result: 'wrong' };
	await reviewers.forgive(desk, byEmail, byClient);
	return { result: 'in', cookie: newSession(access, reviewer, version, now) };
}
