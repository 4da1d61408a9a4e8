import { METRIC_DEFINITIONS, readMetric } from '../../engine/experiment/metrics';
import { epochMs, type EpochMs } from '../../engine/time';
import type { ExperimentRow, Store } from '../../store/store';

/**
 * When an experiment began: from here its looks count, and what was declared stays. That is the first message that left,
 * or the first decided review where approvals are counted, as a draft that is turned down never leaves. Undefined before.
 */
export async function beganAt(store: Store, experiment: ExperimentRow, now: EpochMs): Promise<EpochMs | undefined> {
	const metric = readMetric(experiment.metric);
	if (!metric || METRIC_DEFINITIONS[metric].unit !== 'reviewed') return experiment.startedAt;
	const [arms] = await store.experiments.tallies([{ workspace: experiment.workspace, experimentId: experiment.id, metric, variantIds: experiment.variants.map(({ id }) => id), asOf: now }]);
	const moments = [experiment.startedAt, ...arms.map(({ firstAt }) => firstAt)].filter((at) => at !== undefined);
	return moments.length === 0 ? undefined : epochMs(Math.min(...moments));
}
