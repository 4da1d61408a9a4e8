import type { Migration } from './migration';

/** Training sets that left the store, and whose conversations are in them. */
export const trainingSets: Migration = {
	id: 16,
	name: 'training-sets',
	async up({ run, table }) {
		await run(`create table ${table('training_exports')} (workspace text not null, id text not null, version text, state text not null, created_at bigint not null, finished_at bigint,
			contacts bigint not null, erased bigint not null, erased_at bigint, manifest text, storage text, sentence text not null, primary key (workspace, id))`);
		await run(`create index training_exports_times on ${table('training_exports')} (workspace, created_at, id)`);
		await run(`create table ${table('training_export_contacts')} (workspace text not null, export_id text not null, contact_id text not null, primary key (workspace, export_id, contact_id))`);
		await run(`create index training_export_people on ${table('training_export_contacts')} (workspace, contact_id)`);
		// Messages in the order of an export's pages: many leave in one moment, and a page must not sort them all.
		await run(`create index training_sent on ${table('outbound')} (workspace, sent_at, id) where status = 'sent'`);
		await run(`create index training_rejected on ${table('reviews')} (workspace, decided_at, id) where decision = 'rejected'`);
	},
};
