import { randomBytes } from 'node:crypto';
import { cancelJob, hasEnded, jobObject, metadataProblem, newJob, progress, type Job, type JobFate, type JobPace, type StoredFile } from './fineTuningJobs';
import { header, json, type StandInAnswer, type StandInRequest } from './httpServer';
import { readMultipart } from './multipart';
import { isObject, textAt, type JsonObject } from './shapes';
import { TRAINING_LIMITS, uploadProblem } from './trainingFile';

/** Control of the stand-in's fine-tuning. */
export interface FineTuning {
	/** The next job goes so; several are kept in order. */
	next(fate: JobFate): void;
	/** How long jobs made from now on take, and those that have not ended. */
	pace(pace: Partial<JobPace>): void;
	/** Every job that has not ended and is not held by its fate is through at once. */
	finish(): void;
	/** Jobs of every organisation, oldest first, as they stand now. */
	jobs(): JsonObject[];
	files(): { id: string; filename: string; bytes: number; purpose: string }[];
	/** The text of an uploaded file. */
	content(id: string): string | undefined;
	/** Uploads larger than this are refused. */
	limitFile(bytes: number): void;
	reset(): void;
}

export interface FineTuningStandIn {
	api: FineTuning;
	/** The answer when the path belongs to files, jobs or fine-tuned models; undefined otherwise. */
	handle(request: StandInRequest, key: string): StandInAnswer | undefined;
	/** Names of the models that were trained for the organisation of a key. */
	models(key: string): string[];
}

/** Models that can be trained. Source: OpenAI, supervised fine-tuning guide; GPT-4.1 nano was shut down on 2026-10-23. */
const FINE_TUNABLE = ['gpt-4.1-2025-04-14', 'gpt-4.1-mini-2025-04-14', 'gpt-4o-2024-08-06', 'gpt-4o-mini-2024-07-18'];
const ALIASES: Readonly<Record<string, string>> = { 'gpt-4.1': 'gpt-4.1-2025-04-14', 'gpt-4.1-mini': 'gpt-4.1-mini-2025-04-14', 'gpt-4o': 'gpt-4o-2024-08-06', 'gpt-4o-mini': 'gpt-4o-mini-2024-07-18' };
/** Models that take preference pairs. Source: OpenAI, direct preference optimization guide. */
const PREFERENCE_MODELS = ['gpt-4.1-2025-04-14', 'gpt-4.1-mini-2025-04-14', 'gpt-4o-2024-08-06'];
const JOB_PARAMETERS = ['model', 'training_file', 'validation_file', 'hyperparameters', 'integrations', 'metadata', 'method', 'seed', 'suffix'];
const PACE: JobPace = { validateMs: 200, queueMs: 200, runMs: 1_000 };

const refuse = (status: number, message: string, param: string | null = null, code: string | null = null): StandInAnswer => json(status, { error: { message, type: 'invalid_request_error', param, code } });
/** A key that names an organisation belongs to it, all others to one: `sk-sandbox-org-acme`. */
const orgOf = (key: string): string => /org-([a-z0-9]+)/i.exec(key)?.[1] ?? 'sandbox';

/** Hyperparameters out of their range, as `name: why`. Source: OpenAI, create fine-tuning job. */
function hyperparameterProblem(given: JsonObject): string | undefined {
	const ranges: Readonly<Record<string, readonly [number, number]>> = { n_epochs: [1, 50], batch_size: [1, 256], learning_rate_multiplier: [Number.MIN_VALUE, 10], beta: [Number.MIN_VALUE, 2] };
	for (const [name, value] of Object.entries(given)) {
		if (!Object.hasOwn(ranges, name)) return `Unknown parameter: '${name}'.`;
		const [least, most] = ranges[name];
		if (value !== 'auto' && value !== null && (typeof value !== 'number' || value < least || value > most)) return `Invalid value for '${name}': ${JSON.stringify(value)}.`;
	}
	return undefined;
}

function page<T extends { id: string }>(all: readonly T[], query: URLSearchParams): { data: T[]; has_more: boolean } {
	const limit = Math.min(Number(query.get('limit') ?? 20), 100);
	const after = query.get('after');
	const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
	return { data: all.slice(from, from + limit), has_more: all.length > from + limit };
}

export function createFineTuning(): FineTuningStandIn {
	const files = new Map<string, StoredFile>();
	const jobs = new Map<string, Job>();
	let fates: JobFate[] = [];
	let pace = PACE;
	let mostBytes = TRAINING_LIMITS.fileBytes;

	const current = (): Job[] => {
		for (const job of jobs.values()) progress(job, files, Date.now());
		return [...jobs.values()];
	};
	const fileObject = ({ id, bytes, createdAt, filename, purpose }: StoredFile): JsonObject => ({ object: 'file', id, bytes: bytes.length, created_at: Math.floor(createdAt / 1000), expires_at: null, filename, purpose, status: 'processed', status_details: null });

	const upload = (request: StandInRequest, org: string): StandInAnswer => {
		const parts = readMultipart(header(request, 'content-type'), request.rawBody);
		if (!parts) return refuse(400, 'We could not parse the form of your request: it must be multipart/form-data with a boundary.');
		const purpose = parts.find(({ name }) => name === 'purpose')?.content.toString();
		const file = parts.find(({ name }) => name === 'file');
		if (purpose === undefined) return refuse(400, "'purpose' is a required property");
		if (file?.filename === undefined) return refuse(400, "'file' is a required property");
		if (!['fine-tune', 'assistants', 'batch', 'vision', 'user_data', 'evals'].includes(purpose)) return refuse(400, `'${purpose}' is not one of ['fine-tune', 'assistants', 'batch', 'vision', 'user_data', 'evals'] - 'purpose'`);
		if (file.content.length > mostBytes) return refuse(413, `Maximum file size exceeded: ${file.content.length} bytes, at most ${mostBytes} are allowed.`);
		if (purpose === 'fine-tune' && !file.filename.endsWith('.jsonl')) return refuse(400, "Invalid file format for Fine-Tuning API. Must be .jsonl", 'file');
		const problem = purpose === 'fine-tune' ? uploadProblem(file.content) : undefined;
		if (problem !== undefined) return refuse(400, problem);
		const stored: StoredFile = { id: `file-${randomBytes(12).toString('hex')}`, org, filename: file.filename, purpose, createdAt: Date.now(), bytes: file.content };
		files.set(stored.id, stored);
		return json(200, fileObject(stored));
	};

	const handleFiles = (request: StandInRequest, [id, part]: string[], org: string): StandInAnswer => {
		const { method, query } = request;
		if (id === undefined && method === 'POST') return upload(request, org);
		if (id === undefined) {
			const purpose = query.get('purpose');
			const own = [...files.values()].reverse().filter((file) => file.org === org && (purpose === null || file.purpose === purpose));
			const { data, has_more } = page(own, query);
			return json(200, { object: 'list', data: data.map(fileObject), has_more, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
		}
		const file = files.get(id);
		if (!file || file.org !== org) return refuse(404, `No such File object: ${id}`, 'id');
		if (part === 'content') return { status: 200, text: file.bytes, headers: { 'content-type': 'application/octet-stream' } };
		if (method === 'GET') return json(200, fileObject(file));
		files.delete(id);
		return json(200, { object: 'file', id, deleted: true });
	};

	const create = (body: unknown, org: string): StandInAnswer => {
		if (!isObject(body)) return refuse(400, 'We could not parse the JSON body of your request.');
		const stranger = Object.keys(body).find((name) => !JOB_PARAMETERS.includes(name));
		if (stranger !== undefined) return refuse(400, `Unknown parameter: '${stranger}'.`, stranger, 'unknown_parameter');
		const asked = textAt(body, 'model');
		const trainingFile = textAt(body, 'training_file');
		if (!asked) return refuse(400, "Missing required parameter: 'model'.", 'model', 'missing_required_parameter');
		if (!trainingFile) return refuse(400, "Missing required parameter: 'training_file'.", 'training_file', 'missing_required_parameter');
		const model = ALIASES[asked] ?? asked;
		// A model that was trained before may be trained on.
		const known = FINE_TUNABLE.includes(model) || current().some((job) => job.org === org && job.fineTunedModel === model);
		if (!known) return refuse(400, `Model ${asked} is not available for fine-tuning or does not exist.`, 'model', 'model_not_available');
		const suffix = body.suffix ?? null;
		if (suffix !== null && (typeof suffix !== 'string' || suffix.length > TRAINING_LIMITS.suffixLength || suffix === '')) return refuse(400, `Invalid 'suffix': expected a string of 1 to ${TRAINING_LIMITS.suffixLength} characters.`, 'suffix', 'string_above_max_length');
		const metadata = metadataProblem(body.metadata);
		if (metadata !== undefined) return refuse(400, metadata, 'metadata');
		const validationFile = textAt(body, 'validation_file') ?? null;
		for (const [param, id] of [['training_file', trainingFile], ['validation_file', validationFile]] as const) {
			const file = id === null ? undefined : files.get(id);
			if (id !== null && file?.org !== org) return refuse(400, `invalid ${param}: ${id}`, param);
			if (file && file.purpose !== 'fine-tune') return refuse(400, `File '${id}' has purpose '${file.purpose}', but must have purpose 'fine-tune'.`, param);
		}
		const type = textAt(body, 'method', 'type') ?? 'supervised';
		if (type !== 'supervised' && type !== 'dpo') return refuse(400, `The sandbox trains by 'supervised' and 'dpo', not by '${type}'.`, 'method');
		if (type === 'dpo' && !PREFERENCE_MODELS.includes(model)) return refuse(400, `Model ${asked} does not support the method 'dpo'.`, 'method', 'unsupported_method');
		const method = isObject(body.method) && isObject(body.method[type]) ? body.method[type] : {};
		const given = isObject(method.hyperparameters) ? method.hyperparameters : isObject(body.hyperparameters) ? body.hyperparameters : {};
		const wrong = hyperparameterProblem(given);
		if (wrong !== undefined) return refuse(400, wrong, 'hyperparameters');
		const hyperparameters = { n_epochs: 'auto', batch_size: 'auto', learning_rate_multiplier: 'auto', ...given };
		const job = newJob({ org, model, trainingFile, validationFile, method: type, hyperparameters, suffix, metadata: isObject(body.metadata) ? Object.fromEntries(Object.entries(body.metadata).map(([key, value]) => [key, String(value)])) : null, pace, fate: fates.shift() }, Date.now());
		jobs.set(job.id, job);
		return json(200, jobObject(job));
	};

	const list = (query: URLSearchParams, org: string): StandInAnswer => {
		const wanted = [...query].flatMap(([name, value]) => {
			const key = /^metadata\[(.+)\]$/.exec(name)?.[1];
			return key === undefined ? [] : [[key, value] as const];
		});
		const own = current().reverse().filter((job) => job.org === org && job.fate !== 'vanish' && wanted.every(([key, value]) => job.metadata?.[key] === value));
		const { data, has_more } = page(own, query);
		return json(200, { object: 'list', data: data.map(jobObject), has_more, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null });
	};

	const handleJobs = ({ method, query, body }: StandInRequest, [id, part]: string[], org: string): StandInAnswer => {
		if (id === undefined) return method === 'POST' ? create(body, org) : list(query, org);
		const job = current().find((one) => one.id === id);
		if (!job || job.org !== org || job.fate === 'vanish') return refuse(404, `Could not find fine tune: ${id}`, 'fine_tune_id', 'fine_tune_not_found');
		if (part === undefined) return json(200, jobObject(job));
		if (part === 'cancel') {
			if (hasEnded(job)) return refuse(400, `Job has already completed with status ${job.status}: ${id}`, null, 'invalid_status');
			cancelJob(job, Date.now());
			return json(200, jobObject(job));
		}
		if (part === 'events') {
			const events = job.events.toReversed().map((event) => ({ object: 'fine_tuning.job.event', id: event.id, created_at: Math.floor(event.at / 1000), level: event.level, message: event.message, data: {}, type: 'message' }));
			return json(200, { object: 'list', ...page(events, query) });
		}
		if (part !== 'checkpoints') return refuse(404, `Invalid URL (${method} /v1/fine_tuning/jobs/${id}/${part})`);
		const checkpoint = { object: 'fine_tuning.job.checkpoint', id: `ftckpt_${id}`, created_at: Math.floor((job.finishedAt ?? 0) / 1000), fine_tuned_model_checkpoint: job.fineTunedModel, fine_tuning_job_id: id, step_number: 1, metrics: { step: 1, train_loss: 0.5 } };
		return json(200, { object: 'list', data: job.fineTunedModel === undefined ? [] : [checkpoint], has_more: false, first_id: null, last_id: null });
	};

	const trained = (org: string): Job[] => current().filter((job) => job.org === org && job.fineTunedModel !== undefined);

	return {
		models: (key) => trained(orgOf(key)).flatMap(({ fineTunedModel }) => fineTunedModel ?? []),
		handle(request, key) {
			const [kind, ...rest] = request.path.replace(/^\/v1\//, '').split('/').map(decodeURIComponent);
			const org = orgOf(key);
			if (kind === 'files') return handleFiles(request, rest, org);
			if (kind === 'fine_tuning' && rest[0] === 'jobs') return handleJobs(request, rest.slice(1), org);
			if (kind !== 'models' || !rest[0]?.startsWith('ft:')) return undefined;
			const job = trained(org).find(({ fineTunedModel }) => fineTunedModel === rest[0]);
			if (!job) return refuse(404, `The model '${rest[0]}' does not exist`, 'model', 'model_not_found');
			if (request.method === 'DELETE') job.fineTunedModel = undefined;
			return json(200, request.method === 'DELETE' ? { id: rest[0], object: 'model', deleted: true } : { id: rest[0], object: 'model', created: Math.floor(job.createdAt / 1000), owned_by: `org-${org}` });
		},
		api: {
			next: (fate) => void fates.push(fate),
			pace(changed) {
				pace = { ...pace, ...changed };
				for (const job of current()) if (!hasEnded(job)) job.pace = { ...job.pace, ...changed };
			},
			finish() {
				for (const job of current()) if (!hasEnded(job)) job.pace = { validateMs: 0, queueMs: 0, runMs: 0 };
			},
			jobs: () => current().map(jobObject),
			files: () => [...files.values()].map(({ id, filename, bytes, purpose }) => ({ id, filename, bytes: bytes.length, purpose })),
			content: (id) => files.get(id)?.bytes.toString('utf8'),
			limitFile: (bytes) => {
				mostBytes = bytes;
			},
			reset() {
				files.clear();
				jobs.clear();
				fates = [];
				pace = PACE;
				mostBytes = TRAINING_LIMITS.fileBytes;
			},
		},
	};
}
