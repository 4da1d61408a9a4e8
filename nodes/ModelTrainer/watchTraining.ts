import { afterPoll, isOpen, stopDue, TRAINING_JOB_POLICY, type ProviderJob, type Seen, type TrainingJob, type TrainingJobChange } from '../../engine/training/trainingJob';
import { later, type EpochMs } from '../../engine/time';
import { ModelError, type ModelErrorKind } from '../../llm/chatModel';
import type { FineTuning } from '../../llm/fineTuning';
import { trainingCostUsd } from '../../llm/fineTuningModels';
import type { LeasedTrainingJob, Store } from '../../store/store';
import type { BinaryFile } from './binaryFile';
import type { TrainingProvider } from './trainingProvider';

/** Files a job is trained on; absent when it goes on in another execution than the one that had them. */
export interface TrainingFiles {
	train: BinaryFile;
	test?: BinaryFile;
}

/** Errors after which asking the same again makes no sense, and the code they end a job with. */
const FINAL: Readonly<Partial<Record<ModelErrorKind, string>>> = { bad_request: 'refused', refused: 'refused', invalid_key: 'invalid_key', quota: 'quota', not_local: 'refused' };
const baseOf = ({ baseModel = '' }: TrainingJob): string => baseModel;
const wordsOf = (error: unknown): string => (error instanceof ModelError ? error.message : 'the call failed for an unforeseen reason');

/** The training data does not stay at the provider longer than it is needed. Files that cannot be removed now stay noted, and are tried again by the next Check Training. */
async function clearFiles(store: Store, tuning: FineTuning, job: TrainingJob): Promise<TrainingJob> {
	const cleared: string[] = [];
	for (const id of [job.fileId, job.validationFileId]) {
		if (id !== undefined) await tuning.deleteFile(id).then(() => cleared.push(id), () => undefined);
	}
	if (cleared.length === 0) return job;
	await store.trainingJobs.filesCleared(job.workspace, job.id, cleared);
	return (await store.trainingJobs.find(job.workspace, [job.id]))[0] ?? job;
}

/** Jobs tried again in one look. */
const CLEARED_AT_ONCE = 20;

/** Removes what ended trainings have left at this provider. */
export async function clearLeftFiles(store: Store, provider: TrainingProvider | undefined, workspace: string): Promise<void> {
	if (!provider) return;
	for (const job of await store.trainingJobs.withFiles(workspace, CLEARED_AT_ONCE)) {
		const [key] = keysFor(job, provider);
		// Another server, or another organisation, would only say that it knows no such file.
		if (provider.serverUrl === job.serverUrl && key !== undefined && key === job.keyFingerprint) await clearFiles(store, provider.open(key, baseOf(job)), job);
	}
}

/** Saves a change, and what follows from an end. Gives the job as it is now. */
async function keep(store: Store, held: LeasedTrainingJob, change: TrainingJobChange, tuning?: FineTuning): Promise<TrainingJob> {
	const priced = change.state === 'succeeded' || change.state === 'cancelled' ? trainingCostUsd(baseOf(held.job), change.trainedTokens) : undefined;
	const saved = await store.trainingJobs.save(held, { ...change, ...(priced === undefined ? {} : { costUsd: priced }) });
	if (saved && !isOpen(saved) && tuning) return await clearFiles(store, tuning, saved);
	return saved ?? (await store.trainingJobs.find(held.job.workspace, [held.job.id]))[0] ?? held.job;
}

/** After an error while a job is handed over: refused for good, or not known to be there and looked for again later. */
function afterFailedStart(job: TrainingJob, error: unknown, now: EpochMs): TrainingJobChange {
	const code = error instanceof ModelError ? FINAL[error.kind] : undefined;
	if (code !== undefined) return { state: 'failed', errorCode: code, error: wordsOf(error), finishedAt: now };
	return { failedPolls: job.failedPolls + 1, error: wordsOf(error), nextPollAt: later(now, TRAINING_JOB_POLICY.uncertainMs) };
}

/**
 * Hands a job to the provider: looks for it there first, unless nobody can have begun it, then uploads and starts it. Each
 * step is noted before the next, so that whoever goes on after a crash pays for nothing twice.
 */
export async function handOver(store: Store, tuning: FineTuning, first: LeasedTrainingJob, { fresh, files }: { fresh: boolean; files?: TrainingFiles }): Promise<TrainingJob> {
	let held = first;
	const note = async (change: TrainingJobChange): Promise<boolean> => {
		const saved = await store.trainingJobs.save(held, change, TRAINING_JOB_POLICY.startLeaseMs);
		if (saved) held = { ...held, job: saved };
		return saved !== undefined;
	};
	const current = async (): Promise<TrainingJob> => (await store.trainingJobs.find(held.job.workspace, [held.job.id]))[0] ?? held.job;
	const began = async (job: ProviderJob): Promise<TrainingJob> => {
		const now = await store.clock.now();
		// Somebody cancelled it on the way: the next look stops it there.
		return await keep(store, held, { ...afterPoll(held.job, { kind: 'job', job }, now), ...(held.job.stop === undefined ? {} : { nextPollAt: now }) }, tuning);
	};
	try {
		const { mark, fileName = `lead-autopilot-${mark}.jsonl`, fileBytes = -1 } = held.job;
		const there = fresh ? undefined : await tuning.findJob(mark, held.job.fileId);
		if (there) return await began(there);
		const now = await store.clock.now();
		const stop = stopDue(held.job, now);
		if (stop !== undefined) return await keep(store, held, stop === 'asked' ? { state: 'cancelled', finishedAt: now } : { state: 'failed', errorCode: 'deadline', finishedAt: now }, tuning);
		let fileId = held.job.fileId ?? (fresh ? undefined : await tuning.findFile({ name: fileName, bytes: files?.train.bytes ?? fileBytes }));
		if (fileId === undefined && files) fileId = await tuning.upload({ ...files.train, name: fileName });
		if (fileId === undefined) return await keep(store, held, { state: 'failed', errorCode: 'interrupted', finishedAt: now });
		if (!(await note({ fileId }))) return await current();
		if (files?.test && held.job.validationFileId === undefined) {
			const validationFileId = await tuning.upload({ ...files.test, name: fileName.replace(/\.jsonl$/, '-validation.jsonl') });
			if (!(await note({ validationFileId }))) return await current();
		}
		if (held.job.stop !== undefined) return await keep(store, held, { state: 'cancelled', finishedAt: await store.clock.now() }, tuning);
		const { version, method, epochs, validationFileId } = held.job;
		return await began(await tuning.create({ mark, version, baseModel: baseOf(held.job), method, fileId, ...(validationFileId === undefined ? {} : { validationFileId }), ...(epochs === undefined ? {} : { epochs }) }));
	} catch (error) {
		return await keep(store, held, afterFailedStart(held.job, error, await store.clock.now()), tuning);
	}
}

/** The keys to ask about a job with: the one it was started with, else all, since another key of the same organisation will do. */
function keysFor({ keyFingerprint }: TrainingJob, provider: TrainingProvider): readonly string[] {
	return keyFingerprint !== undefined && provider.keys.includes(keyFingerprint) ? [keyFingerprint] : provider.keys;
}

async function ask(tuning: FineTuning, id: string, stop: boolean): Promise<Seen> {
	try {
		const job = stop ? await tuning.cancel(id) : await tuning.retrieve(id);
		return job ? { kind: 'job', job } : { kind: 'gone' };
	} catch (error) {
		return { kind: 'unreachable', why: wordsOf(error) };
	}
}

/** Looks once at a job that is due, whatever state it is in, and keeps what it found. */
export async function lookAt(store: Store, provider: TrainingProvider | undefined, held: LeasedTrainingJob): Promise<TrainingJob> {
	const { job } = held;
	const now = await store.clock.now();
	const stop = stopDue(job, now);
	const noted: TrainingJobChange = stop === undefined ? {} : { stop };
	const unreachable = async (why: string): Promise<TrainingJob> => await keep(store, held, { ...noted, ...afterPoll(job, { kind: 'unreachable', why }, now) });
	if (!provider) return await unreachable('No model credential that can train is chosen in Check Training.');
	if (provider.serverUrl !== job.serverUrl) return await unreachable(`It was started at ${job.serverUrl === '' ? 'OpenAI' : job.serverUrl}, but the model credential points to ${provider.serverUrl === '' ? 'OpenAI' : provider.serverUrl}.`);
	const keys = keysFor(job, provider);
	const [first = ''] = keys;
	if (job.providerJobId === undefined) return await handOver(store, provider.open(first, baseOf(job)), held, { fresh: false });
	let seen: Seen = { kind: 'gone' };
	// Files belong to the key that uploaded them, also when the job is gone or cannot be asked about.
	const uploader = provider.open(first, baseOf(job));
	for (const key of keys) {
		const tuning = provider.open(key, baseOf(job));
		seen = await ask(tuning, job.providerJobId, stop !== undefined);
		if (seen.kind === 'job') return await keep(store, held, { ...noted, keyFingerprint: key, ...afterPoll(job, seen, now) }, tuning);
	}
	if (seen.kind === 'gone' && !keys.includes(job.keyFingerprint ?? '')) return await unreachable('The key it was started with is no longer in the model credential, and the others do not know the job. Add that key again.');
	return await keep(store, held, { ...noted, ...afterPoll(job, seen, now) }, first === job.keyFingerprint ? uploader : undefined);
}
