import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDeskBrowser, type DeskBrowser } from '../test/desk/deskBrowser';
import type { TabId } from '../desk/tabs/tab';
import { seedRollout } from '../test/desk/versionsWorld';
import { seedDeskDemo } from './pictures/deskDemo';

/** Takes the pictures of the review desk over an invented month: `npm run screenshots`. Writes docs/screenshots/desk-*.png and desk.md. */
const FOLDER = join(__dirname, 'screenshots');

interface Picture {
	file: string;
	tab: TabId;
	caption: string;
	/** Further parameters of the address, or a link to follow first. */
	follow?: string;
	phone?: boolean;
	dark?: boolean;
	language?: 'de';
}
const MONTH: readonly Picture[] = [
	{ file: 'desk-review', tab: 'review', caption: '**Review**: everything that waits for a person, overdue first.' },
	{ file: 'desk-review-draft', tab: 'review', follow: '.queue-item a:has-text("Anna Berger")', caption: 'One draft with all it takes to decide: what the gate objects to is marked in the text.' },
	{ file: 'desk-review-phone', tab: 'review', follow: '.queue-item a:has-text("Anna Berger")', phone: true, dark: true, language: 'de', caption: 'The same on a phone, dark, in German.' },
	{ file: 'desk-outbox', tab: 'outbox', caption: '**Outbox**: what leaves when, what left, and why something did not.' },
	{ file: 'desk-contacts', tab: 'contacts', caption: '**Contacts**: who they are and where they stand.' },
	{ file: 'desk-contact', tab: 'contacts', follow: 'a:has-text("Aylin Yılmaz")', caption: 'One contact: timeline, why this stage, and what a person may put right.' },
	{ file: 'desk-experiments', tab: 'experiments', caption: '**Experiments**: the verdict in a sentence, with intervals.' },
	{ file: 'desk-send-times', tab: 'sendTimes', caption: '**Send times**: when people answer, learnt from sends and answers.' },
	{ file: 'desk-pipeline', tab: 'pipeline', caption: '**Pipeline**: stages, how long contacts stay, and what moved them.' },
	{ file: 'desk-models', tab: 'models', caption: '**Models**: what each model and prompt is worth, with sample sizes.' },
	{ file: 'desk-sync', tab: 'sync', caption: '**Sync**: work that takes a while, watched and stopped.' },
	{ file: 'desk-health', tab: 'health', caption: '**Health**: every figure with its target line, and what needs attention first.' },
	{ file: 'desk-settings', tab: 'settings', caption: '**Settings**: how far the autopilot may go, and whether it is ready for auto.' },
];

/** Of a workspace where a trained version is tried out. */
const ROLLOUT: readonly Picture[] = [{ file: 'desk-versions', tab: 'models', caption: 'A version being tried: what it wrote for its share of contacts against the rest, and how many sends are still needed.' }];

async function take(seed: Parameters<typeof openDeskBrowser>[0], pictures: readonly Picture[]): Promise<void> {
	const browser: DeskBrowser = await openDeskBrowser(seed);
	try {
		for (const { file, tab, follow, phone, dark, language } of pictures) {
			const page = await browser.open({ as: 'eva@agency.example', phone, dark, language }, '');
			await page.goto(`${browser.url}?tab=${tab}`);
			if (follow !== undefined) {
				await page.locator(follow).first().click();
				await page.locator('h1').waitFor();
			}
			await page.screenshot({ path: join(FOLDER, `${file}.png`), fullPage: true });
			await page.context().close();
			process.stdout.write(`${file}\n`);
		}
	} finally {
		await browser.close();
	}
}

async function main(): Promise<void> {
	await mkdir(FOLDER, { recursive: true });
	await take({ seed: async (store, config, clock) => await seedDeskDemo(store, clock, config) }, MONTH);
	await take({ seed: async (store, _config, clock) => await seedRollout(store, clock, () => 'Serves 10 % of contacts.') }, ROLLOUT);
	const after = MONTH.findIndex(({ tab }) => tab === 'models') + 1;
	const lines = MONTH.toSpliced(after, 0, ...ROLLOUT).flatMap(({ file, caption }) => [caption, '', `![${caption.replaceAll('*', '')}](screenshots/${file}.png)`, '']);
	await writeFile(join(__dirname, 'desk.md'), ['# The review desk', '', 'An invented month of an agency’s client. Taken by `npm run screenshots`.', '', ...lines].join('\n'));
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
	process.exitCode = 1;
});
