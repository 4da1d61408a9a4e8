import { HOUR, later, MINUTE } from '../../engine/time';
import { openStore } from '../../store/openStore';
import type { LeasedTrainingJob, NewTrainingJob } from '../../store/store';
import { DIALECTS, openTestStore, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);

const LEASE = 10 * MINUTE;
const NEW: NewTrainingJob = { workspace: 'acme', backend: 'fine_tuning', exportHash: 'abc', exportId: 'e1', baseModel: 'gpt-4.1-mini', method: 'supervised', serverUrl: '', requestedBy: 'weekly', longestMs: 24 * HOUR };

describe.each(DIALECTS)('training jobs on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());
	const jobs = () => test.store.trainingJobs;
	const begin = async (more: Partial<NewTrainingJob> = {}): Promise<LeasedTrainingJob> => {
		const { job, lease } = await jobs().start({ ...NEW, ...more }, LEASE);
		if (lease === undefined) throw new Error('not leased');
		return { job, lease };
	};
	const due = async (workspace?: string) => await jobs().claimDue({ leaseMs: LEASE, limit: 10, ...(workspace === undefined ? {} : { workspace }) });

	it('are begun once for an export, watched, and end with what they cost', async () => {
		const first = await jobs().start(NEW, LEASE);
		expect(first).toMatchObject({ created: true, lease: expect.any(String), job: { state: 'starting', version: '', mark: expect.stringMatching(/^[0-9a-f]{16}$/), createdAt: START, deadlineAt: later(START, 24 * HOUR), polls: 0 } });
		expect(await jobs().start(NEW, LEASE)).toEqual({ job: first.job, created: false });
		const held = { job: first.job, lease: String(first.lease) };
		expect(await jobs().save(held, { version: 'v2.2.0', state: 'training', providerJobId: 'ftjob-1', fileId: 'file-1', keyFingerprint: 'f'.repeat(12), submittedAt: START, nextPollAt: later(START, MINUTE) })).toMatchObject({ version: 'v2.2.0', state: 'training', providerJobId: 'ftjob-1' });
		expect(await due()).toEqual([]);
		// Somebody who wants to know now: only of what the provider has.
		const [early] = await jobs().claimDue({ leaseMs: LEASE, limit: 10, early: true });
		expect(early.job.id).toBe(first.job.id);
		expect(await jobs().save(early, {})).toMatchObject({ nextPollAt: later(START, MINUTE) });
		test.clock.advance(MINUTE);
		const [again] = await due();
		expect(again.job).toMatchObject({ id: first.job.id, polls: 2, fileId: 'file-1' });
		expect(await due()).toEqual([]);
		expect(await jobs().save(again, { state: 'succeeded', modelId: 'ft:x', trainedTokens: 1_234_567, costUsd: 6.172835, finishedAt: test.clock.time })).toMatchObject({ state: 'succeeded', trainedTokens: 1_234_567, costUsd: 6.172835 });
		expect(await jobs().save(again, { state: 'failed' })).toBeUndefined();
		// Paid for once: the same export is not trained again.
		expect(await jobs().start(NEW, LEASE)).toMatchObject({ created: false, job: { state: 'succeeded' } });
		test.clock.advance(HOUR);
		expect(await due()).toEqual([]);
		expect(await jobs().list('acme', { open: false, limit: 5 })).toHaveLength(1);
		expect(await jobs().list('acme', { open: true, limit: 5 })).toEqual([]);
		expect(await jobs().find('acme', ['none', first.job.id, '\u0000'])).toMatchObject([undefined, { id: first.job.id }, undefined]);
	});

	it('may be begun again after they failed, under another mark', async () => {
		const held = await begin();
		await jobs().save(held, { state: 'failed', errorCode: 'server_error', error: 'x'.repeat(900), finishedAt: test.clock.time });
		expect((await jobs().find('acme', [held.job.id]))[0]?.error).toHaveLength(500);
		const again = await jobs().start(NEW, LEASE);
		expect(again.created).toBe(true);
		expect(again.job.mark).not.toBe(held.job.mark);
	});

	it('belong to a workspace, a backend and an export', async () => {
		const made = [];
		for (const more of [{}, { workspace: 'other' }, { exportHash: 'def' }, { backend: 'example_memory' as const }]) made.push(await jobs().start({ ...NEW, ...more }, LEASE));
		expect(made.map(({ created }) => created)).toEqual([true, true, true, true]);
		test.clock.advance(LEASE);
		expect((await due('other')).map(({ job }) => job.workspace)).toEqual(['other']);
		expect(await jobs().cancel('other', made[0].job.id, 'mia')).toBeUndefined();
	});

	it('are taken over when their worker is not heard of, who then can change nothing', async () => {
		const lost = await begin();
		await jobs().save(lost, { fileId: 'file-1' }, LEASE);
		expect(await jobs().claimDue({ leaseMs: LEASE, limit: 10, early: true })).toEqual([]);
		test.clock.advance(LEASE - 1);
		expect(await due()).toEqual([]);
		expect(await jobs().start(NEW, LEASE)).toEqual({ created: false, job: expect.objectContaining({ fileId: 'file-1' }) });
		test.clock.advance(1);
		const [taken] = await due();
		expect(taken.job).toMatchObject({ id: lost.job.id, state: 'starting', fileId: 'file-1' });
		expect(await jobs().save(lost, { state: 'training', providerJobId: 'ftjob-late' })).toBeUndefined();
		expect(await jobs().save(taken, { state: 'training', providerJobId: 'ftjob-1', nextPollAt: test.clock.time })).toMatchObject({ providerJobId: 'ftjob-1' });
	});

	it('go on with the next start when they were not handed over and nobody is at them', async () => {
		const lost = await begin();
		test.clock.advance(LEASE);
		const again = await jobs().start(NEW, LEASE);
		expect(again).toMatchObject({ created: false, lease: expect.any(String), job: { id: lost.job.id, mark: lost.job.mark } });
		expect(await jobs().save(lost, { fileId: 'late' })).toBeUndefined();
	});

	it('are looked at at once when somebody cancels them, also while a worker is at them', async () => {
		const held = await begin();
		expect(await jobs().cancel('acme', held.job.id, 'mia')).toMatchObject({ state: 'starting', stop: 'asked', stoppedBy: 'mia' });
		expect(await due()).toEqual([]);
		// The worker knew nothing of it: what it saves undoes no cancel, and the next look is due now.
		expect(await jobs().save(held, { state: 'training', providerJobId: 'ftjob-1', nextPollAt: later(test.clock.time, HOUR) })).toMatchObject({ state: 'training', stop: 'asked' });
		const [claimed] = await due();
		expect(claimed.job).toMatchObject({ stop: 'asked', providerJobId: 'ftjob-1' });
		expect(await jobs().save(claimed, { state: 'cancelled', finishedAt: test.clock.time })).toMatchObject({ state: 'cancelled' });
		expect(await jobs().cancel('acme', held.job.id, 'tom')).toMatchObject({ state: 'cancelled', stoppedBy: 'mia' });
	});

	it('that were cancelled while a look found them done are not done', async () => {
		const held = await begin();
		await jobs().cancel('acme', held.job.id, 'mia');
		expect(await jobs().save(held, { state: 'succeeded', modelId: 'ft:x', finishedAt: test.clock.time })).toMatchObject({ state: 'cancelled', modelId: 'ft:x' });
	});

	const register = async (requestKey: string, status: 'training' | 'candidate', backend: 'fine_tuning' | 'example_memory' = 'fine_tuning') => (await test.store.models.register([{ workspace: 'acme', backend, status, requestKey, sentence: 'New.' }]))[0].version.version;
	const version = async (name: string) => (await test.store.models.find('acme', [name]))[0];

	it('tell their version its end with their own, by what was kept: nothing that was cancelled is ready', async () => {
		const held = await begin();
		const name = await register(held.job.id, 'training');
		await jobs().save(held, { version: name }, LEASE);
		await jobs().cancel('acme', held.job.id, 'mia');
		await jobs().save(held, { state: 'succeeded', modelId: 'ft:x', finishedAt: test.clock.time });
		expect(await version(name)).toMatchObject({ status: 'failed', sentence: expect.stringContaining('cancelled by mia') });
	});

	it('find the version their worker could not note any more', async () => {
		const held = await begin();
		const name = await register(held.job.id, 'training');
		expect(await jobs().save(held, { state: 'failed', errorCode: 'interrupted', finishedAt: test.clock.time })).toMatchObject({ version: name });
		expect(await version(name)).toMatchObject({ status: 'failed' });
	});

	it('of a memory end by themselves when their worker is not heard of: done when the version was made, else broken off', async () => {
		const memory = { backend: 'example_memory' as const };
		const [made, lost, refused] = [await begin({ ...memory, exportHash: 'a' }), await begin({ ...memory, exportHash: 'b' }), await begin({ ...memory, exportHash: 'c' })];
		const [name, unwanted] = [await register(made.job.id, 'candidate', 'example_memory'), await register(refused.job.id, 'candidate', 'example_memory')];
		test.clock.advance(LEASE - 1);
		await jobs().cancel('acme', refused.job.id, 'mia');
		expect(await due()).toEqual([]);
		expect((await jobs().list('acme', { open: true, limit: 9 }))).toHaveLength(3);
		test.clock.advance(1);
		expect(await due()).toEqual([]);
		expect(await jobs().find('acme', [made.job.id, lost.job.id, refused.job.id])).toMatchObject([{ state: 'succeeded', version: name }, { state: 'failed', errorCode: 'broken_off', version: '' }, { state: 'cancelled', version: unwanted }]);
		expect([(await version(name))?.status, (await version(unwanted))?.status]).toEqual(['candidate', 'failed']);
		expect(await jobs().save(lost, { state: 'succeeded' })).toBeUndefined();
	});

	it('that ended are named until their files are gone', async () => {
		const held = await begin();
		await jobs().save(held, { fileId: 'file-1', validationFileId: 'file-2' }, LEASE);
		expect(await jobs().withFiles('acme', 9)).toEqual([]);
		await jobs().save(held, { state: 'failed', errorCode: 'job_gone', finishedAt: test.clock.time });
		expect(await jobs().withFiles('other', 9)).toEqual([]);
		expect(await jobs().withFiles('acme', 9)).toMatchObject([{ fileId: 'file-1', validationFileId: 'file-2' }]);
		await jobs().filesCleared('acme', held.job.id, ['file-1']);
		expect((await jobs().withFiles('acme', 9)).map(({ fileId, validationFileId }) => [fileId, validationFileId])).toEqual([[undefined, 'file-2']]);
		await jobs().filesCleared('acme', held.job.id, ['file-2']);
		expect(await jobs().withFiles('acme', 9)).toEqual([]);
	});

	it('are begun once and handed to one of many that ask at once', async () => {
		const second = await openStore(test.place.config, { clock: test.clock });
		const stores = Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? test.store : second));
		const started = await Promise.all(stores.map(async (store) => await store.trainingJobs.start(NEW, LEASE)));
		expect(started.filter(({ created }) => created)).toHaveLength(1);
		expect(new Set(started.map(({ job }) => job.id)).size).toBe(1);
		expect(started.filter(({ lease }) => lease !== undefined)).toHaveLength(1);
		for (let at = 0; at < 11; at++) await begin({ exportHash: `h${at}` });
		test.clock.advance(LEASE);
		const claims = (await Promise.all(stores.map(async (store) => await store.trainingJobs.claimDue({ leaseMs: LEASE, limit: 3 })))).flat();
		expect(claims).toHaveLength(12);
		expect(new Set(claims.map(({ job }) => job.id)).size).toBe(12);
		await second.close();
	});
});
