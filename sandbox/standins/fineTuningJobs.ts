import { randomBytes, randomInt } from 'node:crypto';
import type { JsonObject } from './shapes';
import { checkTrainingFile, epochsOf, TRAINING_LIMITS, type JobError, type TrainingMethod } from './trainingFile';

export interface StoredFile {
	id: string;
	org: string;
	filename: string;
	purpose: string;
	createdAt: number;
	bytes: Buffer;
}

/** What goes wrong with a job; several may be scripted, each takes the next job that is made. */
export type JobFate =
	/** Refused by moderation while it is validated. */
	| 'unsafe_file'
	/** No money for it, found while it waits. */
	| 'exceeded_quota'
	/** An internal error in the middle of the training. */
	| 'server_error'
	/** Found broken by a check the stand-in does not make itself. */
	| 'invalid_training_file'
	/** Never gets beyond running. */
	| 'stall'
	/** Stands in the queue for ever. */
	| 'queue'
	/** Its training file is gone before it is read. */
	| 'expire_file'
	/** Is answered with 404 from then on. */
	| 'vanish';

/** How long a job takes, in milliseconds. */
export interface JobPace {
	validateMs: number;
	queueMs: number;
	runMs: number;
}

export type JobStatus = 'validating_files' | 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface Job {
	id: string;
	org: string;
	model: string;
	createdAt: number;
	finishedAt?: number;
	status: JobStatus;
	error?: JobError;
	fineTunedModel?: string;
	trainedTokens?: number;
	trainingFile: string;
	validationFile: string | null;
	method: TrainingMethod;
	hyperparameters: JsonObject;
	suffix: string | null;
	metadata: Record<string, string> | null;
	seed: number;
	fate?: JobFate;
	pace: JobPace;
	events: { id: string; at: number; level: 'info' | 'warn' | 'error'; message: string }[];
	/** When the state it is in began. */
	since: number;
	tokens: number;
}

const FAILURES: Readonly<Partial<Record<JobFate, { during: JobStatus; error: JobError }>>> = {
	unsafe_file: {
		during: 'validating_files',
		error: { code: 'unsafe_file', message: "The job failed due to an unsafe training file. This training file was blocked by our moderation system because it contains too many examples that violate OpenAI's usage policies, or because it attempts to create model outputs that violate OpenAI's usage policies.", param: 'training_file' },
	},
	invalid_training_file: { during: 'validating_files', error: { code: 'invalid_training_file', message: 'The job failed due to an invalid training file. Invalid file format. Line 3, message 2, key "content": Input should be a valid string', param: 'training_file' } },
	exceeded_quota: { during: 'queued', error: { code: 'exceeded_quota', message: 'Creating this fine-tuning job would exceed your hard limit, please check your plan and billing details.', param: null } },
	server_error: { during: 'running', error: { code: 'server_error', message: 'The job failed due to an internal error', param: null } },
};

const ENDED: readonly JobStatus[] = ['succeeded', 'failed', 'cancelled'];
const suffixOf = (text: string | null): string => (text ?? '').toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-');
export const hasEnded = ({ status }: Job): boolean => ENDED.includes(status);

function note(job: Job, at: number, message: string, level: 'info' | 'error' = 'info'): void {
	job.events.push({ id: `ftevent-${randomBytes(12).toString('hex')}`, at, level, message });
}

function enter(job: Job, status: JobStatus, at: number): void {
	job.status = status;
	job.since = at;
	if (hasEnded(job)) job.finishedAt = at;
}

export function failJob(job: Job, error: JobError, at: number): void {
	job.error = error;
	note(job, at, error.message, 'error');
	enter(job, 'failed', at);
}

export function cancelJob(job: Job, at: number): void {
	note(job, at, 'The job has been cancelled');
	enter(job, 'cancelled', at);
}

export function newJob(fields: Pick<Job, 'org' | 'model' | 'trainingFile' | 'validationFile' | 'method' | 'hyperparameters' | 'suffix' | 'metadata' | 'pace' | 'fate'> & { seed?: number }, now: number): Job {
	const job: Job = { ...fields, id: `ftjob-${randomBytes(12).toString('hex')}`, createdAt: now, status: 'validating_files', seed: fields.seed ?? randomInt(2 ** 31), events: [], since: now, tokens: 0 };
	note(job, now, `Created fine-tuning job: ${job.id}`);
	note(job, now, `Validating training file: ${job.trainingFile}`);
	return job;
}

/** Reads the files of a job; the first problem ends it. */
function validate(job: Job, files: ReadonlyMap<string, StoredFile>, at: number): void {
	for (const [id, kind] of [[job.trainingFile, 'training'], [job.validationFile, 'validation']] as const) {
		if (id === null) continue;
		const file = files.get(id);
		if (!file || (kind === 'training' && job.fate === 'expire_file')) {
			failJob(job, { code: 'file_not_found', message: `The job failed because the ${kind} file ${id} could not be found. It may have expired or been deleted.`, param: `${kind}_file` }, at);
			return;
		}
		const checked = checkTrainingFile(file.bytes, job.method, kind);
		if ('code' in checked) {
			failJob(job, checked, at);
			return;
		}
		if (kind === 'training') job.tokens = checked.tokens;
	}
	note(job, at, 'Files validated, moving job to queued state');
	enter(job, 'queued', at);
}

function succeed(job: Job, at: number): void {
	job.trainedTokens = job.tokens * epochsOf(job.hyperparameters.n_epochs);
	job.fineTunedModel = `ft:${job.model}:${job.org}:${suffixOf(job.suffix)}:${randomBytes(4).toString('hex')}`;
	note(job, at, `New fine-tuned model created`);
	note(job, at, 'The job has successfully completed');
	enter(job, 'succeeded', at);
}

/** Brings a job to where it stands by now. */
export function progress(job: Job, files: ReadonlyMap<string, StoredFile>, now: number): void {
	const steps: Readonly<Partial<Record<JobStatus, { lasts: number; next: (at: number) => void }>>> = {
		validating_files: { lasts: job.pace.validateMs, next: (at) => validate(job, files, at) },
		queued: { lasts: job.fate === 'queue' ? Infinity : job.pace.queueMs, next: (at) => (note(job, at, 'Fine-tuning job started'), enter(job, 'running', at)) },
		running: { lasts: job.fate === 'stall' ? Infinity : job.pace.runMs, next: (at) => succeed(job, at) },
	};
	for (let step = steps[job.status]; step !== undefined && now - job.since >= step.lasts; step = steps[job.status]) {
		const at = job.since + step.lasts;
		const failure = job.fate && FAILURES[job.fate];
		if (failure?.during === job.status) failJob(job, failure.error, at);
		else step.next(at);
	}
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** A job as the service shows it. */
export function jobObject(job: Job): JsonObject {
	const running = job.status === 'running';
	return {
		object: 'fine_tuning.job',
		id: job.id,
		model: job.model,
		created_at: seconds(job.createdAt),
		finished_at: job.finishedAt === undefined ? null : seconds(job.finishedAt),
		fine_tuned_model: job.fineTunedModel ?? null,
		organization_id: `org-${job.org}`,
		result_files: [],
		status: job.status,
		validation_file: job.validationFile,
		training_file: job.trainingFile,
		hyperparameters: job.hyperparameters,
		trained_tokens: job.trainedTokens ?? null,
		// The service sends an empty error where there is none.
		error: job.error ?? { code: null, message: null, param: null },
		user_provided_suffix: job.suffix,
		seed: job.seed,
		estimated_finish: running && Number.isFinite(job.pace.runMs) ? seconds(job.since + job.pace.runMs) : null,
		integrations: [],
		metadata: job.metadata,
		method: { type: job.method, [job.method]: { hyperparameters: job.hyperparameters } },
	};
}

/** Why metadata is refused. */
export function metadataProblem(metadata: unknown): string | undefined {
	if (metadata === undefined || metadata === null) return undefined;
	if (typeof metadata !== 'object' || Array.isArray(metadata)) return "Invalid type for 'metadata': expected an object.";
	const entries = Object.entries(metadata);
	const { metadataKeys, metadataKeyLength, metadataValueLength } = TRAINING_LIMITS;
	if (entries.length > metadataKeys) return `Invalid 'metadata': too many properties. Expected an object with at most ${metadataKeys} properties.`;
	const wrong = entries.find(([key, value]) => key.length > metadataKeyLength || typeof value !== 'string' || value.length > metadataValueLength);
	return wrong ? `Invalid 'metadata.${wrong[0].slice(0, metadataKeyLength)}': keys have at most ${metadataKeyLength} characters, values are strings of at most ${metadataValueLength}.` : undefined;
}
