import { ClassificationSchema } from '../engine/classify/classification';
import { sql } from 'kysely';
import { cleanText, fromJson, toJson } from './bulk';
import type { Database } from './database';
import type { Analyses } from './store';

export function createAnalyses(database: Database): Analyses {
	return {
		async get(workspace, hashes, maxAgeMs) {
			if (hashes.length === 0) return [];
			return await database.read(async (session) => {
				const rows = await session.matching('analyses', ['workspace', 'hash'], hashes.map((hash) => ({ workspace, hash })));
				const fresh = new Map(rows.filter(({ at }) => at >= session.now - maxAgeMs).map((row) => [row.hash, row]));
				return hashes.map((hash) => {
					const row = fresh.get(cleanText(hash));
					return row && ClassificationSchema.parse(fromJson(row.classification));
				});
			});
		},

		async put(workspace, entries) {
			if (entries.length === 0) return;
			await database.write(async (session) => {
				const rows = entries.map(({ hash, contactId, classification }) => ({ workspace, hash, contact_id: contactId ?? null, classification: toJson(classification), at: session.now }));
				await session.insert(
					'analyses',
					[...new Map(rows.map((row) => [row.hash, row])).values()],
					sql`on conflict (workspace, hash) do update set contact_id = excluded.contact_id, classification = excluded.classification, at = excluded.at`,
				);
			});
		},
	};
}
