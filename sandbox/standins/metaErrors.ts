import { randomBytes } from 'node:crypto';
import type { StandInAnswer } from './httpServer';

/** What Meta says to each code, and with which HTTP status. Source: Meta's WhatsApp Cloud API error code page and Messenger Platform error page, read 2026. */
const KNOWN: Record<number, { status: number; message: string; details?: string }> = {
	4: { status: 400, message: '(#4) Application request limit reached' },
	1: { status: 500, message: 'An unknown error occurred' },
	2: { status: 500, message: 'Service temporarily unavailable' },
	10: { status: 403, message: '(#10) Application does not have permission for this action' },
	17: { status: 400, message: '(#17) User request limit reached' },
	32: { status: 403, message: '(#32) Page request limit reached' },
	100: { status: 400, message: '(#100) Invalid parameter' },
	190: { status: 401, message: 'Invalid OAuth access token - Cannot parse access token' },
	200: { status: 403, message: '(#200) You do not have the necessary permissions to send this message' },
	368: { status: 403, message: '(#368) Temporarily blocked for policies violations' },
	551: { status: 400, message: "(#551) This person isn't available right now." },
	613: { status: 400, message: '(#613) Calls to this api have exceeded the rate limit.' },
	130429: { status: 429, message: '(#130429) Rate limit hit', details: 'Message failed to send because there were too many messages sent from this phone number in a short period of time.' },
	131000: { status: 500, message: '(#131000) Something went wrong' },
	131009: { status: 400, message: '(#131009) Parameter value is not valid' },
	131026: { status: 400, message: '(#131026) Message undeliverable', details: 'Message Undeliverable.' },
	131031: { status: 403, message: '(#131031) Business Account locked' },
	131047: { status: 400, message: '(#131047) Re-engagement message', details: 'Message failed to send because more than 24 hours have passed since the customer last replied to this number.' },
	131048: { status: 400, message: '(#131048) Spam rate limit hit' },
	131049: { status: 400, message: '(#131049) This message was not delivered to maintain healthy ecosystem engagement.' },
	131050: { status: 400, message: '(#131050) Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business' },
	131051: { status: 400, message: '(#131051) Unsupported message type' },
	131056: { status: 400, message: '(#131056) (Business Account, Consumer Account) pair rate limit hit', details: 'Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.' },
	131057: { status: 503, message: '(#131057) Business Account is in maintenance mode' },
	132000: { status: 400, message: '(#132000) Number of parameters does not match the expected number of params' },
	132001: { status: 404, message: '(#132001) Template name does not exist in the translation' },
	132015: { status: 400, message: '(#132015) Template is paused' },
	132016: { status: 400, message: '(#132016) Template is disabled' },
};

export interface MetaErrorOptions {
	message?: string;
	status?: number;
	subcode?: number;
	details?: string;
}

/**
 * An answer in Meta's error envelope. Usable as a scripted failure too: `script.next('whatsapp', metaError(131056))`.
 * An unknown code gets status 400.
 */
export function metaError(code: number, options: MetaErrorOptions = {}): { status: number; body: unknown } {
	const known = KNOWN[code];
	const details = options.details ?? known?.details;
	const body = {
		error: {
			message: options.message ?? known?.message ?? `(#${code}) Unknown error`,
			type: 'OAuthException',
			code,
			...(options.subcode === undefined ? {} : { error_subcode: options.subcode }),
			...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
			fbtrace_id: randomBytes(12).toString('base64url'),
		},
	};
	return { status: options.status ?? known?.status ?? 400, body };
}

/** The entry of a status webhook's `errors` list. */
export function statusError(code: number): { code: number; title: string; message: string; error_data: { details: string }; href: string } {
	const title = (KNOWN[code]?.message ?? 'Unknown error').replace(/^\(#\d+\) /, '');
	return {
		code,
		title,
		message: title,
		error_data: { details: KNOWN[code]?.details ?? title },
		href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
	};
}

/** The caller left out or misshaped a parameter. */
export function wrongParameter(message: string): StandInAnswer {
	return metaError(100, { message: `(#100) ${message}` });
}
