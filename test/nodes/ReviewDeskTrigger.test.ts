import { hashPassword } from '../../desk/access/password';
import { deskId } from '../../desk/access/signature';
import { ReviewDeskTrigger } from '../../nodes/ReviewDeskTrigger/ReviewDeskTrigger.node';
import { useEmbeddedStore } from './embeddedStore';
import { listen, type Listening } from './runWebhook';

const SECRET = 'a secret that is only for tests, 0123456789';
const credentials = { leadAutopilotDeskApi: { signingSecret: SECRET, reviewers: { reviewer: [{ email: 'eva@x.example', role: 'admin', workspaces: 'acme' }] } } };
const PASSWORD = 'correct horse battery staple';
let desk: Listening;

const post = async (fields: Record<string, string>, cookie = ''): Promise<Response> =>
	await fetch(desk.url, { method: 'POST', redirect: 'manual', headers: { origin: new URL(desk.url).origin, cookie }, body: new URLSearchParams(fields) });

describe('Review Desk Trigger', () => {
	const { store } = useEmbeddedStore();
	afterEach(async () => await desk.close());

	it('serves the desk, and starts the workflow with what was decided, not with pages', async () => {
		desk = await listen(new ReviewDeskTrigger(), { credentials });
		await desk.publish();
		await store().reviewers.setPassword(deskId(SECRET), 'eva@x.example', await hashPassword(PASSWORD, { N: 1_024, r: 8, p: 1 }), 0);
		const asked = await fetch(desk.url);
		expect([asked.status, asked.headers.get('content-security-policy')]).toEqual([401, expect.stringMatching(/^default-src 'none'; script-src 'nonce-/)]);
		const cookie = (await post({ action: 'signIn', email: 'eva@x.example', password: PASSWORD })).headers.get('set-cookie')?.split(';')[0] ?? '';
		const page = await (await fetch(desk.url, { headers: { cookie } })).text();
		const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
		expect(desk.executions).toEqual([]);
		const answer = await post({ action: 'killSwitchOn', reason: 'test', csrf }, cookie);
		expect([answer.status, answer.headers.get('location')]).toEqual([303, '?']);
		expect(desk.executions).toEqual([[{ desk: { kind: 'kill_switch_on', workspace: 'acme', reason: 'test', sentence: "eva@x.example switched the kill switch of workspace 'acme' on: test" } }]]);
	});

	it('says when its credential does not fit: on publishing, and on the page without details', async () => {
		desk = await listen(new ReviewDeskTrigger(), { credentials: { leadAutopilotDeskApi: { ...credentials.leadAutopilotDeskApi, signingSecret: 'short' } } });
		await expect(desk.publish()).rejects.toThrow(/shorter than 32/);
		const answer = await fetch(desk.url);
		expect([answer.status, await answer.text()]).toEqual([503, expect.not.stringContaining('32')]);
		expect(desk.logged).toMatchObject([{ event: 'autopilot_desk_failed' }]);
	});
});
