import { OtherWorkspaceError, workspaceStore } from '../../desk/access/workspaceStore';
import { h } from '../../desk/html/element';
import { FORM_LIMIT, FormValues } from '../../desk/http/form';
import { chooseLanguage } from '../../desk/shell/language';
import { TABS } from '../../desk/tabs';
import { defineTab, TAB_IDS } from '../../desk/tabs/tab';
import { en } from '../../desk/tabs/settings/en';
import { StoreUnavailableError } from '../../store/errors';
import { createDesk } from '../../desk/createDesk';
import { ACCESS, dangerousMarkup, HOSTILE, openDeskWorld, signedIn, Visitor, type DeskWorld, type Person } from './deskWorld';

let world: DeskWorld;
beforeEach(async () => (world = await openDeskWorld()));
afterEach(async () => await world.close());

const modeOf = async (workspace: string): Promise<string> => (await world.store.settings.effective([{ workspace }]))[0].mode;
const setMode = { action: 'setMode', kind: 'workspace', mode: 'shadow', of: 'workspace ' };

describe('a form', () => {
	it('is taken from the desk’s own page and shown on the next one, once', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const answer = await eva.post({ tab: 'settings', workspace: 'acme' }, setMode);
		expect([answer.status, answer.headers.Location, await modeOf('acme'), await modeOf('beta')]).toEqual([303, '?tab=settings&workspace=acme', 'shadow', 'assist']);
		expect(answer.decided).toEqual([{ kind: 'mode_changed', workspace: 'acme', facts: { scope: 'workspace', scopeId: undefined, mode: 'shadow' }, sentence: "eva@agency.example set the mode of workspace 'acme' to shadow." }]);
		expect((await eva.follow()).body).toContain('The workspace: the mode is now Shadow.');
		expect((await eva.get({ tab: 'settings', workspace: 'acme' })).body).not.toContain('the mode is now Shadow.');
	});

	it.each([
		['no token', { csrf: '' }, {}],
		['a token of another session', { csrf: 'A'.repeat(43) }, {}],
		['another site, by the browser’s word', {}, { headers: { 'sec-fetch-site': 'cross-site' } }],
		['another subdomain', {}, { headers: { 'sec-fetch-site': 'same-site', origin: 'https://other.desk.example' } }],
		['an old browser on another site', {}, { headers: { 'sec-fetch-site': undefined, origin: 'https://evil.example' } }],
		['a hidden origin', {}, { headers: { 'sec-fetch-site': undefined, origin: 'null' } }],
		['something that says nothing', {}, { headers: { 'sec-fetch-site': undefined, origin: undefined } }],
	])('changes nothing when it comes with %s', async (_, fields, request) => {
		const eva = await signedIn(world, 'eva@agency.example');
		const answer = await eva.post({ tab: 'settings', workspace: 'acme' }, { ...setMode, ...fields }, request);
		expect([answer.status, await modeOf('acme'), answer.decided]).toEqual([403, 'assist', []]);
	});

	it('is refused when it is too large, of another kind, or of too many fields', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const query = { tab: 'settings', workspace: 'acme' };
		await eva.get(query);
		const fields = { ...setMode, csrf: eva.csrf ?? '' };
		const statuses = [
			await eva.post(query, { ...fields, more: 'x'.repeat(FORM_LIMIT) }),
			await eva.post(query, fields, { headers: { 'content-length': String(FORM_LIMIT + 1) } }),
			await eva.post(query, fields, { headers: { 'content-type': 'application/json' } }),
			await eva.post(query, fields, { headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
			await eva.post(query, fields, { body: undefined }),
			await eva.post(query, { ...fields, ...Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`f${at}`, ''])) }),
		].map(({ status }) => status);
		expect([statuses, await modeOf('acme')]).toEqual([[413, 413, 415, 415, 415, 400], 'assist']);
	});

	it('changes nothing by GET, HEAD or any other method, whatever the address says', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		await eva.get({ tab: 'settings', workspace: 'acme' });
		const query = new URLSearchParams({ tab: 'settings', workspace: 'acme', ...setMode, csrf: eva.csrf ?? '' });
		const before = await world.store.settings.scopes('acme', 100);
		const answers = await Promise.all(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'post'].map(async (method) => await eva.send({ method, query, body: Buffer.from(query.toString()), headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://desk.example', 'x-http-method-override': 'POST' } })));
		expect(answers.map(({ status }) => status)).toEqual([200, 200, 405, 405, 405, 405, 405]);
		expect([answers[1].body, answers[2].headers.Allow]).toEqual(['', 'GET, HEAD, POST']);
		expect(await world.store.settings.scopes('acme', 100)).toEqual(before);
	});

	it('of somebody whose session ended changes nothing and says so', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		await eva.get({ tab: 'settings' });
		const csrf = eva.csrf ?? '';
		eva.cookies.clear();
		const answer = await eva.post({ tab: 'settings' }, { ...setMode, csrf });
		expect([answer.status, answer.body.includes('nothing was changed'), await modeOf('acme')]).toEqual([401, true, 'assist']);
	});

	it('sends nobody elsewhere: what an address holds comes back as a query only', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const hostile = { tab: 'settings', workspace: 'acme', next: 'https://evil.example', 'x\r\nSet-Cookie: a=b': '\r\nLocation: https://evil.example\r\n\r\n<script>' };
		const answer = await eva.post(hostile, setMode);
		expect(answer.status).toBe(303);
		expect(String(answer.headers.Location)).toMatch(/^\?tab=settings&workspace=acme&next=https%3A%2F%2Fevil\.example&x%0D%0A/);
		expect(Object.values(answer.headers).flat().join('')).not.toMatch(/[\r\n]/);
	});
});

describe('who may do what', () => {
	it.each<[Person, number]>([['eva@agency.example', 303], ['ben@agency.example', 403], ['vera@agency.example', 403]])('%s changes the mode: %i', async (person, status) => {
		const visitor = await signedIn(world, person);
		const page = await visitor.get({ tab: 'settings' });
		expect(page.body.includes('name="mode"')).toBe(status === 303);
		expect((await visitor.post({ tab: 'settings' }, setMode)).status).toBe(status);
		for (const action of ['killSwitchOn', 'killSwitchOff']) expect((await visitor.post({ tab: 'settings' }, { action, reason: 'test' })).status).toBe(status);
		expect([await modeOf('acme'), await modeOf('beta')]).toEqual([status === 303 ? 'shadow' : 'assist', 'assist']);
	});

	it('a client sees and changes its own workspace only, whatever it asks for', async () => {
		const carl = await signedIn(world, 'carl@beta.example');
		expect((await carl.get({ tab: 'settings' })).body).toContain('Sales beta');
		const asked: readonly Record<string, string>[] = [{ workspace: 'acme' }, { workspace: 'ACME' }, { workspace: '' }, { workspace: 'beta,acme' }, { tab: 'settings', workspace: 'acme' }];
		for (const query of asked) {
			const answer = await carl.get(query);
			expect([query, answer.status, /acme\.example|Sales acme|Lena of acme/.test(answer.body)]).toEqual([query, 404, false]);
			expect((await carl.post({ ...query }, { ...setMode, csrf: 'x' })).status).toBe(403);
		}
		await carl.get();
		const csrf = carl.csrf ?? '';
		expect((await carl.post({ tab: 'settings', workspace: 'acme' }, { ...setMode, csrf })).status).toBe(404);
		expect((await carl.post({ tab: 'settings' }, { action: 'setMode', kind: 'account', id: '1000-acme', mode: 'off', of: 'x', csrf })).status).toBe(422);
		expect((await carl.post({ tab: 'settings' }, { action: 'setMode', kind: 'workspace', mode: 'off', workspace: 'acme', csrf })).status).toBe(303);
		expect([await modeOf('acme'), await modeOf('beta')]).toEqual(['assist', 'off']);
		expect(await world.store.settings.scopes('acme', 10)).toHaveLength(1);
	});

	it('the first value of a parameter given twice counts, and is checked', async () => {
		const carl = await signedIn(world, 'carl@beta.example');
		expect((await carl.get('workspace=acme&workspace=beta')).status).toBe(404);
		expect((await carl.get('workspace=beta&workspace=acme')).body).not.toContain('Sales acme');
	});

	it('unknown tabs and actions are not found', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		expect((await eva.get({ tab: '__proto__' })).status).toBe(404);
		for (const action of ['constructor', 'toString', '__proto__', '', 'nothing']) expect((await eva.post({ tab: 'settings' }, { action })).status).toBe(404);
	});
});

describe('the store a tab is given', () => {
	it('refuses every call that names another workspace, or none, before it reaches the data', async () => {
		const own = workspaceStore(world.store, 'acme');
		const calls: readonly (() => unknown)[] = [
			() => own.accounts.list('beta'),
			() => own.settings.effective([{ workspace: 'acme' }, { workspace: 'beta' }]),
			() => own.settings.set('beta', { kind: 'workspace' }, { mode: 'off' }, 'x'),
			() => own.accounts.upsert([{ workspace: 'beta', channel: 'sms', externalId: '1', enabled: true }]),
			() => own.accounts.byExternalId([{ channel: 'whatsapp', externalId: '1000-beta' }]),
			() => own.messages.claimReady({ quietMs: 0, leaseMs: 1, maxLeases: 1, limit: 1 }),
			() => own.reviews.counts(['beta']),
			() => own.reviews.counts(['acme', 'beta']),
			() => own.reviews.search({ workspaces: ['beta'], limit: 1 }),
			() => Reflect.get(own, 'close'),
			() => Reflect.get(own, 'reviewers'),
		];
		for (const call of calls) expect(call).toThrow(OtherWorkspaceError);
		expect((await own.accounts.list('acme')).map(({ workspace }) => workspace)).toEqual(['acme', 'acme']);
		expect(await own.settings.effective([{ workspace: 'acme' }])).toHaveLength(1);
		expect((await own.reviews.counts(['acme'])).byWorkspace).toEqual({});
		expect(await own.clock.now()).toBe(world.clock.time);
	});

	it('is what every tab gets', async () => {
		const seen: unknown[] = [];
		const nosy = defineTab({ id: 'health', words: { en: { title: 'Health' }, de: { title: 'Zustand' } }, actions: {}, load: async ({ store }) => seen.push(await store.accounts.list('beta').catch((error: unknown) => error)), view: () => <p>ok</p> });
		const own = await openDeskWorld({ tabs: [nosy] });
		const ben = await signedIn(own, 'ben@agency.example');
		expect((await ben.get()).status).toBe(500);
		expect([seen, own.faults]).toEqual([[], [expect.any(OtherWorkspaceError)]]);
		await own.close();
	});
});

describe('every page', () => {
	it('has a policy that runs and styles nothing but the desk’s own files, and is not kept anywhere', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		for (const { headers, body } of [await eva.get(), await new Visitor(world).get(), await eva.get({ tab: 'x' }), await new Visitor(world).get({ invitation: 'x' })]) {
			const nonce = /'nonce-([^']+)'/.exec(String(headers['Content-Security-Policy']))?.[1] ?? '';
			expect(nonce).toMatch(/^[\w+/]{24}$/);
			expect(headers).toMatchObject({
				'Content-Security-Policy': `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
				'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff', 'X-Frame-Options': 'DENY', 'Referrer-Policy': 'same-origin', 'Content-Type': 'text/html; charset=utf-8',
			});
			expect(body.match(/nonce="[^"]*"/g)).toEqual([`nonce="${nonce}"`, `nonce="${nonce}"`]);
			expect(dangerousMarkup(body)).toEqual([]);
		}
		expect((await eva.get()).headers['Content-Security-Policy']).not.toBe((await eva.get()).headers['Content-Security-Policy']);
	});

	it('prints hostile text as text: from the store, the address, a form, cookies and headers', async () => {
		await world.store.settings.set('acme', { kind: 'workspace' }, { killSwitch: true, killSwitchReason: HOSTILE.replace('\u0000', ''), timezone: HOSTILE }, HOSTILE);
		await world.store.settings.set('acme', { kind: 'account', id: HOSTILE }, { mode: 'off' }, HOSTILE);
		const eva = await signedIn(world, 'eva@agency.example');
		eva.cookies.set('desk_language', 'x"><script>');
		const pages = [
			await eva.get({ tab: 'settings', [HOSTILE]: HOSTILE }),
			await eva.get({ tab: HOSTILE }),
			await eva.post({ tab: 'settings', q: HOSTILE }, { action: 'setMode', kind: 'contact', id: HOSTILE.slice(0, 300), mode: HOSTILE, of: HOSTILE }),
			await eva.post({ tab: 'settings' }, { action: 'setMode', kind: 'contact', id: HOSTILE.slice(0, 300), mode: 'off', of: 'contact' }),
			await new Visitor(world).post({ q: HOSTILE }, { action: 'signIn', email: HOSTILE, password: HOSTILE }),
			await new Visitor(world).send({ query: new URLSearchParams({ invitation: HOSTILE }), headers: { host: HOSTILE, 'accept-language': HOSTILE, cookie: `desk_session=${HOSTILE}; desk_notice=${HOSTILE}` } }),
		];
		expect(pages.map(({ status }) => status)).toEqual([200, 404, 422, 422, 401, 410]);
		expect(pages.flatMap(({ body }) => dangerousMarkup(body))).toEqual([]);
		expect(pages[0].body).toContain('&lt;img src=x onerror=alert(1)&gt;');
		expect(world.faults).toEqual([]);
	});

	it('shows no notice that the desk did not write for this reader', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		await eva.post({ tab: 'settings' }, setMode);
		const notice = eva.cookies.get('desk_notice') ?? '';
		const ben = await signedIn(world, 'ben@agency.example');
		for (const forged of [notice, `${Buffer.from('{"to":"ben@agency.example","tone":"good","text":"Call this number"}').toString('base64url')}.${notice.split('.')[1]}`]) {
			ben.cookies.set('desk_notice', forged);
			expect((await ben.get()).body).not.toContain('class="notice');
		}
	});

	it('speaks the browser’s language, or the one that was chosen', async () => {
		expect(chooseLanguage(undefined, 'fr, de-AT;q=0.9, en;q=0.8', 'en')).toBe('de');
		expect(chooseLanguage('en', 'de', 'de')).toBe('en');
		expect(chooseLanguage('xx', 'de;q=0, fr', 'en')).toBe('en');
		const eva = await signedIn(world, 'eva@agency.example');
		expect((await eva.send({ headers: { host: 'desk.example', 'accept-language': 'de' }, query: new URLSearchParams() })).body).toContain('<html lang="de">');
		const answer = await eva.post({ tab: 'settings', workspace: 'acme' }, { action: 'language', language: 'de' });
		expect(answer.headers.Location).toBe('?tab=settings&workspace=acme');
		expect((await eva.follow()).body).toContain('<h1>Einstellungen</h1>');
		expect((await eva.post({}, { action: 'language', language: '../x' })).status).toBe(400);
	});

	it('has the kill switch, and says who threw it, when and why', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		expect((await eva.post({ tab: 'settings', workspace: 'acme' }, { action: 'killSwitchOn', reason: '  ' })).status).toBe(422);
		const answer = await eva.post({ tab: 'settings', workspace: 'acme' }, { action: 'killSwitchOn', reason: 'wrong price list' });
		expect(answer.decided).toMatchObject([{ kind: 'kill_switch_on', workspace: 'acme', facts: { reason: 'wrong price list' } }]);
		expect(await world.store.settings.effective([{ workspace: 'acme' }, { workspace: 'beta' }])).toMatchObject([{ killSwitch: true }, { killSwitch: false }]);
		const vera = await signedIn(world, 'vera@agency.example');
		const { body } = await vera.get();
		expect([/Kill switch is on/.test(body), /wrong price list/.test(body), /eva@agency\.example/.test(body), /2 Mar 2026, 12:00/.test(body), /killSwitchOff/.test(body)]).toEqual([true, true, true, true, false]);
		await eva.post({ tab: 'settings', workspace: 'acme' }, { action: 'killSwitchOff' });
		expect(await world.store.settings.effective([{ workspace: 'acme' }])).toMatchObject([{ killSwitch: false }]);
		expect((await world.store.settings.effective([{ workspace: 'acme' }]))[0].killSwitchReason).toBeUndefined();
	});

	it('shows in the navigation the tabs there are, in their order', async () => {
		expect(TABS.map(({ id }) => id)).toEqual(TAB_IDS.filter((id) => TABS.some((tab) => tab.id === id)));
		const { body } = await (await signedIn(world, 'eva@agency.example')).get();
		expect([...body.matchAll(/<li><a href="\?workspace=acme&amp;tab=(\w+)"/g)].map(([, id]) => id)).toEqual(TABS.map(({ id }) => id));
		expect(en.title).toBe('Settings');
	});
});

describe('the desk', () => {
	it('serves stylesheet, script and icon to everybody, kept for good under the address of their content', async () => {
		const visitor = new Visitor(world);
		const { body } = await visitor.get();
		const links = [...body.matchAll(/(?:href|src)="(\?asset=[^"]+)"/g)].map(([, link]) => link.replaceAll('&amp;', '&').slice(1));
		expect(links).toHaveLength(3);
		for (const link of links) {
			const asset = await visitor.get(link);
			expect([asset.status, asset.body.length > 100, asset.headers['Cache-Control'], asset.headers['X-Content-Type-Options']]).toEqual([200, true, 'public, max-age=31536000, immutable', 'nosniff']);
			expect(await visitor.send({ query: new URLSearchParams(link), headers: { 'if-none-match': String(asset.headers.ETag) } })).toMatchObject({ status: 304, body: '' });
		}
		for (const name of ['../package.json', '..%2fdesk.css', 'toString', '']) expect((await visitor.get({ asset: name })).status).toBe(404);
	});

	it('says when the store is away, without its words, and answers again when it is back', async () => {
		const faults: unknown[] = [];
		let away = true;
		const desk = createDesk({ access: ACCESS, tabs: TABS, language: 'en', onFault: (error) => void faults.push(error), openStore: async () => { if (away) throw new StoreUnavailableError('The store at db.internal cannot be reached'); return { ...world.store, close: async () => undefined }; } });
		const visitor = new Visitor({ desk });
		const answer = await visitor.get();
		expect([answer.status, answer.headers['Retry-After'], answer.body.includes('db.internal'), faults.length]).toEqual([503, '60', false, 1]);
		expect(dangerousMarkup(answer.body)).toEqual([]);
		away = false;
		expect((await visitor.get()).status).toBe(401);
	});

	it('takes an endless address for what it is', async () => {
		expect((await new Visitor(world).get({ q: 'x'.repeat(5_000) })).status).toBe(414);
	});

	it('keeps several values of a field', () => {
		const form = new FormValues([['a', '1'], ['a', '2'], ['__proto__', 'x']]);
		expect([form.get('a'), form.all('a'), form.get('b'), form.all('b'), form.toObject().a]).toEqual(['1', ['1', '2'], undefined, [], ['1', '2']]);
	});
});
