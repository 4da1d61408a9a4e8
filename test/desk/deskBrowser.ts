import { existsSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { serveDesk } from './deskServer';
import { openDeskWorld, PASSWORD, type DeskWorld, type Person, type WorldOptions } from './deskWorld';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PHONE = { width: 375, height: 700 };
const DESKTOP = { width: 1280, height: 850 };

export interface Look {
	/** Signed in as; left out: nobody. */
	as?: Person;
	language?: 'en' | 'de';
	phone?: boolean;
	dark?: boolean;
	javaScript?: boolean;
}

export interface DeskBrowser {
	world: DeskWorld;
	url: string;
	/** A page of the desk in a browser of its own; its context is closed with the desk. */
	open(look?: Look, query?: string): Promise<Page>;
	close(): Promise<void>;
}

/** A desk over a real store, served on loopback, and a browser to look at it with. */
export async function openDeskBrowser(options: WorldOptions = {}): Promise<DeskBrowser> {
	if (!existsSync(CHROMIUM)) throw new Error(`There is no browser at ${CHROMIUM}. Install it (Debian: apt-get install chromium) or name it in the variable CHROMIUM.`);
	const world = await openDeskWorld(options);
	const server = await serveDesk(world.desk);
	const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, headless: true });
	const contexts: BrowserContext[] = [];
	return {
		world,
		url: server.url,
		async open({ as, language = 'en', phone = false, dark = false, javaScript = true } = {}, query = '') {
			const context = await browser.newContext({ viewport: phone ? PHONE : DESKTOP, locale: language, colorScheme: dark ? 'dark' : 'light', javaScriptEnabled: javaScript });
			contexts.push(context);
			const page = await context.newPage();
			await page.goto(`${server.url}${query}`);
			if (as !== undefined) {
				await page.locator('input[name=email]').fill(as);
				await page.locator('input[name=password]').fill(PASSWORD);
				await page.locator('main button[type=submit]').click();
				await page.locator('nav.tabs').waitFor();
			}
			return page;
		},
		async close() {
			await Promise.all(contexts.map(async (context) => await context.close()));
			await browser.close();
			await server.close();
			await world.close();
		},
	};
}

/** What axe finds wrong with the page, one line each. Needs JavaScript on the page. */
export async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page }).analyze();
	return found.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} (${target.join(' ')})`));
}

/** Whether nothing has to be scrolled sideways. */
export async function fits(page: Page): Promise<boolean> {
	const { scroll, width } = await page.locator('html').evaluate((html) => ({ scroll: html.scrollWidth, width: html.clientWidth }));
	return scroll <= width;
}

/** What the browser refused or failed to run on the page from now on: blocked styles, script errors, dialogs. */
export function complaints(page: Page): string[] {
	const said: string[] = [];
	page.on('console', (message) => void (message.type() === 'error' ? said.push(message.text()) : undefined));
	page.on('pageerror', (error) => void said.push(error.message));
	page.on('dialog', (dialog) => {
		said.push(`dialog: ${dialog.message()}`);
		void dialog.dismiss();
	});
	return said;
}
