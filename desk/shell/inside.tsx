import { mayAct } from '../access/reviewer';
import type { Session } from '../access/session';
import { deskId } from '../access/signature';
import { workspaceStore } from '../access/workspaceStore';
import { Empty } from '../parts/show';
import { h, type Child, type Scope } from '../html/element';
import type { FormValues } from '../http/form';
import { fileResponse, pageResponse, seeOther } from '../http/pageResponse';
import type { DeskResponse } from '../http/request';
import type { ActionResult, DeskContext, Tab } from '../tabs/tab';
import { htmlDocument, SHELL_WORDS } from './document';
import { Frame, type KillState } from './frame';
import { shellActions, type ShellAction } from './killSwitch';
import { takeNotice, writeNotice } from './notices';
import { ANYBODY, errorPage } from './outside';
import { address, type Typed } from './scope';
import type { Message } from './signInPage';
import { hereOf, outsideScope, sessionCookie, type Visit } from './visit';

/** What a reviewer asked for, once it is sure that they may see it. */
export interface Place {
	context: DeskContext;
	tab?: Tab;
	kill: KillState;
	always: Readonly<Record<string, string>>;
}

function zoneOf(timezone: string | undefined): string {
	try {
		return new Intl.DateTimeFormat('en', { timeZone: timezone ?? 'UTC' }).resolvedOptions().timeZone;
	} catch {
		return 'UTC';
	}
}

/**
 * The one place that decides which workspace a request is about. Whoever asks for a workspace or tab that is not theirs
 * gets nothing; all others get a store that serves this workspace alone.
 */
export async function findPlace({ options, request, store, now, language }: Visit, { reviewer }: Session): Promise<Place | undefined> {
	const [first] = reviewer.workspaces;
	const usual = reviewer.workspaces.find((name) => name === options.defaultWorkspace) ?? first;
	const asked = request.query.get('workspace');
	const workspace = asked === null ? usual : reviewer.workspaces.find((name) => name === asked);
	const askedTab = request.query.get('tab');
	const tab = askedTab === null ? options.tabs[0] : options.tabs.find(({ id }) => id === askedTab);
	if (workspace === undefined || (askedTab !== null && tab === undefined)) return undefined;
	const own = workspaceStore(store, workspace);
	const [[settings], [scope]] = await Promise.all([own.settings.effective([{ workspace }]), own.settings.scopes(workspace, 1)]);
	const colleagues = options.access.reviewers.filter(({ role, workspaces }) => mayAct(role, 'reviewer') && workspaces.includes(workspace)).map(({ email }) => email);
	const context: DeskContext = { workspace, reviewer, colleagues, language, timezone: zoneOf(settings.timezone), now, store: own };
	const byWhom = scope?.kind === 'workspace' ? scope.killSwitchSet : undefined;
	return { context, tab, kill: { on: settings.killSwitch, reason: settings.killSwitchReason, ...byWhom }, always: reviewer.workspaces.length > 1 ? { workspace } : {} };
}

/** A page of a tab inside the frame. */
export async function tabPage(visit: Visit, session: Session, place: Place, refusal?: { typed: Typed; message: Message }): Promise<DeskResponse> {
	const { options, request, language, now } = visit;
	const { context, tab, kill, always } = place;
	const words = SHELL_WORDS[language];
	const body: Child = tab ? await tab.page(context, request.query) : <Empty title={words.noTabs} />;
	const waiting = takeNotice(request, options.access.secret, session.reviewer.email);
	const title = tab?.title(language) ?? words.product;
	const scope: Scope = { ...outsideScope({ language, request, now }), timezone: context.timezone, always, csrf: session.csrf, ...(tab ? { tab: tab.id } : {}), ...(refusal ? { typed: refusal.typed } : {}) };
	const frame = <Frame tabs={options.tabs} workspace={context.workspace} reviewer={session.reviewer} kill={kill} title={title} message={refusal?.message ?? waiting.message}>{body}</Frame>;
	return pageResponse(refusal ? 422 : 200, (nonce) => htmlDocument(`${title} · ${context.workspace}`, frame, scope, nonce), [...visit.cookies, ...waiting.cookies]);
}

function typedIn(action: string, form: FormValues, fields: Readonly<Record<string, string>> = {}): Typed {
	return { action, key: form.get('of') ?? '', values: form.toObject(), fields };
}

/** Runs an action of the frame or the tab, then shows what came of it. */
export async function answerAction(visit: Visit, session: Session, place: Place, name: string, form: FormValues): Promise<DeskResponse> {
	const { request, options, language } = visit;
	const { tab, context, always } = place;
	const words = SHELL_WORDS[language];
	const ofShell: ShellAction | undefined = Object.hasOwn(shellActions, name) ? shellActions[name] : undefined;
	const role = ofShell?.role ?? tab?.roleOf(name);
	if (role === undefined || (!ofShell && !tab)) return errorPage(visit, 404, words.errors.notFound);
	if (!mayAct(session.reviewer.role, role)) return errorPage(visit, 403, words.errors.forbidden);
	const result: ActionResult | undefined = ofShell ? await ofShell.run(context, form, words) : await tab?.act(name, context, form);
	if (result === undefined) return errorPage(visit, 404, words.errors.notFound);
	if ('refused' in result) return await tabPage(visit, session, place, { typed: typedIn(name, form, result.fields), message: { tone: 'bad', text: result.refused } });
	if ('file' in result) return fileResponse(result.file, visit.cookies);
	const to = result.go === undefined ? hereOf(request) : address(always, { tab: tab?.id, ...result.go });
	return seeOther(to, [...visit.cookies, writeNotice(request, options.access.secret, session.reviewer.email, { tone: 'good', text: result.notice })], result.decided);
}

/** Forgets the session; `everywhere` voids those on other devices and open invitations as well. */
export async function signOut(visit: Visit, session: Session, everywhere: boolean): Promise<DeskResponse> {
	const { request, options, store, language } = visit;
	const words = SHELL_WORDS[language];
	if (everywhere) await store.reviewers.endSessions(deskId(options.access.secret), session.reviewer.email);
	return seeOther('?', [sessionCookie(request, ''), writeNotice(request, options.access.secret, ANYBODY, { tone: 'good', text: everywhere ? words.signedOutEverywhere : words.signedOut })]);
}

