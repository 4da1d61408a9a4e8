import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { TRAINING_JOB_POLICY, type TrainingJob } from '../../engine/training/trainingJob';
import { DAY, later } from '../../engine/time';
import type { Store } from '../../store/store';
import { executeBatch, settled, type Settled } from '../shared/batch';
import { ItemInputError, toNodeError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readOptionalText, readText } from '../shared/readParameter';
import { FAILED, outputOf, TRAINING_OUTPUTS, trainingItem } from './trainingItem';
import { trainingProvider, type TrainingProvider } from './trainingProvider';
import { clearLeftFiles, lookAt } from './watchTraining';

/** Jobs looked at in one run: each costs one or two calls. */
const AT_ONCE = 20;
/** A version that became ready is shown for so long, until it is deployed: an execution that was killed in between loses nothing. */
const SHOWN_MS = 7 * DAY;
const LISTED = 20;

async function lookAtDue(store: Store, provider: TrainingProvider | undefined, workspace: string, early: boolean): Promise<TrainingJob[]> {
	const due = await store.trainingJobs.claimDue({ workspace, early, leaseMs: TRAINING_JOB_POLICY.startLeaseMs, limit: AT_ONCE });
	const looked: TrainingJob[] = [];
	for (const held of due) looked.push(await lookAt(store, provider, held));
	return looked;
}

/** The newest training that ended well, when its version waits to be deployed. */
async function waiting(store: Store, workspace: string): Promise<TrainingJob | undefined> {
	const since = later(await store.clock.now(), -SHOWN_MS);
	const done = (await store.trainingJobs.list(workspace, { open: false, limit: LISTED })).filter(({ state, version, finishedAt = 0 }) => state === 'succeeded' && version !== '' && finishedAt >= since);
	const versions = await store.models.find(workspace, done.map(({ version }) => version));
	return done.find((_, place) => versions[place]?.status === 'candidate');
}

/** Check Training: looks once at what is due and returns; a training takes hours, and no worker waits for it. Runs once, for the first item. */
export async function checkTraining(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const outputs: INodeExecutionData[][] = TRAINING_OUTPUTS.map(() => []);
	try {
		const workspace = readText(context, 'workspace', 0, 'Workspace');
		await withStore(context, async (store) => {
			const provider = await trainingProvider(context, store, workspace);
			await clearLeftFiles(store, provider, workspace);
			const looked = await lookAtDue(store, provider, workspace, context.getNodeParameter('lookNow', 0, false) === true);
			const ready = await waiting(store, workspace);
			const seen = new Set(looked.map(({ id }) => id));
			for (const job of [...looked, ...(ready && !seen.has(ready.id) ? [ready] : [])]) {
				const [model] = job.version === '' ? [] : await store.models.find(workspace, [job.version]);
				const json: IDataObject = { ...(await trainingItem(store, job, model ? { model } : {})) };
				outputs[outputOf(job, model)].push({ json, pairedItem: { item: 0 } });
			}
		});
		return outputs;
	} catch (error) {
		const failure = toNodeError(context.getNode(), error, 0);
		if (!context.continueOnFail()) throw failure;
		outputs[FAILED].push({ json: { error: failure.message }, pairedItem: { item: 0 } });
		return outputs;
	}
}

interface CancelParams {
	workspace: string;
	jobId: string;
	by: string;
}

/** Cancel Training: asks for the end and tells the provider at once; when it cannot be reached, the next Check Training does. */
export async function cancelTraining(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<CancelParams, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({ workspace: readText(context, 'workspace', index, 'Workspace'), jobId: readText(context, 'trainingJobId', index, 'Training Job ID'), by: readOptionalText(context, 'cancelledBy', index) ?? 'workflow' }),
		decide: async (items) =>
			await withStore(context, async (store) => {
				const results: Settled<object>[] = [];
				for (const { params } of items) {
					try {
						const asked = await store.trainingJobs.cancel(params.workspace, params.jobId, params.by);
						if (!asked) throw new ItemInputError(`There is no training '${params.jobId.slice(0, 60)}' in this workspace`, "Point 'Training Job ID' at the job that Start Training gave, e.g. {{ $('Start Training').item.json.trainingJob.id }}.");
						await lookAtDue(store, await trainingProvider(context, store, params.workspace), params.workspace, false);
						const [job = asked] = await store.trainingJobs.find(params.workspace, [asked.id]);
						results.push(settled.ok(await trainingItem(store, job)));
					} catch (error) {
						results.push(settled.failed(error));
					}
				}
				return results;
			}),
		write: (json) => ({ output: 0, json }),
	});
}
