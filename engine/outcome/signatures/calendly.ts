import { createHmac } from 'node:crypto';
import { REPLAY_WINDOW_MS, signedTime, staleness } from './replayWindow';
import { GENUINE, header, refused, secretOf, type Verifier } from './request';
import { sameSecret } from './sameSecret';

/** Calendly's signature: `t=<seconds>,v1=<hex>`, HMAC-SHA256 over `<t>.<body>`. */
export function verifyCalendly({ signingKey, windowMs = REPLAY_WINDOW_MS.calendly }: { signingKey: string | undefined; windowMs?: number }): Verifier {
	const key = secretOf(signingKey, 'Calendly Signing Key');
	return (request) => {
		const parts = header(request, 'calendly-webhook-signature')?.split(',').map((part) => part.trim()) ?? [];
		const [timestamp, ...otherTimes] = parts.flatMap((part) => (part.startsWith('t=') ? [part.slice(2)] : []));
		const [signature, ...otherSignatures] = parts.flatMap((part) => (part.startsWith('v1=') ? [part.slice(3)] : []));
		if (signature === undefined || otherTimes.length + otherSignatures.length > 0) return refused('It is not signed, or more than once');
		const stale = staleness(signedTime(timestamp), request.now, windowMs);
		if (stale) return stale;
		const right = createHmac('sha256', key).update(`${timestamp}.`).update(request.rawBody).digest('hex');
		return sameSecret(signature, right) ? GENUINE : refused('The signature does not fit');
	};
}
