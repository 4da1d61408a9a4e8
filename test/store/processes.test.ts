import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { StoreConfig } from '../../store/config';
import { MIGRATIONS } from '../../store/migrations/migrate';
import { openStore } from '../../store/openStore';
import { endNodeProcesses, NodeProcess } from '../services/nodeProcess';
import { DIALECTS, dueJob, emptyPlace, newDraft, query, sendNow, stopServers, toReview, type Place } from './fixtures';
import { brokenInvariants } from './invariants';

afterAll(stopServers);
jest.setTimeout(600_000);

const start = (task: string, config: StoreConfig, name: string): NodeProcess => new NodeProcess(join(__dirname, 'worker.ts'), [task, JSON.stringify(config), name]);

describe.each(DIALECTS)('several processes on one %s store', (dialect) => {
	let place: Place;
	beforeEach(async () => (place = await emptyPlace(dialect)));
	afterEach(async () => {
		await endNodeProcesses();
		await place.remove();
	});

	it('64 claimants in two processes never get the same job, and together get all', async () => {
		const store = await openStore(place.config, { idleCloseMs: 0 });
		const drafts = Array.from({ length: 500 }, (_, at) => newDraft({ id: `job-${at}`, contactId: `c-${at % 50}` }));
		await store.outbound.plan(drafts.map((draft) => ({ workspace: draft.workspace, draftId: draft.id, draft })), sendNow);
		const workers = [start('claim', place.config, '32'), start('claim', place.config, '32')];
		const answers = await Promise.all(workers.map(({ first }) => first));
		await Promise.all(workers.map(({ ended }) => ended));
		const claimed = answers.flatMap((answer) => {
			if (typeof answer !== 'object' || answer === null || !('claimed' in answer) || !Array.isArray(answer.claimed)) throw new Error(JSON.stringify(answer));
			return answer.claimed.flat().map(String);
		});
		expect(claimed).toHaveLength(500);
		expect(new Set(claimed).size).toBe(500);
		await store.close();
	});

	it('four processes that open an empty store at once migrate it once', async () => {
		const workers = ['a', 'b', 'c', 'd'].map((name) => start('open', place.config, name));
		expect(await Promise.all(workers.map(({ first }) => first))).toEqual(['open', 'open', 'open', 'open']);
		await Promise.all(workers.map(({ ended }) => ended));
		expect(await query(place.config, 'select id, name from {migrations} order by id')).toEqual(MIGRATIONS.map(({ id, name }) => ({ id, name })));
	});

	it('a process killed in the middle of any write leaves nothing half-written', async () => {
		// Spread over the first rounds of writing, where every kind of write is under way at some point.
		const delays = [3, 11, 23, 41, 67, 101, 223, 479, 797, 1201];
		for (const [at, delay] of delays.entries()) {
			const worker = start('write', place.config, `k${at}`);
			expect(await worker.first).toBe('writing');
			await pause(delay);
			await worker.end();
			expect(await brokenInvariants(place.config)).toEqual([]);
		}
		// The next process goes on as if nothing had been.
		const store = await openStore(place.config, { idleCloseMs: 0 });
		const id = await dueJob(store, { workspace: 'w0', contactId: 'after' });
		expect(await store.outbound.find('w0', [id])).toMatchObject([{ status: 'scheduled' }]);
		const [{ written }] = await query<{ written: number }>(place.config, "select count(*) as written from {outbound} where status = 'sent'");
		expect(written).toBeGreaterThan(0);
		await store.close();
	});

	async function waiting(count: number): Promise<void> {
		const store = await openStore(place.config, { idleCloseMs: 0 });
		const drafts = Array.from({ length: count }, (_, at) => newDraft({ id: `draft-${at}`, contactId: `c-${at}`, channel: 'email', to: `c${at}@mail.example` }));
		await store.outbound.plan(drafts.map((draft) => ({ workspace: draft.workspace, draftId: draft.id, draft })), toReview);
		await store.close();
	}
	/** Decisions and what they did to the message, each of which must be there with the other. */
	const halves = `select o.id from {outbound} o join {reviews} r on r.workspace = o.workspace and r.outbound_id = o.id
		where (case when r.decision is null then 'in_review' else 'scheduled' end) <> o.status or (case when r.decision is null then 'It is 20 euros.' else r.edited_text end) <> ${'{text}'}`;
	const halfDone = async (): Promise<unknown[]> => await query(place.config, halves.replace('{text}', dialect === 'sqlite' ? "json_extract(o.draft, '$.text')" : "cast(o.draft as json) ->> 'text'"));

	it('two reviewers in two processes who decide on the same 120 drafts decide each once', async () => {
		await waiting(120);
		const workers = [start('review', place.config, 'eva'), start('review', place.config, 'max')];
		const results = (await Promise.all(workers.map(async ({ all }) => await all))).flatMap(([, decided]) => decided as { result: string; id: string }[]);
		expect(results.filter(({ result }) => result === 'decided')).toHaveLength(120);
		expect(new Set(results.filter(({ result }) => result === 'decided').map(({ id }) => id)).size).toBe(120);
		expect(results.filter(({ result }) => result !== 'decided' && result !== 'already_decided')).toEqual([]);
		expect(await query(place.config, "select count(*) as n from {outbound_transitions} where actor = 'person' and to_status = 'scheduled'")).toEqual([{ n: 120 }]);
		expect(await halfDone()).toEqual([]);
	});

	it('a process killed while it decides leaves each decision with its job, or neither', async () => {
		await waiting(400);
		for (const [at, delay] of [20, 60, 110].entries()) {
			const worker = start('review', place.config, `k${at}`);
			expect(await worker.first).toBe('reviewing');
			await pause(delay);
			await worker.end();
			expect(await halfDone()).toEqual([]);
			expect((await brokenInvariants(place.config)).filter(({ rule }) => !rule.includes('reservation'))).toEqual([]);
		}
	});
});
