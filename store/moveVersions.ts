import { sql } from 'kysely';
import type { ModelStatus } from '../engine/training/modelVersion';
import { BASELINE_VERSION } from '../engine/training/versionNumber';
import { loadVersions, lockedVersions, saveVersion, type VersionRow } from './modelRows';
import type { Session } from './session';
import type { Models, VersionMove } from './store';

type Request<K extends 'deploy' | 'setShare' | 'promote' | 'rollBack' | 'settleTraining'> = Parameters<Models[K]>[0];

const STANDS: Readonly<Record<ModelStatus, string>> = {
	training: 'is still in training',
	candidate: 'is ready, but serves nobody yet',
	canary: 'serves a share of contacts',
	deployed: 'is deployed',
	retired: 'is retired',
	rolled_back: 'was rolled back',
	failed: 'failed in training',
};

const stands = ({ status }: VersionRow): string => Object.entries(STANDS).find(([name]) => name === status)?.[1] ?? `stands at '${status}'`;

async function moved(session: Session, { workspace, version, sentence }: VersionRow): Promise<VersionMove> {
	const [now] = await loadVersions(session, workspace, sql`m.version = ${version}`);
	return { changed: true, ...(now ? { version: now } : {}), sentence };
}

async function refused(session: Session, workspace: string, version: string, sentence: string): Promise<VersionMove> {
	const [now] = await loadVersions(session, workspace, sql`m.version = ${version}`);
	return { changed: false, ...(now ? { version: now } : {}), sentence };
}

/** The row to be moved, if it stands at one of `from`; else the refusal. */
async function standing(session: Session, { workspace, version }: { workspace: string; version: string }, from: readonly ModelStatus[], to: string): Promise<{ row: VersionRow; rows: VersionRow[] } | VersionMove> {
	const rows = await lockedVersions(session, workspace);
	const row = rows.find((one) => one.version === version);
	if (!row) return { changed: false, sentence: `There is no model version '${version.slice(0, 40)}'.` };
	if (!from.some((status) => status === row.status)) return await refused(session, workspace, version, `${version} ${stands(row)}, so it was not ${to}: somebody else may have decided meanwhile.`);
	return { row, rows };
}

export async function settleTraining(session: Session, request: Request<'settleTraining'>): Promise<VersionMove> {
	const found = await standing(session, request, ['training'], 'settled');
	if ('changed' in found) return found;
	const { status, modelId, sentence } = request;
	const row = { ...found.row, status, model_id: modelId ?? found.row.model_id, sentence, ended_at: status === 'failed' ? session.now : null };
	await saveVersion(session, row);
	return await moved(session, row);
}

export async function deployVersion(session: Session, request: Request<'deploy'>): Promise<VersionMove> {
	const found = await standing(session, request, ['candidate'], 'deployed');
	if ('changed' in found) return found;
	const other = found.rows.find(({ status }) => status === 'canary');
	if (other) return await refused(session, request.workspace, request.version, `${other.version} serves a share of contacts already, and only one candidate can be compared at a time. Promote it or roll it back first.`);
	const { share, metric, horizon, by, sentence } = request;
	// It is compared with what is deployed now, whatever was when it was made.
	const parent = found.rows.find(({ status }) => status === 'deployed')?.version ?? found.row.parent;
	const row: VersionRow = { ...found.row, status: 'canary', share, share_since: session.now, started_at: session.now, metric, horizon, parent, decided_by: by, sentence };
	await saveVersion(session, row);
	return await moved(session, row);
}

export async function setVersionShare(session: Session, request: Request<'setShare'>): Promise<VersionMove> {
	const found = await standing(session, request, ['canary'], 'given another share');
	if ('changed' in found) return found;
	const { from, to, by, sentence } = request;
	if (Math.abs(found.row.share - from) > 1e-9) return await refused(session, request.workspace, request.version, `${request.version} has ${Math.round(found.row.share * 100)} % of contacts by now, not ${Math.round(from * 100)} %: somebody else may have decided meanwhile.`);
	const row: VersionRow = { ...found.row, share: to, share_since: session.now, decided_by: by, sentence };
	await saveVersion(session, row);
	return await moved(session, row);
}

export async function promoteVersion(session: Session, request: Request<'promote'>): Promise<VersionMove> {
	const found = await standing(session, request, ['canary'], 'promoted');
	if ('changed' in found) return found;
	const { workspace, version, token, by, sentence } = request;
	const [newest] = await session.rows(sql<{ token: string }>`select token from ${session.table('model_looks')} where workspace = ${workspace} and version = ${version} order by at desc, look desc, token limit 1`);
	if (newest?.token !== token) return await refused(session, workspace, version, `${version} was not promoted: the figures have changed since they were shown. Look at the comparison again, then promote with its token.`);
	for (const row of found.rows.filter(({ status }) => status === 'deployed')) {
		await saveVersion(session, { ...row, status: 'retired', share: 0, share_since: session.now, ended_at: session.now, decided_by: by, sentence: `Replaced by ${version}.` });
	}
	const row: VersionRow = { ...found.row, status: 'deployed', share: 1, share_since: session.now, deployed_at: session.now, decided_by: by, sentence };
	await saveVersion(session, row);
	return await moved(session, row);
}

/** What serves again once `row` is taken out: what it had replaced, else whatever was deployed last, at least the baseline. */
function successor(rows: readonly VersionRow[], row: VersionRow): VersionRow | undefined {
	const retired = rows.filter(({ status, deployed_at }) => status === 'retired' && deployed_at !== null).sort((a, b) => (b.deployed_at ?? 0) - (a.deployed_at ?? 0) || b.major - a.major || b.minor - a.minor || b.patch - a.patch);
	return retired.find(({ version }) => version === row.parent) ?? retired.at(0) ?? rows.find(({ version }) => version === BASELINE_VERSION && version !== row.version);
}

export async function rollBackVersion(session: Session, request: Request<'rollBack'>): Promise<VersionMove> {
	const { from, to, by, sentence } = request;
	const found = await standing(session, request, [from], 'rolled back');
	if ('changed' in found) return found;
	const next = from === 'deployed' ? successor(found.rows, found.row) : undefined;
	if (from === 'deployed' && !next) return await refused(session, request.workspace, request.version, `${request.version} is the only version there is: nothing could serve in its place.`);
	const row: VersionRow = { ...found.row, status: to, share: 0, share_since: session.now, ended_at: session.now, decided_by: by, sentence };
	await saveVersion(session, row);
	if (next) {
		const canary = found.rows.find(({ status }) => status === 'canary');
		if (canary) await saveVersion(session, { ...canary, status: 'retired', share: 0, share_since: session.now, ended_at: session.now, decided_by: by, sentence: `Ended, because ${row.version}, which it was compared with, was rolled back.` });
		await saveVersion(session, { ...next, status: 'deployed', share: 1, share_since: session.now, deployed_at: session.now, ended_at: null, decided_by: by, sentence: `Serves again, because ${row.version} was rolled back.` });
	}
	return await moved(session, row);
}
