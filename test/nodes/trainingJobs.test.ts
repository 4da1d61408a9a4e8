import { createHash } from 'node:crypto';
import { HOUR, later, MINUTE } from '../../engine/time';
import { keyFingerprint } from '../../llm/keyLedger';
import { openAiFineTuning, type FineTuning } from '../../llm/fineTuning';
import type { BinaryFile } from '../../nodes/ModelTrainer/binaryFile';
import { trainingItem } from '../../nodes/ModelTrainer/trainingItem';
import type { TrainingProvider } from '../../nodes/ModelTrainer/trainingProvider';
import { clearLeftFiles, handOver, lookAt, type TrainingFiles } from '../../nodes/ModelTrainer/watchTraining';
import { openaiError, SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';
import type { LeasedTrainingJob } from '../../store/store';
import { openTestStore, stopServers, type TestStore } from '../store/fixtures';

/** One training from its start to its end over crashes, lost answers and changed keys, with the real client and store. */
const BASE = 'gpt-4.1-mini-2025-04-14';
const KEY = SANDBOX.openaiKey;
const LEASE = 20 * MINUTE;
const TEXT = Array.from({ length: 12 }, (_, at) => `${JSON.stringify({ messages: [{ role: 'user', content: `Question ${at}` }, { role: 'assistant', content: `Answer ${at}` }] })}\n`).join('');

let standIns: StandIns;
let test: TestStore;
beforeAll(async () => (standIns = await startStandIns()));
afterAll(async () => {
	await standIns.stop();
	await stopServers();
});
beforeEach(async () => {
	standIns.fineTuning.reset();
	standIns.script.reset();
	standIns.fineTuning.pace({ validateMs: 0, queueMs: 0, runMs: 0 });
	test = await openTestStore('sqlite');
});
afterEach(async () => await test.close());

const url = () => `http://127.0.0.1:${standIns.httpPort}/v1`;
const provider = (keys: string[] = [KEY], serverUrl = url()): TrainingProvider => ({
	serverUrl,
	keys: keys.map(keyFingerprint),
	open: (fingerprint, baseModel) => openAiFineTuning({ baseUrl: url(), apiKey: keys.find((key) => keyFingerprint(key) === fingerprint) ?? '', baseModel }),
});
const files = (): TrainingFiles => {
	const bytes = Buffer.from(TEXT);
	const train: BinaryFile = { bytes: bytes.length, rows: 12, sha256: createHash('sha256').update(bytes).digest('hex'), async *open() { yield bytes; } };
	return { train };
};
/** A job as Start Training leaves it before it is handed over. */
async function begun(longestMs = 24 * HOUR): Promise<LeasedTrainingJob> {
	const { job, lease } = await test.store.trainingJobs.start({ workspace: 'acme', backend: 'fine_tuning', exportHash: 'abc', baseModel: BASE, method: 'supervised', serverUrl: url(), keyFingerprint: keyFingerprint(KEY), fileBytes: Buffer.byteLength(TEXT), requestedBy: 'weekly', longestMs }, LEASE);
	if (lease === undefined) throw new Error('not leased');
	const [{ version }] = await test.store.models.register([{ workspace: 'acme', backend: 'fine_tuning', status: 'training', requestKey: job.id, sentence: 'In training.' }]);
	const held = { job: { ...job, version: version.version }, lease };
	await test.store.trainingJobs.save(held, { version: version.version }, LEASE);
	return held;
}
const start = async (held: LeasedTrainingJob, tuning: FineTuning = provider().open(keyFingerprint(KEY), BASE)) => await handOver(test.store, tuning, held, { fresh: true, files: files() });
/** What Check Training does once the next look is due. */
async function look(found: TrainingProvider | 'none' = provider()) {
	const [held] = await test.store.trainingJobs.claimDue({ leaseMs: LEASE, limit: 1 });
	if (!held) throw new Error('nothing is due');
	return await lookAt(test.store, found === 'none' ? undefined : found, held);
}
const due = (ms: number) => test.clock.advance(ms);
const version = async (name: string) => (await test.store.models.find('acme', [name]))[0];
const jobs = () => standIns.fineTuning.jobs();

describe('a training', () => {
	it('goes from file to model: one job, its cost, a version that is ready, no file left behind', async () => {
		standIns.fineTuning.pace({ runMs: HOUR });
		const held = await begun();
		expect(await start(held)).toMatchObject({ state: 'training', providerJobId: jobs()[0].id });
		standIns.fineTuning.finish();
		due(30 * MINUTE);
		const done = await look();
		expect(done).toMatchObject({ state: 'succeeded', modelId: jobs()[0].fine_tuned_model, trainedTokens: jobs()[0].trained_tokens });
		expect(done.costUsd).toBeCloseTo((Number(jobs()[0].trained_tokens) * 5) / 1_000_000, 9);
		expect(await version(done.version)).toMatchObject({ status: 'candidate', modelId: done.modelId });
		expect(standIns.fineTuning.files()).toEqual([]);
		expect(jobs()).toHaveLength(1);
	});

	const during = (path: string, method: string) => ({ match: (call: { path?: string; method?: string }) => call.path === path && call.method === method });
	it.each([
		['the upload', '/v1/files'],
		['the start', '/v1/fine_tuning/jobs'],
	])('whose answer to %s was lost is found again and not paid for twice', async (_, path) => {
		const held = await begun();
		standIns.script.next('openai', { ...during(path, 'POST'), drop: true, when: 'after' });
		expect(await start(held)).toMatchObject({ state: 'starting', failedPolls: 1 });
		due(2 * MINUTE);
		expect(await look()).toMatchObject(path.endsWith('jobs') ? { state: 'succeeded' } : { state: 'training' });
		due(30 * MINUTE);
		if (!path.endsWith('jobs')) expect(await look()).toMatchObject({ state: 'succeeded' });
		expect(jobs()).toHaveLength(1);
		expect(standIns.fineTuning.files()).toEqual([]);
	});

	it('whose worker was killed right after the provider had begun it goes on with that job', async () => {
		const held = await begun();
		const tuning = provider().open(keyFingerprint(KEY), BASE);
		const fileId = await tuning.upload({ ...files().train, name: `lead-autopilot-${held.job.mark}.jsonl` });
		await tuning.create({ mark: held.job.mark, version: held.job.version, baseModel: BASE, method: 'supervised', fileId });
		due(LEASE);
		expect(await look()).toMatchObject({ state: 'succeeded', providerJobId: jobs()[0].id });
		expect(jobs()).toHaveLength(1);
	});

	it('whose worker was killed between upload and start is started once by whoever goes on', async () => {
		const held = await begun();
		await provider().open(keyFingerprint(KEY), BASE).upload({ ...files().train, name: `lead-autopilot-${held.job.mark}.jsonl` });
		due(LEASE);
		await look();
		expect(jobs()).toHaveLength(1);
	});

	it('whose worker was killed before the upload has cost nothing, and says so', async () => {
		const held = await begun();
		due(LEASE);
		expect(await look()).toMatchObject({ state: 'failed', errorCode: 'interrupted' });
		expect(await version(held.job.version)).toMatchObject({ status: 'failed', sentence: expect.stringContaining('nothing is charged') });
	});

	it('that two workers are at is handed over by one: the other has lost its lease', async () => {
		const held = await begun();
		due(LEASE);
		await look();
		expect(await start(held)).toMatchObject({ state: 'failed', errorCode: 'interrupted' });
		expect(jobs()).toEqual([]);
	});

	it.each([
		['unsafe_file', /moderation refused the training file/],
		['exceeded_quota', /limit does not allow/],
		['server_error', /error of its own/],
		['expire_file', /expired or was deleted/],
		['vanish', /no longer knows the job/],
	] as const)('that fails (%s) tells its version why', async (fate, words) => {
		standIns.fineTuning.next(fate);
		const held = await begun();
		await start(held);
		due(30 * MINUTE);
		const ended = await look();
		expect(ended.state).toBe('failed');
		expect((await version(held.job.version))?.sentence).toMatch(words);
		expect(standIns.fineTuning.files()).toEqual([]);
	});

	it('that stalls is stopped at the provider when its time is up', async () => {
		standIns.fineTuning.next('stall');
		const held = await begun(3 * HOUR);
		await start(held);
		due(HOUR);
		expect(await look()).toMatchObject({ state: 'training', providerState: 'running' });
		due(2 * HOUR);
		expect(await look()).toMatchObject({ state: 'failed', errorCode: 'deadline', stop: 'deadline' });
		expect(jobs()).toMatchObject([{ status: 'cancelled' }]);
	});

	it('that was cancelled ends at the provider; one that had finished serves nobody', async () => {
		standIns.fineTuning.next('stall');
		const stalled = await begun();
		await start(stalled);
		await test.store.trainingJobs.cancel('acme', stalled.job.id, 'mia');
		expect(await look()).toMatchObject({ state: 'cancelled' });
		expect(jobs()).toMatchObject([{ status: 'cancelled' }]);
		const done = await begun();
		await start(done);
		await test.store.trainingJobs.cancel('acme', done.job.id, 'mia');
		expect(await look()).toMatchObject({ state: 'cancelled', modelId: expect.stringContaining('ft:') });
		expect(await version(done.job.version)).toMatchObject({ status: 'failed', sentence: expect.stringContaining('serves nobody') });
	});

	it('is looked at again, later each time, while the provider cannot be reached', async () => {
		standIns.fineTuning.pace({ runMs: 24 * HOUR });
		const held = await begun();
		await start(held);
		for (const minutes of [2, 4, 8]) {
			due(30 * MINUTE);
			standIns.script.next('openai', { ...openaiError(401) });
			expect(await look()).toMatchObject({ state: 'training', nextPollAt: later(test.clock.time, minutes * MINUTE), error: expect.stringContaining('refused the API key') });
		}
		standIns.fineTuning.finish();
		due(30 * MINUTE);
		expect(await look()).toMatchObject({ state: 'succeeded', failedPolls: 0 });
	});

	it('belongs to its key: another of the organisation takes over, one of another does not', async () => {
		standIns.fineTuning.pace({ runMs: 24 * HOUR });
		const held = await begun();
		await start(held);
		due(30 * MINUTE);
		expect(await look(provider(['sk-sandbox-org-other']))).toMatchObject({ state: 'training', error: expect.stringContaining('no longer in the model credential') });
		due(30 * MINUTE);
		expect(await look(provider([KEY], 'https://elsewhere.example/v1'))).toMatchObject({ state: 'training', error: expect.stringContaining('points to https://elsewhere.example/v1') });
		due(30 * MINUTE);
		expect(await look('none')).toMatchObject({ state: 'training', error: expect.stringContaining('No model credential') });
		due(30 * MINUTE);
		expect(await look(provider(['sk-sandbox-org-other', 'sk-sandbox-second']))).toMatchObject({ state: 'training', failedPolls: 0, keyFingerprint: keyFingerprint('sk-sandbox-second') });
	});

	it('whose files could not be removed when it ended has them removed by a later look', async () => {
		const held = await begun();
		await start(held);
		const stuck: TrainingProvider = { ...provider(), open: (fingerprint, baseModel) => ({ ...provider().open(fingerprint, baseModel), deleteFile: async () => await Promise.reject(new Error('away')) }) };
		due(30 * MINUTE);
		const done = await look(stuck);
		expect(await trainingItem(test.store, done)).toMatchObject({ trainingJob: { state: 'succeeded', fileIdsLeft: [done.fileId], sentence: expect.stringContaining('1 training file is still at the provider') } });
		expect(standIns.fineTuning.files()).toHaveLength(1);
		for (const other of [undefined, stuck, provider(['sk-sandbox-org-other']), provider([KEY], 'https://elsewhere.example/v1')]) await clearLeftFiles(test.store, other, 'acme');
		expect(standIns.fineTuning.files()).toHaveLength(1);
		await clearLeftFiles(test.store, provider(), 'acme');
		expect(standIns.fineTuning.files()).toEqual([]);
		expect(await test.store.trainingJobs.withFiles('acme', 9)).toEqual([]);
	});

	it('is refused for good at once where asking again is no use', async () => {
		const held = await begun();
		standIns.script.next('openai', { ...openaiError(403, 'Fine-tuning is not available to your organization.'), ...during('/v1/fine_tuning/jobs', 'POST') });
		const ended = await start(held);
		expect(ended).toMatchObject({ state: 'failed', errorCode: 'refused', error: expect.stringContaining('Fine-tuning is not available to your organization.') });
		expect(standIns.fineTuning.files()).toEqual([]);
		expect(JSON.stringify(ended)).not.toContain(KEY);
	});
});
