import { GENUINE, header, refused, secretOf, type Verifier } from './request';
import { sameSecret } from './sameSecret';

export const SALESFORCE_HEADER = 'X-Webhook-Secret';

/** Salesforce signs nothing; its Flow or Apex callout sends a secret both sides know, in a header of its own. */
export function verifySalesforce({ secret, headerName = SALESFORCE_HEADER }: { secret: string | undefined; headerName?: string }): Verifier {
	const right = secretOf(secret, 'Salesforce Secret');
	return (request) => {
		const given = header(request, headerName);
		if (given === undefined) return refused('The secret is missing');
		return sameSecret(given, right) ? GENUINE : refused('The secret is wrong');
	};
}
