import type { Provider } from '../../engine/outcome/providerEvents';
import type { SignedRequest } from '../../engine/outcome/signatures/request';
import type { WebhookSource } from '../../engine/outcome/signatures/verifier';

/** Whose form a verified payload has. */
export function providerOf(source: WebhookSource, payload: unknown): Provider {
	if (source === 'hmac') return 'generic';
	if (source !== 'meta') return source;
	const object: unknown = payload !== null && typeof payload === 'object' ? Reflect.get(payload, 'object') : undefined;
	return object === 'page' || object === 'instagram' ? 'meta_page' : 'whatsapp';
}

/** The body as the source writes it, read only after it was verified; undefined when it is not written so. */
export function readPayload(source: WebhookSource, { rawBody, headers }: SignedRequest): { value: object } | undefined {
	const text = decoded(rawBody);
	if (text === undefined) return undefined;
	if (source === 'twilio' && String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) return { value: Object.fromEntries(new URLSearchParams(text)) };
	try {
		const value: unknown = JSON.parse(text);
		return value !== null && typeof value === 'object' ? { value } : undefined;
	} catch {
		return undefined;
	}
}

/** UTF-8 without its mark, as all of these senders write; undefined for bytes that are none. */
function decoded(bytes: Buffer): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return undefined;
	}
}
