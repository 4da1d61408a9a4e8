import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { epochMs } from '../engine/time';
import type { AddressHash } from './addresses';
import { cleanText } from './bulk';
import type { Database } from './database';
import type { RowOf } from './schema';
import type { Training } from './store';
import { trainingCounts } from './trainingCounts';
import { beginExport, finishExport, noteExported, toExportRecord } from './trainingExports';
import { examplePage, rejectionPage } from './trainingPages';

/** `key`: the store's own, which salts are derived from. */
export function createTraining(database: Database, hash: AddressHash, key: string): Training {
	return {
		salt: (workspace) => createHmac('sha256', key).update(`training:${cleanText(workspace)}`).digest('hex'),
		examples: async (workspace, request) => await database.read(async (session) => await examplePage(session, hash, workspace, request)),
		rejections: async (workspace, request) => await database.read(async (session) => await rejectionPage(session, hash, workspace, request)),
		counts: async (workspace, window) => await trainingCounts(async (work) => await database.read(work), workspace, window),
		async beginExport(workspace) {
			const { id, created_at } = await database.write(async (session) => await beginExport(session, workspace));
			return { id, createdAt: epochMs(created_at) };
		},
		async noteExported(workspace, exportId, examples) {
			if (examples.length === 0) return new Set();
			return await database.write(async (session) => await noteExported(session, cleanText(workspace), exportId, examples));
		},
		finishExport: async (workspace, exportId, result) => await database.write(async (session) => await finishExport(session, cleanText(workspace), exportId, result)),
		async setExportVersion(workspace, exportId, version) {
			await database.write(async (session) => await session.update('training_exports', ['workspace', 'id'], ['version'], [{ workspace: cleanText(workspace), id: exportId, version }]));
		},
		async exports(workspace, { exportId, limit }) {
			return await database.read(async (session) => {
				const one = exportId === undefined ? sql`` : sql`and id = ${exportId}`;
				const rows = await session.rows(sql<RowOf<'training_exports'>>`select * from ${session.table('training_exports')} where workspace = ${cleanText(workspace)} ${one} order by created_at desc, id desc limit ${limit}`);
				return rows.map(toExportRecord);
			});
		},
	};
}
