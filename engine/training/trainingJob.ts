import { epochMs, HOUR, later, MINUTE, type EpochMs } from '../time';
import type { ModelBackend } from './modelVersion';
import { trainingFailure } from './trainingFailures';

/**
 * starting: being handed over, the provider may or may not know of it. training: the provider has it. The others are
 * ends. A job that is to stop stays where it is, with `stop`, until the provider has heard of it.
 */
export const TRAINING_JOB_STATES = ['starting', 'training', 'succeeded', 'failed', 'cancelled'] as const;
export type TrainingJobState = (typeof TRAINING_JOB_STATES)[number];

/** supervised: learn to write as the examples do. dpo: learn from pairs of a better and a worse text. */
export const TRAINING_METHODS = ['supervised', 'dpo'] as const;
export type TrainingMethod = (typeof TRAINING_METHODS)[number];

/** asked: somebody cancelled it. deadline: it took longer than it may. */
export type StopReason = 'asked' | 'deadline';

/** How jobs are watched. Policies of this pack. */
export const TRAINING_JOB_POLICY = {
	/** A job is looked at again after this long while nothing says when it will be done. */
	pollMs: 2 * MINUTE,
	/** Longest pause between two looks, also after failed ones. */
	longestPauseMs: 30 * MINUTE,
	/** Whoever hands a job over has it alone for so long: the upload of a large file is in it. */
	startLeaseMs: 20 * MINUTE,
	/** Whoever looks at a job has it alone for so long. */
	pollLeaseMs: 3 * MINUTE,
	/** A create whose answer was lost is looked for only after this long: a list may lag behind. */
	uncertainMs: 2 * MINUTE,
	/** Hours a job may take when the user names none. OpenAI: most jobs take minutes to hours. */
	deadlineHours: 24,
	/** Failed looks in a row after which a job that is to stop is given up. */
	mostFailedStops: 12,
} as const;

/** One training of one version, wherever it takes place. */
export interface TrainingJob {
	workspace: string;
	id: string;
	/** The version it is to become; empty until that is registered. */
	version: string;
	backend: ModelBackend;
	state: TrainingJobState;
	exportId?: string;
	/** SHA-256 of the training file, or of the frozen examples: what is trained on the same is the same training. */
	exportHash: string;
	/** Names this training at the provider. */
	mark: string;
	baseModel?: string;
	method: TrainingMethod;
	/** Times the file is gone through; left to the provider when absent. */
	epochs?: number;
	/** Root of the server it was handed to; empty for OpenAI's own. */
	serverUrl: string;
	fileId?: string;
	validationFileId?: string;
	/** Name and bytes of the training file at the provider. */
	fileName?: string;
	fileBytes?: number;
	providerJobId?: string;
	/** The provider's own word for where it stands. */
	providerState?: string;
	/** The key it was started with; the job belongs to that key's organisation. */
	keyFingerprint?: string;
	modelId?: string;
	trainedTokens?: number;
	/** USD at list price; absent when the price is not known. */
	costUsd?: number;
	errorCode?: string;
	/** What the provider said of it, without secrets. */
	error?: string;
	stop?: StopReason;
	stoppedBy?: string;
	requestedBy: string;
	createdAt: EpochMs;
	submittedAt?: EpochMs;
	finishedAt?: EpochMs;
	deadlineAt: EpochMs;
	nextPollAt?: EpochMs;
	/** When the provider thinks it is done. */
	estimatedFinish?: EpochMs;
	polls: number;
	/** Looks in a row that failed. */
	failedPolls: number;
}

/** A job as its provider shows it. */
export interface ProviderJob {
	id: string;
	state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';
	/** The provider's own word. */
	word: string;
	modelId?: string;
	trainedTokens?: number;
	error?: { code: string; message: string };
	/** Milliseconds since the epoch. */
	estimatedFinish?: number;
	fileId?: string;
}

/** What a look at the provider found. */
export type Seen = { kind: 'job'; job: ProviderJob } | { kind: 'gone' } | { kind: 'unreachable'; why: string };

/** What changes of a job; what is left out stays. */
export type TrainingJobChange = Partial<Omit<TrainingJob, 'workspace' | 'id' | 'backend' | 'exportHash' | 'mark' | 'createdAt' | 'requestedBy'>>;

export const isOpen = ({ state }: Pick<TrainingJob, 'state'>): boolean => state === 'starting' || state === 'training';

/** The reason a job has to be stopped for now, if any. */
export function stopDue({ stop, deadlineAt }: Pick<TrainingJob, 'stop' | 'deadlineAt'>, now: EpochMs): StopReason | undefined {
	return stop ?? (now >= deadlineAt ? 'deadline' : undefined);
}

/** When to look again: at the moment the provider names, within bounds, else after a pause that doubles with failed looks. */
export function nextPoll(job: Pick<TrainingJob, 'failedPolls' | 'estimatedFinish'>, now: EpochMs): EpochMs {
	const { pollMs, longestPauseMs } = TRAINING_JOB_POLICY;
	if (job.failedPolls > 0) return later(now, Math.min(longestPauseMs, pollMs * 2 ** (job.failedPolls - 1)));
	const left = job.estimatedFinish === undefined ? pollMs : job.estimatedFinish - now;
	return later(now, Math.min(longestPauseMs, Math.max(pollMs, left)));
}

const failed = (errorCode: string, now: EpochMs, error?: string): TrainingJobChange => ({ state: 'failed', errorCode, finishedAt: now, ...(error === undefined || error === '' ? {} : { error }) });

function afterJob(job: TrainingJob, seen: ProviderJob, stop: StopReason | undefined, now: EpochMs): TrainingJobChange {
	const known: TrainingJobChange = {
		providerJobId: seen.id,
		providerState: seen.word,
		failedPolls: 0,
		...(seen.modelId === undefined ? {} : { modelId: seen.modelId }),
		...(seen.trainedTokens === undefined ? {} : { trainedTokens: seen.trainedTokens }),
		...(seen.estimatedFinish === undefined ? {} : { estimatedFinish: epochMs(seen.estimatedFinish) }),
		...(job.submittedAt === undefined ? { submittedAt: now } : {}),
	};
	switch (seen.state) {
		case 'succeeded':
			if (seen.modelId === undefined) return { ...known, ...failed('no_model', now) };
			// Somebody said no: it must not reach a contact, though it is paid for.
			return { ...known, state: stop === 'asked' ? 'cancelled' : 'succeeded', finishedAt: now };
		case 'failed':
			return { ...known, ...failed(seen.error?.code ?? 'unknown', now, seen.error?.message) };
		case 'cancelled':
			if (stop === 'deadline') return { ...known, ...failed('deadline', now) };
			return stop === 'asked' ? { ...known, state: 'cancelled', finishedAt: now } : { ...known, ...failed('cancelled_elsewhere', now) };
		default:
			return { ...known, state: 'training', nextPollAt: nextPoll({ failedPolls: 0, ...(seen.estimatedFinish === undefined ? {} : { estimatedFinish: epochMs(seen.estimatedFinish) }) }, now) };
	}
}

/** What a look at the provider means for a job. */
export function afterPoll(job: TrainingJob, seen: Seen, now: EpochMs): TrainingJobChange {
	const stop = stopDue(job, now);
	if (seen.kind === 'job') return afterJob(job, seen.job, stop, now);
	if (seen.kind === 'gone') return stop === 'asked' ? { state: 'cancelled', finishedAt: now } : failed('job_gone', now);
	const failedPolls = job.failedPolls + 1;
	if (stop !== undefined && failedPolls >= TRAINING_JOB_POLICY.mostFailedStops) return { failedPolls, ...failed('not_stopped', now, seen.why) };
	return { failedPolls, error: seen.why, nextPollAt: nextPoll({ failedPolls }, now) };
}

const minutes = (ms: number): string => (ms < HOUR ? `${Math.max(1, Math.round(ms / MINUTE))} min` : `${(ms / HOUR).toFixed(1)} h`);
const count = (value: number): string => value.toLocaleString('en-US');

/** What a training cost, in words. */
export function costWords({ backend, trainedTokens, costUsd }: Pick<TrainingJob, 'backend' | 'trainedTokens' | 'costUsd'>): string {
	if (backend !== 'fine_tuning') return '';
	const tokens = trainedTokens === undefined ? 'the provider named no number of tokens' : `${count(trainedTokens)} tokens trained`;
	return costUsd === undefined ? `${tokens}, cost unknown` : `${tokens}, ${costUsd.toFixed(2)} USD at list price`;
}

/** Where a job stands, in one line. */
export function trainingJobSentence(job: TrainingJob, now: EpochMs): string {
	const { baseModel = 'the base model', stop, error } = job;
	const version = job.version === '' ? 'The new version' : job.version;
	const trouble = job.failedPolls > 0 && error !== undefined ? ` The last ${job.failedPolls === 1 ? 'look' : `${job.failedPolls} looks`} failed: ${error}` : '';
	switch (job.state) {
		case 'starting':
			return stop === undefined ? `${version} is being handed over for training on ${baseModel}.${trouble}` : `${version} is being stopped before it is handed over for training.${trouble}`;
		case 'training':
			if (stop !== undefined) return `The training of ${version} is being stopped${stop === 'asked' ? `, as ${job.stoppedBy ?? 'somebody'} asked` : ': it took longer than it may'}.${trouble}`;
			return `${version} is in training on ${baseModel} for ${minutes(now - (job.submittedAt ?? job.createdAt))} (${job.providerState ?? 'no word yet'})${job.estimatedFinish !== undefined && job.estimatedFinish > now ? `, about ${minutes(job.estimatedFinish - now)} to go` : ''}.${trouble}`;
		case 'succeeded':
			if (job.backend === 'example_memory') return `${version} is ready: its examples are frozen, nothing had to be trained.`;
			if (job.backend === 'export_only') return `${version} ${job.modelId === undefined ? 'is with you: train it, then run Start Training once more with the name of the model' : `is registered with the model ${job.modelId}`}. Nothing was trained here.`;
			return `${version} is trained: ${job.modelId ?? 'a model'}, ${costWords(job)}.`;
		case 'cancelled':
			return job.modelId === undefined ? `The training of ${version} was cancelled by ${job.stoppedBy ?? 'somebody'}. The provider may charge for what it had trained until then.` : `The training of ${version} was cancelled by ${job.stoppedBy ?? 'somebody'}, but had finished: the model ${job.modelId} exists at the provider (${costWords(job)}) and serves nobody.`;
		case 'failed':
			return trainingFailure(version, job.errorCode ?? 'unknown', error);
	}
}
