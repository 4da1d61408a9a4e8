import { MINUTE } from '../../engine/time';
import { complaints, fits, openDeskBrowser, violations, type DeskBrowser } from './deskBrowser';
import { seedHealth } from './healthSeed';

let desk: DeskBrowser;
beforeAll(async () => {
	desk = await openDeskBrowser({
		seed: async (store, config) => {
			await seedHealth(store, config);
			const [{ run }] = await store.runs.request([{ workspace: 'acme', kind: 'sync', accountId: '1000-acme', options: { channel: 'whatsapp' }, requestedBy: 'eva@agency.example' }]);
			await store.runs.begin('acme', run.id, MINUTE);
			await store.runs.advance('acme', run.id, { items: [{ itemId: 'a', result: 'done' }, { itemId: 'b', platform: 'whatsapp', result: 'failed', error: 'The conversation is gone', code: '404' }], total: 8, leaseMs: MINUTE });
		},
	});
}, 120_000);
afterAll(async () => await desk?.close());
jest.setTimeout(240_000);

describe('Health, Models and Sync, in a browser', () => {
	it.each([['en', false, false], ['de', true, true]] as const)('are accessible and fit: %s, phone %s, dark %s', async (language, phone, dark) => {
		const page = await desk.open({ as: 'ben@agency.example', language, phone, dark }, '?tab=health');
		const said = complaints(page);
		for (const tab of ['health', 'models', 'sync']) {
			await page.goto(`${desk.url}?tab=${tab}`);
			if (tab === 'sync') await page.locator('a[data-item]').first().click();
			await page.locator('main h2').first().waitFor();
			expect([tab, await violations(page), await fits(page)]).toEqual([tab, [], true]);
		}
		expect(said).toEqual([]);
	});

	it('filter, resume a sender, and start and stop a run without JavaScript', async () => {
		const page = await desk.open({ as: 'ben@agency.example', javaScript: false }, '?tab=health');
		await page.getByLabel('Channel', { exact: true }).selectOption('whatsapp');
		await page.getByRole('button', { name: 'Show' }).last().click();
		await page.getByText('choose all channels to see what they cost').waitFor();
		await page.getByRole('form', { name: 'Resume WhatsApp · Sales acme' }).getByRole('button').click();
		await page.getByRole('status').getByText('sends again as its messages fall due').waitFor();
		expect(await desk.world.store.senderHolds.list('acme')).toMatchObject([{ kind: 'campaign' }]);

		await page.goto(`${desk.url}?tab=sync`);
		await page.getByRole('form', { name: 'Decide again' }).getByLabel('At most').fill('50');
		await page.getByRole('form', { name: 'Decide again' }).getByRole('button').click();
		await page.getByRole('status').getByText('Re-analysis is asked for').waitFor();
		await page.getByRole('form', { name: 'Stop Re-analysis · Whole workspace' }).getByRole('button').click();
		await page.getByRole('status').getByText('Re-analysis is stopped.').waitFor();
		expect(await desk.world.store.runs.list('acme', { kinds: ['reanalysis'], limit: 9 })).toMatchObject([{ state: 'cancelled', options: { limit: 50 }, requestedBy: 'ben@agency.example' }]);
	});
});
