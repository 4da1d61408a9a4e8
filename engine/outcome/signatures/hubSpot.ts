import { createHash, createHmac } from 'node:crypto';
import { REPLAY_WINDOW_MS, signedTime, staleness } from './replayWindow';
import { GENUINE, header, refused, secretOf, type SignedRequest, type Verifier } from './request';
import { sameSecret } from './sameSecret';

export type HubSpotVersion = 'v1' | 'v2' | 'v3';

/** The escapes HubSpot writes out before it signs an address (its "Validating requests", table of v3). */
const WRITTEN_OUT: Readonly<Record<string, string>> = {
	'%3A': ':', '%2F': '/', '%3F': '?', '%40': '@', '%21': '!', '%24': '$', '%27': "'", '%28': '(', '%29': ')', '%2A': '*', '%2C': ',', '%3B': ';',
};
const writtenOut = (url: string): string => url.replace(/%[0-9a-f]{2}/gi, (escape) => WRITTEN_OUT[escape.toUpperCase()] ?? escape);

/**
 * HubSpot's signatures. Only v3 signs a time, so only v3 is taken unless the older ones are asked for: a request of v1 or
 * v2 may be repeated for ever.
 */
export function verifyHubSpot({ clientSecret, versions = ['v3'], windowMs = REPLAY_WINDOW_MS.hubspot }: { clientSecret: string | undefined; versions?: readonly HubSpotVersion[]; windowMs?: number }): Verifier {
	const secret = secretOf(clientSecret, 'HubSpot Client Secret');
	return (request) => {
		const signature = header(request, 'x-hubspot-signature-v3');
		if (signature !== undefined && versions.includes('v3')) {
			const timestamp = header(request, 'x-hubspot-request-timestamp');
			const stale = staleness(signedTime(timestamp), request.now, windowMs);
			if (stale) return stale;
			const right = createHmac('sha256', secret).update(`${request.method}${writtenOut(request.url)}`).update(request.rawBody).update(timestamp ?? '').digest('base64');
			return sameSecret(signature, right) ? GENUINE : refused('The signature does not fit');
		}
		return olderVersion(request, secret, versions);
	};
}

function olderVersion(request: SignedRequest, secret: string, versions: readonly HubSpotVersion[]): ReturnType<Verifier> {
	const signature = header(request, 'x-hubspot-signature');
	const version = header(request, 'x-hubspot-signature-version') ?? 'v1';
	if (signature === undefined || !versions.some((taken) => taken !== 'v3' && taken === version)) return refused('It is not signed');
	const about = version === 'v2' ? `${secret}${request.method}${request.url}` : secret;
	const right = createHash('sha256').update(about).update(request.rawBody).digest('hex');
	return sameSecret(signature, right) ? GENUINE : refused('The signature does not fit');
}
