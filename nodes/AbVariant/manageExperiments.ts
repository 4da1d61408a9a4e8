import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { z } from 'zod';
import type { ExperimentArm } from '../../engine/experiment/assignVariant';
import { changeRefused, type ExperimentPlan } from '../../engine/experiment/plan';
import type { ExperimentMove, ExperimentRow, Store } from '../../store/store';
import { executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readOptionalText, readText } from '../shared/readParameter';
import { beganAt } from './beganAt';
import { planOf, readPlan } from './readPlan';
import { readVariants } from './readVariants';
import { reportOn } from './reportExperiment';

const OperationSchema = z.enum(['create', 'pause', 'resume', 'complete', 'report']);

interface ManageParameters {
	operation: z.infer<typeof OperationSchema>;
	workspace: string;
	experiment: string;
	/** With Create. */
	declared?: { plan: ExperimentPlan; variants: ExperimentArm[]; context?: string };
	winner?: string;
	pauseOnGuardrail: boolean;
}

function readParameters(context: IExecuteFunctions, index: number): ManageParameters {
	const operation = OperationSchema.parse(context.getNodeParameter('operation', index));
	return {
		operation,
		workspace: readText(context, 'workspace', index, 'Workspace'),
		experiment: readText(context, 'experiment', index, 'Experiment'),
		declared: operation === 'create' ? { plan: readPlan(context, index), variants: readVariants(context, index), context: readOptionalText(context, 'context', index) } : undefined,
		winner: operation === 'complete' ? readText(context, 'winner', index, 'Winner') : undefined,
		pauseOnGuardrail: operation === 'report' && context.getNodeParameter('pauseOnGuardrail', index, true) === true,
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
	if (params.declared) return await create(store, params, params.declared, found);
	if (!found) return settled.failed(new ItemInputError(`There is no experiment '${params.experiment}' in workspace '${params.workspace}'`, 'Create it with the operation Create.'));
	if (params.operation === 'report') return await settledReport(store, found, params.pauseOnGuardrail);
	if (params.operation === 'complete' && !found.variants.some((variant) => variant.id === params.winner)) {
		return settled.failed(new ItemInputError(`'${params.winner}' is no variant of '${found.name}'`, `Its variants are: ${found.variants.map((variant) => variant.id).join(', ')}.`));
	}
	if (params.operation === 'complete') return await move(store, found, { to: 'completed', winner: params.winner });
	const [to, done] = params.operation === 'pause' ? (['paused', 'paused'] as const) : (['running', 'resumed'] as const);
	if (found.status === 'completed') {
		const how = found.winner === undefined ? '' : ` with '${found.winner}'`;
		return settled.failed(new ItemInputError(`'${found.name}' is completed${how}, so it cannot be ${done}`, 'Create a new experiment under a new name to go on trying.'));
	}
	// What already stands is left alone: a second Resume must not make guardrails count afresh.
	if (found.status === to) return settled.ok(found);
	return await move(store, found, to === 'running' ? { to, resumedAt: await store.clock.now() } : { to });
}

/** Changes only what nobody changed since it was read: a guardrail may pause while a person completes. */
async function move(store: Store, found: ExperimentRow, change: Pick<ExperimentMove, 'to' | 'winner' | 'resumedAt'>): Promise<Settled<object>> {
	const result = await store.experiments.move({ workspace: found.workspace, id: found.id, from: found.status, ...change });
	if (result?.moved) return settled.ok(result.experiment);
	const now = result ? `is ${result.experiment.status} now` : 'is gone now';
	return settled.failed(new ItemInputError(`'${found.name}' was ${found.status} a moment ago and ${now}: nothing was changed`, 'Look at its report, then try again.'));
}

async function create(store: Store, params: ManageParameters, declared: NonNullable<ManageParameters['declared']>, found: ExperimentRow | undefined): Promise<Settled<object>> {
	const { plan, variants, context } = declared;
	const began = found && (await beganAt(store, found, await store.clock.now()));
	const refused = found && began !== undefined ? refusal(found, plan, variants) : undefined;
	if (refused !== undefined) {
		return settled.failed(new ItemInputError(`'${params.experiment}' has contacts already, and what they decide was declared before them: ${refused}`, 'Create the changed experiment under a new name, and complete this one.'));
	}
	const name = { id: found?.id ?? params.experiment, name: found?.name ?? params.experiment };
	const [saved] = await store.experiments.save([{ workspace: params.workspace, ...name, status: 'running', context, ...plan, variants }]);
	return settled.ok(saved);
}

function refusal(found: ExperimentRow, plan: ExperimentPlan, variants: ExperimentArm[]): string | undefined {
	return changeRefused({ plan: planOf(found), variants: found.variants }, { plan, variants });
}

async function settledReport(store: Store, found: ExperimentRow, pauseOnGuardrail: boolean): Promise<Settled<object>> {
	try {
		return settled.ok(await reportOn(store, found, pauseOnGuardrail));
	} catch (error) {
		return settled.failed(error);
	}
}
