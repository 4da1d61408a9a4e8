import { sql } from 'kysely';
import type { Database } from './database';
import { readJudgedDrafts } from './judgedDrafts';
import { openReviews, toReview } from './reviewRows';
import type { RowOf } from './schema';
import type { Reviews } from './store';

export function createReviews(database: Database): Reviews {
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

		async judgedDrafts(workspace, limit) {
			return await database.read(async (session) => await readJudgedDrafts(session, workspace, limit));
		},
	};
}
