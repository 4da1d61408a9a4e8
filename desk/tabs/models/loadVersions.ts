import type { LeaderboardRow } from '../../../engine/training/leaderboard';
import type { ModelVersion } from '../../../engine/training/modelVersion';
import { compareCanary, type CanaryComparison } from '../../versions/compareCanary';
import { loadLeaderboard } from '../../versions/loadLeaderboard';
import type { DeskContext } from '../tab';

/** As many as anybody reads down to. */
const LISTED = 50;

export interface VersionsModel {
	deployed?: ModelVersion;
	canary?: ModelVersion;
	comparison?: CanaryComparison;
	/** The newest first. */
	versions: readonly ModelVersion[];
	leaderboard: readonly LeaderboardRow[];
}

export async function loadVersions({ store, workspace }: DeskContext): Promise<VersionsModel> {
	const versions = await store.models.list(workspace, LISTED);
	if (versions.length === 0) return { versions, leaderboard: [] };
	const serving = await store.models.serving(workspace);
	const [comparison, leaderboard] = await Promise.all([compareCanary(store, workspace, { serving, keep: false }), loadLeaderboard(store, workspace)]);
	return { ...serving, ...(comparison ? { comparison } : {}), versions, leaderboard };
}
