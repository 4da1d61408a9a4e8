import { isFramework, isTone } from '../../engine/draft/style';
import { PERFORMANCE_POLICY } from '../../engine/outcome/performance';
import { provenStrategy, winningStrategies, type StrategyResult } from '../../engine/outcome/winningStrategies';
import { later, MINUTE, type EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import { loadPerformance } from '../shared/performance';
import type { LoadedRequest } from './loadRequests';

/** What is looked up is a year of messages: often enough for something that changes by the week. */
const KEPT_MS = 10 * MINUTE;
const kept = new WeakMap<Store['performance'], Map<string, { at: EpochMs; results: StrategyResult[] }>>();

async function proven(store: Store, workspace: string): Promise<StrategyResult[]> {
	const now = await store.clock.now();
	const ofStore = kept.get(store.performance) ?? new Map<string, { at: EpochMs; results: StrategyResult[] }>();
	kept.set(store.performance, ofStore);
	const known = ofStore.get(workspace);
	if (known && known.at <= now && now - known.at < KEPT_MS) return known.results;
	const tallies = await loadPerformance(store, workspace, ['industry', 'framework', 'tone'], later(now, -PERFORMANCE_POLICY.lookBackMs));
	const results = winningStrategies(tallies, 'positive_reply');
	ofStore.set(workspace, { at: now, results });
	return results;
}

/** Framework and tone by what won with leads of the same industry, for requests that want it. A variant of an experiment stays as it is, or the experiment would compare something else. */
export async function withWinningStrategies(store: Store | undefined, workspace: string, loaded: LoadedRequest[]): Promise<LoadedRequest[]> {
	const wanted = (one: LoadedRequest): boolean => one.request.useWinning && !one.existing && one.request.variant === undefined;
	if (!store || !loaded.some(wanted)) return loaded;
	const results = await proven(store, workspace);
	return loaded.map((one) => {
		const industry = one.about.attributes?.industry;
		const best = wanted(one) ? provenStrategy(results, typeof industry === 'string' ? industry : undefined) : undefined;
		if (!best) return one;
		const { framework, tone } = best;
		return { ...one, request: { ...one.request, ...(framework !== undefined && isFramework(framework) && { framework }), ...(tone !== undefined && isTone(tone) && { tone }) } };
	});
}
