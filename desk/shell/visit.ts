import type { EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import { ACCESS } from '../access/policy';
import type { DeskAccess } from '../access/reviewer';
import { readSession, type Session } from '../access/session';
import type { Scope } from '../html/element';
import { LANGUAGE_COOKIE, readCookie, SESSION_COOKIE, writeCookie } from '../http/cookies';
import type { DeskRequest } from '../http/request';
import type { Tab } from '../tabs/tab';
import { SHELL_WORDS } from './document';
import { chooseLanguage, type Language } from './language';

export interface DeskOptions {
	access: DeskAccess;
	/** Read anew for each request; the desk gives it back. */
	openStore(): Promise<Store>;
	tabs: readonly Tab[];
	/** For browsers that ask for none of the desk's languages. */
	language: Language;
	/** Shown first where a reviewer has several; ignored for those who do not see it. */
	defaultWorkspace?: string;
	/** Told of faults. The reviewer reads that something went wrong, not what. */
	onFault(error: unknown): void;
}

/** One request, and all that is known about who made it. */
export interface Visit {
	options: DeskOptions;
	request: DeskRequest;
	store: Store;
	now: EpochMs;
	language: Language;
	session?: Session;
	/** Cookies the answer carries in any case. */
	cookies: string[];
}

export function languageOf({ options, request }: Pick<Visit, 'options' | 'request'>): Language {
	return chooseLanguage(readCookie(request, LANGUAGE_COOKIE), request.headers['accept-language'], options.language);
}

export async function beginVisit(options: DeskOptions, request: DeskRequest, store: Store): Promise<Visit> {
	const now = await store.clock.now();
	const session = await readSession(options.access, store.reviewers, readCookie(request, SESSION_COOKIE), now);
	const cookies = session?.renewed === undefined ? [] : [sessionCookie(request, session.renewed)];
	return { options, request, store, now, language: languageOf({ options, request }), cookies, ...(session ? { session } : {}) };
}

export function sessionCookie(request: DeskRequest, value: string): string {
	return writeCookie(request, SESSION_COOKIE, value, value === '' ? 0 : ACCESS.sessionMs / 1_000);
}

/** What a page stands on when nobody is signed in. */
export function outsideScope({ language, request, now }: { language: Language; request: DeskRequest; now: EpochMs }): Scope {
	return { language, words: SHELL_WORDS[language], timezone: 'UTC', now, here: hereOf(request), always: {} };
}

/** The query of this page as its forms are sent back to it. Written anew, so that nothing but a query can come of it. */
export function hereOf({ query }: DeskRequest): string {
	return `?${new URLSearchParams([...query]).toString()}`;
}
