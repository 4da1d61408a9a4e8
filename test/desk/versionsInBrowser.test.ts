import { complaints, fits, openDeskBrowser, violations, type DeskBrowser } from './deskBrowser';
import { seedRollout } from './versionsWorld';

let desk: DeskBrowser;
beforeAll(async () => {
	desk = await openDeskBrowser();
	await seedRollout(desk.world.store, desk.world.clock);
}, 120_000);
afterAll(async () => await desk?.close());
jest.setTimeout(240_000);

describe('Versions, in a browser', () => {
	it.each([['en', false, false], ['de', true, true]] as const)('are accessible and fit: %s, phone %s, dark %s', async (language, phone, dark) => {
		const page = await desk.open({ as: 'eva@agency.example', language, phone, dark }, '?tab=models&workspace=acme');
		const said = complaints(page);
		await page.getByRole('heading', { name: language === 'en' ? 'Leaderboard' : 'Rangliste' }).waitFor();
		await page.getByText(language === 'en' ? 'Decide yourself…' : 'Selbst entscheiden …').click();
		expect([await violations(page), await fits(page), said]).toEqual([[], true, []]);
	});

	it('promotes on the figures shown, then goes back, without JavaScript', async () => {
		const page = await desk.open({ as: 'eva@agency.example', javaScript: false }, '?tab=models&workspace=acme');
		await page.getByText('Decide yourself…').click();
		await page.getByRole('button', { name: 'Promote v1.1.0 on these figures' }).click();
		await page.getByRole('status').getByText('v1.1.0 writes for everybody now.').waitFor();
		expect((await desk.world.store.models.serving('acme')).deployed?.version).toBe('v1.1.0');
		await page.getByText('Decide yourself…').click();
		const form = page.getByRole('form', { name: 'Roll v1.1.0 back' });
		await form.getByRole('textbox', { name: 'Reason' }).fill('It promises discounts');
		await form.getByRole('button', { name: 'Roll v1.1.0 back' }).click();
		await page.getByRole('status').getByText('v1.1.0 is out.').waitFor();
		expect((await desk.world.store.models.find('acme', ['v1.1.0']))[0]).toMatchObject({ status: 'rolled_back', sentence: 'eva@agency.example rolled v1.1.0 back: It promises discounts.' });
	});
});
