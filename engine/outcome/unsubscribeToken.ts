import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { ChannelSchema, type Channel } from '../channels/channel';

/** What an unsubscribe link stands for. It names nobody: the address is there as the store's keyed hash only. */
export interface UnsubscribeClaim {
	workspace: string;
	channel: Channel;
	/** The store's keyed hash of the address, 64 hexadecimal digits. */
	addressHash: string;
	/** draft.id of the message that carried the link. */
	outboundId: string;
}

/** Bytes of the signature that are kept: 128 bits, beyond guessing, and the link stays short. */
const SIGNATURE_BYTES = 16;
/** Begins every token, so that a later form can be told apart. */
const VERSION = '1';
/** A link is no longer than a header line may be (RFC 5322: 998 characters); what is longer was not made here. */
const LONGEST_TOKEN = 900;
const BodySchema = z.tuple([z.string().min(1), ChannelSchema, z.string().regex(/^[A-Za-z0-9_-]{43}$/), z.string()]);

function signature(key: string, body: string): Buffer {
	return createHmac('sha256', key).update(`unsubscribe:${VERSION}:${body}`).digest().subarray(0, SIGNATURE_BYTES);
}

/**
 * A URL-safe token (letters, digits, `-`, `_`, `.`) that stands for the claim. The same claim always gives the same token;
 * it does not expire, because a link has to work as long as the mail is kept (CAN-SPAM: 30 days at least).
 * @param key secret of the store, any length.
 */
export function signUnsubscribe(key: string, { workspace, channel, addressHash, outboundId }: UnsubscribeClaim): string {
	const hash = Buffer.from(addressHash, 'hex').toString('base64url');
	const body = Buffer.from(JSON.stringify([workspace, channel, hash, outboundId])).toString('base64url');
	return `${VERSION}.${body}.${signature(key, body).toString('base64url')}`;
}

/** The claim behind a token, or undefined when it was not signed with this key or was changed. Compares in constant time. */
export function readUnsubscribe(key: string, token: string): UnsubscribeClaim | undefined {
	if (token.length > LONGEST_TOKEN) return undefined;
	const [version, body, signed, ...more] = token.split('.');
	if (version !== VERSION || body === undefined || signed === undefined || more.length > 0) return undefined;
	const given = Buffer.from(signed, 'base64url');
	if (given.length !== SIGNATURE_BYTES || !timingSafeEqual(given, signature(key, body))) return undefined;
	const parsed = BodySchema.safeParse(parseJson(Buffer.from(body, 'base64url').toString()));
	if (!parsed.success) return undefined;
	const [workspace, channel, hash, outboundId] = parsed.data;
	return { workspace, channel, addressHash: Buffer.from(hash, 'base64url').toString('hex'), outboundId };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
