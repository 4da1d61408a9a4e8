import { compareCanary } from '../../desk/versions/compareCanary';
import { followComparison } from '../../desk/versions/steerCanary';
import { PLAN_POLICY } from '../../engine/experiment/plan';
import { epochMs } from '../../engine/time';
import { MEMORY_POLICY } from '../../engine/training/memory';
import type { ModelVersion } from '../../engine/training/modelVersion';
import { ROLLOUT_POLICY } from '../../engine/training/rollout';
import { createExamplePool } from '../../engine/training/selectExamples';
import type { VersionMetric } from '../../engine/training/versionMetrics';
import type { Simulation } from './simulation';

/** What versions are compared by: a team of this size learns from what reviewers approve long before replies can tell. */
const METRIC: VersionMetric = 'reviewer_approval';
const PAGE = 500;
const BY = 'weekly training';

/** What became of a version, for the report. */
export interface VersionEvent {
	week: number;
	version: string;
	what: 'deployed' | 'ramped' | 'promoted' | 'rolled_back' | 'retired';
	sentence: string;
}

/** A new memory of everything that is old enough, registered and given its first contacts. */
async function train({ store, workspace }: Simulation): Promise<ModelVersion | undefined> {
	const pool = createExamplePool();
	const until = await store.clock.now();
	for (let after: string | undefined; ; ) {
		const page = await store.training.examples(workspace, { since: epochMs(0), until, limit: PAGE, ...(after === undefined ? {} : { after }) });
		for (const { example } of page.candidates) pool.offer(example);
		after = page.next;
		if (after === undefined) break;
	}
	const { examples } = pool.select();
	if (examples.length < MEMORY_POLICY.leastExamples) return undefined;
	const [{ version }] = await store.models.register([{ workspace, backend: 'example_memory', status: 'candidate', examples, sentence: `Memory of ${examples.length} examples.` }]);
	const [share] = ROLLOUT_POLICY.ramp;
	await store.models.deploy({ workspace, version: version.version, share, metric: METRIC, horizon: PLAN_POLICY.horizon, by: BY, sentence: `Serves ${share * 100} % of contacts.` });
	return version;
}

/** Monday morning: the candidate is judged; where none is left, a new one is trained. */
export async function weeklyTraining(simulation: Simulation, week: number): Promise<void> {
	const { store, workspace, versionEvents } = simulation;
	const comparison = await compareCanary(store, workspace, { keep: true });
	if (comparison) {
		const { action, changed, sentence } = await followComparison(store, workspace, comparison, BY);
		if (changed && action !== 'none') versionEvents.push({ week, version: comparison.candidate.version, what: action, sentence });
	}
	if ((await store.models.serving(workspace)).canary) return;
	const trained = await train(simulation);
	if (trained) versionEvents.push({ week, version: trained.version, what: 'deployed', sentence: trained.sentence });
}
