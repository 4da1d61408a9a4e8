import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { REPLAY_WINDOW_MS, signedTime, staleness } from './replayWindow';
import { GENUINE, header, refused, secretOf, type Verifier } from './request';

const NAME = 'SendGrid Verification Key';
const CURVE = 'prime256v1';

/**
 * SendGrid's verification key: base64 of a P-256 public key (SPKI), with or without PEM lines.
 * @throws RangeError when it is none
 */
export function sendGridKey(text: string | undefined): KeyObject {
	const bare = secretOf(text, NAME).replace(/-----[A-Z ]+-----|\s/g, '');
	const key = readKey(bare);
	if (key?.asymmetricKeyDetails?.namedCurve !== CURVE) throw new RangeError(`'${NAME}' is no P-256 public key: copy it from SendGrid, Settings → Mail Settings → Event Webhook`);
	return key;
}

function readKey(base64: string): KeyObject | undefined {
	try {
		return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
	} catch {
		return undefined;
	}
}

/** SendGrid's signed event webhook: ECDSA P-256 with SHA-256 over timestamp and body. */
export function verifySendGrid({ publicKey, windowMs = REPLAY_WINDOW_MS.sendgrid }: { publicKey: string | undefined; windowMs?: number }): Verifier {
	const key = sendGridKey(publicKey);
	return (request) => {
		const signature = header(request, 'x-twilio-email-event-webhook-signature');
		const timestamp = header(request, 'x-twilio-email-event-webhook-timestamp');
		if (signature === undefined || timestamp === undefined) return refused('It is not signed');
		const stale = staleness(signedTime(timestamp), request.now, windowMs);
		if (stale) return stale;
		return isSignedBy(key, Buffer.concat([Buffer.from(timestamp, 'utf8'), request.rawBody]), signature) ? GENUINE : refused('The signature does not fit');
	};
}

function isSignedBy(key: KeyObject, message: Buffer, base64: string): boolean {
	const signature = Buffer.from(base64, 'base64');
	// Node skips what is no base64; a signature with such characters in it is not the one SendGrid wrote.
	if (signature.toString('base64') !== base64) return false;
	try {
		return verify('sha256', message, key, signature);
	} catch {
		return false;
	}
}
