import { createDesk } from '../../desk/createDesk';
import { TABS } from '../../desk/tabs';
import { ACCESS, dangerousMarkup, HOSTILE, openDeskWorld, PASSWORD, signedIn, Visitor, type DeskWorld } from '../desk/deskWorld';
import { draftOf, inbound, newDraft } from '../store/fixtures';
import type { Store } from '../../store/store';
import { ATTACKS, NAMED_ATTACKS, polluted } from './hostileTexts';

/** A workspace in which everything a stranger may write is an attack; runs over every tab there is. */
async function seedAttacks(store: Store): Promise<void> {
	for (const [at, [, text]] of NAMED_ATTACKS.entries()) {
		const [recorded] = await store.messages.record('acme', [inbound({ providerId: `p${at}`, threadId: `t${at}`, text, subject: text, contact: { email: `lead${at}@mail.example`, name: text, company: text, attributes: { [text]: text } } })]);
		const { message, contact } = recorded;
		const draft = newDraft({ workspace: 'acme', contactId: contact.id, threadId: message.threadId, inboundIds: [message.id], draft: { ...draftOf(`d${at}`, text), subject: text, reasoning: text } });
		await store.outbound.plan([{ workspace: 'acme', draftId: draft.id, draft, reason: text }], ({ now }) => (at % 2 === 0 ? { status: 'in_review', sentence: text, dueAt: now } : { status: 'scheduled', sentence: text, sendAt: now }));
		await store.pipelines.changeStages([{ workspace: 'acme', contactId: contact.id, pipelineId: 'default', stageId: 'new', setBy: 'model', log: { rule: text, actor: 'model', sentence: text } }]);
	}
	await store.accounts.upsert([{ workspace: 'acme', channel: 'email', externalId: 'sales@acme.example', name: ATTACKS.markup, enabled: true }]);
	await store.settings.set('acme', { kind: 'workspace' }, { killSwitch: true, killSwitchReason: ATTACKS.markup, companyName: ATTACKS.markup }, ATTACKS.markup);
}

let world: DeskWorld;
beforeAll(async () => (world = await openDeskWorld({ seed: seedAttacks })));
afterAll(async () => {
	await world.close();
	expect(world.faults).toEqual([]);
	expect(polluted()).toBe(false);
});

describe.each(TABS.map(({ id }) => id))('the tab %s', (tab) => {
	it('prints what strangers wrote as text, in both languages, whatever its address asks for', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const page = (await eva.get({ tab, workspace: 'acme' })).body;
		expect(dangerousMarkup(page)).toEqual([]);
		expect(page).not.toMatch(/<script>|<img/);
		const names = new Set([...page.matchAll(/\sname="([^"]+)"/g), ...page.matchAll(/[?&;]([a-z][\w]*)=/gi)].map(([, name]) => name));
		for (const text of Object.values({ ...ATTACKS, whole: HOSTILE })) {
			const query = new URLSearchParams({ ...Object.fromEntries([...names, 'page', 'id', 'review', 'contact', 'q', 'after'].map((name) => [name, text])), tab, workspace: 'acme' });
			const answer = await eva.send({ query, headers: { 'accept-language': 'de' } });
			expect([200, 404, 414]).toContain(answer.status);
			expect(dangerousMarkup(answer.body)).toEqual([]);
			expect(answer.decided).toEqual([]);
			const told = Object.values(answer.headers).flat().join('');
			expect(told).not.toMatch(/[\r\n]|evil/);
		}
	});

	it('lets no form with hostile values out of its workspace, its page or a header', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const page = (await eva.get({ tab, workspace: 'acme' })).body;
		const actions = new Set([...page.matchAll(/name="action" value="([^"]+)"/g)].map(([, action]) => action).filter((action) => !action.startsWith('signOut')));
		const fields = new Set([...page.matchAll(/\sname="([^"]+)"/g)].map(([, name]) => name).filter((name) => !['action', 'csrf'].includes(name)));
		const before = await world.store.settings.effective([{ workspace: 'beta' }]);
		for (const action of actions) {
			for (const text of Object.values(ATTACKS)) {
				const answer = await eva.post({ tab, workspace: 'acme' }, { ...Object.fromEntries([...fields].map((name) => [name, text])), action });
				expect([200, 303, 400, 404, 422]).toContain(answer.status);
				expect(dangerousMarkup(answer.body)).toEqual([]);
				if (answer.status === 303) expect(String(answer.headers.Location)).toMatch(/^\?[^\r\n]*$/);
				expect(Object.values(answer.headers).flat().join('')).not.toMatch(/[\r\n]/);
				expect(answer.decided.every(({ workspace }) => workspace === 'acme')).toBe(true);
			}
		}
		expect(await world.store.settings.effective([{ workspace: 'beta' }])).toEqual(before);
		await world.store.settings.set('acme', { kind: 'workspace' }, { killSwitch: true, killSwitchReason: ATTACKS.markup }, 'test');
	});
});

describe('the doors of the desk', () => {
	const CRLF = '\r\nSet-Cookie: desk_session=stolen\r\nLocation: https://evil.example';

	it('sends the browser nowhere but to itself, whatever stood in the address', async () => {
		const queries: Record<string, string>[] = [{ next: 'https://evil.example' }, { tab: `settings${CRLF}` }, { workspace: `acme${CRLF}` }, { '//evil.example': '' }];
		for (const query of queries) {
			const visitor = new Visitor(world);
			const answer = await visitor.post(query, { action: 'signIn', email: 'eva@agency.example', password: PASSWORD });
			expect(answer.status).toBe(303);
			expect(String(answer.headers.Location)).toMatch(/^\?[\w%.+=&-]*$/);
		}
	});

	it.each(['//evil.example/desk', '/a;Domain=evil.example', `/a${CRLF}`, '/ü', ''])('writes a cookie for this host and a plain path when the path is %j', async (path) => {
		const visitor = new Visitor(world);
		const answer = await visitor.post({}, { action: 'signIn', email: 'eva@agency.example', password: PASSWORD }, { path });
		for (const cookie of [answer.headers['Set-Cookie'] ?? []].flat()) expect(cookie).toMatch(/^desk_\w+=[\w.-]*; Path=\/[\w./~%-]*; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/);
	});

	it.each(Object.entries({ ...ATTACKS, 'an address that is true for all': "eva@agency.example' OR '1'='1", 'a wildcard': '%@agency.example', 'a password that is true': "' OR ''='" }))('lets nobody in by %s', async (_name, text) => {
		const answers = [await new Visitor(world, '203.0.113.1').signIn(text, PASSWORD), await new Visitor(world, '203.0.113.2').signIn('carl@beta.example', text)];
		for (const answer of answers) {
			expect([401, 429]).toContain(answer.status);
			expect(answer.headers['Set-Cookie']).toBeUndefined();
			expect(dangerousMarkup(answer.body)).toEqual([]);
		}
		const invited = await new Visitor(world).get({ invitation: text });
		expect([invited.status, dangerousMarkup(invited.body)]).toEqual([410, []]);
	});

	it('takes no cookie, host or forwarded header for more than it is', async () => {
		const headers = { cookie: `desk_session=${'A'.repeat(9_000)}; desk_session=x; __proto__=1; desk_language=<script>`, host: `desk.example${CRLF}`, 'x-forwarded-host': '"><script>alert(1)</script>', 'accept-language': `${'a,'.repeat(5_000)}de;q=${'9'.repeat(400)}`, 'user-agent': ATTACKS.markup };
		const answer = await new Visitor(world).send({ headers });
		expect([answer.status, dangerousMarkup(answer.body)]).toEqual([401, []]);
		expect(JSON.stringify(answer)).not.toContain('evil');
	});

	it('changes nothing for another site, although the browser sends the cookie along', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		await eva.get({ tab: 'settings', workspace: 'beta' });
		const { csrf = '' } = eva;
		const foreign = [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'none' }, { 'sec-fetch-site': undefined, origin: 'https://desk.example.evil.example' }, { 'sec-fetch-site': undefined, origin: 'https://evil.example/desk.example' }, { 'sec-fetch-site': undefined, origin: `https://desk.example@evil.example` }];
		for (const headers of foreign) expect((await eva.post({ tab: 'settings', workspace: 'beta' }, { action: 'killSwitchOn', reason: 'x', csrf }, { headers })).status).toBe(403);
		for (const method of ['GET', 'HEAD']) await eva.send({ method, query: new URLSearchParams({ workspace: 'beta', action: 'killSwitchOn', reason: 'x', csrf }) });
		expect((await world.store.settings.effective([{ workspace: 'beta' }]))[0].killSwitch).toBe(false);
	});

	it('shows nothing of a fault but that there was one', async () => {
		const faults: unknown[] = [];
		const desk = createDesk({ access: ACCESS, tabs: TABS, language: 'en', openStore: async () => await Promise.reject(new Error(`row of lead0@mail.example ${ATTACKS.markup}`)), onFault: (error) => void faults.push(error) });
		const answer = await new Visitor({ desk }).get();
		expect([answer.status, dangerousMarkup(answer.body), faults.length]).toEqual([500, [], 1]);
		expect(answer.body).not.toMatch(/lead0|onerror|at .*\.ts/);
	});
});
