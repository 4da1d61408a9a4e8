import { z } from 'zod';
import { readSigned, sign } from '../access/signature';
import { NOTICE_COOKIE, readCookie, writeCookie } from '../http/cookies';
import type { DeskRequest } from '../http/request';
import type { Message } from './signInPage';

const SHOWN_WITHIN_SECONDS = 60;
const LONGEST = 500;
const NoticeSchema = z.strictObject({ to: z.string(), tone: z.enum(['good', 'bad']), text: z.string() });

/** A notice for the next page. Signed for its reader, so that no link or other site can put words on the desk. */
export function writeNotice(request: DeskRequest, secret: string, to: string, { tone, text }: Message): string {
	return writeCookie(request, NOTICE_COOKIE, sign(secret, 'notice', { to, tone, text: text.slice(0, LONGEST) }), SHOWN_WITHIN_SECONDS);
}

/** The notice that waits for this reader, and the cookie that takes it away. */
export function takeNotice(request: DeskRequest, secret: string, to: string): { message?: Message; cookies: string[] } {
	const cookie = readCookie(request, NOTICE_COOKIE);
	if (cookie === undefined) return { cookies: [] };
	const parsed = NoticeSchema.safeParse(readSigned(secret, 'notice', cookie));
	const cookies = [writeCookie(request, NOTICE_COOKIE, '', 0)];
	return parsed.success && parsed.data.to === to ? { message: { tone: parsed.data.tone, text: parsed.data.text }, cookies } : { cookies };
}
