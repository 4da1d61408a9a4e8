import { PERFORMANCE_RULES, type PerformanceMetric } from '../../engine/outcome/performance';
import { leaderboard, type LeaderboardRow } from '../../engine/training/leaderboard';
import type { Store } from '../../store/store';
import { recordsSince } from './compareCanary';

const COUNTED = ['replied', 'meeting', 'deal', 'opt_out', 'complaint'] as const satisfies readonly PerformanceMetric[];
const MOST_VERSIONS = 200;

/** The versions of a workspace by what came of a year's messages: three statements. */
export async function loadLeaderboard(store: Store, workspace: string): Promise<LeaderboardRow[]> {
	const since = recordsSince(await store.clock.now());
	const tallies = await store.performance.tallies(workspace, {
		by: ['modelVersion'],
		since,
		metrics: COUNTED.map((metric) => ({ metric, windowMs: PERFORMANCE_RULES[metric].windowMs, counts: PERFORMANCE_RULES[metric].counts })),
		dealWindowMs: PERFORMANCE_RULES.deal.windowMs,
		limit: MOST_VERSIONS,
	});
	return leaderboard(tallies, await store.models.records(workspace, since));
}
