import { roundedAmount } from '../../engine/outcome/money';
import { PERFORMANCE_METRICS, PERFORMANCE_RULES, type PerformanceDimension, type PerformanceTally } from '../../engine/outcome/performance';
import type { EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';

/** More groups than this nobody reads. */
const MOST_GROUPS = 1_000;

/** The tallies of one workspace, told apart by these dimensions. */
export async function loadPerformance(store: Store, workspace: string, by: PerformanceDimension[], since: EpochMs): Promise<PerformanceTally[]> {
	const metrics = PERFORMANCE_METRICS.map((metric) => ({ metric, windowMs: PERFORMANCE_RULES[metric].windowMs, counts: PERFORMANCE_RULES[metric].counts }));
	const tallies = await store.performance.tallies(workspace, { by, since, metrics, dealWindowMs: PERFORMANCE_RULES.deal.windowMs, limit: MOST_GROUPS });
	return tallies.map((tally) => ({ ...tally, revenue: tally.revenue.map((sum) => ({ ...sum, value: roundedAmount(sum.value, sum.currency) })) }));
}
