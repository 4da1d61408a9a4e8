import type { ExperimentTallies, LookOf } from '../../engine/report/experiments';
import { METRIC_DEFINITIONS, readMetric } from '../../engine/experiment/metrics';
import { epochMs, type EpochMs } from '../../engine/time';
import type { ExperimentRow, Experiments, TallyRequest } from '../store';

type Counted = TallyRequest & { row: ExperimentRow };

/** See `Figures.experiments`. Three round trips for any number of experiments; those of a metric nobody knows come without counts. */
export async function experimentRows(experiments: Experiments, workspace: string, lookOf: LookOf, now: EpochMs): Promise<ExperimentTallies[]> {
	const rows = await experiments.list(workspace);
	const known = rows.flatMap((row): Counted[] => {
		const metric = readMetric(row.metric);
		return metric ? [{ row, workspace, experimentId: row.id, metric, variantIds: row.variants.map(({ id }) => id), asOf: now }] : [];
	});
	if (known.length === 0) return rows.map((experiment) => ({ experiment, atLook: [], live: [] }));
	// Reviews are counted from the first decision on: a draft that is turned down never leaves.
	const first = await experiments.tallies(known);
	const begun = known.map(({ row, metric }, place): EpochMs | undefined => {
		if (METRIC_DEFINITIONS[metric].unit !== 'reviewed') return row.startedAt;
		const moments = [row.startedAt, ...first[place].map(({ firstAt }) => firstAt)].filter((at) => at !== undefined);
		return moments.length === 0 ? undefined : epochMs(Math.min(...moments));
	});
	const requests = known.flatMap(({ row, ...request }, place): TallyRequest[] => {
		const looked = lookOf(row, begun[place], now);
		if (!looked) return [request, request];
		const { look, plan, everyMs } = looked;
		return [{ ...request, asOf: look.asOf, maturedOnly: plan.method === 'thompson', looks: { startedAt: begun[place] ?? now, everyMs, count: Math.max(1, look.look) } }, { ...request, since: row.resumedAt }];
	});
	const tallies = await experiments.tallies(requests);
	return rows.map((experiment) => {
		const place = known.findIndex(({ row }) => row === experiment);
		if (place === -1) return { experiment, atLook: [], live: [] };
		const startedAt = begun[place];
		return { experiment, ...(startedAt === undefined ? {} : { startedAt }), atLook: tallies[2 * place], live: tallies[2 * place + 1] };
	});
}
