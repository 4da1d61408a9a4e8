import { iso } from '../engine/time';
import type { Sandbox } from '../sandbox/sandbox';
import type { NodeJson, WorkflowJson } from '../sandbox/n8n/importing';
import { waitFor } from '../sandbox/waitFor';
import type { InboundInput, Store } from '../store/store';
import { question } from '../test/e2e/support/agreeableModel';
import { concurrently, secondsOf } from './concurrently';
import { median } from './memory';
import { perSecond, type Figure } from './table';

const MESSAGES = 200;
const RUNS = 3;
const WIDTH = 10;
const BATCH = 20;
const TARGET = 0.8;
/** The nodes a message passes in 03-autopilot on its way to a job, the trigger not counted. */
const NODES = 11;

/** A webhook and a chain of as many nodes that do nothing; with `rows` the posted list becomes one item each. */
function noOpChain(id: string, rows: boolean): WorkflowJson {
	const webhook: NodeJson = { id: 'webhook', name: 'Webhook', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, position: [0, 0], webhookId: id, parameters: { path: id, httpMethod: 'POST', responseMode: 'lastNode', options: {} } };
	const split: NodeJson = { id: 'split', name: 'Split', type: 'n8n-nodes-base.splitOut', typeVersion: 1, position: [200, 0], parameters: { fieldToSplitOut: 'body.rows', options: {} } };
	const chain = Array.from({ length: NODES }, (_, number): NodeJson => ({ id: `no-op-${number}`, name: `No Operation ${number}`, type: 'n8n-nodes-base.noOp', typeVersion: 1, position: [400 + 200 * number, 0], parameters: {} }));
	const nodes = rows ? [webhook, split, ...chain] : [webhook, ...chain];
	const connections = Object.fromEntries(nodes.slice(0, -1).map(({ name }, place) => [name, { main: [[{ node: nodes[place + 1].name, type: 'main', index: 0 }]] }]));
	return { id, name: id, nodes, connections, settings: { executionOrder: 'v1', saveDataSuccessExecution: 'none' } };
}

const SINGLE = noOpChain('bench-no-op-single', false);
const BATCHED = noOpChain('bench-no-op-batched', true);

async function post(sandbox: Sandbox, workflow: WorkflowJson, body: object): Promise<void> {
	const response = await fetch(`${sandbox.n8n.url}/webhook/${workflow.id}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
	if (!response.ok) throw new Error(`${workflow.name} answered ${response.status}`);
	await response.arrayBuffer();
}

const row = (number: number): object => ({ name: `Lead ${number}`, text: question(`row-${number}`), phone: `+49160${number}` });

/** Messages a second through 03, which must be published: recorded while the mode is off, counted from the moment it is switched on. */
async function autopilotRate(store: Store, run: number): Promise<number> {
	await store.settings.set('default', { kind: 'workspace' }, { mode: 'off' }, 'bench');
	const timestamp = iso(await store.clock.now());
	const inputs = Array.from({ length: MESSAGES }, (_, number): InboundInput => {
		const from = `+4916${run}${String(number).padStart(8, '0')}`;
		return { message: { channel: 'whatsapp', direction: 'inbound', source: 'channel', threadId: from, text: question(`r-${run}-${number}`), attachments: [], timestamp, providerId: `wamid.bench.${run}.${number}` }, contact: { phone: from, name: `Lead ${number}` } };
	});
	await store.messages.record('default', inputs);
	const settled = async (): Promise<number> => (await store.outbound.list('default', { statuses: ['scheduled', 'in_review'], limit: 10_000 })).filter(({ to }) => to.startsWith(`+4916${run}`)).length;
	const took = await secondsOf(async () => {
		await store.settings.set('default', { kind: 'workspace' }, { mode: 'auto' }, 'bench');
		await waitFor(async () => (await settled()) >= MESSAGES, { what: `${MESSAGES} messages through 03`, timeoutMs: 120_000, everyMs: 50 });
	});
	return MESSAGES / took;
}

/** Throughput of 03 beside n8n's own with nodes that do nothing, in turns so that the machine's mood strikes both. */
export async function ratioFigures(sandbox: Sandbox, store: Store): Promise<Figure[]> {
	await sandbox.api.importWorkflows([SINGLE, BATCHED]);
	for (const { id } of [SINGLE, BATCHED]) await sandbox.api.publishWorkflow(id);
	await concurrently(20, WIDTH, async (number) => await post(sandbox, SINGLE, row(number)));
	const rates: { autopilot: number; single: number; batched: number }[] = [];
	for (let run = 1; run <= RUNS; run++) {
		const single = MESSAGES / (await secondsOf(async () => await concurrently(MESSAGES, WIDTH, async (number) => await post(sandbox, SINGLE, row(number)))));
		const autopilot = await autopilotRate(store, run);
		const rows = Array.from({ length: BATCH }, (_, number) => row(number));
		const batched = MESSAGES / (await secondsOf(async () => await concurrently(MESSAGES / BATCH, 4, async () => await post(sandbox, BATCHED, { rows }))));
		rates.push({ autopilot, single, batched });
	}
	const autopilot = median(rates.map((rate) => rate.autopilot));
	const single = median(rates.map((rate) => rate.single));
	const batched = median(rates.map((rate) => rate.batched));
	return [
		{ name: '03-autopilot, messages', value: perSecond(autopilot) },
		{ name: `${NODES} no-op nodes, a message an execution`, value: perSecond(single) },
		{ name: '  ratio', value: `${Math.round((autopilot / single) * 100)} %`, target: `≥ ${TARGET * 100} %`, met: autopilot >= TARGET * single },
		{ name: `${NODES} no-op nodes, ${BATCH} messages an execution`, value: perSecond(batched) },
		{ name: '  ratio', value: `${Math.round((autopilot / batched) * 100)} %` },
	];
}
