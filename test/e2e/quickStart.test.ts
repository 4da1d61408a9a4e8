import { feed } from '../../sandbox/demo/feed';
import { ALERT_MAILBOX } from '../../sandbox/importedSets';
import type { WorkflowJson } from '../../sandbox/n8n/importing';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import type { LoggedMessage } from '../../sandbox/standins';
import { waitFor } from '../../sandbox/waitFor';
import { epochMs, MINUTE } from '../../engine/time';
import { closeAllStores, openStore } from '../../store/openStore';
import type { Store } from '../../store/store';
import { sendNow } from '../store/fixtures';
import { leadPhone, planDueReplies } from './support/dueJobs';

/** What a newcomer meets first, in one n8n without any key: the quick start, the ways in for leads, and the housekeeping. */
const WORKSPACE = 'default';
const PATIENCE_MS = 45_000;
const HOUSEKEEPING = 'leadAutopilot09';
/** More than the store allows a send that has begun before it calls it uncertain. */
const LONG_AGO_MS = 15 * MINUTE;
const UNCHECKABLE = 'This one breaks the check.';

/** Somebody's own workflow, with the housekeeping as its error workflow as the set-up there says. */
const FAILING: WorkflowJson = {
	id: 'someFailingWorkflow',
	name: 'Nightly export',
	nodes: [
		{ id: 'ask', name: 'Ask', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, position: [0, 0], webhookId: 'failing', parameters: { path: 'failing', httpMethod: 'POST', options: {} } },
		{ id: 'fail', name: 'Export Rows', type: 'n8n-nodes-base.stopAndError', typeVersion: 1, position: [200, 0], parameters: { errorMessage: 'The table is gone.' } },
	],
	connections: { Ask: { main: [[{ node: 'Export Rows', type: 'main', index: 0 }]] } },
	settings: { executionOrder: 'v1', errorWorkflow: HOUSEKEEPING },
};

let sandbox: Sandbox;
let store: Store;

beforeAll(async () => {
	sandbox = await startSandbox({
		workflows: ['00', '01', '09'],
		model: 'none',
		replacements: {
			'01': { 'Check What They Want': { 'parameters.workspace': `={{ $json.message.text === '${UNCHECKABLE}' ? '' : $json.message.workspace }}` } },
			'09': { 'Every Minute': { 'parameters.rule': { interval: [{ field: 'seconds', secondsInterval: 2 }] } } },
		},
		extraWorkflows: [FAILING],
	});
	store = await sandbox.openStore();
}, 600_000);

afterAll(async () => {
	await store?.close();
	await sandbox?.stop();
	await closeAllStores();
});

async function recorded(reference: string): Promise<{ name?: string; company?: string }> {
	return await waitFor(async () => (await store.contacts.find(WORKSPACE, [reference]))[0], { what: `the contact ${reference}`, timeoutMs: PATIENCE_MS });
}

async function postLeads(body: unknown): Promise<Record<string, unknown>[]> {
	const response = await fetch(sandbox.urlOf('01', 'Lead Webhook'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
	expect(response.status).toBe(200);
	return (await response.json()) as Record<string, unknown>[];
}

const alerts = (): LoggedMessage[] => sandbox.standIns.inbox.list().filter(({ to }) => to === ALERT_MAILBOX);

async function alert(which: (message: LoggedMessage) => boolean): Promise<LoggedMessage> {
	return await waitFor(() => alerts().find(which), { what: 'the alert', timeoutMs: PATIENCE_MS });
}

/** A send that began long ago and of which nothing was heard: its worker is gone. */
async function cutOffSend(number: number): Promise<string> {
	const earlier = await openStore(sandbox.storeConfig, { clock: { now: async () => epochMs(Date.now() - LONG_AGO_MS) } });
	const id = (await planDueReplies(earlier, { count: number + 1 }))[number];
	await earlier.outbound.claimDue({ limit: 10, leaseMs: MINUTE }, sendNow);
	expect(await earlier.outbound.beginSend(WORKSPACE, [id], sendNow)).toMatchObject([{ ok: true }]);
	await earlier.close();
	return id;
}

describe('the quick start without a key or a credential', () => {
	it('shows score, draft and verdict of what was typed into its form', async () => {
		const form = new FormData();
		['Anna Weber', 'anna@haus.example', 'How much is a kitchen with delivery to Bremen? <b>We want to buy this week.</b>'].forEach((value, at) => form.append(`field-${at}`, value));
		const answer = await fetch(sandbox.urlOf('00', 'Lead Form'), { method: 'POST', body: form });
		expect(answer.status).toBe(200);
		const { formWaitingUrl } = (await answer.json()) as { formWaitingUrl: string };

		const page = await waitFor(
			async () => {
				// While the run goes on n8n leaves this without any answer.
				const text = await (await fetch(formWaitingUrl, { signal: AbortSignal.timeout(2_000) })).text();
				return text.includes('Verdict:') ? text : undefined;
			},
			{ what: 'the result page', timeoutMs: PATIENCE_MS },
		);
		const [execution] = await sandbox.api.executions({ workflowId: sandbox.workflows.get('00')?.id, includeData: true });
		const row = execution.data?.resultData.runData.Result[0].data?.main[0]?.[0].json;
		// Rules score and a template writes, which always asks for a person.
		expect(row).toMatchObject({ lead: 'Anna Weber, anna@haus.example', score: expect.stringMatching(/^\d{1,3}$/), reading: expect.stringMatching(/\S/), draft: expect.stringMatching(/Anna/), verdict: 'review', why: expect.stringMatching(/\S/) });
		expect(page).toContain('Verdict: review');
		expect(page).toContain(String(row?.score));
		expect(sandbox.standIns.inbox.list()).toEqual([]);
	}, 90_000);
});

describe('the ways in for leads', () => {
	it('take a lead from the form', async () => {
		await feed(sandbox, { title: 'form', delivery: { by: 'form', fields: ['Tom Baker', 'tom@bakery.example', '+447700900037', 'Baker & Sons', 'What is the price of a counter?', '[]'], email: 'tom@bakery.example' } });
		expect(await recorded('tom@bakery.example')).toMatchObject({ name: 'Tom Baker', company: 'Baker & Sons' });
	}, 90_000);

	it('take the good rows of a CSV file and leave a bad one between them out', async () => {
		const text = 'name,email,channel,text,country\nEva Lang,eva@csv.example,,Bitte ein Angebot für 30 Stühle.,DE\nBad Row,bad@csv.example,carrier pigeon,coo,SE\nOskar Holm,oskar@csv.example,,What does a desk cost?,SE\n';
		await feed(sandbox, { title: 'csv', delivery: { by: 'csv', text: text.replaceAll(',,', ',email,'), emails: [] } });
		expect(await recorded('oskar@csv.example')).toMatchObject({ name: 'Oskar Holm' });
		expect(await recorded('eva@csv.example')).toMatchObject({ name: 'Eva Lang' });
		expect(await store.contacts.find(WORKSPACE, ['bad@csv.example'])).toEqual([undefined]);
	}, 90_000);

	it('take the good rows of a webhook, heed a wish to stop among them, and say what is wrong with the bad one', async () => {
		const rows = await postLeads([
			{ messageId: 'w-1', name: 'Bad Row', channel: 'carrier pigeon', text: 'coo' },
			{ messageId: 'w-2', name: 'Ina', email: 'ina@web.example', text: 'Please send me your price list.' },
			{ messageId: 'w-3', name: 'Stop', email: 'stop@web.example', text: 'Please stop writing to me and unsubscribe me.' },
		]);
		expect(rows).toEqual([expect.objectContaining({ result: 'not recorded', name: 'Bad Row', reason: expect.stringMatching(/carrier pigeon/) })]);
		expect(await recorded('ina@web.example')).toMatchObject({ name: 'Ina' });
		const [free, stopped] = await store.suppressions.check(WORKSPACE, ['ina@web.example', 'stop@web.example'].map((address) => ({ channel: 'email' as const, address })));
		expect(free).toBeUndefined();
		expect(stopped).toBeDefined();
	}, 90_000);

	it('record an opt-out beside a message whose check fails, and say which was not checked', async () => {
		const rows = await postLeads([
			{ messageId: 'c-1', name: 'Uncheckable', email: 'uncheckable@web.example', text: UNCHECKABLE },
			{ messageId: 'c-2', name: 'Stop', email: 'stop.too@web.example', text: 'Please stop writing to me and unsubscribe me.' },
		]);
		expect(rows).toEqual([expect.objectContaining({ result: expect.stringMatching(/^recorded, but/), name: 'Uncheckable', reason: expect.stringMatching(/Workspace/) })]);
		expect(await recorded('uncheckable@web.example')).toMatchObject({ name: 'Uncheckable' });
		expect((await store.suppressions.check(WORKSPACE, [{ channel: 'email', address: 'stop.too@web.example' }]))[0]).toBeDefined();
	}, 90_000);
});

describe('the housekeeping', () => {
	it('lists a send that was cut off as uncertain, and mails one alert of it', async () => {
		const first = await cutOffSend(0);
		expect((await alert((message) => message.text.includes(first))).subject).toBe('Lead Autopilot: uncertain sends');
		expect(await store.outbound.find(WORKSPACE, [first])).toMatchObject([{ status: 'uncertain', to: leadPhone(0) }]);

		// The next one tells that the housekeeping has looked again.
		const second = await cutOffSend(1);
		await alert((message) => message.text.includes(second));
		expect(alerts().filter(({ text }) => text.includes(first) && !text.includes(second))).toHaveLength(1);
	}, 120_000);

	it('tells whom to ask about a failed run of a workflow that names it, with node and reason', async () => {
		const response = await fetch(`${sandbox.n8n.url}/webhook/failing`, { method: 'POST' });
		await response.body?.cancel();
		const mail = await alert(({ subject }) => subject === 'Lead Autopilot: a run of Nightly export failed');
		expect(mail.text).toMatch(/Node: Export Rows\s+Reason: The table is gone\./);
	}, 90_000);
});
