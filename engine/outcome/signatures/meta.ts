import { createHmac } from 'node:crypto';
import { GENUINE, header, refused, secretOf, type Verifier } from './request';
import { sameSecret } from './sameSecret';

/** Meta's signature (WhatsApp, Messenger, Instagram): `sha256=` and the hex HMAC-SHA256 of the body with the app secret. No time is signed. */
export function verifyMeta({ appSecret }: { appSecret: string | undefined }): Verifier {
	const secret = secretOf(appSecret, 'Meta App Secret');
	return (request) => {
		const signature = header(request, 'x-hub-signature-256');
		if (signature === undefined) return refused('It is not signed');
		const right = `sha256=${createHmac('sha256', secret).update(request.rawBody).digest('hex')}`;
		return sameSecret(signature, right) ? GENUINE : refused('The signature does not fit');
	};
}
