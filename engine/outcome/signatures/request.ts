import type { EpochMs } from '../../time';

/** A request as it came over the wire, before anything in it was believed. */
export interface SignedRequest {
	/** The body's bytes as they were signed: a parsed and re-written body has another signature. */
	rawBody: Buffer;
	/** Names in lower case, as Node hands them over. */
	headers: Readonly<Record<string, string | string[] | undefined>>;
	/** The address the provider called, with its query. */
	url: string;
	method: string;
	now: EpochMs;
}

/** Genuine and fresh, or the HTTP status to refuse it with and why. The reason never quotes a secret or what was expected. */
export type Verdict = { ok: true } | { ok: false; status: 401; why: string };
export type Verifier = (request: SignedRequest) => Verdict;

export const GENUINE: Verdict = { ok: true };
export const refused = (why: string): Verdict => ({ ok: false, status: 401, why });

/** A header that came exactly once; a repeated one is as good as none. */
export function header({ headers }: SignedRequest, name: string): string | undefined {
	const value = headers[name.toLowerCase()];
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * A secret that may be used: an empty one would let anybody sign.
 * @throws RangeError naming the secret when there is none
 */
export function secretOf(value: string | undefined, name: string): string {
	if (value === undefined || value.trim() === '') throw new RangeError(`'${name}' is empty`);
	return value.trim();
}
