import { createHash, createHmac } from 'node:crypto';
import { GENUINE, header, refused, secretOf, type SignedRequest, type Verifier } from './request';
import { sameSecret } from './sameSecret';

/**
 * Twilio's signature: HMAC-SHA1 over the address and, for form fields, each name and value in the order of the names; a
 * JSON body is covered by its SHA-256 in the address instead. No time is signed.
 */
export function verifyTwilio({ authToken }: { authToken: string | undefined }): Verifier {
	const token = secretOf(authToken, 'Twilio Auth Token');
	return (request) => {
		const signature = header(request, 'x-twilio-signature');
		if (signature === undefined) return refused('It is not signed');
		const url = parsed(request.url);
		if (url === undefined) return refused('The address it was sent to is no address');
		const hash = url.searchParams.get('bodySHA256');
		if (hash !== null && !sameSecret(hash.toLowerCase(), createHash('sha256').update(request.rawBody).digest('hex'))) return refused('The body is not the one that was signed');
		const fields = hash === null ? formFields(request) : '';
		// All are computed, whichever fits: which one did is nobody's business.
		const fits = spellings(request.url, url).map((spelling) => sameSecret(signature, createHmac('sha1', token).update(spelling + fields, 'utf8').digest('base64')));
		return fits.includes(true) ? GENUINE : refused('The signature does not fit');
	};
}

function parsed(url: string): URL | undefined {
	return URL.canParse(url) ? new URL(url) : undefined;
}

/** Names in order, each with its values, sorted and each once. */
function formFields({ rawBody }: SignedRequest): string {
	const fields = new URLSearchParams(rawBody.toString('utf8'));
	const names = [...new Set(fields.keys())].sort();
	return names.map((name) => [...new Set(fields.getAll(name))].sort().map((value) => `${name}${value}`).join('')).join('');
}

/** As given, and with the port named or left out: Twilio signs now one, now the other. */
function spellings(given: string, url: URL): string[] {
	const usual = url.protocol === 'https:' ? '443' : '80';
	const named = given.replace(/^(https?:\/\/[^/?#:]+)(?=[/?#]|$)/i, `$1:${usual}`);
	const bare = given.replace(/^(https?:\/\/[^/?#:]+):\d+(?=[/?#]|$)/i, '$1');
	return [given, named, bare];
}
