import { MINUTE, SECOND, type EpochMs } from '../../time';
import { refused, type Verdict } from './request';

/**
 * How far a signed time may be from ours, either way, in milliseconds. A provider that signs no time has none here: a
 * replay of its requests is answered and changes nothing, since each event is on record by its id.
 */
export const REPLAY_WINDOW_MS = {
	/** Calendly, "Webhook Signatures": its example refuses what is older than three minutes. */
	calendly: 3 * MINUTE,
	/** Own choice: what Stripe and Standard Webhooks use. */
	hmac: 5 * MINUTE,
	/** HubSpot, "Validating requests": reject when older than five minutes (300,000 ms). */
	hubspot: 5 * MINUTE,
	/** SendGrid names none; the same five minutes. A delivery it repeats later is signed for another time only if SendGrid signs it anew: widen it after a longer outage. */
	sendgrid: 5 * MINUTE,
} as const;

/** Unix time in seconds (or milliseconds, from 1e11 on) as decimal digits; undefined for anything else. */
export function signedTime(text: string | undefined): number | undefined {
	if (text === undefined || !/^\d{1,14}$/.test(text)) return undefined;
	const number = Number(text);
	return number < 1e11 ? number * SECOND : number;
}

/** The refusal of a request signed at another time than now, or undefined when it is fresh. */
export function staleness(signedAt: number | undefined, now: EpochMs, windowMs: number): Verdict | undefined {
	if (signedAt === undefined) return refused('The time it was signed at is missing or no time');
	if (Math.abs(now - signedAt) <= windowMs) return undefined;
	return refused(signedAt < now ? 'It was signed too long ago' : 'It was signed at a time still to come');
}
