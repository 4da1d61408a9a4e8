import { createHmac } from 'node:crypto';
import { sameSecret } from '../../engine/outcome/signatures/sameSecret';

/** What is signed; a text signed as one is worth nothing as another. */
export type Purpose = 'session' | 'invitation' | 'csrf' | 'notice' | 'subject' | 'desk';

/** A keyed hash of a text for one purpose, base64url. */
export function keyedHash(secret: string, purpose: Purpose, text: string): string {
	return createHmac('sha256', secret).update(`lead-autopilot desk ${purpose}\n`).update(text).digest('base64url');
}

/** The value as text that nobody can change unseen: base64url of its JSON, a dot, and the signature. */
export function sign(secret: string, purpose: Purpose, value: unknown): string {
	const body = Buffer.from(JSON.stringify(value)).toString('base64url');
	return `${body}.${keyedHash(secret, purpose, body)}`;
}

/** The signed value, still unknown in shape; undefined when it was not signed with this secret for this purpose. */
export function readSigned(secret: string, purpose: Purpose, token: string): unknown {
	const [body, signature, ...rest] = token.split('.');
	if (!body || !signature || rest.length > 0 || !sameSecret(signature, keyedHash(secret, purpose, body))) return undefined;
	try {
		return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as unknown;
	} catch {
		return undefined;
	}
}

/** Tells desks with different secrets apart in the store, and says nothing about the secret. */
export function deskId(secret: string): string {
	return keyedHash(secret, 'desk', 'id').slice(0, 16);
}
