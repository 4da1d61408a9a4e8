import { readFileSync } from 'node:fs';
import { complaints, fits, openDeskBrowser, violations, type DeskBrowser } from './deskBrowser';
import { messageId, seedPeople } from './peopleWorld';

let desk: DeskBrowser;
beforeAll(async () => (desk = await openDeskBrowser({ seed: seedPeople })), 120_000);
afterAll(async () => await desk?.close());
jest.setTimeout(240_000);

const AUDITED = ['?tab=outbox', '?tab=contacts', '?tab=contacts&contact=mallory'];

describe('Outbox and Contacts, in a browser', () => {
	it.each([['en', false, false], ['de', true, false], ['de', false, true], ['en', true, true]] as const)('are accessible and fit: %s, phone %s, dark %s', async (language, phone, dark) => {
		const page = await desk.open({ as: 'eva@agency.example', language, phone, dark });
		const said = complaints(page);
		for (const query of ['?tab=outbox', '?tab=outbox&state=not_sent', '?tab=contacts', '?tab=contacts&contact=anna', '?tab=contacts&contact=mallory']) {
			await page.goto(`${desk.url}${query}&workspace=acme`);
			// What is folded must be right, too.
			for (const summary of await page.locator('main summary').all()) await summary.click();
			expect([query, await fits(page)]).toEqual([query, true]);
			// The others are made of the same parts.
			if (AUDITED.includes(query)) expect([query, await violations(page)]).toEqual([query, []]);
		}
		expect(said).toEqual([]);
	});

	it.each([true, false])('stops a message and puts a contact right, with JavaScript %s', async (javaScript) => {
		const { store } = desk.world;
		const workspace = javaScript ? 'acme' : 'beta';
		const page = await desk.open({ as: 'eva@agency.example', javaScript }, `?tab=outbox&workspace=${workspace}`);
		const row = page.getByRole('row').filter({ hasText: `Carlo Conti of ${workspace}` });
		await row.getByRole('combobox').selectOption('by_hand');
		await row.getByRole('button', { name: /^Stop the message/ }).click();
		await page.getByRole('status').getByText(`The message to Carlo Conti of ${workspace} is stopped.`).waitFor();
		expect((await store.outbound.find(workspace, [messageId(workspace, 'later', 'carlo')]))[0]).toMatchObject({ status: 'cancelled', sentence: 'Cancelled by eva@agency.example: done by hand.' });

		await page.getByRole('link', { name: 'Contacts', exact: true }).click();
		await page.getByRole('searchbox').fill('berger bau');
		await page.getByRole('search').getByRole('button', { name: 'Show' }).click();
		await page.getByRole('link', { name: `Anna Berger of ${workspace}` }).click();
		await page.getByRole('button', { name: 'Warm' }).click();
		await page.getByRole('status').getByText('corrected').waitFor();
		await page.getByRole('combobox', { name: 'Stage' }).selectOption({ label: 'Won' });
		await page.getByRole('button', { name: 'Move', exact: true }).click();
		await page.getByRole('status').getByText('is now in Won.').waitFor();
		expect((await store.contacts.find(workspace, ['anna']))[0]).toMatchObject({ score: 45, stageId: 'won', status: 'WON' });

		// The file comes as often as it is asked for, and the page stays.
		for (let time = 0; time < 2; time++) {
			const coming = page.waitForEvent('download');
			await page.getByRole('button', { name: 'Export' }).click();
			const file = await coming;
			expect([file.suggestedFilename(), JSON.parse(readFileSync(await file.path(), 'utf8'))]).toEqual(['personal-data-anna.json', expect.objectContaining({ contactId: 'anna' })]);
		}
		await page.locator('summary', { hasText: 'Erase' }).click();
		await page.getByLabel('What to erase').selectOption('everything');
		await page.getByLabel(/^Type/).fill(`Anna Berger of ${workspace}`);
		await page.getByRole('button', { name: 'Erase' }).click();
		await page.getByRole('status').getByText('The person’s data is erased.').waitFor();
		expect((await store.contacts.find(workspace, ['anna']))[0]).toBeUndefined();
	});
});
