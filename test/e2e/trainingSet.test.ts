import { createHash } from 'node:crypto';
import { TrainingManifestSchema } from '../../engine/training/manifest';
import { DAY, iso, later } from '../../engine/time';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import type { WorkflowJson } from '../../sandbox/n8n/importing';
import { closeAllStores } from '../../store/openStore';
import type { Store } from '../../store/store';
import { CLAIM, draftOf, newDraft, sendNow } from '../store/fixtures';
import { rowsInto, runRows } from './support/rowsWorkflow';
import { WORKSPACE } from './world';

/** A training set written by a real n8n to where it keeps files, and read back from there. */
const LEADS = 12;
const WORDS = 'harbour lantern meadow copper violin thunder orchard pebble canyon saffron walnut glacier'.split(' ');

let sandbox: Sandbox;
let store: Store;
let workflow: WorkflowJson;

beforeAll(async () => {
	sandbox = await startSandbox({ workflows: [], model: 'none' });
	store = await sandbox.openStore();
	const now = await store.clock.now();
	for (let lead = 0; lead < LEADS; lead++) {
		const [email, name] = [`lead${lead}@mail.example`, `Zacharias Quitter`];
		const [{ message, contact }] = await store.messages.record(WORKSPACE, [{ message: { channel: 'email', direction: 'inbound', source: 'channel', threadId: `t${lead}`, text: `I am ${name} (${email}). What about the ${WORDS[lead]}?`, attachments: [], timestamp: iso(later(now, -31 * DAY)), providerId: `p${lead}` }, contact: { id: `lead-${lead}`, email, name } }]);
		await store.messages.saveReadings(WORKSPACE, [{ messageId: message.id, reply: { intent: 'question', optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
		const draft = newDraft({ workspace: WORKSPACE, contactId: contact.id, channel: 'email', to: email, threadId: `t${lead}`, inboundIds: [message.id] });
		const text = `Dear Zacharias, the ${WORDS[lead]} is ${Array.from({ length: 12 }, (_, at) => `${WORDS[(lead + at * at) % WORDS.length]}${lead}`).join(' ')}.`;
		await store.outbound.plan([{ workspace: WORKSPACE, draftId: draft.id, draft: { ...draft, draft: draftOf(draft.id, text) } }], sendNow);
		await store.outbound.claimDue({ ...CLAIM, workspaces: [WORKSPACE] }, sendNow);
		await store.outbound.beginSend(WORKSPACE, [draft.id]);
		await store.outbound.markSent([{ workspace: WORKSPACE, id: draft.id, at: later(now, -30 * DAY) }]);
		await store.outcomes.record([{ workspace: WORKSPACE, event: 'replied', label: 'positive_reply', occurredAt: later(now, -29 * DAY), outboundId: draft.id, eventId: `answer-${lead}` }]);
	}
	const rows = rowsInto('training-set', { name: 'Model Trainer', type: 'n8n-nodes-lead-autopilot.modelTrainer', parameters: { operation: 'exportTrainingSet', workspace: WORKSPACE } });
	const read = { id: 'read', name: 'Read File', type: 'n8n-nodes-base.extractFromFile', typeVersion: 1, position: [600, 0] as [number, number], parameters: { operation: 'text', binaryPropertyName: 'sftTrain', destinationKey: 'file', options: { keepSource: 'json' } } };
	workflow = { ...rows, nodes: [...rows.nodes, read], connections: { ...rows.connections, 'Model Trainer': { main: [[{ node: 'Read File', type: 'main', index: 0 }]] } } };
	await sandbox.api.importWorkflows([workflow]);
	await sandbox.api.publishWorkflow(workflow.id);
}, 600_000);

afterAll(async () => {
	await store?.close();
	await sandbox?.stop();
	await closeAllStores();
});

it('is written as files whose hash is in the manifest, holds nobody, and is on record', async () => {
	const { status, items } = await runRows(sandbox.api, workflow, [{ start: true }]);
	expect(status).toBe('success');
	const { trainingExport, file } = items.get(0) ?? {};
	const manifest = TrainingManifestSchema.parse(trainingExport);
	expect(manifest).toMatchObject({ read: LEADS, written: LEADS, exclusions: {} });
	const content = String(file);
	expect(createHash('sha256').update(content).digest('hex')).toBe(manifest.files.sftTrain.sha256);
	expect(content.split('\n').filter((line) => line !== '').map((line) => (JSON.parse(line) as { messages: { role: string }[] }).messages.map(({ role }) => role))).toEqual(Array.from({ length: manifest.files.sftTrain.rows }, () => ['system', 'user', 'assistant']));
	expect(content).not.toMatch(/zacharias|quitter|lead\d|mail\.example/i);
	const [record] = await store.training.exports(WORKSPACE, { limit: 1 });
	expect(record).toMatchObject({ id: manifest.id, state: 'ready', contacts: LEADS, storage: { sftTrain: expect.stringMatching(/^filesystem/), executionId: expect.any(String) } });
}, 240_000);
