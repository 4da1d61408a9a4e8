import { complaints, fits, openDeskBrowser, violations, type DeskBrowser } from './deskBrowser';

let desk: DeskBrowser;
beforeAll(async () => (desk = await openDeskBrowser()), 60_000);
afterAll(async () => await desk?.close());
jest.setTimeout(120_000);

describe('signing in and the Settings tab, in a browser', () => {
	it.each([['en', false, false], ['de', true, false], ['de', false, true], ['en', true, true]] as const)('is accessible and fits: %s, phone %s, dark %s', async (language, phone, dark) => {
		const out = await desk.open({ language, phone, dark });
		expect([await violations(out), await fits(out)]).toEqual([[], true]);
		const page = await desk.open({ as: 'eva@agency.example', language, phone, dark }, '?tab=settings');
		const said = complaints(page);
		await page.reload();
		await page.getByRole('heading', { level: 1, name: language === 'de' ? 'Einstellungen' : 'Settings' }).waitFor();
		expect([await violations(page), await fits(page)]).toEqual([[], true]);
		await page.locator('details.kill summary').click();
		await page.locator('details.kill input[name=reason]').waitFor();
		expect([await violations(page), await fits(page), said]).toEqual([[], true, []]);
	});

	it('is styled: its stylesheet passes its own policy', async () => {
		const page = await desk.open();
		expect(await page.evaluate('getComputedStyle(document.body).marginTop')).toBe('0px');
		expect(await page.evaluate("getComputedStyle(document.querySelector('.skip')).position")).toBe('absolute');
	});

	it.each([true, false])('changes a mode and throws the kill switch, with JavaScript %s', async (javaScript) => {
		const page = await desk.open({ as: 'eva@agency.example', javaScript }, '?tab=settings&workspace=beta');
		const form = page.getByRole('form', { name: 'Mode of beta', exact: true });
		await form.getByRole('combobox').selectOption('auto');
		await form.getByRole('button', { name: 'Save' }).click();
		const confirm = page.getByRole('region', { name: 'Switch to Auto although it is not ready?' });
		await confirm.getByText('Reviewed drafts').waitFor();
		if (javaScript) expect([await violations(page), await fits(page)]).toEqual([[], true]);
		expect((await desk.world.store.settings.effective([{ workspace: 'beta' }]))[0].mode).toBe('assist');
		await confirm.getByRole('button', { name: 'Switch to Auto anyway' }).click();
		await page.getByRole('status').getByText('The workspace: the mode is now Auto.').waitFor();
		expect((await desk.world.store.settings.effective([{ workspace: 'beta' }]))[0].mode).toBe('auto');

		await page.locator('details.kill summary').click();
		await page.getByLabel('Reason').fill('<b>stop</b>');
		await page.getByRole('button', { name: 'Stop now' }).click();
		await page.getByText('<b>stop</b>').waitFor();
		expect((await desk.world.store.settings.effective([{ workspace: 'beta' }]))[0].killSwitch).toBe(true);
		await page.getByRole('button', { name: 'Let sending go on' }).click();
		await page.getByText('The kill switch is off.').waitFor();
		await desk.world.store.settings.set('beta', { kind: 'workspace' }, { mode: 'assist' }, 'test');
	});

	it('switches the workspace, by script at once and without it by a button', async () => {
		const page = await desk.open({ as: 'eva@agency.example' }, '?tab=settings');
		await page.getByLabel('Workspace').selectOption('beta');
		await page.getByRole('rowheader', { name: 'whatsapp · Sales beta' }).waitFor();
		const plain = await desk.open({ as: 'eva@agency.example', javaScript: false }, '?tab=settings');
		await plain.getByLabel('Workspace').selectOption('beta');
		await plain.locator('form.workspace button').click();
		await plain.getByRole('rowheader', { name: 'whatsapp · Sales beta' }).waitFor();
	});
});
