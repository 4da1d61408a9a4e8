import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SANDBOX_FOLDER } from '../../sandbox/n8n/environment';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { SANDBOX } from '../../sandbox/standins';
import { waitFor } from '../../sandbox/waitFor';
import { isLocalAddress } from '../../llm/localOnly';
import { closeAllStores } from '../../store/openStore';
import type { Store } from '../../store/store';
import { PATIENCE_MS, scriptedModel, WORKSPACE } from './world';

/** The whole chain, from a form to the mail, while everything n8n connects to or looks up is written down. */
const OUTSIDE = 'model.outside.example';
/** What n8n asks its maker for by itself, switched off as docs/privacy.md says. */
const N8N_STAYS_HOME = { N8N_DIAGNOSTICS_ENABLED: 'false', N8N_VERSION_NOTIFICATIONS_ENABLED: 'false', N8N_TEMPLATES_ENABLED: 'false', N8N_DYNAMIC_BANNERS_ENABLED: 'false', N8N_VERIFIED_PACKAGES_ENABLED: 'false', N8N_DISABLED_MODULES: 'mcp-registry' };
const folder = mkdtempSync(join(tmpdir(), 'lead-autopilot-network-'));
const watched = join(folder, 'network.jsonl');

let sandbox: Sandbox;
let store: Store;
let script: ReturnType<typeof scriptedModel>;

interface Contacted {
	how: string;
	host: string;
	port?: number;
}
const contacted = (): Contacted[] => (existsSync(watched) ? readFileSync(watched, 'utf8') : '').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Contacted);
const outside = ({ host }: Contacted): boolean => host !== 'localhost' && !isLocalAddress(host.replace(/^\[|\]$/g, ''));

beforeAll(async () => {
	sandbox = await startSandbox({
		workflows: ['01', '03', '04'],
		replacements: {
			'03': { 'Conversation Ready': { 'parameters.options.pollSeconds': 0.2, 'parameters.options.quietSeconds': 1 }, 'Generate With Confidence': { 'parameters.auditShare': 0 } },
			'04': { 'Send Due': { 'parameters.options.pollSeconds': 0.2 } },
		},
		env: {
			NODE_OPTIONS: `--require ${JSON.stringify(join(SANDBOX_FOLDER, 'redirect.cjs'))} --require ${JSON.stringify(join(__dirname, 'support', 'watchNetwork.cjs'))}`,
			NETWORK_WATCH: watched,
			...N8N_STAYS_HOME,
		},
	});
	store = await sandbox.openStore();
	script = scriptedModel(sandbox.standIns);
	await store.settings.set(WORKSPACE, { kind: 'workspace' }, { mode: 'auto', replyDelaySeconds: 0, localModelsOnly: true }, 'test');
}, 600_000);
afterAll(async () => {
	await store?.close();
	await sandbox?.stop();
	await closeAllStores();
	rmSync(folder, { recursive: true, force: true });
});

async function lead(email: string, text: string): Promise<void> {
	const response = await fetch(sandbox.urlOf('01', 'Lead Webhook'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email, name: 'Lead', message: text }) });
	expect(response.status).toBe(200);
}
const newest = async (email: string) => {
	const [contact] = await store.contacts.find(WORKSPACE, [email]);
	return contact ? (await store.outbound.list(WORKSPACE, { contactId: contact.id, limit: 1 }))[0] : undefined;
};

it('reads, drafts and sends with a model of one’s own, and contacts nobody outside', async () => {
	const text = 'What does the oak kitchen cost, please?';
	script.script(text, { score: 70, status: 'QUALIFIED', reply: 'Thank you. A colleague will send you the price of the kitchen today.' });
	await lead('anna@mail.example', text);
	const row = await waitFor(async () => ((await newest('anna@mail.example'))?.status === 'sent' ? await newest('anna@mail.example') : undefined), { what: 'the mail to have left', timeoutMs: PATIENCE_MS });
	expect(row?.draft.usedFallback).toBe(false);
	expect(script.timesAsked(text)).toBeGreaterThanOrEqual(2);
	// It was watched: the model's and the mail's ports are among what was written down.
	const ports = new Set(contacted().filter(({ how }) => how === 'connect').map(({ port }) => port));
	expect([...ports]).toEqual(expect.arrayContaining([sandbox.standIns.httpPort, sandbox.standIns.smtpPort]));
	expect(contacted().filter(outside)).toEqual([]);
}, 240_000);

it('refuses a model outside without connecting to it: rules decide, and a person looks', async () => {
	for (const [email, data] of [['berta@mail.example', { provider: 'openai', baseUrl: '' }], ['cora@mail.example', { provider: 'compatible', baseUrl: `https://${OUTSIDE}/v1` }], ['dora@mail.example', { provider: 'anthropic', baseUrl: 'http://203.0.113.7' }]] as const) {
		await sandbox.api.importCredentials([{ name: 'Sandbox Model', type: 'leadAutopilotModelApi', data: { ...data, model: 'some-model', apiKeys: SANDBOX.openaiKey, dailyBudgetPerKeyUsd: 0, dailyCapUsd: 0 } }]);
		const text = `What does the kitchen of ${email} cost?`;
		script.script(text, { score: 70, status: 'QUALIFIED', reply: 'Thank you.' });
		await lead(email, text);
		const row = await waitFor(async () => ((await newest(email))?.status === 'in_review' ? await newest(email) : undefined), { what: `a draft for ${email} in review`, timeoutMs: PATIENCE_MS });
		expect(row?.draft.usedFallback).toBe(true);
		expect(script.timesAsked(text)).toBe(0);
	}
	// A name has to be looked up to know where it leads; a provider's own is known, and nothing is connected to.
	expect(contacted().filter(outside).filter(({ how, host }) => !(how === 'look up' && host === OUTSIDE))).toEqual([]);
}, 240_000);
