import { sql } from 'kysely';
import { MODEL_BACKENDS, MODEL_STATUSES, type ModelVersion } from '../engine/training/modelVersion';
import { isVersionMetric } from '../engine/training/versionMetrics';
import { epochMs, type EpochMs } from '../engine/time';
import { StoreError } from './errors';
import type { RowOf } from './schema';
import type { Session } from './session';

export type VersionRow = RowOf<'model_versions'>;
type CountedRow = VersionRow & { examples: number; looks: number };

const moment = (ms: number | null): EpochMs | undefined => (ms === null ? undefined : epochMs(ms));

export function toVersion(row: CountedRow): ModelVersion {
	const backend = MODEL_BACKENDS.find((name) => name === row.backend);
	const status = MODEL_STATUSES.find((name) => name === row.status);
	if (!backend || !status) throw new StoreError(`The model version ${row.version} is of a kind this version of the package does not know ('${row.backend}', '${row.status}'). Update the package on this n8n.`);
	return {
		workspace: row.workspace,
		version: row.version,
		parent: row.parent ?? undefined,
		backend,
		status,
		share: row.share,
		shareSince: moment(row.share_since),
		modelId: row.model_id ?? undefined,
		baseModel: row.base_model ?? undefined,
		exportId: row.export_id ?? undefined,
		examples: row.examples,
		sentence: row.sentence,
		decidedBy: row.decided_by ?? undefined,
		createdAt: epochMs(row.created_at),
		startedAt: moment(row.started_at),
		...(row.metric !== null && isVersionMetric(row.metric) ? { metric: row.metric } : {}),
		horizon: row.horizon ?? undefined,
		deployedAt: moment(row.deployed_at),
		endedAt: moment(row.ended_at),
		looks: row.looks,
	};
}

/** Whether an example `e` may still be shown: whoever objects to profiling leaves the memories already frozen, too. */
export function maySupply(session: Session) {
	return sql<boolean>`not exists (select 1 from ${session.table('contacts')} as p where p.workspace = e.workspace and p.id = e.contact_id and p.profiling = 0)`;
}

/** Versions of a workspace with what is counted about them, the newest first. One statement. */
export async function loadVersions(session: Session, workspace: string, only: ReturnType<typeof sql> = sql`true`, limit = 10_000): Promise<ModelVersion[]> {
	const rows = await session.rows(sql<CountedRow>`select m.*,
			(select count(*) from ${session.table('model_examples')} as e where e.workspace = m.workspace and e.version = m.version and ${maySupply(session)}) as examples,
			(select count(distinct l.look) from ${session.table('model_looks')} as l where l.workspace = m.workspace and l.version = m.version and l.look > 0) as looks
		from ${session.table('model_versions')} as m where m.workspace = ${workspace} and ${only} order by m.major desc, m.minor desc, m.patch desc limit ${limit}`);
	return rows.map((row) => toVersion({ ...row, examples: Number(row.examples), looks: Number(row.looks) }));
}

/** The rows of a workspace, kept from others until the end; nobody can register or move one meanwhile. */
export async function lockedVersions(session: Session, workspace: string): Promise<VersionRow[]> {
	await session.lock('models', [workspace]);
	return await session.rows(sql<VersionRow>`select * from ${session.table('model_versions')} where workspace = ${workspace} order by major, minor, patch`);
}

/** Writes what a move changes. */
export async function saveVersion(session: Session, row: VersionRow): Promise<void> {
	await session.update('model_versions', ['workspace', 'version'], ['status', 'share', 'share_since', 'started_at', 'model_id', 'metric', 'horizon', 'sentence', 'decided_by', 'deployed_at', 'ended_at', 'parent'], [row]);
}
