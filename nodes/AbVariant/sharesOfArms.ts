import { allocationShares, type ArmResult } from '../../engine/experiment/assignVariant';
import { readMetric } from '../../engine/experiment/metrics';
import { MINUTE, type EpochMs } from '../../engine/time';
import type { ExperimentRow, Store } from '../../store/store';

/** What selection needs of an experiment, saved or written into the node. */
export type Candidate = Pick<ExperimentRow, 'id' | 'name' | 'status' | 'variants' | 'winner' | 'method' | 'metric' | 'allocation'>;

export type Shares = ReadonlyMap<Candidate, ReadonlyMap<string, number>>;

/** How long Thompson shares are used before results are counted again. Ours: outcomes take days, counting thousands of contacts a good part of a second. */
const SHARES_LAST_MS = 5 * MINUTE;

/** The share of every arm, once an experiment and batch. Those with no arm to give have none. */
export async function sharesOfArms(store: Store | undefined, workspace: string, experiments: Candidate[]): Promise<Shares> {
	const live = [...new Set(experiments)].filter(({ status, variants }) => status === 'running' && variants.some(({ weight }) => weight > 0));
	const learnt = store ? await learntShares(store, workspace, live) : new Map<Candidate, ReadonlyMap<string, number>>();
	return new Map(live.map((experiment) => [experiment, learnt.get(experiment) ?? allocationShares(experiment)]));
}

/** Kept shares as long as they are fresh; else worked out from results, and kept for the executions that follow. */
async function learntShares(store: Store, workspace: string, experiments: Candidate[]): Promise<Map<Candidate, ReadonlyMap<string, number>>> {
	const thompson = experiments.filter(({ method }) => method === 'thompson');
	if (thompson.length === 0) return new Map();
	const now = await store.clock.now();
	const shares = new Map<Candidate, ReadonlyMap<string, number>>();
	for (const experiment of thompson) {
		const kept = freshShares(experiment, now);
		if (kept) shares.set(experiment, kept);
	}
	const results = await resultsOf(store, workspace, thompson.filter((experiment) => !shares.has(experiment)), now);
	const fresh = [...results].map(([experiment, counts]) => ({ experiment, own: allocationShares(experiment, counts) }));
	if (fresh.length > 0) await store.experiments.keepShares(workspace, fresh.map(({ experiment, own }) => ({ experimentId: experiment.id, shares: Object.fromEntries(own) })));
	for (const { experiment, own } of fresh) shares.set(experiment, own);
	return shares;
}

/** Kept shares in the order of the arms, which a choice by hash rests on; undefined when they are too old or of other arms. */
function freshShares({ allocation, variants }: Candidate, now: EpochMs): ReadonlyMap<string, number> | undefined {
	// A moment ahead of the clock is none to wait for.
	if (!allocation || allocation.at > now || now - allocation.at >= SHARES_LAST_MS) return undefined;
	const arms = variants.filter(({ weight }) => weight > 0);
	const known = arms.length === Object.keys(allocation.shares).length && arms.every(({ id }) => Object.hasOwn(allocation.shares, id));
	return known ? new Map(arms.map(({ id }) => [id, allocation.shares[id]])) : undefined;
}

/** What Thompson allocation learns from: contacts whose window is over, since those still waiting would look like failures. */
async function resultsOf(store: Store, workspace: string, experiments: Candidate[], asOf: EpochMs): Promise<Map<Candidate, ArmResult[]>> {
	const learning = experiments.flatMap((experiment) => {
		const metric = readMetric(experiment.metric);
		return metric ? [{ experiment, metric }] : [];
	});
	if (learning.length === 0) return new Map();
	const tallies = await store.experiments.tallies(
		learning.map(({ experiment, metric }) => ({ workspace, experimentId: experiment.id, metric, variantIds: experiment.variants.map(({ id }) => id), asOf, maturedOnly: true })),
	);
	return new Map(learning.map(({ experiment }, place) => [experiment, tallies[place]]));
}
