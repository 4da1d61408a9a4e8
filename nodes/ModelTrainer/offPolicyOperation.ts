import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { readMetric, type Metric } from '../../engine/experiment/metrics';
import { offPolicyCheck } from '../../engine/training/offPolicy';
import type { LoggedActionsRequest, Store } from '../../store/store';
import { ItemInputError } from '../shared/errors';
import { readText } from '../shared/readParameter';
import { eachItem } from './eachItem';

interface OffPolicyParameters {
	drawn: LoggedActionsRequest['drawn'];
	/** Chance of each choice. */
	target: Record<string, number>;
	metric: Metric;
}

function readHours(written: string): Record<string, number> {
	const parts = [...new Set(written.split(/[\s,;]+/).filter((part) => part !== ''))];
	const hours = parts.map(Number);
	const wrong = parts.find((_, place) => !Number.isInteger(hours[place]) || hours[place] < 0 || hours[place] > 23);
	if (wrong !== undefined || parts.length === 0) throw new ItemInputError(`'Hours' holds '${(wrong ?? '').slice(0, 40)}', which is no hour`, 'Write whole hours from 0 to 23, e.g. 9, 10, 16.');
	const distinct = [...new Set(hours.map((hour) => String(hour).padStart(2, '0')))];
	return Object.fromEntries(distinct.map((hour) => [hour, 1 / distinct.length]));
}

function read(context: IExecuteFunctions, index: number): OffPolicyParameters {
	const name = readText(context, 'metric', index, 'Metric');
	const metric = readMetric(name);
	if (metric === undefined || metric === 'reviewer_approval') throw new ItemInputError(`'Metric' is '${name.slice(0, 40)}', which cannot be counted by contact`, 'Use one of: positive_reply, reply, meeting, conversion.');
	if (readText(context, 'choice', index, 'Choice') === 'hour') return { drawn: { kind: 'hour' }, target: readHours(readText(context, 'hours', index, 'Hours')), metric };
	return { drawn: { kind: 'variant', experimentId: readText(context, 'experiment', index, 'Experiment') }, target: { [readText(context, 'variant', index, 'Variant')]: 1 }, metric };
}

async function check(store: Store, workspace: string, { drawn: asked, target, metric }: OffPolicyParameters): Promise<object> {
	let drawn = asked;
	if (drawn.kind === 'variant') {
		const [experiment] = await store.experiments.find(workspace, [drawn.experimentId]);
		if (!experiment) throw new ItemInputError(`There is no experiment '${drawn.experimentId}' in workspace '${workspace}'`, 'Name it as A/B Variant does.');
		drawn = { kind: 'variant', experimentId: experiment.id };
	}
	const logged = await store.models.loggedActions({ workspace, drawn, metric, asOf: await store.clock.now() });
	return { offPolicy: { metric, ...offPolicyCheck(logged, target) } };
}

export async function offPolicyOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await eachItem(context, (index) => read(context, index), check);
}
