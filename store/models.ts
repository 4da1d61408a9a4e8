import { sql } from 'kysely';
import type { RolloutVerdict } from '../engine/training/compareVersions';
import type { MemoryExample } from '../engine/training/memory';
import { epochMs } from '../engine/time';
import { cleanText, fromJson } from './bulk';
import type { Database } from './database';
import { loggedActions } from './loggedActions';
import { loadVersions, maySupply } from './modelRows';
import { versionRecords } from './modelRecords';
import { versionTallies } from './modelTallies';
import { deployVersion, promoteVersion, rollBackVersion, setVersionShare, settleTraining } from './moveVersions';
import { registerVersions } from './registerVersions';
import type { RowOf } from './schema';
import type { ModelLook, Models } from './store';

const VERDICTS: readonly RolloutVerdict[] = ['promote', 'ramp', 'keep_going', 'roll_back', 'worse', 'no_difference', 'split_broken'];

const toLook = (row: RowOf<'model_looks'>): ModelLook => ({
	version: row.version,
	token: row.token,
	look: row.look,
	at: epochMs(row.at),
	share: row.share,
	verdict: VERDICTS.find((verdict) => verdict === row.verdict) ?? 'keep_going',
	sentence: row.sentence,
	figures: row.figures,
});

export function createModels(database: Database): Models {
	return {
		async register(versions) {
			if (versions.length === 0) return [];
			return await database.write(async (session) => await registerVersions(session, versions));
		},

		async settleTraining(settled) {
			return await database.write(async (session) => await settleTraining(session, settled));
		},

		async find(workspace, versions) {
			if (versions.length === 0) return [];
			const found = await database.read(async (session) => await loadVersions(session, workspace, session.among('m.version', versions)));
			return versions.map((name) => found.find(({ version }) => version === cleanText(name)));
		},

		async list(workspace, limit) {
			return await database.read(async (session) => await loadVersions(session, workspace, sql`true`, limit));
		},

		async serving(workspace) {
			const found = await database.read(async (session) => await loadVersions(session, workspace, sql`m.status in ('deployed', 'canary')`));
			const [deployed, canary] = (['deployed', 'canary'] as const).map((status) => found.find((version) => version.status === status));
			return { ...(deployed ? { deployed } : {}), ...(canary ? { canary } : {}) };
		},

		async memory(workspace, version) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<RowOf<'model_examples'>>`select e.* from ${session.table('model_examples')} as e where e.workspace = ${workspace} and e.version = ${cleanText(version)} and ${maySupply(session)} order by e.place`);
				return rows.map(({ outbound_id, contact_id, example }): MemoryExample => ({ outboundId: outbound_id, contactId: contact_id, ...fromJson<Omit<MemoryExample, 'outboundId' | 'contactId'>>(example) }));
			});
		},

		async deploy(request) {
			return await database.write(async (session) => await deployVersion(session, request));
		},

		async setShare(request) {
			return await database.write(async (session) => await setVersionShare(session, request));
		},

		async promote(request) {
			return await database.write(async (session) => await promoteVersion(session, request));
		},

		async rollBack(request) {
			return await database.write(async (session) => await rollBackVersion(session, request));
		},

		async recordLook(workspace, look) {
			await database.write(async (session) => await session.insert('model_looks', [{ workspace, ...look }], sql`on conflict (workspace, version, token) do update set at = excluded.at`));
		},

		async looks(workspace, version, limit) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<RowOf<'model_looks'>>`select * from ${session.table('model_looks')} where workspace = ${workspace} and version = ${cleanText(version)} order by at desc, look desc, token limit ${limit}`);
				return rows.map(toLook);
			});
		},

		async tallies(request) {
			return await database.read(async (session) => await versionTallies(session, request));
		},

		async loggedActions(request) {
			return await database.read(async (session) => await loggedActions(session, request));
		},

		async records(workspace, since) {
			return await database.read(async (session) => await versionRecords(session, workspace, since));
		},
	};
}
