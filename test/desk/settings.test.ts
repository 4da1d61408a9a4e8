import { dangerousMarkup, HOSTILE, openDeskWorld, signedIn, type DeskWorld } from './deskWorld';

let world: DeskWorld;
beforeEach(async () => (world = await openDeskWorld()));
afterEach(async () => await world.close());

const here = { tab: 'settings', workspace: 'acme' };
const modeOf = async (workspace: string): Promise<string> => (await world.store.settings.effective([{ workspace }]))[0].mode;
const toAuto = { action: 'setMode', kind: 'workspace', mode: 'auto', of: 'workspace ' };
/** What a new workspace lacks: nothing was reviewed, sent or capped, and nobody has tried the kill switch. */
const LACKING = 'reviews,accepted,calibration,caps,killSwitch,consent';

describe('switching a workspace to auto', () => {
	it('is not done before somebody has seen and confirmed what is open', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const asked = await eva.post(here, toAuto);
		expect([asked.status, asked.decided, await modeOf('acme')]).toEqual([422, [], 'assist']);
		expect(asked.body).toContain('Switch to Auto although it is not ready?');
		for (const name of ['Reviewed drafts', 'Accepted as they were', 'Calibration error', 'Caps', 'Kill switch tried', 'Consent on record']) expect(asked.body).toContain(`<li><strong>${name}</strong>`);
		expect(asked.body).not.toContain('<li><strong>Opt-outs respected');
		expect(/name="confirmed" value="([^"]*)"/.exec(asked.body)?.[1]).toBe(LACKING);
		const done = await eva.post(here, { ...toAuto, confirmed: LACKING });
		expect([done.status, await modeOf('acme'), await modeOf('beta')]).toEqual([303, 'auto', 'assist']);
		expect(done.decided).toMatchObject([{ kind: 'mode_changed', facts: { mode: 'auto' } }]);
	});

	it('asks again when more is open than was confirmed', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		for (const confirmed of ['', 'yes', LACKING.replace(',caps', ''), HOSTILE]) {
			const answer = await eva.post(here, { ...toAuto, confirmed });
			expect([answer.status, await modeOf('acme'), dangerousMarkup(answer.body)]).toEqual([422, 'assist', []]);
		}
	});

	it('asks nothing of a workspace that is in auto already, nor for a stricter mode, an account or a contact', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		expect((await eva.post(here, { ...toAuto, mode: 'shadow' })).status).toBe(303);
		expect((await eva.post(here, { action: 'setMode', kind: 'account', id: '1000-acme', mode: 'auto', of: 'x' })).status).toBe(303);
		expect((await eva.post(here, { action: 'setMode', kind: 'contact', id: 'lena', mode: 'auto', of: 'x' })).status).toBe(303);
		await world.store.settings.set('acme', { kind: 'workspace' }, { mode: 'auto' }, 'workflow');
		expect((await eva.post(here, toAuto)).status).toBe(303);
	});
});

describe('the Settings page', () => {
	it('shows every condition with what was measured, in both languages', async () => {
		await world.store.settings.set('acme', { kind: 'workspace' }, { contactDailyCap: 2, workspaceDailyCap: 50, modelSpendCapUsd: 5, killSwitch: false }, 'eva');
		const vera = await signedIn(world, 'vera@agency.example');
		const page = (await vera.get({ tab: 'settings' })).body;
		expect(page).toContain('4 of 9 open');
		expect(page).toContain('>tried, off<');
		expect(page).toContain('>at least 30<');
		expect(page).not.toContain('name="mode"');
		await vera.post({ tab: 'settings' }, { action: 'language', language: 'de' });
		expect((await vera.get({ tab: 'settings' })).body).toContain('4 von 9 offen');
	});

	it('names who set the mode and who switched the kill switch, whoever changed something else later', async () => {
		const { settings } = world.store;
		await settings.set('acme', { kind: 'workspace' }, { killSwitch: true, killSwitchReason: 'wrong price' }, 'ben@agency.example');
		await settings.set('acme', { kind: 'workspace' }, { mode: 'shadow' }, 'eva@agency.example');
		await settings.set('acme', { kind: 'workspace' }, { timezone: 'UTC' }, 'a workflow');
		const page = (await (await signedIn(world, 'vera@agency.example')).get({ tab: 'settings' })).body;
		expect(page).toMatch(/Switched on by <bdi>ben@agency\.example<\/bdi>/);
		expect(page).toMatch(/Last set: <time[^>]*>[^<]*<\/time> by <bdi>eva@agency\.example<\/bdi>/);
		expect(page).not.toContain('a workflow');
	});
});
