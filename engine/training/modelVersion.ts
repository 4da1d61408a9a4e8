import type { EpochMs } from '../time';
import type { VersionMetric } from './versionMetrics';

/**
 * example_memory: any model, given the version's frozen examples. fine_tuning: a model trained at an OpenAI-compatible
 * service. export_only: a training set for somebody else's trainer; the version is registered when its model's name is told.
 */
export const MODEL_BACKENDS = ['example_memory', 'fine_tuning', 'export_only'] as const;
export type ModelBackend = (typeof MODEL_BACKENDS)[number];

/**
 * training: not ready yet. candidate: ready, serves nobody. canary: serves its share beside the deployed one. deployed: serves
 * the rest; one a workspace. retired: was deployed or replaced. rolled_back: taken out because it did harm. failed: training failed.
 */
export const MODEL_STATUSES = ['training', 'candidate', 'canary', 'deployed', 'retired', 'rolled_back', 'failed'] as const;
export type ModelStatus = (typeof MODEL_STATUSES)[number];

/** What writes the drafts of a share of a workspace's contacts. */
export interface ModelVersion {
	workspace: string;
	/** `v2.1.0`. */
	version: string;
	/** The version deployed when this one was made. */
	parent?: string;
	backend: ModelBackend;
	status: ModelStatus;
	/** Share of contacts it serves while it is a canary, 0–1. */
	share: number;
	/** When the share last changed. */
	shareSince?: EpochMs;
	/** The provider's name of the model to call; the node's own model when absent. */
	modelId?: string;
	/** What it was trained on top of, when it was trained. */
	baseModel?: string;
	/** The training export it was made from. */
	exportId?: string;
	/** Frozen examples of its memory. */
	examples: number;
	/** Why it stands where it stands, in one line. */
	sentence: string;
	/** Who or what last moved it. */
	decidedBy?: string;
	createdAt: EpochMs;
	/** When its rollout began: its first contacts. */
	startedAt?: EpochMs;
	/** What it is compared by, and how many weekly looks there are at most; declared when its rollout begins. */
	metric?: VersionMetric;
	horizon?: number;
	deployedAt?: EpochMs;
	endedAt?: EpochMs;
	/** Looks at the comparison so far: each spends some of the chance of error. */
	looks: number;
}
