import { readInvitation } from '../access/invitation';
import { hashPassword } from '../access/password';
import { ACCESS } from '../access/policy';
import { newSession } from '../access/session';
import { deskId } from '../access/signature';
import { signIn } from '../access/signIn';
import { h, type Child, type Scope } from '../html/element';
import type { FormValues } from '../http/form';
import { pageResponse, seeOther } from '../http/pageResponse';
import type { DeskResponse } from '../http/request';
import { formatMoment } from '../parts/show';
import { htmlDocument, SHELL_WORDS } from './document';
import { takeNotice, writeNotice } from './notices';
import { ErrorPage, InvitationPage, SignInPage, type Message } from './signInPage';
import { hereOf, outsideScope, sessionCookie, type Visit } from './visit';

/** Reader of notices who is not signed in. */
export const ANYBODY = 'anybody';

function page(visit: Visit, status: number, title: string, body: Child, extra: Partial<Scope> = {}, cookies: readonly string[] = []): DeskResponse {
	const scope: Scope = { ...outsideScope(visit), ...extra };
	return pageResponse(status, (nonce) => htmlDocument(title, body, scope, nonce), [...visit.cookies, ...cookies]);
}

/** 401 where somebody asked for more, so that no script takes it for the page it wanted. */
export function signInPage(visit: Visit, status: number, message?: Message, email?: string): DeskResponse {
	const waiting = takeNotice(visit.request, visit.options.access.secret, ANYBODY);
	const typed = email === undefined ? {} : { typed: { action: 'signIn', key: '', values: { email }, fields: {} } };
	return page(visit, status, SHELL_WORDS[visit.language].signIn.title, <SignInPage message={message ?? waiting.message} />, typed, waiting.cookies);
}

export function errorPage(visit: Visit, status: number, text: string): DeskResponse {
	return page(visit, status, SHELL_WORDS[visit.language].errors.title, <ErrorPage text={text} />);
}

/** Signs in and goes on to the page that was asked for. */
export async function answerSignIn(visit: Visit, form: FormValues): Promise<DeskResponse> {
	const { options, request, store, now, language } = visit;
	const words = SHELL_WORDS[language].signIn;
	const email = form.get('email') ?? '';
	const result = await signIn(options.access, store.reviewers, { email, password: form.get('password') ?? '', client: request.clientAddress }, now);
	if (result.result === 'in') return seeOther(hereOf(request), [sessionCookie(request, result.cookie)]);
	if (result.result === 'wrong') return signInPage(visit, 401, { tone: 'bad', text: words.wrong }, email);
	const answer = signInPage(visit, 429, { tone: 'bad', text: words.later(`${formatMoment(result.until, language, 'UTC')} UTC`) }, email);
	return { ...answer, headers: { ...answer.headers, 'Retry-After': String(Math.ceil((result.until - now) / 1_000)) } };
}

/** The page of an invitation. Looking at it uses nothing up: mail scanners open every link. */
export async function invitationPage(visit: Visit, token: string): Promise<DeskResponse> {
	const { options, store, now, language } = visit;
	const words = SHELL_WORDS[language].invitation;
	const found = await readInvitation(options.access, store.reviewers, now, token);
	if (!found) return errorPage(visit, 410, words.void);
	return page(visit, 200, words.title, <InvitationPage email={found.reviewer.email} />);
}

/** Keeps the password that was chosen by an invitation, which is used up by it, and signs in. */
export async function answerInvitation(visit: Visit, form: FormValues): Promise<DeskResponse> {
	const { options, request, store, now, language } = visit;
	const { access } = options;
	const words = SHELL_WORDS[language].invitation;
	const found = await readInvitation(access, store.reviewers, now, request.query.get('invitation') ?? '');
	if (!found) return errorPage(visit, 410, words.void);
	const { reviewer, version } = found;
	const password = form.get('password') ?? '';
	const wrong: Readonly<Record<string, string>> | undefined = password.length < ACCESS.passwordMin || password.length > ACCESS.passwordMax ? { password: words.short(ACCESS.passwordMin, ACCESS.passwordMax) } : password === form.get('again') ? undefined : { again: words.differs };
	if (wrong) {
		const text = Object.values(wrong)[0];
		return page(visit, 422, words.title, <InvitationPage email={reviewer.email} message={{ tone: 'bad', text }} />, { typed: { action: 'choosePassword', key: '', values: {}, fields: wrong } });
	}
	const kept = await store.reviewers.setPassword(deskId(access.secret), reviewer.email, await hashPassword(password), version);
	if (!kept.kept) return errorPage(visit, 410, words.void);
	const cookie = newSession(access, reviewer, kept.version, now);
	return seeOther('?', [sessionCookie(request, cookie), writeNotice(request, access.secret, reviewer.email, { tone: 'good', text: words.saved })]);
}
