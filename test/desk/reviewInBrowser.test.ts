import type { Page } from 'playwright-core';
import { waitFor } from '../../sandbox/waitFor';
import { complaints, fits, openDeskBrowser, violations, type DeskBrowser } from './deskBrowser';
import { seedBasics } from './deskWorld';
import { draftWaits, oneOfEach, reviewOf } from './reviewWorld';

let desk: DeskBrowser;
let seeded: Awaited<ReturnType<typeof oneOfEach>>;
const drafts: string[] = [];
beforeAll(async () => {
	desk = await openDeskBrowser({
		seed: async (store) => {
			await seedBasics(store);
			seeded = await oneOfEach(store, 'acme');
			for (const key of ['Bob', 'Cleo', 'Dan']) drafts.push((await draftWaits(store, 'acme', { key, name: key, asks: 'Do you ship to Austria?', answer: `Hello ${key}, yes, we ship to Austria.` })).id);
		},
	});
}, 60_000);
afterAll(async () => await desk?.close());
jest.setTimeout(180_000);

const idOf = async (about: string): Promise<string> => (await reviewOf(desk.world.store, 'acme', about)).review.id;
const statusOf = async (id: string) => (await desk.world.store.outbound.find('acme', [id]))[0]?.status;

/** Keys count once a page can have been read. */
async function read(page: Page): Promise<void> {
	await waitFor(async () => (await page.evaluate<boolean>('performance.now() > 500')) || undefined, { what: 'the time a page takes to be read', timeoutMs: 60_000 });
}

describe('the Review tab, in a browser', () => {
	it.each([['en', false, false], ['de', true, true]] as const)('is accessible and fits: %s, phone %s, dark %s', async (language, phone, dark) => {
		const page = await desk.open({ as: 'ben@agency.example', language, phone, dark }, '?tab=review');
		const said = complaints(page);
		await page.reload();
		await page.locator('ul.queue').waitFor();
		expect([await violations(page), await fits(page)]).toEqual([[], true]);
		for (const about of [seeded.draft, seeded.stage]) {
			await page.goto(`${desk.url}?tab=review&id=${await idOf(about)}`);
			await page.locator('article.detail').waitFor();
			await page.evaluate("document.querySelectorAll('main details').forEach((details) => { details.open = true; })");
			expect([await violations(page), await fits(page), said]).toEqual([[], true, []]);
		}
		expect(await page.locator('ul.queue').isVisible()).toBe(!phone);
	});

	it('is worked through by keyboard: down the list, open, edit, send, and the next one opens', async () => {
		const page = await desk.open({ as: 'ben@agency.example' }, '?tab=review&q=Bob');
		await page.locator('ul.queue').waitFor();
		await read(page);
		await page.keyboard.press('j');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { level: 2, name: 'Bob' }).waitFor();
		await page.getByText('A approve').waitFor();
		await read(page);
		await page.keyboard.press('e');
		const text = page.getByLabel('Your text');
		await text.waitFor();
		await page.waitForFunction("document.activeElement?.tagName === 'TEXTAREA'");
		await page.keyboard.press('Control+A');
		await page.keyboard.type('Hello Bob, it costs 999 euros.');
		await page.getByRole('button', { name: 'Send this text' }).click();
		await page.getByRole('button', { name: 'Send all the same' }).click();
		await page.getByText('Your text is approved.').waitFor();
		expect((await desk.world.store.outbound.find('acme', [drafts[0]]))[0]).toMatchObject({ status: 'scheduled', draft: { text: 'Hello Bob, it costs 999 euros.' } });

		await page.goto(`${desk.url}?tab=review&id=${await idOf(drafts[1])}`);
		await page.getByRole('heading', { level: 2, name: 'Cleo' }).waitFor();
		await read(page);
		// Held down: one decision, whatever opens next.
		const open = async () => (await desk.world.store.reviews.list('acme', { open: true, limit: 50 })).length;
		const before = await open();
		await page.keyboard.down('a');
		for (let i = 0; i < 20; i++) await page.keyboard.down('a');
		await page.keyboard.up('a');
		await page.getByText('Approved.').waitFor();
		expect(await open()).toBe(before - 1);
		expect(await statusOf(drafts[1])).toBe('scheduled');
		expect(await page.locator('article.detail').count()).toBe(1);
	});

	it('works without a script: approve from a phone, reject, choose a stage', async () => {
		const page = await desk.open({ as: 'ben@agency.example', phone: true, javaScript: false }, `?tab=review&id=${await idOf(drafts[2])}`);
		await page.getByRole('button', { name: 'Approve and send' }).click();
		await page.getByText('Approved.').waitFor();
		expect(await statusOf(drafts[2])).toBe('scheduled');
		await page.goto(`${desk.url}?tab=review&id=${await idOf(seeded.stage)}`);
		await page.locator('summary', { hasText: 'Another stage' }).click();
		await page.getByRole('form', { name: 'Another stage' }).getByRole('combobox').selectOption('engaged');
		await page.getByRole('button', { name: 'Set this stage' }).click();
		await page.getByText('The stage is set.').waitFor();
		expect((await desk.world.store.contacts.find('acme', ['stefan']))[0]?.stageId).toBe('engaged');
		await page.goto(`${desk.url}?tab=review&id=${await idOf(seeded.draft)}`);
		await page.locator('summary', { hasText: 'Reject' }).click();
		await page.getByLabel('Reason', { exact: true }).fill('Wrong price.');
		await page.getByRole('button', { name: 'Reject the draft' }).click();
		await page.getByText('Rejected: it is not sent.').waitFor();
		expect(await statusOf(seeded.draft)).toBe('cancelled');
	});
});
