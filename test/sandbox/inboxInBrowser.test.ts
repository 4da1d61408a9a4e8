import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { startInbox, type Inbox } from '../../sandbox/inbox';
import { SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';
import { startReceiver, type Receiver } from './webhookReceiver';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const LENA = '4915112345678';

let world: StandIns;
let inbox: Inbox;
let receiver: Receiver;
let profile: string;
let browser: BrowserContext;
let page: Page;

beforeAll(async () => {
	if (!existsSync(CHROMIUM)) throw new Error(`There is no browser at ${CHROMIUM}. Install it (Debian: apt-get install chromium) or name it in the variable CHROMIUM.`);
	world = await startStandIns();
	receiver = await startReceiver();
	await fetch(`http://127.0.0.1:${world.httpPort}/v23.0/${SANDBOX.metaAppId}/subscriptions?access_token=${SANDBOX.metaToken}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ object: 'whatsapp_business_account', callback_url: receiver.url, verify_token: 'the-token', fields: ['messages'] }),
	});
	inbox = await startInbox(world, { port: 0 });
	profile = mkdtempSync(join(tmpdir(), 'lead-autopilot-chromium-'));
	browser = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: FLAGS, headless: true, viewport: { width: 1100, height: 800 } });
	page = await browser.newPage();
}, 60_000);

afterAll(async () => {
	await browser?.close();
	await inbox?.stop();
	await receiver?.stop();
	await world?.stop();
	if (profile) rmSync(profile, { recursive: true, force: true });
});

describe('the inbox page in a browser', () => {
	it('shows what is sent without a reload, hostile text as text, and lets the visitor answer as the lead', async () => {
		const dialogs: string[] = [];
		page.on('dialog', (dialog) => void dialogs.push(dialog.message()));
		await page.goto(inbox.url);
		await page.getByText('No message yet').waitFor();

		await world.meta.inboundWhatsApp({ from: LENA, name: '<img src=x onerror=alert(1)>', text: 'Was kostet das? <script>alert(2)</script>' });
		await page.getByText('Was kostet das? <script>alert(2)</script>').waitFor();
		world.inbox.add({ direction: 'toLead', channel: 'whatsapp', provider: 'meta', from: SANDBOX.phoneNumberId, to: LENA, text: 'Gerne, worum geht es?', providerId: 'wamid.1' });
		await page.getByText('Gerne, worum geht es?').waitFor();

		receiver.posts.length = 0;
		await page.getByRole('textbox').first().fill('Um zwölf Küchen 👍');
		await page.getByRole('button', { name: 'Send as lead' }).first().click();
		await page.locator('.message.fromLead').getByText('Um zwölf Küchen 👍').waitFor();
		await world.settled();
		expect(receiver.posts.map((post) => JSON.stringify(post)).join()).toContain('Um zwölf Küchen');
		expect(dialogs).toEqual([]);
	}, 60_000);

	it('fits a phone: nothing to scroll sideways', async () => {
		await page.setViewportSize({ width: 375, height: 700 });
		await page.goto(inbox.url);
		await page.getByText('Gerne, worum geht es?').waitFor();
		expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
	}, 60_000);
});
