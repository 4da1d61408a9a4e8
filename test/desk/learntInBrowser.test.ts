import type { Page } from 'playwright-core';
import { complaints, fits, openDeskBrowser, violations, type DeskBrowser } from './deskBrowser';
import { seedExperiments, seedPipelines } from './learntWorld';

let desk: DeskBrowser;
beforeAll(async () => {
	desk = await openDeskBrowser();
	await seedPipelines(desk.world.store, desk.world.clock);
	await seedExperiments(desk.world.store, desk.world.clock);
}, 120_000);
afterAll(async () => await desk?.close());
jest.setTimeout(240_000);

const PAGES = [
	{ tab: 'experiments', en: 'Experiments', de: 'Experimente' },
	{ tab: 'sendTimes', en: 'Send times', de: 'Sendezeiten' },
	{ tab: 'pipeline&pipeline=sales&stage=new', en: 'Pipeline', de: 'Pipeline' },
] as const;

describe('Experiments, Send times and Pipeline, in a browser', () => {
	it.each([['en', false, false], ['de', true, true]] as const)('are accessible and fit: %s, phone %s, dark %s', async (language, phone, dark) => {
		const page = await desk.open({ as: 'eva@agency.example', language, phone, dark }, '?tab=settings');
		const said = complaints(page);
		for (const { tab, ...name } of PAGES) {
			await page.goto(`${desk.url}?workspace=acme&tab=${tab}`);
			await page.getByRole('heading', { level: 1, name: name[language] }).waitFor();
			expect([tab, await violations(page), await fits(page)]).toEqual([tab, [], true]);
		}
		expect(said).toEqual([]);
	});

	const stages = async (page: Page): Promise<{ x: number; y: number }[]> => {
		const boxes = await Promise.all((await page.locator('ol.board', { hasText: 'Offer sent' }).locator('li').all()).map(async (one) => await one.boundingBox()));
		return boxes.flatMap((box) => (box ? [{ x: box.x, y: box.y }] : []));
	};

	it('puts stages side by side on a desktop and below each other on a phone', async () => {
		for (const phone of [false, true]) {
			const found = await stages(await desk.open({ as: 'vera@agency.example', phone }, '?tab=pipeline'));
			expect(found).toHaveLength(5);
			expect([new Set(found.map(({ x }) => x)).size, new Set(found.map(({ y }) => y)).size]).toEqual(phone ? [1, 5] : [5, 1]);
		}
	});

	it.each([[true, 'lead-03', 'Dmitri Petrov 4'], [false, 'lead-04', 'Emma Müller 5']])('opens a stage and moves a contact, with JavaScript %s', async (javaScript, id, name) => {
		const page = await desk.open({ as: 'ben@agency.example', javaScript }, '?tab=pipeline');
		await page.getByRole('link', { name: 'New', exact: true }).click();
		const form = page.getByRole('form', { name: `Move ${name}`, exact: true });
		await form.getByRole('combobox').selectOption({ label: 'Sales · Offer sent' });
		await form.getByRole('button', { name: 'Move' }).click();
		await page.getByRole('status').getByText(`${name} is in Offer sent now.`).waitFor();
		expect((await desk.world.store.contacts.find('acme', [id]))[0]).toMatchObject({ stageId: 'offer', stageSetBy: 'person' });
	});

	it('pauses an experiment and completes another with its winner, without JavaScript', async () => {
		const page = await desk.open({ as: 'ben@agency.example', javaScript: false }, '?tab=experiments');
		await page.getByRole('form', { name: 'Steer Closing line' }).getByRole('button', { name: 'Pause' }).click();
		await page.getByRole('status').getByText('Closing line is paused: everybody gets the control.').waitFor();
		const form = page.getByRole('form', { name: 'Complete Subject line' });
		expect(await form.getByRole('combobox').inputValue()).toBe('question');
		await form.getByRole('button', { name: 'Complete with this winner' }).click();
		await page.getByRole('status').getByText('Subject line is completed: everybody gets A question.').waitFor();
		const [closing, subject] = await desk.world.store.experiments.find('acme', ['harm', 'subject']);
		expect([closing?.status, subject?.status, subject?.winner]).toEqual(['paused', 'completed', 'question']);
	});
});
