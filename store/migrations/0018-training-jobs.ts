import type { Migration } from './migration';

/** Trainings handed to a provider, and where they stand. */
export const trainingJobs: Migration = {
	id: 18,
	name: 'training-jobs',
	async up({ run, table }) {
		await run(`create table ${table('training_jobs')} (workspace text not null, id text not null, version text not null, backend text not null, state text not null, export_id text, export_hash text not null,
			mark text not null, base_model text, method text not null, epochs bigint, server_url text not null, file_id text, validation_file_id text, file_name text, file_bytes bigint, provider_job_id text,
			provider_state text, key_fingerprint text, model_id text, trained_tokens bigint, cost_usd double precision, error_code text, error text, stop text, stopped_by text, requested_by text not null,
			created_at bigint not null, submitted_at bigint, finished_at bigint, deadline_at bigint not null, next_poll_at bigint, estimated_finish bigint, polls bigint not null, failed_polls bigint not null,
			lease_until bigint, lease_holder text, primary key (workspace, id))`);
		// What is trained, or was with success, is not trained on the same again: nobody should pay twice.
		await run(`create unique index training_jobs_once on ${table('training_jobs')} (workspace, backend, export_hash) where state in ('starting', 'training', 'succeeded')`);
		await run(`create index training_jobs_due on ${table('training_jobs')} (next_poll_at) where finished_at is null`);
		await run(`create index training_jobs_times on ${table('training_jobs')} (workspace, created_at)`);
	},
};
