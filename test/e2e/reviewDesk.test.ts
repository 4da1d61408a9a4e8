import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { deskInvitation } from '../../sandbox/deskInvitation';
import { startSandbox, type ClientOptions, type Sandbox } from '../../sandbox/sandbox';
import { withReplacements } from '../../sandbox/shippedWorkflows';
import { SANDBOX } from '../../sandbox/standins';
import { waitFor } from '../../sandbox/waitFor';
import { closeAllStores } from '../../store/openStore';
import type { Store } from '../../store/store';

/** The shipped desk in a real n8n, and a second client's copy beside it; opened as a reviewer's browser opens it. */
const WORKFLOW = 'leadAutopilot05';
const TEAM = 'team@demo.example';
const PASSWORD = 'four words nobody else says';
const SECOND: ClientOptions = { id: 'b', name: 'Client B', workspace: 'client-b', metaAppId: '900000000000002', metaAppSecret: 'sandbox-b-secret', mailUser: 'sales@b.example', phoneNumberId: '300000000000012', pageId: '400000000000012' };
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PATIENCE_MS = 60_000;

let sandbox: Sandbox;
let store: Store;
let browser: Browser;
let page: Page;
/** What the browser refused to run or load. */
const complaints: string[] = [];

beforeAll(async () => {
	if (!existsSync(CHROMIUM)) throw new Error(`There is no browser at ${CHROMIUM}. Install it (Debian: apt-get install chromium) or name it in the variable CHROMIUM.`);
	sandbox = await startSandbox({
		workflows: ['05'],
		model: 'none',
		clients: [SECOND],
		replacements: { '05': { Settings: { 'assignments.teamAddress': TEAM, 'assignments.fromAddress': SANDBOX.mailUser, 'assignments.reviewerEmail': SANDBOX.deskReviewer } } },
	});
	store = await sandbox.openStore();
	browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'], headless: true });
	page = await (await browser.newContext({ locale: 'en' })).newPage();
	page.setDefaultTimeout(PATIENCE_MS);
	page.on('console', (message) => void (message.type() === 'error' ? complaints.push(message.text()) : undefined));
	page.on('pageerror', (error) => void complaints.push(error.message));
}, 600_000);

afterAll(async () => {
	await browser?.close();
	await store?.close();
	await sandbox?.stop();
	await closeAllStores();
});
jest.setTimeout(180_000);

const desk = (client?: string): string => sandbox.urlOf('05', 'Review Desk', client);

async function choosePassword(on: Page, link: string): Promise<void> {
	await on.goto(link);
	await on.locator('input[name=password]').fill(PASSWORD);
	await on.locator('input[name=again]').fill(PASSWORD);
	await on.locator('main button[type=submit]').click();
	await on.locator('nav.tabs').waitFor();
}

/** What the workflow was started with, oldest first, once there are that many. */
async function decisions(count: number, workflowId = WORKFLOW): Promise<unknown[]> {
	return await waitFor(
		async () => {
			const runs = (await sandbox.api.executions({ workflowId, includeData: true })).filter(({ mode, status }) => mode === 'webhook' && status === 'success');
			return runs.length < count ? undefined : runs.reverse().map(({ data }) => data?.resultData.runData['Review Desk'][0].data?.main[0]?.map(({ json }) => json.desk));
		},
		{ what: `${count} runs of the desk's workflow`, timeoutMs: PATIENCE_MS },
	);
}

describe('the review desk in n8n', () => {
	it('asks who comes in under a policy of its own alone, and nothing runs for it', async () => {
		const answer = await fetch(desk());
		expect(answer.status).toBe(401);
		// Header lines of one name come joined by a comma: a policy n8n added would stand here too.
		expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'nonce-[\w+/=]+'; style-src 'nonce-[\w+/=]+'; [^,]*frame-ancestors 'none'$/);
		expect(answer.headers.get('content-security-policy')).not.toContain('sandbox');
		expect([answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual(['text/html; charset=utf-8', 'no-store']);
		expect((await fetch(desk(), { method: 'PUT', body: 'x' })).status).toBe(404);
		expect((await fetch(`${desk()}?asset=desk.css`)).headers.get('content-type')).toMatch(/^text\/css/);
		expect(await sandbox.api.executions({ workflowId: WORKFLOW })).toEqual([]);
	});

	it('lets in whoever holds a link, once', async () => {
		const link = await deskInvitation(store, desk());
		await choosePassword(page, link);
		expect(await page.evaluate('getComputedStyle(document.body).marginTop')).toBe('0px');
		expect((await fetch(link)).status).toBe(410);
		const [session] = (await page.context().cookies()).filter(({ name }) => name === 'desk_session');
		expect(session).toMatchObject({ path: new URL(desk()).pathname, httpOnly: true, sameSite: 'Lax', secure: false });
	});

	it('changes the mode and stops sending, and then tells the workflow, which mails the team', async () => {
		await page.goto(`${desk()}?tab=settings`);
		const form = page.getByRole('form', { name: 'Mode of default', exact: true });
		await form.getByRole('combobox').selectOption('shadow');
		await form.getByRole('button', { name: 'Save' }).click();
		await page.getByRole('status').getByText(/Shadow/).waitFor();
		expect(new URL(page.url()).origin + new URL(page.url()).pathname).toBe(desk());
		await page.locator('details.kill summary').click();
		await page.getByLabel('Reason').fill('={{ $env.PATH }} holiday');
		await page.getByRole('button', { name: 'Stop now' }).click();
		await page.getByText('={{ $env.PATH }} holiday').waitFor();

		expect((await store.settings.effective([{ workspace: 'default' }]))[0]).toMatchObject({ mode: 'shadow', killSwitch: true });
		const who = SANDBOX.deskReviewer;
		expect(await decisions(2)).toEqual([
			[{ kind: 'mode_changed', workspace: 'default', scope: 'workspace', mode: 'shadow', sentence: `${who} set the mode of workspace 'default' to shadow.` }],
			[{ kind: 'kill_switch_on', workspace: 'default', reason: '={{ $env.PATH }} holiday', sentence: `${who} switched the kill switch of workspace 'default' on: ={{ $env.PATH }} holiday` }],
		]);
		const mails = await waitFor(
			() => {
				const toTeam = sandbox.standIns.inbox.list().filter(({ to }) => to === TEAM);
				return toTeam.length < 2 ? undefined : toTeam;
			},
			{ what: 'the two mails to the team', timeoutMs: PATIENCE_MS },
		);
		expect(mails.map(({ subject }) => subject).sort()).toEqual(['Lead Autopilot: kill switch on in default', 'Lead Autopilot: mode changed in default']);
		// What somebody typed stays text: n8n reads no expression out of an item.
		expect(mails.find(({ subject }) => subject?.includes('kill'))?.text.trim()).toBe(`${who} switched the kill switch of workspace 'default' on: ={{ $env.PATH }} holiday`);
		expect(complaints).toEqual([]);
	});

	it('does nothing for a form from elsewhere, or without the session’s token', async () => {
		const cookie = (await page.context().cookies(desk())).map(({ name, value }) => `${name}=${value}`).join('; ');
		const post = async (headers: Record<string, string>): Promise<number> => (await fetch(desk(), { method: 'POST', redirect: 'manual', headers: { cookie, ...headers }, body: new URLSearchParams({ action: 'killSwitchOff', csrf: 'x' }) })).status;
		expect([await post({ origin: 'https://elsewhere.example' }), await post({}), await post({ origin: new URL(desk()).origin })]).toEqual([403, 403, 403]);
		expect((await store.settings.effective([{ workspace: 'default' }]))[0].killSwitch).toBe(true);
	});

	it('keeps the session over a restart of n8n', async () => {
		await sandbox.n8n.restart();
		await sandbox.api.untilPublished(WORKFLOW);
		await page.goto(`${desk()}?tab=settings`);
		await page.getByRole('button', { name: 'Let sending go on' }).click();
		await page.getByText('The kill switch is off.').waitFor();
		expect(await decisions(3)).toHaveLength(3);
	});

	it('makes an invitation in the shipped workflow, run by hand', async () => {
		const shipped = sandbox.workflows.get('05');
		if (!shipped) throw new Error('05 was not imported');
		const edited = withReplacements('05', shipped, { '05': { Settings: { 'assignments.deskAddress': desk() } } });
		// Runs by hand are not kept as shipped; here somebody has to look at one.
		await sandbox.api.importWorkflows([{ ...edited, id: 'byHand', name: 'By hand', settings: { ...edited.settings, saveManualExecutions: true }, nodes: edited.nodes.map((node) => (node.webhookId === undefined ? node : { ...node, webhookId: 'by-hand' })) }]);
		const id = await sandbox.api.runWorkflow('byHand', 'Invite a Reviewer');
		const run = await waitFor(
			async () => {
				const one = await sandbox.api.execution(id);
				return one.stoppedAt === null ? undefined : one;
			},
			{ what: 'the run by hand', timeoutMs: PATIENCE_MS },
		);
		const [item] = run.data?.resultData.runData['Link to Hand Over']?.[0].data?.main[0] ?? [];
		expect(item?.json).toEqual({ link: expect.stringContaining(`${desk()}?invitation=`), sentence: expect.stringContaining(SANDBOX.deskReviewer) });
		const invited = await fetch(String(item?.json.link));
		expect([invited.status, await invited.text()]).toEqual([200, expect.stringContaining(SANDBOX.deskReviewer)]);
	});

	it("keeps the credential's list of reviewers as the editor saves and loads it", async () => {
		const { rest } = sandbox.api;
		const known = (await rest('GET', '/credentials')) as { id: string; name: string; type: string }[];
		const credential = known.find(({ name }) => name === 'Sandbox Desk');
		const load = async () => (await rest('GET', `/credentials/${credential?.id}?includeData=true`)) as { data: { signingSecret: string; reviewers: { reviewer: object[] } } };
		const { data } = await load();
		const first = { email: SANDBOX.deskReviewer, role: 'admin', workspaces: 'default' };
		expect(data.reviewers).toEqual({ reviewer: [first] });
		// The secret never leaves n8n again: what stands in its place is kept as it is when it comes back.
		expect(data.signingSecret).not.toContain(SANDBOX.deskSecret);
		const second = { email: 'ben@sandbox.example', role: 'viewer', workspaces: 'default, client-b' };
		await rest('PATCH', `/credentials/${credential?.id}`, { name: credential?.name, type: credential?.type, data: { ...data, reviewers: { reviewer: [{ ...first, role: 'viewer' }, second] } } });
		expect((await load()).data.reviewers).toEqual({ reviewer: [{ ...first, role: 'viewer' }, second] });
		expect(await rest('POST', '/credentials/test', { credentials: { id: credential?.id, name: credential?.name, type: credential?.type, data: (await load()).data } })).toMatchObject({ status: 'OK', message: expect.stringContaining('2 reviewers') });

		// The open session goes on, with the rights of now.
		await page.goto(`${desk()}?tab=settings`);
		await page.getByText(SANDBOX.deskReviewer).first().waitFor({ state: 'attached' });
		expect(await page.getByRole('button', { name: 'Save' }).count()).toBe(0);
		await rest('PATCH', `/credentials/${credential?.id}`, { name: credential?.name, type: credential?.type, data });
		await page.reload();
		await page.getByRole('button', { name: 'Save' }).first().waitFor();
	});

	it("listens at the test address too, with sign-ins of its own, until it has heard one decision", async () => {
		const test = desk().replace('/webhook/', '/webhook-test/');
		expect((await fetch(test)).status).toBe(404);
		const listen = async (): Promise<unknown> => await sandbox.api.rest('POST', `/workflows/${WORKFLOW}/run`, { workflowData: await sandbox.api.rest('GET', `/workflows/${WORKFLOW}`), triggerToStartFrom: { name: 'Review Desk' } });
		expect(await listen()).toMatchObject({ waitingForWebhook: true });
		await page.goto(`${test}?tab=settings`);
		await page.locator('input[name=email]').fill(SANDBOX.deskReviewer);
		await page.locator('input[name=password]').fill(PASSWORD);
		await page.locator('main button[type=submit]').click();
		await page.locator('nav.tabs').waitFor();
		expect(page.url()).toBe(`${test}?tab=settings`);
		expect((await page.context().cookies(test)).find(({ name }) => name === 'desk_session')?.path).toBe(new URL(test).pathname);
		const form = page.getByRole('form', { name: 'Mode of default', exact: true });
		await form.getByRole('combobox').selectOption('assist');
		await form.getByRole('button', { name: 'Save' }).click();
		await waitFor(async () => (await store.settings.effective([{ workspace: 'default' }]))[0].mode === 'assist', { what: 'the mode', timeoutMs: PATIENCE_MS });
		await waitFor(async () => (await fetch(test)).status === 404, { what: 'n8n to stop listening', timeoutMs: PATIENCE_MS });
	});
});

describe("a second client's copy beside it", () => {
	const CLIENT = { suffix: ` (${SECOND.name})`, workspace: SECOND.workspace };

	it('is another desk: own address, own invitations and sessions, own workspace', async () => {
		expect(desk(SECOND.id)).not.toBe(desk());
		const cookie = (await page.context().cookies(desk())).map(({ name, value }) => `${name}=${value}`).join('; ');
		expect((await fetch(desk(), { headers: { cookie } })).status).toBe(200);
		expect((await fetch(desk(SECOND.id), { headers: { cookie } })).status).toBe(401);
		expect((await fetch(await deskInvitation(store, desk(SECOND.id)))).status).toBe(410);

		const own = await (await browser.newContext({ locale: 'de' })).newPage();
		await choosePassword(own, await deskInvitation(store, desk(SECOND.id), CLIENT));
		await own.goto(`${desk(SECOND.id)}?tab=settings`);
		const form = own.locator('main form').filter({ has: own.locator('input[name=kind][value=workspace]') });
		await form.locator('select[name=mode]').selectOption('one_click');
		await form.locator('button').click();
		await own.getByRole('status').waitFor();
		const modes = await store.settings.effective([{ workspace: 'default' }, { workspace: SECOND.workspace }]);
		expect(modes.map(({ mode }) => mode)).toEqual(['assist', 'one_click']);
		expect(await decisions(1, `${WORKFLOW}-${SECOND.id}`)).toMatchObject([[{ kind: 'mode_changed', workspace: SECOND.workspace, mode: 'one_click' }]]);
		expect(await decisions(3)).toHaveLength(3);
		expect((await fetch(`${desk(SECOND.id)}?workspace=default`, { headers: { cookie: (await own.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ') } })).status).toBe(404);
	});

	it('goes on while the first is taken off the air, which then answers nobody', async () => {
		await sandbox.api.unpublishWorkflow(WORKFLOW);
		// n8n works unpublishing off from the same queue as publishing.
		await waitFor(async () => (await fetch(desk())).status === 404, { what: 'the desk to be off the air', timeoutMs: PATIENCE_MS });
		expect((await fetch(desk(), { method: 'POST', body: new URLSearchParams({ action: 'signIn' }) })).status).toBe(404);
		expect((await fetch(desk(SECOND.id))).status).toBe(401);
	});
});
