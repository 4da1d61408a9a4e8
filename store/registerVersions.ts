import { MODEL_BACKENDS, type ModelVersion } from '../engine/training/modelVersion';
import { BASELINE_VERSION, nextVersion, readVersion, writeVersion, type NumberedVersion, type VersionNumber } from '../engine/training/versionNumber';
import { cleanText, groupBy, toJson } from './bulk';
import { StoreInputError } from './errors';
import { loadVersions, lockedVersions, type VersionRow } from './modelRows';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { NewVersion } from './store';

const numbered = ({ major, minor, patch, backend, base_model }: VersionRow): NumberedVersion => ({
	major,
	minor,
	patch,
	backend: MODEL_BACKENDS.find((name) => name === backend) ?? 'export_only',
	...(base_model === null ? {} : { baseModel: base_model }),
});

function baseline(workspace: string, now: number): VersionRow {
	return {
		workspace, version: BASELINE_VERSION, major: 1, minor: 0, patch: 0, parent: null, backend: 'example_memory', status: 'deployed', share: 1, share_since: now, started_at: null, model_id: null,
		base_model: null, export_id: null, request_key: null, metric: null, horizon: null, sentence: "The node's own model without examples: what the first version is compared with.", decided_by: null,
		created_at: now, deployed_at: now, ended_at: null,
	};
}

function newRow(wanted: NewVersion, number: VersionNumber, parent: string | undefined, now: number): VersionRow {
	return {
		workspace: wanted.workspace, version: writeVersion(number), ...number, parent: parent ?? null, backend: wanted.backend, status: wanted.status, share: 0, share_since: null, started_at: null,
		model_id: wanted.modelId ?? null, base_model: wanted.baseModel ?? null, export_id: wanted.exportId ?? null, request_key: wanted.requestKey ?? null, metric: null, horizon: null,
		sentence: wanted.sentence, decided_by: null, created_at: now, deployed_at: null, ended_at: null,
	};
}

const exampleRows = ({ workspace, examples = [] }: NewVersion, version: string): RowOf<'model_examples'>[] =>
	examples.map(({ outboundId, contactId, ...example }, place) => ({ workspace, version, outbound_id: cleanText(outboundId), contact_id: cleanText(contactId), place, example: toJson(example) }));

function repaired(rows: readonly VersionRow[], { repairs }: NewVersion, index: number): VersionNumber | undefined {
	if (repairs === undefined) return undefined;
	const number = readVersion(repairs);
	if (!number || !rows.some(({ version }) => version === writeVersion(number))) throw new StoreInputError(`There is no model version '${repairs.slice(0, 40)}' to make anew. Name one that Leaderboard lists.`, index);
	return number;
}

/** See `Models.register`. One lock a workspace: numbers are given out one after the other. */
export async function registerVersions(session: Session, wanted: readonly NewVersion[]): Promise<{ version: ModelVersion; created: boolean }[]> {
	const made = wanted.map((): { name: string; created: boolean } | undefined => undefined);
	const places = wanted.map((one, index) => ({ one, index }));
	const all = new Map<string, ModelVersion[]>();
	for (const [workspace, group] of [...groupBy(places, ({ one }) => one.workspace)].sort(([a], [b]) => (a < b ? -1 : 1))) {
		const rows = await lockedVersions(session, workspace);
		const fresh: VersionRow[] = rows.length === 0 ? [baseline(workspace, session.now)] : [];
		const examples: RowOf<'model_examples'>[] = [];
		for (const { one, index } of group) {
			const known = [...rows, ...fresh].find(({ request_key }) => one.requestKey !== undefined && request_key === cleanText(one.requestKey));
			if (known) {
				made[index] = { name: known.version, created: false };
				continue;
			}
			const before = [...rows, ...fresh];
			const row = newRow(one, nextVersion(before.map(numbered), one, repaired(before, one, index)), before.find(({ status }) => status === 'deployed')?.version, session.now);
			fresh.push(row);
			examples.push(...exampleRows(one, row.version));
			made[index] = { name: row.version, created: true };
		}
		await session.insert('model_versions', fresh);
		await session.insert('model_examples', examples);
		all.set(workspace, await loadVersions(session, workspace));
	}
	return wanted.flatMap(({ workspace }, index) => {
		const version = all.get(workspace)?.find((one) => one.version === made[index]?.name);
		return version ? [{ version, created: made[index]?.created ?? false }] : [];
	});
}
