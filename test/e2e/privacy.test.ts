import type { WorkflowJson } from '../../sandbox/n8n/importing';
import { SANDBOX } from '../../sandbox/standins';
import { waitFor } from '../../sandbox/waitFor';
import { rowsInto, runRows } from './support/rowsWorkflow';
import { PATIENCE_MS, startWorld, WORKSPACE, type World } from './world';

/** Whoever is erased is gone from n8n's own records as well: everything is saved here, so that there is something to delete. */
const ANNA = { from: '+491715550199', name: 'Zzanna Probe', text: 'What does the zz-oak kitchen cost, please?' };
const BERTA = { from: '+491715550200', name: 'Yyberta Probe', text: 'What does the yy-beech kitchen cost, please?' };
const MARKS_OF_ANNA = /1715550199|zzanna|zz-oak/i;
const MARKS_OF_BERTA = /1715550200|yyberta|yy-beech/i;
const PACK = 'n8n-nodes-lead-autopilot.leadAutopilot';
const erase = rowsInto('erase-somebody', { name: 'Erase', type: PACK, parameters: { resource: 'contact', operation: 'erase', erase: 'everything', suppress: false } });

/** Looks somebody up and is still at it when they are erased. */
const slow: WorkflowJson = {
	id: 'slow-look-up',
	name: 'Slow look-up',
	nodes: [
		{ id: 'slow-hook', name: 'Hook', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, position: [0, 0], webhookId: 'slow-look-up', parameters: { path: 'slow-look-up', httpMethod: 'POST', responseMode: 'onReceived', options: {} } },
		{ id: 'slow-get', name: 'Get', type: PACK, typeVersion: 1, position: [200, 0], parameters: { resource: 'contact', operation: 'get', contact: '={{ $json.body.phone }}' } },
		{ id: 'slow-wait', name: 'Wait', type: 'n8n-nodes-base.wait', typeVersion: 1.1, position: [400, 0], parameters: { resume: 'timeInterval', amount: 20, unit: 'seconds' }, webhookId: 'slow-wait' },
	],
	connections: { Hook: { main: [[{ node: 'Get', type: 'main', index: 0 }]] }, Get: { main: [[{ node: 'Wait', type: 'main', index: 0 }]] } },
	settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
};

let world: World;

beforeAll(async () => {
	world = await startWorld(['09'], {
		settings: { saveDataSuccessExecution: 'all' },
		extraWorkflows: [erase, slow],
		replacements: { '09': { 'Every Minute': { 'parameters.rule': { interval: [{ field: 'seconds', secondsInterval: 5 }] } } } },
	});
}, 600_000);
afterAll(async () => await world?.stop());

/** Every saved execution as n8n's own interface gives it, data and all. */
const holding = async (marks: RegExp): Promise<string[]> => (await world.sandbox.api.executions({ includeData: true })).filter((execution) => marks.test(JSON.stringify(execution))).map(({ id, workflowId }) => `${id} of ${workflowId}`);

async function answered(lead: typeof ANNA): Promise<void> {
	world.script(lead.text, { score: 70, status: 'QUALIFIED', reply: `Thank you. A colleague will send you the price of the kitchen today.` });
	await world.whatsApp(lead);
	await world.row(lead.from, 'sent');
}

it('deletes the executions of an erased person, the request itself too, and nobody else loses one', async () => {
	await answered(ANNA);
	// What the provider tells of the message names the person as well.
	await waitFor(async () => (await holding(MARKS_OF_ANNA)).some((name) => name.endsWith('leadAutopilot04')), { what: 'the execution that sent', timeoutMs: PATIENCE_MS });
	await answered(BERTA);
	const before = await holding(MARKS_OF_ANNA);
	const workflows = new Set(before.map((name) => name.split(' ').at(-1)));
	expect(workflows).toEqual(new Set(['leadAutopilot02', 'leadAutopilot03', 'leadAutopilot04']));
	const bertas = (await holding(MARKS_OF_BERTA)).filter((name) => !before.includes(name));
	expect(bertas.length).toBeGreaterThanOrEqual(3);

	// One n8n's own pruning was quicker with, and one that is under way.
	const here = await instance();
	const { id } = await world.contact(ANNA.from);
	await world.store.executions.note({ instance: here, executionId: '987654', workflowId: 'leadAutopilot02' }, [{ workspace: WORKSPACE, reference: id }]);
	await fetch(`${world.sandbox.api.url}/webhook/slow-look-up`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ phone: ANNA.from }) });
	const running = await waitFor(async () => (await traced(ANNA.from)).find(({ workflow_id }) => workflow_id === slow.id), { what: 'the slow look-up to be noted', timeoutMs: PATIENCE_MS });

	const { items } = await runRows(world.sandbox.api, erase, [{ email: 'zzanna@mail.example', phone: ANNA.from, contact: { id, phone: ANNA.from } }]);
	expect(items.get(0)?.erasure).toMatchObject({ found: true, sentence: expect.stringContaining('housekeeping deletes them') });

	const waiting = async () => (await world.store.executions.toDelete(WORKSPACE, here, { limit: 99 }));
	await waitFor(async () => (await waiting()).find(({ executionId, error = '' }) => executionId === running.execution_id && /running/.test(error)), { what: 'n8n to refuse while it runs', timeoutMs: PATIENCE_MS });
	await waitFor(async () => ((await waiting()).length === 0 ? true : undefined), { what: 'nothing left to delete', timeoutMs: 3 * PATIENCE_MS });
	expect(await holding(MARKS_OF_ANNA)).toEqual([]);
	expect(await holding(MARKS_OF_BERTA)).toEqual(expect.arrayContaining(bertas));
	expect(world.received(SANDBOX.mailUser)).toEqual([]);
}, 400_000);

interface Trace {
	instance: string;
	execution_id: string;
	workflow_id: string;
}
const traced = async (reference: string): Promise<Trace[]> => {
	const [held] = await world.store.personalData.export(WORKSPACE, [reference]);
	return (held?.tables.execution_traces ?? []).map(({ instance: at, execution_id, workflow_id }) => ({ instance: String(at), execution_id: String(execution_id), workflow_id: String(workflow_id) }));
};
/** The installation as the traces name it. */
const instance = async (): Promise<string> => (await traced(BERTA.from))[0].instance;
