import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { z } from 'zod';
import type { ExperimentArm } from '../../engine/experiment/assignVariant';
import type { ExperimentRow, Store } from '../../store/store';
import { executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readOptionalText, readText } from '../shared/readParameter';
import { readVariants } from './readVariants';

const OperationSchema = z.enum(['create', 'pause', 'resume', 'complete', 'report']);

interface ManageParameters {
	operation: z.infer<typeof OperationSchema>;
	workspace: string;
	experiment: string;
	variants: ExperimentArm[];
	context?: string;
	winner?: string;
}

function readParameters(context: IExecuteFunctions, index: number): ManageParameters {
	const operation = OperationSchema.parse(context.getNodeParameter('operation', index));
	return {
		operation,
		workspace: readText(context, 'workspace', index, 'Workspace'),
		experiment: readText(context, 'experiment', index, 'Experiment'),
		variants: operation === 'create' ? readVariants(context, index) : [],
		context: operation === 'create' ? readOptionalText(context, 'context', index) : undefined,
		winner: operation === 'complete' ? readText(context, 'winner', index, 'Winner') : undefined,
	};
}

/** Create, Pause, Resume, Complete and Report. */
export async function manageExperiments(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<ManageParameters, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => readParameters(context, index),
		decide: async (items) =>
			await withStore(context, async (store) => {
				const results: Settled<object>[] = [];
				// Steering an experiment is a person's act, a handful of items at most: one after the other, so that order counts.
				for (const item of items) results.push(await apply(store, item));
				return results;
			}),
		write: (experiment) => ({ output: 0, json: { experiment } }),
	});
}

async function apply(store: Store, { params }: ReadItem<ManageParameters>): Promise<Settled<object>> {
	const [found] = await store.experiments.find(params.workspace, [params.experiment]);
	if (params.operation === 'create') {
		const [saved] = await store.experiments.save([
			{
				workspace: params.workspace,
				id: found?.id ?? params.experiment,
				name: found?.name ?? params.experiment,
				status: found?.status ?? 'running',
				context: params.context,
				metric: found?.metric ?? 'positive_reply',
				variants: params.variants,
			},
		]);
		return settled.ok(saved);
	}
	if (!found) return settled.failed(new ItemInputError(`There is no experiment '${params.experiment}' in workspace '${params.workspace}'`, 'Create it with the operation Create.'));
	if (params.operation === 'report') return settled.ok(await report(store, found));
	if (params.operation === 'complete' && !found.variants.some((variant) => variant.id === params.winner)) {
		return settled.failed(new ItemInputError(`'${params.winner}' is no variant of '${found.name}'`, `Its variants are: ${found.variants.map((variant) => variant.id).join(', ')}.`));
	}
	const status = ({ pause: 'paused', resume: 'running', complete: 'completed' } as const)[params.operation];
	const [saved] = await store.experiments.save([{ ...found, status, winner: params.operation === 'complete' ? params.winner : found.winner }]);
	return settled.ok(saved);
}

async function report(store: Store, experiment: ExperimentRow): Promise<object> {
	const results = await store.experiments.results(experiment.workspace, experiment.id);
	return { id: experiment.id, name: experiment.name, status: experiment.status, winner: experiment.winner, variants: results };
}
