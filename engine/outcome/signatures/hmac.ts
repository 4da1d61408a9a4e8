import { createHmac } from 'node:crypto';
import { REPLAY_WINDOW_MS, signedTime, staleness } from './replayWindow';
import { GENUINE, header, refused, secretOf, type Verifier } from './request';
import { sameSecret } from './sameSecret';

export const HMAC_ALGORITHMS = ['sha1', 'sha256', 'sha512'] as const;
export const HMAC_ENCODINGS = ['base64', 'hex'] as const;

export interface HmacConfig {
	secret: string | undefined;
	headerName: string;
	algorithm?: (typeof HMAC_ALGORITHMS)[number];
	encoding?: (typeof HMAC_ENCODINGS)[number];
	/** What stands before the signature in its header, e.g. `sha256=`. */
	prefix?: string;
	/** When given, `<its value>.<body>` is signed and the value must be a fresh Unix time. */
	timestampHeader?: string;
	windowMs?: number;
}

/** Any sender that signs its body with an HMAC. */
export function verifyHmac({ secret, headerName, algorithm = 'sha256', encoding = 'hex', prefix = '', timestampHeader, windowMs = REPLAY_WINDOW_MS.hmac }: HmacConfig): Verifier {
	const key = secretOf(secret, 'HMAC Secret');
	return (request) => {
		const signature = header(request, headerName);
		if (signature === undefined) return refused('It is not signed');
		const hmac = createHmac(algorithm, key);
		if (timestampHeader !== undefined) {
			const timestamp = header(request, timestampHeader);
			const stale = staleness(signedTime(timestamp), request.now, windowMs);
			if (stale) return stale;
			hmac.update(`${timestamp}.`);
		}
		const right = `${prefix}${hmac.update(request.rawBody).digest(encoding)}`;
		return sameSecret(signature, right) ? GENUINE : refused('The signature does not fit');
	};
}
