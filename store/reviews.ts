import { sql } from 'kysely';
import type { AddressHash } from './addresses';
import type { Database } from './database';
import { assignReviews, decideReview } from './decideReview';
import { readJudgedDrafts } from './judgedDrafts';
import { preferencePairs, reviewDetails } from './reviewDetails';
import { openReviews, toReview } from './reviewRows';
import { countReviews, searchReviews } from './reviewSearch';
import type { RowOf } from './schema';
import type { Reviews } from './store';

export function createReviews(database: Database, hash: AddressHash): Reviews {
	return {
		async open(reviews) {
			if (reviews.length === 0) return [];
			return await database.write(async (session) => await openReviews(session, reviews));
		},

		async list(workspace, { open, kinds, limit }) {
			return await database.read(async (session) => {
				const state = open === undefined ? sql`` : open ? sql`and decided_at is null` : sql`and decided_at is not null`;
				const ofKind = kinds ? sql`and ${session.among('kind', kinds)}` : sql``;
				const rows = await session.rows(sql<RowOf<'reviews'>>`select * from ${session.table('reviews')} where workspace = ${workspace} ${state} ${ofKind}
					order by due_at, created_at, id limit ${limit}`);
				return rows.map(toReview);
			});
		},

		async decide(request, settle) {
			return await database.write(async (session) => await decideReview(session, hash, request, settle));
		},

		async assign(workspace, reviewIds, assignee) {
			if (reviewIds.length === 0) return 0;
			return await database.write(async (session) => await assignReviews(session, workspace, reviewIds, assignee));
		},

		async search(filter) {
			return await database.read(async (session) => await searchReviews(session, hash, filter));
		},

		async counts(workspaces) {
			return await database.read(async (session) => await countReviews(session, workspaces));
		},

		async details(workspace, reviewId) {
			return await database.read(async (session) => await reviewDetails(session, hash, workspace, reviewId));
		},

		async preferencePairs(workspace, filter) {
			return await database.read(async (session) => await preferencePairs(session, workspace, filter));
		},

		async judgedDrafts(workspace, limit) {
			return await database.read(async (session) => await readJudgedDrafts(session, workspace, limit));
		},
	};
}
