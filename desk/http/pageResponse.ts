import { randomBytes } from 'node:crypto';
import type { DeskDecision, DeskResponse } from './request';

/** Lets nothing onto a page but the stylesheet and script that carry the nonce, and no form go anywhere but back here. */
function policy(nonce: string): string {
	return [
		"default-src 'none'", `script-src 'nonce-${nonce}'`, `style-src 'nonce-${nonce}'`, "img-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
	].join('; ');
}

const HEADERS = {
	'Cache-Control': 'no-store',
	'X-Content-Type-Options': 'nosniff',
	'X-Frame-Options': 'DENY',
	// With no-referrer browsers send `Origin: null` from the desk's own forms, which says nothing about where they come from.
	'Referrer-Policy': 'same-origin',
	'Cross-Origin-Opener-Policy': 'same-origin',
	'Cross-Origin-Resource-Policy': 'same-origin',
	'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
	'X-Robots-Tag': 'noindex, nofollow',
	// What browsers may keep besides: the language decides the text, the cookie whose it is.
	Vary: 'Cookie, Accept-Language',
} as const;

export function pageResponse(status: number, write: (nonce: string) => string, cookies: readonly string[] = [], headers: Readonly<Record<string, string>> = {}): DeskResponse {
	const nonce = randomBytes(18).toString('base64');
	return {
		status,
		headers: { ...HEADERS, ...headers, 'Content-Security-Policy': policy(nonce), 'Content-Type': 'text/html; charset=utf-8', ...(cookies.length > 0 ? { 'Set-Cookie': cookies } : {}) },
		body: write(nonce),
		decided: [],
	};
}

/** After a POST: the browser is sent to a page by GET, so that a reload repeats nothing. `query` begins with `?`. */
export function seeOther(query: string, cookies: readonly string[], decided: readonly DeskDecision[] = []): DeskResponse {
	return { status: 303, headers: { ...HEADERS, 'Content-Security-Policy': "default-src 'none'", Location: query, ...(cookies.length > 0 ? { 'Set-Cookie': cookies } : {}) }, body: '', decided };
}

/** A file the browser keeps instead of showing it. Its name loses every sign that could end the header or name a folder. */
export function fileResponse({ name, type, body }: { name: string; type: string; body: string }, cookies: readonly string[]): DeskResponse {
	const safe = name.replace(/[^\w.-]+/g, '_');
	return {
		status: 200,
		headers: { ...HEADERS, 'Content-Security-Policy': "default-src 'none'; sandbox", 'Content-Type': `${type}; charset=utf-8`, 'Content-Disposition': `attachment; filename="${safe}"`, ...(cookies.length > 0 ? { 'Set-Cookie': cookies } : {}) },
		body,
		decided: [],
	};
}
