import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const PANEL_SIZE = { width: 1280, height: 800 };
/** Buttons over the canvas, and notices that have nothing to do with the picture. */
const HIDDEN = ['canvas-controls', 'canvas-minimap', 'node-creator-plus-button', 'command-bar-button', 'add-sticky-button', 'toggle-focus-panel-button', 'instance-ai-canvas-action-button', 'logs-panel', 'banner-stack', 'nps-survey-modal', 'version-updates-panel'];
const STILL = `${HIDDEN.map((id) => `[data-test-id="${id}"]`).join(', ')}, .el-notification, [class*="executionButtons"], [class*="main-header"] [role="radiogroup"], [class*="tabBarContainer"], [class*="tab-bar-container"] { display: none !important; } * { transition: none !important; animation: none !important; caret-color: transparent !important; }`;

const at = (testId: string): string => `[data-test-id="${testId}"]`;

export interface Editor {
	/** The whole canvas of a workflow, fitted. `size` is that of the picture in pixels. */
	canvas(file: string, workflowId: string, size: { width: number; height: number }): Promise<void>;
	/** Opens a workflow so that its nodes' panels can be. */
	open(workflowId: string): Promise<void>;
	/** The panel of a node of the open workflow. With `run` its button Execute step is pressed first; `scrollTo` is a label. */
	panel(file: string, nodeName: string, how?: { run?: boolean; scrollTo?: string }): Promise<void>;
	/** Runs a node of the open workflow, without a picture. */
	run(nodeName: string): Promise<void>;
	/** Any other page. */
	page(file: string, url: string): Promise<void>;
	close(): Promise<void>;
}

/** n8n's editor in a browser, signed in. Pictures go to `folder` as PNG. */
export async function openEditor(n8nUrl: string, cookie: string, folder: string, theme: 'light' | 'dark' = 'light'): Promise<Editor> {
	const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
	const context = await browser.newContext({ viewport: PANEL_SIZE, colorScheme: theme, reducedMotion: 'reduce' });
	const [name, ...value] = cookie.split('=');
	await context.addCookies([{ name, value: value.join('='), url: n8nUrl }]);
	await context.addInitScript((chosen) => localStorage.setItem('N8N_THEME', chosen), theme);
	const page = await context.newPage();
	const save = async (file: string): Promise<void> => {
		await page.mouse.move(2, 2);
		await settled(page);
		await page.screenshot({ path: join(folder, `${file}.png`) });
	};
	const open = async (workflowId: string): Promise<void> => {
		await page.goto(`${n8nUrl}/workflow/${workflowId}`);
		await page.locator(at('canvas-node')).first().waitFor({ timeout: 60_000 });
		await page.addStyleTag({ content: STILL });
	};
	const shut = async (): Promise<void> => {
		await page.keyboard.press('Escape');
		await page.locator(at('ndv')).waitFor({ state: 'hidden' });
	};
	return {
		open,
		async run(nodeName) {
			await showPanel(page, nodeName);
			await execute(page);
			await shut();
		},
		async canvas(file, workflowId, size) {
			await page.setViewportSize(size);
			await open(workflowId);
			await page.keyboard.press('1');
			await settled(page);
			await page.locator(at('canvas-wrapper')).screenshot({ path: join(folder, `${file}.png`) });
			await page.setViewportSize(PANEL_SIZE);
		},
		async panel(file, nodeName, { run = false, scrollTo } = {}) {
			await showPanel(page, nodeName);
			if (run) await execute(page);
			if (scrollTo !== undefined) await page.locator(at('node-parameters')).getByText(scrollTo, { exact: true }).first().scrollIntoViewIfNeeded();
			await save(file);
			await shut();
		},
		async page(file, url) {
			await page.goto(url, { waitUntil: 'networkidle' });
			await save(file);
		},
		close: async () => await browser.close(),
	};
}

async function showPanel(page: Page, nodeName: string): Promise<void> {
	const node = page.locator(`${at('canvas-node')}[data-node-name="${nodeName}"]`).first();
	await page.keyboard.press('1');
	await node.dblclick({ force: true });
	await page.locator(at('ndv')).waitFor();
	await page.locator(at('node-parameters')).waitFor();
	await page.getByText('Loading fields').first().waitFor({ state: 'hidden' });
}

/** Presses Execute step, waits for what comes out, and shows the end of it, which is what this node has added. */
async function execute(page: Page): Promise<void> {
	const output = page.locator(at('output-panel'));
	await page.locator(at('node-execute-button')).first().click();
	await output.locator(`[data-test-id^="node-run-status"]`).first().waitFor({ timeout: 30_000 });
	await output.locator(at('radio-button-json')).click();
	await output.locator(at('ndv-data-container')).first().waitFor();
	// The list is drawn as it is scrolled, so one turn of the wheel is not enough.
	await output.locator(at('ndv-data-container')).first().hover();
	for (let turn = 0; turn < 4; turn += 1) {
		await page.mouse.wheel(0, 20_000);
		await page.waitForTimeout(100);
	}
}

/** Until two pictures in a row are the same: the editor loads its parts one by one. */
async function settled(page: Page): Promise<void> {
	let before = '';
	for (let round = 0; round < 12; round += 1) {
		const now = (await page.screenshot()).toString('base64');
		if (now === before) return;
		before = now;
		await page.waitForTimeout(250);
	}
}
