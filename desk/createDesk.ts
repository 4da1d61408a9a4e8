import { StoreUnavailableError, StoreBusyError } from '../store/errors';
import type { Store } from '../store/store';
import { isSameOrigin } from './access/sameOrigin';
import { isCsrfToken } from './access/session';
import { serveAsset } from './http/assets';
import { LANGUAGE_COOKIE, writeCookie } from './http/cookies';
import { readForm, type FormValues } from './http/form';
import { pageResponse, seeOther } from './http/pageResponse';
import type { DeskRequest, DeskResponse } from './http/request';
import { htmlDocument, SHELL_WORDS } from './shell/document';
import { answerAction, findPlace, signOut, tabPage } from './shell/inside';
import { asLanguage } from './shell/language';
import { answerInvitation, answerSignIn, errorPage, invitationPage, signInPage } from './shell/outside';
import { faultPage } from './shell/signInPage';
import { beginVisit, hereOf, languageOf, outsideScope, type DeskOptions, type Visit } from './shell/visit';
import { epochMs } from '../engine/time';

/** Bytes of a query at most; longer ones are nobody's who clicked a link of the desk. */
const QUERY_LIMIT = 4_096;
const LANGUAGE_KEPT_SECONDS = 400 * 24 * 3_600;

export interface Desk {
	/** Answers one request. Never throws: what fails is told to `onFault` and answered with a page that says so. */
	handle(request: DeskRequest): Promise<DeskResponse>;
}

/** The review desk: pages and their actions, independent of who serves them. */
export function createDesk(options: DeskOptions): Desk {
	return {
		async handle(request) {
			const answer = await answerOrFault(options, request);
			return request.method === 'HEAD' ? { ...answer, body: '' } : answer;
		},
	};
}

async function answerOrFault(options: DeskOptions, request: DeskRequest): Promise<DeskResponse> {
	const asset = request.query.get('asset');
	if (asset !== null && request.method !== 'POST') return serveAsset(asset, request);
	let store: Store | undefined;
	try {
		store = await options.openStore();
		return await answer(await beginVisit(options, request, store));
	} catch (error) {
		options.onFault(error);
		const away = error instanceof StoreUnavailableError || error instanceof StoreBusyError;
		const language = languageOf({ options, request });
		const { errors } = SHELL_WORDS[language];
		const scope = outsideScope({ language, request, now: epochMs(0) });
		return pageResponse(away ? 503 : 500, (nonce) => htmlDocument(errors.title, faultPage(away ? errors.store : errors.broken), scope, nonce), [], away ? { 'Retry-After': '60' } : {});
	} finally {
		await store?.close();
	}
}

async function answer(visit: Visit): Promise<DeskResponse> {
	const { request, session, language } = visit;
	const { errors } = SHELL_WORDS[language];
	if (!['GET', 'HEAD', 'POST'].includes(request.method)) {
		const refused = errorPage(visit, 405, errors.method);
		return { ...refused, headers: { ...refused.headers, Allow: 'GET, HEAD, POST' } };
	}
	if (hereOf(request).length > QUERY_LIMIT) return errorPage(visit, 414, errors.notFound);
	if (request.method === 'POST') return await answerPost(visit);
	const invitation = request.query.get('invitation');
	if (invitation !== null) return await invitationPage(visit, invitation);
	if (!session) return signInPage(visit, 401);
	const place = await findPlace(visit, session);
	return place ? await tabPage(visit, session, place) : errorPage(visit, 404, errors.notFound);
}

const REFUSALS = { 400: 'unreadable', 413: 'tooLarge', 415: 'unreadable' } as const;

/** Everything that changes anything. Whatever the form says, it must come from the desk's own page. */
async function answerPost(visit: Visit): Promise<DeskResponse> {
	const { request, session, language } = visit;
	const { errors, signIn } = SHELL_WORDS[language];
	if (!isSameOrigin(request)) return errorPage(visit, 403, errors.foreign);
	const read = readForm(request);
	if ('refused' in read) return errorPage(visit, read.refused, errors[REFUSALS[read.refused]]);
	const { form } = read;
	const action = form.get('action') ?? '';
	if (action === 'language') return chooseLanguage(visit, form);
	if (action === 'signIn') return await answerSignIn(visit, form);
	if (action === 'choosePassword') return await answerInvitation(visit, form);
	if (!session) return signInPage(visit, 401, { tone: 'bad', text: signIn.ended });
	if (!isCsrfToken(session, form.get('csrf'))) return errorPage(visit, 403, errors.foreign);
	if (action === 'signOut' || action === 'signOutEverywhere') return await signOut(visit, session, action === 'signOutEverywhere');
	const place = await findPlace(visit, session);
	return place ? await answerAction(visit, session, place, action, form) : errorPage(visit, 404, errors.notFound);
}

function chooseLanguage(visit: Visit, form: FormValues): DeskResponse {
	const language = asLanguage(form.get('language'));
	if (!language) return errorPage(visit, 400, SHELL_WORDS[visit.language].errors.unreadable);
	return seeOther(hereOf(visit.request), [writeCookie(visit.request, LANGUAGE_COOKIE, language, LANGUAGE_KEPT_SECONDS)]);
}
