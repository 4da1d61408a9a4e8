import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { waitFor } from '../../sandbox/waitFor';
import { closeAllStores } from '../../store/openStore';
import type { Store } from '../../store/store';
import { iso, later, MINUTE } from '../../engine/time';
import { PATIENCE_MS, WORKSPACE } from './world';

/** Work asked for on the desk, done by the shipped workflow in a real n8n: by rules, in batches. */
const LEADS = 7;

let sandbox: Sandbox;
let store: Store;

beforeAll(async () => {
	sandbox = await startSandbox({ workflows: ['08'], replacements: { '08': { 'Asked For': { 'parameters.options.pollSeconds': 0.2 }, Settings: { 'assignments.batchSize': 3 } } } });
	store = await sandbox.openStore();
	await store.pipelines.save(WORKSPACE, [{ id: 'default', name: 'Sales', stages: [{ id: 'new', name: 'New', type: 'LEAD', order: 1 }, { id: 'talking', name: 'Talking', type: 'IN_PROGRESS', order: 2 }] }]);
	const now = await store.clock.now();
	for (let lead = 0; lead < LEADS; lead++) {
		const texts = ['How much is it? I want to buy and need a quote.', 'When is delivery, and can I order today?', 'I am interested, please send the invoice.', 'Payment by card? I need it urgently.', 'What does shipping cost?'];
		await store.messages.record(WORKSPACE, texts.map((text, at) => ({ message: { channel: 'email', direction: 'inbound', source: 'channel', threadId: `t${lead}`, text, attachments: [], timestamp: iso(later(now, (at - 9) * MINUTE)), providerId: `${lead}-${at}` }, contact: { id: `lead-${lead}`, email: `lead${lead}@mail.example` } })));
	}
}, 600_000);

afterAll(async () => {
	await store?.close();
	await sandbox?.stop();
	await closeAllStores();
});

const ended = async (id: string) => await waitFor(async () => (await store.runs.find(WORKSPACE, [id])).find((run) => run !== undefined && run.state !== 'requested' && run.state !== 'running'), { what: `the end of run ${id}`, timeoutMs: 3 * PATIENCE_MS });

it('reads and places everybody again, after what is skipped and up to the limit', async () => {
	const [{ run }] = await store.runs.request([{ workspace: WORKSPACE, kind: 'reanalysis', options: { skip: 1, limit: 5 }, requestedBy: 'mia' }]);
	expect(await ended(run.id)).toMatchObject({ state: 'done', counts: { done: 5, failed: 0, skipped: 0, total: 5 } });
	const contacts = await store.contacts.find(WORKSPACE, Array.from({ length: LEADS }, (_, lead) => `lead-${lead}`));
	expect(contacts.map((contact) => contact?.score !== undefined)).toEqual([false, true, true, true, true, true, false]);
	expect(contacts.map((contact) => contact?.stageId !== undefined)).toEqual([false, true, true, true, true, true, false]);
}, 240_000);

it('only places again when that is what was asked for', async () => {
	const [before] = await store.contacts.find(WORKSPACE, ['lead-2']);
	const [{ run }] = await store.runs.request([{ workspace: WORKSPACE, kind: 'reassignment', options: {}, requestedBy: 'mia' }]);
	expect(await ended(run.id)).toMatchObject({ state: 'done', counts: { total: LEADS } });
	const [after, unread] = await store.contacts.find(WORKSPACE, ['lead-2', 'lead-0']);
	expect(after?.summaryAt).toBe(before?.summaryAt);
	expect(unread?.score).toBeUndefined();
}, 240_000);
