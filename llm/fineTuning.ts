import { randomUUID } from 'node:crypto';
import type OpenAI from 'openai';
import { z } from 'zod';
import type { ProviderJob, TrainingMethod } from '../engine/training/trainingJob';
import { withinTime } from './callWindow';
import { ModelError } from './chatModel';
import { openAiServer } from './openaiServer';
import { readFailure, toModelError } from './providerError';
import { RETRY_POLICY, SYSTEM_TIME, withRetry, type TimeSource } from './retry';
import { scrubSecrets } from './secretScrubbing';

/** A file to train on, read as often as it is sent. */
export interface TrainingFile {
	name: string;
	/** Its exact length. */
	bytes: number;
	open(): AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
}

export interface FineTuningRequest {
	/** Names this training, and is found again in the provider's list: letters, digits and `-`, at most 40. */
	mark: string;
	/** The version it is for; becomes part of the trained model's name. */
	version: string;
	baseModel: string;
	method: TrainingMethod;
	fileId: string;
	validationFileId?: string;
	/** Left to the provider when absent. */
	epochs?: number;
}

/** Trainings at one server with one key. Every method rejects with `ModelError` only. */
export interface FineTuning {
	/** The server's name in sentences. */
	readonly provider: string;
	/** The job that bears the mark and did not fail, or was made from the file; undefined when there is none among the newest 500. */
	findJob(mark: string, fileId?: string): Promise<ProviderJob | undefined>;
	/** The id of an uploaded file of this name and length. */
	findFile(file: Pick<TrainingFile, 'name' | 'bytes'>): Promise<string | undefined>;
	/** Streams a file up; it is never held in memory. */
	upload(file: TrainingFile, signal?: AbortSignal): Promise<string>;
	/** Starts a job: asked once and never repeated here, since each answered request is paid for. */
	create(request: FineTuningRequest): Promise<ProviderJob>;
	/** Undefined when the provider does not know the job. */
	retrieve(id: string): Promise<ProviderJob | undefined>;
	/** Stops a job, or says how it ended before. Undefined when the provider does not know it. */
	cancel(id: string): Promise<ProviderJob | undefined>;
	/** Removes an uploaded file; one that is gone already is fine. */
	deleteFile(id: string): Promise<void>;
}

/** Metadata under which the mark is kept. */
const MARK_KEY = 'lead_autopilot';
/** Longest suffix of a model's name. Source: OpenAI, create fine-tuning job. */
const SUFFIX_LENGTH = 64;
const PAGES = 5;
const PAGE_SIZE = 100;
/** Slowest connection an upload may have, bytes a second; and the longest upload, below the lease of the job. */
const UPLOAD = { bytesPerSecond: 128 * 1024, longestMs: 15 * 60_000 };

const text = z.string().min(1).nullish().catch(null);
const jobSchema = z.object({
	id: z.string().min(1),
	status: z.string(),
	fine_tuned_model: text,
	trained_tokens: z.number().int().nonnegative().nullish().catch(null),
	training_file: text,
	user_provided_suffix: text,
	estimated_finish: z.number().positive().nullish().catch(null),
	metadata: z.record(z.string(), z.string()).nullish().catch(null),
	error: z.object({ code: text, message: text }).nullish().catch(null),
});
type JobAnswer = z.infer<typeof jobSchema>;
const fileSchema = z.object({ id: z.string().min(1), filename: text, bytes: z.number().nullish().catch(null) });
const listOf = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), has_more: z.boolean().nullish().catch(null) });

const STATES: Readonly<Record<string, ProviderJob['state']>> = { succeeded: 'succeeded', failed: 'failed', cancelled: 'cancelled', running: 'running' };

/** A name of at most 64 characters from which the mark can be read again. */
export function suffixOf({ version, mark }: Pick<FineTuningRequest, 'version' | 'mark'>): string {
	const clean = version.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').slice(0, SUFFIX_LENGTH - mark.length - 1);
	return `${clean}-${mark}`;
}

/** The form of an upload, in pieces, and how long it is. */
function uploadForm(file: TrainingFile, boundary: string): { length: number; body: () => AsyncGenerator<Uint8Array> } {
	const name = file.name.replaceAll(/[^\w.-]/g, '_');
	const head = Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/jsonl\r\n\r\n`);
	const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
	return {
		length: head.length + file.bytes + tail.length,
		async *body() {
			yield head;
			let sent = 0;
			for await (const chunk of await file.open()) {
				sent += chunk.length;
				yield chunk;
			}
			// The length was announced: another one would leave the request hanging until its time is up.
			if (sent !== file.bytes) throw new ModelError('bad_request', `The training file has ${sent} bytes, but was said to have ${file.bytes}. Export it again.`);
			yield tail;
		},
	};
}

/** Trainings at OpenAI or a server that speaks its protocol. Opens no connection. */
export function openAiFineTuning(config: { baseUrl?: string; apiKey: string; baseModel: string; time?: TimeSource; /** In place of the platform's. */ fetch?: typeof fetch }): FineTuning {
	const { apiKey, baseModel } = config;
	const time = config.time ?? SYSTEM_TIME;
	const { provider, client: clientFor } = openAiServer(config.baseUrl, config.fetch);
	const client = clientFor(apiKey);
	const secrets = [apiKey];
	/** What servers that speak the protocol may refuse; what was learnt holds for this client. */
	const dialect = { metadata: true, method: true };

	const failure = (thrown: unknown): ModelError => {
		// The SDK wraps what the given fetch threw.
		if (thrown instanceof Error && thrown.cause instanceof ModelError) return thrown.cause;
		const { status, message } = readFailure(thrown);
		// The key is right but this is not for its account: what the provider says is the whole answer.
		if (!(thrown instanceof ModelError) && status === 403) return new ModelError('bad_request', `${provider} does not allow this account to fine-tune (HTTP 403). It said: ${scrubSecrets(message, secrets)}`, { status });
		return toModelError(thrown, { provider, secrets, now: time.now(), modelId: baseModel });
	};
	const once = async <T>(work: (options: { signal: AbortSignal; timeout: number }) => Promise<T>, timeoutMs: number = RETRY_POLICY.callTimeoutMs, signal?: AbortSignal): Promise<T> => {
		try {
			return await withinTime({ timeoutMs, signal }, async (inner) => await work({ signal: inner, timeout: timeoutMs }));
		} catch (error) {
			throw failure(error);
		}
	};
	const repeated = async <T>(work: (options: { signal: AbortSignal; timeout: number }) => Promise<T>): Promise<T> =>
		(await withRetry(async ({ timeoutMs }) => await once(work, timeoutMs), { deadline: time.now() + RETRY_POLICY.itemBudgetMs, time })).value;
	const unlessGone = async <T>(work: Promise<T>): Promise<T | undefined> => {
		try {
			return await work;
		} catch (error) {
			if (error instanceof ModelError && error.status === 404) return undefined;
			throw error;
		}
	};

	const read = <T>(schema: z.ZodType<T>, raw: unknown, what: string): T => {
		const parsed = schema.safeParse(raw);
		if (!parsed.success) throw new ModelError('unavailable', `${provider} answered something that is no ${what}. Check the base URL, and that the server can fine-tune.`);
		return parsed.data;
	};
	const toJob = (answer: JobAnswer): ProviderJob => {
		const { fine_tuned_model: modelId, trained_tokens: tokens, estimated_finish: finish, training_file: fileId, error } = answer;
		return {
			id: answer.id,
			state: Object.hasOwn(STATES, answer.status) ? STATES[answer.status] : 'waiting',
			word: answer.status.slice(0, 40),
			...(modelId ? { modelId } : {}),
			...(typeof tokens === 'number' ? { trainedTokens: tokens } : {}),
			...(typeof finish === 'number' ? { estimatedFinish: finish * 1000 } : {}),
			...(fileId ? { fileId } : {}),
			...(error?.code || error?.message ? { error: { code: (error.code ?? 'unknown').slice(0, 60), message: scrubSecrets(error.message ?? '', secrets) } } : {}),
		};
	};
	const job = (raw: unknown): ProviderJob => toJob(read(jobSchema, raw, 'fine-tuning job'));

	/** Walks the newest entries of a list. */
	async function find<T extends { id: string }>(path: string, schema: z.ZodType<T>, query: Record<string, string>, wanted: (item: T) => boolean): Promise<T | undefined> {
		let after: string | undefined;
		for (let page = 0; page < PAGES; page += 1) {
			const params = { ...query, limit: String(PAGE_SIZE), ...(after === undefined ? {} : { after }) };
			const { data, has_more } = read(listOf(schema), await repeated(async (options) => await client.get<unknown>(path, { query: params, ...options })), 'list');
			const hit = data.find(wanted);
			const last = data.at(-1);
			if (hit || !has_more || !last || last.id === after) return hit;
			after = last.id;
		}
		return undefined;
	}

	const bodyFor = ({ mark, version, baseModel: model, method, fileId, validationFileId, epochs }: FineTuningRequest): OpenAI.FineTuning.JobCreateParams => {
		const hyperparameters = epochs === undefined ? {} : { hyperparameters: { n_epochs: epochs } };
		const how = method === 'dpo' ? { type: method, dpo: hyperparameters } : { type: method, supervised: hyperparameters };
		return {
			model,
			training_file: fileId,
			suffix: suffixOf({ version, mark }),
			...(validationFileId === undefined ? {} : { validation_file: validationFileId }),
			...(dialect.metadata ? { metadata: { [MARK_KEY]: mark } } : {}),
			...(dialect.method || method === 'dpo' ? { method: how } : hyperparameters),
		};
	};
	/** A refusal has started nothing, so what the server does not know may be left out and asked again. */
	const learn = (thrown: unknown, method: TrainingMethod): boolean => {
		const { status, reason, message } = readFailure(thrown);
		if (status !== 400 && status !== 422) return false;
		const said = `${reason} ${message}`;
		if (dialect.metadata && /metadata/i.test(said)) return !(dialect.metadata = false);
		if (dialect.method && method === 'supervised' && /\bmethod\b/i.test(said)) return !(dialect.method = false);
		return false;
	};

	return {
		provider,
		async findJob(mark, fileId) {
			const bears = ({ metadata, user_provided_suffix: suffix, fine_tuned_model: model, training_file: file }: JobAnswer): boolean =>
				metadata?.[MARK_KEY] === mark || (suffix?.endsWith(mark) ?? false) || (model?.includes(mark) ?? false) || (fileId !== undefined && file === fileId);
			const found = await find('/fine_tuning/jobs', jobSchema, {}, (answer) => !['failed', 'cancelled'].includes(answer.status) && bears(answer));
			return found && toJob(found);
		},
		async findFile({ name, bytes }) {
			return (await find('/files', fileSchema, { purpose: 'fine-tune' }, (file) => file.filename === name && file.bytes === bytes))?.id;
		},
		async upload(file, signal) {
			const boundary = `lead-autopilot-${randomUUID()}`;
			const timeoutMs = Math.min(UPLOAD.longestMs, RETRY_POLICY.callTimeoutMs + Math.ceil((file.bytes / UPLOAD.bytesPerSecond) * 1000));
			const raw = await once(async (options) => {
				const form = uploadForm(file, boundary);
				const headers = { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(form.length) };
				return await client.post<unknown>('/files', { body: ReadableStream.from(form.body()), headers, ...options });
			}, timeoutMs, signal);
			return read(fileSchema, raw, 'uploaded file').id;
		},
		async create(request) {
			return job(await once(async (options) => {
				for (;;) {
					try {
						return await client.fineTuning.jobs.create(bodyFor(request), options);
					} catch (error) {
						if (!learn(error, request.method)) throw error;
					}
				}
			}));
		},
		retrieve: async (id) => await unlessGone(repeated(async (options) => await client.fineTuning.jobs.retrieve(id, options)).then(job)),
		async cancel(id) {
			try {
				return await unlessGone(repeated(async (options) => await client.fineTuning.jobs.cancel(id, options)).then(job));
			} catch (error) {
				// A job that has ended takes no cancel: how it ended is what counts.
				if (error instanceof ModelError && error.kind === 'bad_request') return await this.retrieve(id);
				throw error;
			}
		},
		async deleteFile(id) {
			await unlessGone(repeated(async (options) => await client.files.delete(id, options)));
		},
	};
}
