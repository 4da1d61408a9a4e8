import type { DeskRequest } from '../http/request';

/**
 * Whether the browser says that the form was sent from the desk's own origin. A browser always says so, in one of two
 * headers; what says nothing is refused.
 */
export function isSameOrigin({ headers, publicHost }: DeskRequest): boolean {
	const site = headers['sec-fetch-site'];
	if (site !== undefined) return site === 'same-origin';
	const { origin } = headers;
	if (origin === undefined || !URL.canParse(origin)) return false;
	const { host } = new URL(origin);
	const own = [headers.host, headers['x-forwarded-host']?.split(',')[0].trim(), publicHost];
	return host !== '' && own.includes(host);
}
