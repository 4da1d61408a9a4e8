import type { Migration } from './migration';

/** Who may sign in at a review desk, and how often that was tried lately. A desk is known by a fingerprint of its secret. */
export const reviewers: Migration = {
	id: 9,
	name: 'reviewers',
	async up({ run, table }) {
		await run(`create table ${table('reviewers')} (desk text not null, email text not null, password_hash text, version bigint not null, updated_at bigint not null, primary key (desk, email))`);
		await run(`create table ${table('sign_in_tries')} (desk text not null, subject text not null, tries bigint not null, since bigint not null, primary key (desk, subject))`);
		await run(`create index sign_in_tries_since on ${table('sign_in_tries')} (since)`);
	},
};
