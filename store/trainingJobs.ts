import { createHash, randomUUID } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import type { ModelBackend } from '../engine/training/modelVersion';
import { isOpen, trainingJobSentence, type StopReason, type TrainingJob, type TrainingJobChange, type TrainingJobState, type TrainingMethod } from '../engine/training/trainingJob';
import { epochMs, later, type EpochMs } from '../engine/time';
import { cleanRow, cleanText } from './bulk';
import type { Database } from './database';
import { StoreError } from './errors';
import { lockedVersions, saveVersion } from './modelRows';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { LeasedTrainingJob, NewTrainingJob, TrainingJobs } from './store';

type Row = RowOf<'training_jobs'>;

const ERROR_LENGTH = 500;
/** Only values this table was given; see `start` and `save`. */
const word = <T extends string>(text: string): T => text as T;
const present = <T extends object>(fields: { [K in keyof T]: T[K] | null }): Partial<T> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Partial<T>;
const time = (at: number | null): EpochMs | null => (at === null ? null : epochMs(at));

function toJob(row: Row): TrainingJob {
	return {
		workspace: row.workspace, id: row.id, version: row.version, backend: word<ModelBackend>(row.backend), state: word<TrainingJobState>(row.state), exportHash: row.export_hash, mark: row.mark,
		method: word<TrainingMethod>(row.method), serverUrl: row.server_url, requestedBy: row.requested_by, createdAt: epochMs(row.created_at), deadlineAt: epochMs(row.deadline_at), polls: row.polls, failedPolls: row.failed_polls,
		...present<Partial<TrainingJob>>({
			exportId: row.export_id, baseModel: row.base_model, epochs: row.epochs, fileId: row.file_id, validationFileId: row.validation_file_id, fileName: row.file_name, fileBytes: row.file_bytes,
			providerJobId: row.provider_job_id, providerState: row.provider_state, keyFingerprint: row.key_fingerprint, modelId: row.model_id, trainedTokens: row.trained_tokens, costUsd: row.cost_usd,
			errorCode: row.error_code, error: row.error, stop: row.stop === null ? null : word<StopReason>(row.stop), stoppedBy: row.stopped_by, submittedAt: time(row.submitted_at), finishedAt: time(row.finished_at),
			nextPollAt: time(row.next_poll_at), estimatedFinish: time(row.estimated_finish),
		}),
	};
}

/** The row with a change made by a worker that knew the job as it `was`. What somebody asked for meanwhile is not undone. */
function changed(row: Row, was: TrainingJob, change: TrainingJobChange): Row {
	const stoppedMeanwhile = row.stop !== null && was.stop === undefined;
	const pick = <T>(given: T | undefined, old: T): T => given ?? old;
	return cleanRow({
		...row,
		version: pick(change.version, row.version),
		// Somebody said no before it was done: it must not go on to reach a contact.
		state: stoppedMeanwhile && row.stop === 'asked' && change.state === 'succeeded' ? 'cancelled' : pick(change.state, row.state), export_id: pick(change.exportId, row.export_id), base_model: pick(change.baseModel, row.base_model), server_url: pick(change.serverUrl, row.server_url),
		file_id: pick(change.fileId, row.file_id), validation_file_id: pick(change.validationFileId, row.validation_file_id), provider_job_id: pick(change.providerJobId, row.provider_job_id),
		provider_state: pick(change.providerState, row.provider_state), key_fingerprint: pick(change.keyFingerprint, row.key_fingerprint), model_id: pick(change.modelId, row.model_id),
		trained_tokens: pick(change.trainedTokens, row.trained_tokens), cost_usd: pick(change.costUsd, row.cost_usd), error_code: pick(change.errorCode, row.error_code),
		error: pick(change.error?.slice(0, ERROR_LENGTH), row.error), stop: row.stop ?? change.stop ?? null, stopped_by: row.stopped_by ?? change.stoppedBy ?? null,
		submitted_at: pick(change.submittedAt, row.submitted_at), finished_at: pick(change.finishedAt, row.finished_at),
		next_poll_at: stoppedMeanwhile ? row.next_poll_at : pick(change.nextPollAt, row.next_poll_at),
		estimated_finish: pick(change.estimatedFinish, row.estimated_finish), failed_polls: pick(change.failedPolls, row.failed_polls), polls: pick(change.polls, row.polls),
	});
}

const SET = ['version', 'state', 'export_id', 'base_model', 'server_url', 'file_id', 'validation_file_id', 'provider_job_id', 'provider_state', 'key_fingerprint', 'model_id', 'trained_tokens', 'cost_usd', 'error_code', 'error', 'stop', 'stopped_by', 'submitted_at', 'finished_at', 'next_poll_at', 'estimated_finish', 'failed_polls', 'polls', 'lease_until', 'lease_holder'] as const;
const write = async (session: Session, rows: readonly Row[]): Promise<void> => void (await session.update('training_jobs', ['workspace', 'id'], SET, rows));
const leased = (row: Row, now: EpochMs, leaseMs: number): Row & { lease_holder: string } => ({ ...row, lease_until: later(now, leaseMs), lease_holder: randomUUID() });
const isFree = ({ lease_until }: Row, now: EpochMs): boolean => lease_until === null || lease_until <= now;

/**
 * A job that ended, as it is kept: its version is told in the same transaction, so that none is ready whose training was
 * cancelled. A version its worker registered and could not note any more is found by the job's id.
 */
async function settleVersion(session: Session, row: Row): Promise<Row> {
	const versions = await lockedVersions(session, row.workspace);
	const found = versions.find(({ version, request_key }) => (row.version === '' ? request_key === row.id : version === row.version));
	const settled: Row = { ...row, version: found?.version ?? row.version };
	const ready = row.state === 'succeeded';
	// What somebody deployed, or took out, meanwhile is theirs.
	if (found && (found.status === 'training' || (found.status === 'candidate' && !ready))) {
		await saveVersion(session, { ...found, status: ready ? 'candidate' : 'failed', model_id: row.model_id ?? found.model_id, sentence: trainingJobSentence(toJob(settled), session.now), ended_at: ready ? null : session.now });
	}
	return settled;
}

/** Jobs nobody trains for us, whose worker was not heard of for a whole lease: done when their version was made, else broken off. */
async function endStale(session: Session, own: RawBuilder<unknown>, limit: number): Promise<void> {
	const { now } = session;
	const rows = await session.rows(sql<Row>`select * from ${session.table('training_jobs')} where finished_at is null and backend <> 'fine_tuning' and next_poll_at <= ${now} and (lease_until is null or lease_until <= ${now}) ${own}
		order by workspace, next_poll_at, id limit ${limit} ${session.dialect === 'postgres' ? sql`for update skip locked` : sql``}`);
	for (const row of rows) {
		const versions = await lockedVersions(session, row.workspace);
		const made = versions.find(({ request_key }) => request_key === row.id);
		const end = row.stop === 'asked' ? { state: 'cancelled' } : made ? { state: 'succeeded', model_id: made.model_id } : { state: 'failed', error_code: 'broken_off' };
		await write(session, [await settleVersion(session, { ...row, ...end, finished_at: now, lease_until: null, lease_holder: null })]);
	}
}

/** Short and the same for the same training, so that it can be found again at the provider. */
function markOf({ workspace, backend, exportHash }: NewTrainingJob, id: string): string {
	return createHash('sha256').update(JSON.stringify([workspace, backend, exportHash, id])).digest('hex').slice(0, 16);
}

export function createTrainingJobs(database: Database): TrainingJobs {
	const one = async (session: Session, workspace: string, id: string): Promise<Row | undefined> => (await session.matching('training_jobs', ['workspace', 'id'], [{ workspace, id: cleanText(id) }], true))[0];

	return {
		async start(request, leaseMs) {
			return await database.write(async (session) => {
				const { now } = session;
				const id = randomUUID();
				const fresh: Row = cleanRow({
					workspace: request.workspace, id, version: '', backend: request.backend, state: 'starting', export_id: request.exportId ?? null, export_hash: request.exportHash, mark: markOf(request, id),
					base_model: request.baseModel ?? null, method: request.method, epochs: request.epochs ?? null, server_url: request.serverUrl, file_id: null, validation_file_id: null, file_name: request.fileName ?? null,
					file_bytes: request.fileBytes ?? null, provider_job_id: null, provider_state: null, key_fingerprint: request.keyFingerprint ?? null, model_id: null, trained_tokens: null, cost_usd: null, error_code: null,
					error: null, stop: null, stopped_by: null, requested_by: request.requestedBy, created_at: now, submitted_at: null, finished_at: null, deadline_at: later(now, request.longestMs),
					// Looked at when its worker has not been heard of for a whole lease.
					next_poll_at: later(now, leaseMs), estimated_finish: null, polls: 0, failed_polls: 0, lease_until: null, lease_holder: null,
				});
				const own = leased(fresh, now, leaseMs);
				await session.insert('training_jobs', [own], sql`on conflict do nothing`);
				const [row] = await session.rows(sql<Row>`select * from ${session.table('training_jobs')} where workspace = ${request.workspace} and backend = ${request.backend} and export_hash = ${cleanText(request.exportHash)}
					and state in ('starting', 'training', 'succeeded') ${session.dialect === 'postgres' ? sql`for update` : sql``}`);
				if (!row) throw new StoreError('The training was not kept by the store. Try again.');
				if (row.id === id) return { job: toJob(row), created: true, lease: own.lease_holder };
				if (row.state !== 'starting' || row.provider_job_id !== null || !isFree(row, now)) return { job: toJob(row), created: false };
				const taken = leased(row, now, leaseMs);
				await write(session, [taken]);
				return { job: toJob(taken), created: false, lease: taken.lease_holder };
			});
		},

		async claimDue({ workspace, early = false, leaseMs, limit }) {
			return await database.write(async (session) => {
				const { now } = session;
				await session.lock('training', ['']);
				// One that is being handed over is left alone: a list of the provider may lag behind.
				const due = early ? sql`or state = 'training'` : sql``;
				const own = workspace === undefined ? sql`` : sql`and workspace = ${workspace}`;
				await endStale(session, own, limit);
				const rows = await session.rows(sql<Row>`select * from ${session.table('training_jobs')} where finished_at is null and backend = 'fine_tuning' and (next_poll_at <= ${now} ${due}) and (lease_until is null or lease_until <= ${now}) ${own}
					order by next_poll_at, id limit ${limit}`);
				const claimed = rows.map((row) => ({ ...leased(row, now, leaseMs), polls: row.polls + 1 }));
				await write(session, claimed);
				return claimed.map((row): LeasedTrainingJob => ({ job: toJob(row), lease: row.lease_holder }));
			});
		},

		async save({ job, lease }, change, keep) {
			return await database.write(async (session) => {
				const row = await one(session, job.workspace, job.id);
				if (!row || row.lease_holder !== lease || row.finished_at !== null) return undefined;
				const next: Row = { ...changed(row, job, change), ...(keep === undefined ? { lease_until: null, lease_holder: null } : { lease_until: later(session.now, keep) }) };
				const kept = isOpen(toJob(next)) ? next : await settleVersion(session, next);
				await write(session, [kept]);
				return toJob(kept);
			});
		},

		async filesCleared(workspace, id, fileIds) {
			await database.write(async (session) => {
				const row = await one(session, workspace, id);
				if (!row) return;
				const left = (fileId: string | null): string | null => (fileId !== null && fileIds.includes(fileId) ? null : fileId);
				await write(session, [{ ...row, file_id: left(row.file_id), validation_file_id: left(row.validation_file_id) }]);
			});
		},

		async withFiles(workspace, limit) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<Row>`select * from ${session.table('training_jobs')} where workspace = ${workspace} and backend = 'fine_tuning' and finished_at is not null and (file_id is not null or validation_file_id is not null) order by finished_at desc, id limit ${limit}`);
				return rows.map(toJob);
			});
		},

		async cancel(workspace, id, actor) {
			return await database.write(async (session) => {
				const row = await one(session, workspace, id);
				if (!row || row.finished_at !== null) return row && toJob(row);
				const next: Row = { ...row, stop: 'asked', stopped_by: row.stopped_by ?? cleanText(actor), next_poll_at: session.now };
				await write(session, [next]);
				return toJob(next);
			});
		},

		async find(workspace, ids) {
			if (ids.length === 0) return [];
			return await database.read(async (session) => {
				const rows = await session.matching('training_jobs', ['workspace', 'id'], ids.map((id) => ({ workspace, id: cleanText(id) })));
				const byId = new Map(rows.map((row) => [row.id, toJob(row)]));
				return ids.map((id) => byId.get(cleanText(id)));
			});
		},

		async list(workspace, { open, limit }) {
			return await database.read(async (session) => {
				const state = open === undefined ? sql`` : open ? sql`and finished_at is null` : sql`and finished_at is not null`;
				return (await session.rows(sql<Row>`select * from ${session.table('training_jobs')} where workspace = ${workspace} ${state} order by created_at desc, id limit ${limit}`)).map(toJob);
			});
		},
	};
}
