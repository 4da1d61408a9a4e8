import { createHash } from 'node:crypto';
import { PLAN_POLICY } from '../../engine/experiment/plan';
import { lookAt } from '../../engine/experiment/plan';
import { compareVersions, type VersionComparison } from '../../engine/training/compareVersions';
import { MEMORY_POLICY } from '../../engine/training/memory';
import type { ModelVersion } from '../../engine/training/modelVersion';
import { indexMemory, nearestExamples, type IndexedMemory } from '../../engine/training/nearestExamples';
import { assignArm, ROLLOUT_POLICY, type Rollout } from '../../engine/training/rollout';
import { createExamplePool } from '../../engine/training/selectExamples';
import type { VersionMetric } from '../../engine/training/versionMetrics';
import { epochMs, type EpochMs } from '../../engine/time';
import { CHANNEL, MOST_OPT_OUTS } from './planDay';
import type { Simulation } from './simulation';

/** What versions are compared by: a team of this size learns from what reviewers approve long before replies can tell. */
const METRIC: VersionMetric = 'reviewer_approval';
const PAGE = 500;
const BY = 'weekly training';

/** What became of a version, for the report. */
export interface VersionEvent {
	week: number;
	version: string;
	what: 'deployed' | 'ramp' | 'promote' | 'roll_back' | 'worse' | 'no_difference';
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

async function compare({ store, workspace }: Simulation, canary: ModelVersion, now: EpochMs): Promise<VersionComparison> {
	const { horizon = PLAN_POLICY.horizon, metric = METRIC, parent = '', share, startedAt } = canary;
	const { look, asOf } = lookAt(startedAt, now, horizon);
	const tallies = await store.models.tallies({ workspace, candidate: canary.version, control: parent, metric, asOf, looks: { startedAt: startedAt ?? now, everyMs: PLAN_POLICY.lookEveryMs, count: Math.max(1, look) } });
	return compareVersions({ ...tallies, metric, share, look, horizon, ceilings: { ...PLAN_POLICY.guardrails, optOuts: MOST_OPT_OUTS } });
}

/** Does what the comparison says, as the weekly training does by itself. */
async function settle({ store, workspace }: Simulation, canary: ModelVersion, comparison: VersionComparison, now: EpochMs): Promise<VersionEvent['what'] | undefined> {
	const { version, share } = canary;
	const { verdict, nextShare, sentence, look } = comparison;
	const figures = JSON.stringify(comparison);
	const token = createHash('sha256').update(figures).digest('hex').slice(0, 16);
	await store.models.recordLook(workspace, { version, token, look, at: now, share, verdict, sentence, figures });
	const request = { workspace, version, by: BY, sentence };
	if (verdict === 'ramp' && nextShare !== undefined) await store.models.setShare({ ...request, from: share, to: nextShare });
	else if (verdict === 'promote') await store.models.promote({ ...request, token });
	else if (verdict === 'roll_back') await store.models.rollBack({ ...request, from: 'canary', to: 'rolled_back' });
	else if (verdict === 'worse' || verdict === 'no_difference') await store.models.rollBack({ ...request, from: 'canary', to: 'retired' });
	else return undefined;
	return verdict;
}

/** Monday morning: the candidate is judged; where none is left, a new one is trained. */
export async function weeklyTraining(simulation: Simulation, week: number): Promise<void> {
	const { store, workspace, versionEvents } = simulation;
	const now = await store.clock.now();
	const { canary } = await store.models.serving(workspace);
	if (canary) {
		const comparison = await compare(simulation, canary, now);
		const what = await settle(simulation, canary, comparison, now);
		if (what) versionEvents.push({ week, version: canary.version, what, sentence: comparison.sentence });
	}
	if ((await store.models.serving(workspace)).canary) return;
	const trained = await train(simulation);
	if (trained) versionEvents.push({ week, version: trained.version, what: 'deployed', sentence: trained.sentence });
}

/** What writes to a contact, and the examples it is shown. */
export interface Writer {
	modelVersion?: string;
	rollout?: Rollout;
	examples: readonly string[];
}

/** The version that writes to each contact. */
export async function writersFor({ store, workspace }: Simulation): Promise<(contactId: string) => Writer> {
	const { deployed, canary } = await store.models.serving(workspace);
	const memories = new Map<string, IndexedMemory>();
	for (const one of [deployed, canary]) if (one && one.examples > 0) memories.set(one.version, indexMemory(await store.models.memory(workspace, one.version)));
	return (contactId) => {
		const rollout = canary && assignArm(canary, contactId);
		const version = rollout?.arm === 'candidate' ? canary : deployed;
		const memory = version && memories.get(version.version);
		const shown = memory ? nearestExamples(memory, { conversation: [], intent: 'outreach', channel: CHANNEL, language: 'en' }) : [];
		return { ...(version ? { modelVersion: version.version } : {}), ...(rollout ? { rollout } : {}), examples: shown.map(({ text }) => text) };
	};
}
