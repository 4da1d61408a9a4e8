import type { DeskRequest } from './request';

export const SESSION_COOKIE = 'desk_session';
export const LANGUAGE_COOKIE = 'desk_language';
export const NOTICE_COOKIE = 'desk_notice';

const VALUE = /^[\w.-]{1,3800}$/;

/** The value of a cookie. Of two with the same name the first counts: browsers send the one with the longest path first. */
export function readCookie({ headers }: DeskRequest, name: string): string | undefined {
	for (const pair of (headers.cookie ?? '').slice(0, 16_384).split(';')) {
		const at = pair.indexOf('=');
		if (at > 0 && pair.slice(0, at).trim() === name) {
			const value = pair.slice(at + 1).trim();
			return VALUE.test(value) ? value : undefined;
		}
	}
	return undefined;
}

/** Pages are opened from mails and chats, so Lax: with Strict a colleague's link would always show the sign-in. Nothing is changed by GET. */
export function writeCookie(request: DeskRequest, name: string, value: string, maxAgeSeconds: number): string {
	const secure = request.secure || request.headers.origin?.startsWith('https://') === true;
	const path = /^\/[\w./~%-]*$/.test(request.path) ? request.path : '/';
	return `${name}=${VALUE.test(value) ? value : ''}; Path=${path}; Max-Age=${Math.max(0, Math.floor(maxAgeSeconds))}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;
}
