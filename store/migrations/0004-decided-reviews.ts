import type { Migration } from './migration';

/** The newest decisions of a workspace, without sorting all it ever made. */
export const decidedReviews: Migration = {
	id: 4,
	name: 'decided-reviews',
	async up({ run, table }) {
		await run(`create index reviews_decided on ${table('reviews')} (workspace, kind, decided_at) where decision is not null`);
	},
};
