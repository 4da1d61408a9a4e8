import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { waitFor } from '../../sandbox/waitFor';
import { closeAllStores } from '../../store/openStore';
import type { Store } from '../../store/store';
import { createDatabase, dropDatabase, startPostgres } from '../services/postgres';
import { startRedis } from '../services/redis';
import type { Service } from '../services/service';
import { sweepAsLater } from './support/fates';
import { makeModelAgreeable, question } from './support/agreeableModel';
import { rowsInto, runRows } from './support/rowsWorkflow';
import { accepted } from './world';

/** The shipped workflows in n8n's queue mode: one main, two workers, Postgres and Redis. */
const LEADS = 40;
/** For a loaded machine; on a quiet one it takes seconds, after a kill as long as a lease and the next sweep. */
const PATIENCE_MS = 200_000;
/** No send takes that long here. */
const LONG_AFTER_MS = 15_000;
const DATABASE = `queue_mode_${randomUUID().replaceAll('-', '')}`;
/** Longer than an execution of a busy machine, short enough that a killed worker's work comes back within the test. */
const QUICK = { 'parameters.options.pollSeconds': 0.2, 'parameters.options.leaseMinutes': 0.5, 'parameters.options.batchSize': 5 };

let postgres: Service;
let redis: Service;
let sandbox: Sandbox;
let store: Store;

beforeAll(async () => {
	[postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
	sandbox = await startSandbox({
		postgres: { url: await createDatabase(postgres.url, DATABASE) },
		queue: { redisUrl: redis.url, prefix: DATABASE, workers: 2 },
		replacements: {
			// The sandbox's mailbox, pages and numbers are not used here.
			'02': { 'Email Trigger': { disabled: true } },
			'03': { 'Conversation Ready': { ...QUICK, 'parameters.options.quietSeconds': 0 }, 'Generate With Confidence': { 'parameters.auditShare': 0 }, 'Best Send Time': { 'parameters.options': { replyPauseMin: 0, replyPauseMax: 1 } } },
			'04': { 'Send Due': QUICK },
		},
	});
	makeModelAgreeable(sandbox.standIns);
	sandbox.standIns.meta.automatic.statuses = false;
	store = await sandbox.openStore();
	await setMode('auto');
}, 600_000);

afterAll(async () => {
	await store?.close();
	await sandbox?.stop();
	await closeAllStores();
	if (postgres) await dropDatabase(postgres.url, DATABASE);
	await Promise.all([postgres?.stop(), redis?.stop()]);
}, 60_000);

/** In mode off messages are recorded and wait. */
async function setMode(mode: 'auto' | 'off'): Promise<void> {
	await store.settings.set('default', { kind: 'workspace' }, { mode, replyDelaySeconds: 0 }, 'test');
}

const phone = (series: number, lead: number): string => `49151${series}${String(lead).padStart(7, '0')}`;
const phones = (series: number): string[] => Array.from({ length: LEADS }, (_, lead) => phone(series, lead));

async function write(series: number): Promise<void> {
	for (const from of phones(series)) accepted(await sandbox.standIns.meta.inboundWhatsApp({ from, name: 'Lead', text: question(from) }));
}

const answersTo = (from: string): number => sandbox.standIns.inbox.list().filter(({ to }) => to === from).length;
const answered = (series: number): number => phones(series).filter((from) => answersTo(from) > 0).length;

/** How far each lead of a series is: the status of the answer, or `listed` when a person has been asked to look. */
async function statesOf(series: number): Promise<string[]> {
	const contacts = await store.contacts.find('default', phones(series).map((from) => `+${from}`));
	const rows = await store.outbound.list('default', { limit: 1000 });
	const reviews = await store.reviews.list('default', { open: true, limit: 1000 });
	return contacts.map((contact) => {
		if (reviews.some(({ contactId, outboundId }) => (contactId ?? rows.find(({ id }) => id === outboundId)?.contactId) === contact?.id)) return 'listed';
		return rows.find(({ contactId }) => contactId === contact?.id)?.status ?? 'not decided';
	});
}

/** Sends that have been under way for so long that whoever began them is gone. */
async function abandoned(): Promise<boolean> {
	const rows = await store.outbound.list('default', { statuses: ['sending'], limit: 1000 });
	const begun = await Promise.all(rows.map(async ({ id }) => (await store.outbound.transitions('default', id)).at(-1)?.at ?? 0));
	return begun.every((at) => Date.now() - at > LONG_AFTER_MS);
}

/** Waits until nobody of the series is forgotten: answered, or listed for a person, if need be by the sweep that comes later. */
async function settledStates(series: number): Promise<string[]> {
	let states: string[] = [];
	await waitFor(
		async () => {
			states = await statesOf(series);
			return states.every((state) => state === 'sent' || state === 'listed' || state === 'sending') && (await abandoned());
		},
		{ what: 'every lead to be answered or listed', timeoutMs: PATIENCE_MS, everyMs: 250 },
	).catch((error: Error) => {
		throw new Error(`${error.message}; they are: ${JSON.stringify(Object.fromEntries([...Map.groupBy(states, (state) => state)].map(([state, all]) => [state, all.length])))}`);
	});
	await sweepAsLater(sandbox.storeConfig);
	return await statesOf(series);
}

describe('queue mode with two workers', () => {
	it(`answers each of ${LEADS} leads once, with both workers at work`, async () => {
		await write(1);

		expect(await settledStates(1)).toEqual(Array(LEADS).fill('sent'));
		expect(phones(1).map(answersTo)).toEqual(Array(LEADS).fill(1));
		for (const { userFolder } of sandbox.workers) expect(readFileSync(`${userFolder}.log`, 'utf8')).toMatch(/started execution/);
	}, 300_000);

	it('forgets nobody and answers nobody twice when one worker is killed in the middle', async () => {
		// What n8n's own trigger has acknowledged and no worker has recorded yet dies with the worker, so all is recorded first.
		await setMode('off');
		await write(2);
		await waitFor(async () => (await store.contacts.find('default', phones(2).map((from) => `+${from}`))).every((contact) => contact !== undefined), { what: 'all messages to be recorded', timeoutMs: PATIENCE_MS });
		await setMode('auto');
		await waitFor(() => answered(2) > LEADS / 8, { what: 'the first answers', timeoutMs: PATIENCE_MS, everyMs: 10 });
		await sandbox.workers[0].kill();

		const states = await settledStates(2);
		const listed = states.filter((state) => state === 'listed').length;
		process.stdout.write(`one of two workers killed after ${LEADS / 8} of ${LEADS} answers: ${LEADS - listed} answered once, ${listed} listed for a person\n`);
		expect(phones(2).filter((from) => answersTo(from) > 1)).toEqual([]);
		expect(phones(2).filter((from, place) => states[place] === 'sent' && answersTo(from) !== 1)).toEqual([]);
	}, 300_000);

	it('refuses the embedded store and says what to do, in a node and in the trigger', async () => {
		const node = rowsInto('embedded-store-node', { name: 'Outcome Track', type: 'n8n-nodes-lead-autopilot.outcomeTrack', parameters: { event: 'replied' } });
		const trigger = { id: 'embedded-store-trigger', name: 'Trigger without a store', nodes: [{ id: 'due', name: 'Send Due', type: 'n8n-nodes-lead-autopilot.autopilotTrigger', typeVersion: 1, position: [0, 0] as const, parameters: { event: 'sendDue' } }], connections: {} };
		await sandbox.api.importWorkflows([node, trigger]);
		await sandbox.api.publishWorkflow(node.id);

		const { error } = await runRows(sandbox.api, node, [{ email: 'anna@baum.example' }]);
		expect(error?.message).toBe('The embedded store cannot be shared by the workers of queue mode');
		expect(error?.description).toMatch(/Lead Autopilot Store API.*Postgres/);
		await expect(sandbox.api.publishWorkflow(trigger.id)).rejects.toThrow('The embedded store cannot be shared by the workers of queue mode');
	}, 60_000);
});
