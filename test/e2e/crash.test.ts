import { setTimeout as pause } from 'node:timers/promises';

import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { waitFor } from '../../sandbox/waitFor';
import { closeAllStores } from '../../store/openStore';
import type { Store } from '../../store/store';
import { planDueReplies } from './support/dueJobs';
import { fatesOf, sweepAsLater, type Fates } from './support/fates';

/** About three minutes on a quiet machine with two cores: n8n needs 5 s to start again. */
const JOBS = 200;
const KILLS = 20;
/** How long the provider keeps n8n waiting for its answer: long enough for a kill between its acceptance and Mark Sent. */
const ANSWER_DELAY_MS = 150;
/** Messages that leave between two kills, at most: fewer than 200 / 20, so that there is work at every kill. */
const MOST_PER_LIFE = 8;

let sandbox: Sandbox;
let store: Store;
let ids: string[];

beforeAll(async () => {
	sandbox = await startSandbox({
		workflows: ['04'],
		model: 'none',
		publish: false,
		// Small batches and short leases: what a kill leaves behind is few and soon free again.
		replacements: { '04': { 'Send Due': { 'parameters.options': { workspaces: 'default', batchSize: 4, atOnce: 2, leaseMinutes: 0.1, pollSeconds: 0.2 } } } },
	});
	store = await sandbox.openStore();
	ids = await planDueReplies(store, { count: JOBS });
	sandbox.standIns.script.next('whatsapp', { delayMs: ANSWER_DELAY_MS, times: Infinity });
	await sandbox.publishAll();
}, 600_000);

afterAll(async () => {
	await store?.close();
	await sandbox?.stop();
	await closeAllStores();
});

const received = (): number => sandbox.standIns.inbox.list().length;

/** Resolves when the stand-in has taken this many more messages; the provider has then accepted, and n8n does not know it yet. */
async function acceptances(count: number): Promise<void> {
	const goal = received() + count;
	await waitFor(() => received() >= goal, { what: `${count} more messages at the stand-in`, timeoutMs: 120_000, everyMs: 5 });
}

/** Waits until nothing is left to send, then looks at everything as the sweep does once a begun send can no longer be under way. */
async function fatesAtLast(): Promise<Fates> {
	await waitFor(async () => (await store.outbound.list('default', { statuses: ['scheduled', 'claimed'], limit: 1 })).length === 0, { what: 'nothing to be left to send', timeoutMs: 240_000, everyMs: 250 });
	// A polite end waits for the executions that are still running: what stands at `sending` after it was cut off by a kill.
	await sandbox.n8n.stop();
	await sweepAsLater(sandbox.storeConfig);
	return await fatesOf(store, 'default', ids, sandbox.standIns.inbox);
}

describe(`n8n killed ${KILLS} times while ${JOBS} jobs are dispatched`, () => {
	it('sends every job once or lists it as uncertain', async () => {
		const begun = performance.now();
		for (let kill = 1; kill <= KILLS; kill++) {
			await acceptances(1 + Math.floor(Math.random() * MOST_PER_LIFE));
			// Every second kill falls right after an acceptance, the others wherever chance puts them.
			if (kill % 2 === 0) await pause(Math.random() * 2 * ANSWER_DELAY_MS);
			await sandbox.n8n.kill();
			await sandbox.n8n.restart();
		}
		const fates = await fatesAtLast();
		const seconds = Math.round((performance.now() - begun) / 1000);
		process.stdout.write(
			`${JOBS} jobs, ${KILLS} kills, ${seconds} s: ${fates.sent} sent once, ${fates.uncertain} uncertain (${fates.uncertainButReceived} of them had arrived), ${fates.silent.length} silent, ${fates.twice.length} twice\n`,
		);

		expect(fates).toMatchObject({ silent: [], twice: [], claimedSent: [], unlisted: [] });
		expect(fates.sent + fates.uncertain).toBe(JOBS);
		// Half of the kills fall between acceptance and Mark Sent: without any uncertain job the test would have tested nothing.
		expect(fates.uncertain).toBeGreaterThan(0);
	}, 900_000);
});
