import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { feedAll } from '../sandbox/demo/run';
import { prepareWorkspace, SHORTER_DELAYS } from '../sandbox/demo/workspace';
import { startSandbox, type Sandbox } from '../sandbox/sandbox';
import { shippedWorkflows } from '../sandbox/shippedWorkflows';
import { closeAllStores } from '../store/openStore';
import { openEditor, type Editor } from './pictures/editor';
import { decisionsWorkflow, EXAMPLE_WORKSPACE, operationsWorkflow } from './pictures/exampleWorkflows';
import { CANVASES, DARK, DECISION_FIELDS, DECISIONS, OPERATIONS, RUN_OPERATIONS, SHIPPED_PANELS, type PanelPicture } from './pictures/list';

/**
 * Takes the pictures of the documentation in the real n8n: `npm run screenshots`. Each node's panel, each workflow's
 * canvas, what comes out of each decision, and the pages a visitor sees. Writes docs/screenshots/*.png and screenshots.md.
 */
const FOLDER = join(__dirname, 'screenshots');
const PAGES = [
	{ file: 'page-lead-form', caption: 'The lead form of workflow 01.' },
	{ file: 'page-quick-start-form', caption: 'The form of the quick start.' },
	{ file: 'page-sandbox-inbox', caption: "The sandbox inbox: what was sent on every channel; answer as the lead." },
] as const;

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

async function prepare(sandbox: Sandbox): Promise<void> {
	const store = await sandbox.openStore();
	try {
		await prepareWorkspace(store);
		const sender = { mode: 'auto', timezone: 'Europe/Berlin', country: 'DE', companyName: 'Acme Kitchens', senderName: 'Robin' } as const;
		await store.settings.set(EXAMPLE_WORKSPACE, { kind: 'workspace' }, sender, 'screenshots');
		const variants = [
			{ id: 'as-usual', name: 'As usual', weight: 1, control: true },
			{ id: 'ask-back', name: 'Ends with one question', weight: 1 },
		];
		await store.experiments.save([{ workspace: EXAMPLE_WORKSPACE, id: 'greeting', name: 'Greeting', status: 'running', metric: 'positive_reply', variants }]);
	} finally {
		await store.close();
	}
	await sandbox.publishAll();
	await feedAll(sandbox, say, new AbortController().signal);
	await showAsShipped(sandbox);
}

/** The demo shortened delays; the pictures show what is shipped. */
async function showAsShipped(sandbox: Sandbox): Promise<void> {
	const shipped = await shippedWorkflows();
	const changed = [...sandbox.workflows].filter(([number]) => number in SHORTER_DELAYS);
	const restored = changed.map(([number, workflow]) => {
		const original = new Map(shipped.get(number)?.nodes.map(({ name, parameters }) => [name, parameters]));
		return { ...workflow, nodes: workflow.nodes.map((node) => ({ ...node, parameters: original.get(node.name) ?? node.parameters })) };
	});
	await sandbox.api.importWorkflows(restored);
}

async function takeLight(editor: Editor, sandbox: Sandbox): Promise<void> {
	const idOf = (number: string): string => sandbox.workflows.get(number)?.id ?? '';
	for (const { file, workflow, width, height } of CANVASES) await editor.canvas(file, idOf(workflow), { width, height });
	await editor.open(decisionsWorkflow().id);
	for (const { file, node } of DECISIONS) await editor.panel(file, node, { run: true });
	for (const picture of DECISION_FIELDS) await editor.panel(picture.file, picture.node, picture);
	await editor.open(operationsWorkflow().id);
	await editor.run('A Lead');
	for (const picture of OPERATIONS) await editor.panel(picture.file, picture.node, picture);
	for (const { file, node } of RUN_OPERATIONS) await editor.panel(file, node, { run: true });
	for (const { file, workflow, node } of SHIPPED_PANELS) {
		await editor.open(idOf(workflow));
		await editor.panel(file, node);
	}
	const [leadForm, quickStart, inbox] = PAGES;
	await editor.page(leadForm.file, sandbox.urlOf('01', 'Lead Form'));
	await editor.page(quickStart.file, sandbox.urlOf('00', 'Lead Form'));
	await editor.page(inbox.file, sandbox.inboxUrl);
}

async function takeDark(editor: Editor): Promise<void> {
	await editor.open(decisionsWorkflow().id);
	for (const { file, node } of DARK) await editor.panel(file, node, { run: true });
}

async function withEditor(sandbox: Sandbox, theme: 'light' | 'dark', take: (editor: Editor) => Promise<void>): Promise<void> {
	const editor = await openEditor(sandbox.n8n.url, sandbox.api.cookie, FOLDER, theme);
	await take(editor).finally(async () => await editor.close());
}

function markdown(): string {
	const section = (title: string, pictures: readonly Pick<PanelPicture, 'file' | 'caption'>[]): string =>
		[`## ${title}`, ...pictures.map(({ file, caption }) => `${caption}\n\n![${caption}](screenshots/${file}.png)`)].join('\n\n');
	return `${[
		'# What it looks like\n\nTaken in the pinned n8n by `npm run screenshots`. All people and messages are made up.',
		section('The workflows', CANVASES),
		section('Each decision, run by hand on one lead', DECISIONS),
		section('More fields of these nodes', DECISION_FIELDS),
		section('Triggers and sending', SHIPPED_PANELS),
		section('Operations', OPERATIONS),
		section('Operations, run by hand', RUN_OPERATIONS),
		section('Dark theme', DARK),
		section('Pages', PAGES),
	].join('\n\n')}\n`;
}

async function run(): Promise<void> {
	await mkdir(FOLDER, { recursive: true });
	const extraWorkflows = [decisionsWorkflow(), operationsWorkflow()];
	const sandbox = await startSandbox({ publish: false, replacements: SHORTER_DELAYS, extraWorkflows, progress: say });
	try {
		await prepare(sandbox);
		await withEditor(sandbox, 'light', async (editor) => await takeLight(editor, sandbox));
		await withEditor(sandbox, 'dark', takeDark);
		await writeFile(join(__dirname, 'screenshots.md'), markdown());
	} finally {
		await sandbox.stop();
		await closeAllStores();
	}
}

run().then(
	() => process.exit(0),
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exit(1);
	},
);
