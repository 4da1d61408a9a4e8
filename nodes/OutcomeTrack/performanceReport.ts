import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { PERFORMANCE_DIMENSIONS, PERFORMANCE_METRICS, rateSentence, ratesOf } from '../../engine/outcome/performance';
import { winningStrategies } from '../../engine/outcome/winningStrategies';
import { DAY, iso, later, type EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import { ItemInputError } from '../shared/errors';
import { makeItems } from '../shared/makeItems';
import { loadPerformance } from '../shared/performance';
import { readNumber, readText } from '../shared/readParameter';

interface Asked {
	workspace: string;
	since: EpochMs;
	least: number;
	metric: (typeof PERFORMANCE_METRICS)[number];
}

function chosen<T extends string>(context: IExecuteFunctions, name: string, known: readonly T[], label: string): T {
	const value: unknown = context.getNodeParameter(name, 0);
	const found = known.find((one) => one === value);
	if (found === undefined) throw new ItemInputError(`'${label}' is not known: ${JSON.stringify(value)}`, `Use one of: ${known.join(', ')}.`);
	return found;
}

/** Performance: what became of what was sent, a group an item, or the strategies of each segment against each other. */
export async function performanceReport(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const days = readNumber(context, 'days', 0, 'Days');
		const least = readNumber(context, 'minimumMessages', 0, 'Minimum Messages');
		if (days <= 0) throw new ItemInputError(`'Days' must be more than 0, but is ${days}`);
		if (!Number.isInteger(least) || least < 1) throw new ItemInputError(`'Minimum Messages' must be a whole number of 1 or more, but is ${least}`);
		const since = later(await store.clock.now(), -days * DAY);
		const asked: Asked = { workspace: readText(context, 'workspace', 0, 'Workspace'), since, least, metric: chosen(context, 'metric', PERFORMANCE_METRICS, 'Metric') };
		return context.getNodeParameter('show', 0, 'groups') === 'strategies' ? await strategies(context, store, asked) : await groups(context, store, asked);
	});
}

async function groups(context: IExecuteFunctions, store: Store, { workspace, since, least, metric }: Asked): Promise<object[]> {
	const by = chosen(context, 'by', PERFORMANCE_DIMENSIONS, 'By');
	const tallies = await loadPerformance(store, workspace, [by], since);
	return tallies.map((tally) => {
		const rates = ratesOf(tally, least);
		const [group] = tally.keys;
		const own = rates[metric] ?? { matured: 0, hits: 0, enough: false };
		return { performance: { by, group: group ?? null, since: iso(since), sent: tally.sent, metric, ...own, rates, revenue: tally.revenue, sentence: `${group ?? `No ${by} on record`}: ${rateSentence(metric, own, least)}` } };
	});
}

async function strategies(context: IExecuteFunctions, store: Store, { workspace, since, least, metric }: Asked): Promise<object[]> {
	const segment = chosen(context, 'segment', PERFORMANCE_DIMENSIONS, 'Segment');
	const tallies = await loadPerformance(store, workspace, [segment, 'framework', 'tone'], since);
	return winningStrategies(tallies, metric, least).map((strategy) => ({ strategy: { by: segment, metric, since: iso(since), ...strategy } }));
}
