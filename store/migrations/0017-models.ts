import type { Migration } from './migration';

/** Versions of what writes the drafts, their frozen examples, and every look at a comparison. */
export const models: Migration = {
	id: 17,
	name: 'models',
	async up({ run, table }) {
		await run(`create table ${table('model_versions')} (workspace text not null, version text not null, major bigint not null, minor bigint not null, patch bigint not null, parent text,
			backend text not null, status text not null, share double precision not null, share_since bigint, started_at bigint, model_id text, base_model text, export_id text, request_key text,
			metric text, horizon bigint, sentence text not null, decided_by text, created_at bigint not null, deployed_at bigint, ended_at bigint, primary key (workspace, version))`);
		// One candidate beside one deployed version: two would each be compared with a mixture.
		await run(`create unique index model_versions_canary on ${table('model_versions')} (workspace) where status = 'canary'`);
		await run(`create unique index model_versions_deployed on ${table('model_versions')} (workspace) where status = 'deployed'`);
		// The same training asked for twice is one version.
		await run(`create unique index model_versions_request on ${table('model_versions')} (workspace, request_key) where request_key is not null`);
		await run(`create table ${table('model_examples')} (workspace text not null, version text not null, outbound_id text not null, contact_id text not null, place bigint not null, example text not null,
			primary key (workspace, version, outbound_id))`);
		await run(`create index model_examples_contact on ${table('model_examples')} (workspace, contact_id)`);
		await run(`create index model_examples_outbound on ${table('model_examples')} (workspace, outbound_id)`);
		await run(`create table ${table('model_looks')} (workspace text not null, version text not null, token text not null, look bigint not null, at bigint not null, share double precision not null,
			verdict text not null, sentence text not null, figures text not null, primary key (workspace, version, token))`);
		await run(`create index model_looks_times on ${table('model_looks')} (workspace, version, at)`);
		for (const column of ['model_version text', 'rollout_candidate text', 'rollout_arm text', 'rollout_propensity double precision']) await run(`alter table ${table('outbound')} add column ${column}`);
		await run(`create index outbound_rollout on ${table('outbound')} (workspace, rollout_candidate, sent_at) where rollout_candidate is not null`);
		await run(`create index outbound_version on ${table('outbound')} (workspace, model_version, sent_at) where model_version is not null`);
	},
};
