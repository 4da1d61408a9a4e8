import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { costUsd, priceOf } from '../../llm/prices';
import { credentialTypesOf } from '../../sandbox/credentials';
import type { NodeJson, WorkflowJson } from '../../sandbox/n8n/importing';
import { WORKFLOWS_FOLDER } from '../../sandbox/shippedWorkflows';

const PAGES_FOLDER = join(__dirname, '../../docs/workflows');
const PICTURES_FOLDER = join(__dirname, '../../docs/screenshots');
const SECTIONS = ['Connect', 'What it costs', 'Change first', 'When something goes wrong'];
/** Credentials as the editor shows them: n8n's own by the names of n8n 2.40. */
const SHOWN: Readonly<Record<string, string>> = {
	facebookGraphApi: 'Facebook Graph API',
	facebookGraphAppApi: 'Facebook Graph API (App)',
	googleSheetsTriggerOAuth2Api: 'Google Sheets Trigger OAuth2 API',
	imap: 'IMAP',
	leadAutopilotDeskApi: 'Lead Autopilot Desk API',
	leadAutopilotModelApi: 'Lead Autopilot Model API',
	leadAutopilotStoreApi: 'Lead Autopilot Store API',
	leadAutopilotWebhookApi: 'Lead Autopilot Webhook API',
	smtp: 'SMTP',
	twilioApi: 'Twilio API',
	whatsAppApi: 'WhatsApp API',
	whatsAppTriggerApi: 'WhatsApp OAuth API',
};
/** n8n's own nodes that take a credential and stand disabled or optional in a shipped workflow. */
const MORE_CREDENTIALS: Readonly<Record<string, string>> = { 'n8n-nodes-base.googleSheetsTrigger': 'googleSheetsTriggerOAuth2Api' };

const namesIn = (folder: string, ending: string): string[] => readdirSync(folder).filter((name) => name.endsWith(ending) && /^\d\d-/.test(name)).map((name) => name.slice(0, -ending.length)).sort();
const WORKFLOWS = namesIn(WORKFLOWS_FOLDER, '.json');
const read = (name: string): string => readFileSync(join(PAGES_FOLDER, name), 'utf8');
const workflow = (name: string): WorkflowJson => JSON.parse(readFileSync(join(WORKFLOWS_FOLDER, `${name}.json`), 'utf8')) as WorkflowJson;

/** What stands under a heading of the second level, up to the next one. */
function section(page: string, title: string): string {
	const found = page.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
	if (found === undefined) throw new Error(`no section "${title}"`);
	return found;
}

function credentialsOf(name: string): string[] {
	const types = workflow(name).nodes.flatMap((node) => [...credentialTypesOf(node), ...(node.type in MORE_CREDENTIALS ? [MORE_CREDENTIALS[node.type]] : [])]);
	return [...new Set(types)].sort();
}

interface Field {
	name: string;
	type: string;
	value: unknown;
}
function settingsOf(name: string): Field[] {
	const node = workflow(name).nodes.find((one) => one.name === 'Settings');
	return (node?.parameters.assignments as { assignments: Field[] }).assignments;
}
/** How a page writes a default: literals as they are, one line a line of it; what is worked out from other fields is called so. */
function shownDefault({ value }: Field): string {
	if (value === '') return 'empty';
	return typeof value === 'string' && value.startsWith('=') ? 'worked out' : `\`${String(value).replaceAll('\n', ' / ')}\``;
}

/** Nodes with an address of their own, or that look for something at another system. */
function waysIn(name: string): NodeJson[] {
	return workflow(name).nodes.filter(({ type }) => /(Trigger|\.webhook|emailReadImap)$/.test(type));
}

describe('the pages of the workflows', () => {
	it('are one for each shipped workflow, and none without', () => {
		expect(namesIn(PAGES_FOLDER, '.md')).toEqual(WORKFLOWS);
	});

	it('are all named by the overview', () => {
		const overview = read('README.md');
		expect(WORKFLOWS.filter((name) => !overview.includes(`](${name}.md)`))).toEqual([]);
	});

	it.each(['README', ...WORKFLOWS])('%s leads nowhere wrong', (name) => {
		const targets = [...read(`${name}.md`).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target).filter((target) => !/^https?:/.test(target));
		expect(targets.length).toBeGreaterThan(0);
		expect(targets.filter((target) => !existsSync(join(PAGES_FOLDER, dirname(`${name}.md`), target.split('#')[0])))).toEqual([]);
	});
});

describe('what a model costs', () => {
	/** 1,000 answered messages, two calls each, as the page says. */
	const USAGE = { inputTokens: 2_000 * 1_500, outputTokens: 2_000 * 250 };
	const rows = [...read('README.md').matchAll(/^\| ([a-z][a-z0-9.-]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$/gm)].map(([, ...cells]) => cells);

	it('is counted from the price table', () => {
		expect(rows.length).toBeGreaterThanOrEqual(5);
		for (const [model, input, output, cost] of rows) {
			const price = priceOf(model);
			if (!price) throw new Error(`${model} has no price`);
			// Long prompts cost more with some models; none of these calls is one.
			const plain = { ...price, long: undefined };
			expect([model, Number(input), Number(output), cost]).toEqual([model, price.input, price.output, costUsd(USAGE, plain).toFixed(2)]);
		}
	});
});

describe.each(WORKFLOWS)('the page of %s', (name) => {
	const page = read(`${name}.md`);

	it('says what to connect, what it costs, what to change first and what to do when something goes wrong', () => {
		const titles = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
		expect(titles).toEqual(SECTIONS);
		expect(SECTIONS.filter((title) => section(page, title).split(/\s+/).length < 25)).toEqual([]);
	});

	it('names every credential its nodes take, as the editor does', () => {
		const connect = section(page, 'Connect');
		expect(credentialsOf(name).filter((type) => !connect.includes(`**${SHOWN[type]}**`))).toEqual([]);
	});

	it('names no credential its nodes do not take', () => {
		const taken = credentialsOf(name).map((type) => SHOWN[type]);
		const named = Object.values(SHOWN).filter((shown) => section(page, 'Connect').includes(`**${shown}**`));
		expect(named.filter((shown) => !taken.includes(shown))).toEqual([]);
	});

	it('names every way something comes in', () => {
		expect(waysIn(name).map((node) => node.name).filter((node) => !page.includes(`*${node}*`))).toEqual([]);
	});

	it('names every field of Settings with its default', () => {
		const rows = section(page, 'Change first').split('\n').filter((line) => line.startsWith('| `'));
		expect(rows.map((row) => row.split(' | ').slice(0, 2).join(' | '))).toEqual(settingsOf(name).map((field) => `| \`${field.name}\` | ${shownDefault(field)}`));
	});

	it('shows the picture there is', () => {
		const picture = `canvas-${name}.png`;
		expect(page.includes(`(../screenshots/${picture})`)).toBe(existsSync(join(PICTURES_FOLDER, picture)));
	});
});
