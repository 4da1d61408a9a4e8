import { createHash } from 'node:crypto';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { z } from 'zod';
import { MEMORY_POLICY } from '../../engine/training/memory';
import { MODEL_BACKENDS, type ModelBackend, type ModelVersion } from '../../engine/training/modelVersion';
import { TRAINING_JOB_POLICY, TRAINING_METHODS, type TrainingJob, type TrainingMethod } from '../../engine/training/trainingJob';
import { CONSENT_RULES, type ConsentRule } from '../../engine/training/trainingPerson';
import { DAY, HOUR, iso, later } from '../../engine/time';
import { trainingCostUsd, trainingWarning } from '../../llm/fineTuningModels';
import type { LeasedTrainingJob, NewTrainingJob, NewVersion, Store } from '../../store/store';
import { executeBatch, settled, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readNumber, readOptionalText, readText } from '../shared/readParameter';
import { binaryFile, type BinaryFile } from './binaryFile';
import { freezeMemory } from './freezeMemory';
import { FAILED, outputOf, TRAINING_OUTPUTS, trainingItem } from './trainingItem';
import { requireProvider } from './trainingProvider';
import { handOver, type TrainingFiles } from './watchTraining';

/** Fewest examples the service trains on. Source: OpenAI, supervised fine-tuning guide. */
const LEAST_ROWS = 10;
/** Times OpenAI goes through a file of this size when it is left to it, and bytes a token has at least: for the estimate before anything is paid. */
const ESTIMATE = { epochs: 3, bytesPerToken: 3 };

interface StartParams {
	index: number;
	workspace: string;
	backend: ModelBackend;
	requestedBy: string;
	longestMs: number;
	days: number;
	size: number;
	consent: ConsentRule;
	method: TrainingMethod;
	trainField: string;
	testField: string;
	baseModel: string;
	modelName?: string;
	epochs?: number;
	mostCostUsd: number;
	/** Whether it may be paid for while another version is tried. */
	besideCandidate: boolean;
	exportId?: string;
}

const exportKey = z.object({ id: z.string().min(1) });

function oneOf<T extends string>(values: readonly T[], value: unknown, label: string): T {
	const found = values.find((one) => one === value);
	if (!found) throw new ItemInputError(`'${label}' is not known: ${JSON.stringify(value)}`, `Use one of: ${values.join(', ')}.`);
	return found;
}

function readStart(context: IExecuteFunctions, index: number): StartParams {
	const backend = oneOf(MODEL_BACKENDS, context.getNodeParameter('backend', index), 'Backend');
	const option = (name: string, label: string, usual: number, least: number): number => {
		const value: unknown = context.getNodeParameter(`trainingOptions.${name}`, index, usual);
		if (typeof value !== 'number' || !Number.isFinite(value) || value < least) throw new ItemInputError(`'${label}' must be a number of at least ${least}, but is ${JSON.stringify(value)}`);
		return value;
	};
	const files = backend === 'example_memory' ? undefined : { method: oneOf(TRAINING_METHODS, context.getNodeParameter('method', index), 'Method'), trainField: readText(context, 'trainingField', index, 'Training File'), testField: readOptionalText(context, 'validationField', index) ?? '' };
	const epochs = option('epochs', 'Epochs', 0, 0);
	const made = exportKey.safeParse(context.getInputData()[index]?.json.trainingExport);
	const modelName = backend === 'export_only' ? readOptionalText(context, 'modelName', index) : undefined;
	return {
		index,
		workspace: readText(context, 'workspace', index, 'Workspace'),
		backend,
		requestedBy: readOptionalText(context, 'trainingOptions.requestedBy', index) ?? 'workflow',
		longestMs: option('longestHours', 'Longest Training', TRAINING_JOB_POLICY.deadlineHours, 0.01) * HOUR,
		days: backend === 'example_memory' ? readNumber(context, 'days', index, 'Days') : 0,
		size: option('memorySize', 'Memory Size', MEMORY_POLICY.size, 1),
		consent: oneOf(CONSENT_RULES, context.getNodeParameter('trainingOptions.consent', index, 'not_objected'), 'Consent'),
		...(files ?? { method: 'supervised', trainField: '', testField: '' }),
		baseModel: backend === 'fine_tuning' ? readText(context, 'baseModel', index, 'Base Model') : '',
		mostCostUsd: option('mostCostUsd', 'Most Cost', 25, 0),
		besideCandidate: context.getNodeParameter('trainingOptions.besideCandidate', index, false) === true,
		...(modelName === undefined ? {} : { modelName }),
		...(epochs === 0 ? {} : { epochs }),
		...(made.success ? { exportId: made.data.id } : {}),
	};
}

const hashOf = (...parts: (string | number | undefined)[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex');
const newJob = ({ workspace, backend, method, requestedBy, longestMs, exportId }: StartParams): Omit<NewTrainingJob, 'exportHash'> => ({ workspace, backend, method, requestedBy, longestMs, serverUrl: '', ...(exportId === undefined ? {} : { exportId }) });

/** Registers the version of a job, the same one again after a crash, and notes it. */
async function withVersion(store: Store, held: LeasedTrainingJob, version: Omit<NewVersion, 'workspace' | 'backend' | 'requestKey'>): Promise<{ held: LeasedTrainingJob; model: ModelVersion }> {
	const { workspace, backend, id, exportId } = held.job;
	const [{ version: model }] = await store.models.register([{ ...version, workspace, backend, requestKey: id, ...(exportId === undefined ? {} : { exportId }) }]);
	if (exportId !== undefined) await store.training.setExportVersion(workspace, exportId, model.version);
	const saved = await store.trainingJobs.save(held, { version: model.version }, TRAINING_JOB_POLICY.startLeaseMs);
	return { held: { ...held, job: saved ?? { ...held.job, version: model.version } }, model };
}

async function ended(store: Store, held: LeasedTrainingJob, modelId?: string): Promise<TrainingJob> {
	return (await store.trainingJobs.save(held, { state: 'succeeded', finishedAt: await store.clock.now(), ...(modelId === undefined ? {} : { modelId }) })) ?? held.job;
}

/** An export is learnt from once; without one, a day. */
async function startMemory(store: Store, params: StartParams): Promise<TrainingJob> {
	const { workspace, days, size, consent, exportId } = params;
	const now = await store.clock.now();
	const exportHash = hashOf('memory', exportId ?? iso(now).slice(0, 10), days, size, consent);
	const { job, lease } = await store.trainingJobs.start({ ...newJob(params), exportHash }, TRAINING_JOB_POLICY.startLeaseMs);
	if (lease === undefined) return job;
	const held = { job, lease };
	const { version: model, sentence } = await freezeMemory(store, { workspace, since: later(now, -days * DAY), until: now, consent, size, requestKey: job.id });
	if (!model) return (await store.trainingJobs.save(held, { state: 'failed', errorCode: 'too_few_examples', error: sentence, finishedAt: now })) ?? job;
	if (exportId !== undefined) await store.training.setExportVersion(workspace, exportId, model.version);
	return (await store.trainingJobs.save(held, { version: model.version, state: 'succeeded', finishedAt: now })) ?? job;
}

async function startExport(store: Store, params: StartParams, train: BinaryFile): Promise<TrainingJob> {
	const { modelName } = params;
	const { job, lease } = await store.trainingJobs.start({ ...newJob(params), exportHash: hashOf(train.sha256, modelName) }, TRAINING_JOB_POLICY.startLeaseMs);
	if (lease === undefined) return job;
	if (modelName === undefined) return await ended(store, { job, lease });
	const { held } = await withVersion(store, { job, lease }, { status: 'candidate', modelId: modelName, sentence: `Trained elsewhere on ${train.rows} exported examples, as ${modelName}.` });
	return await ended(store, held, modelName);
}

/** OpenAI's own server, also when its address is written out, or that of a region. */
const isOpenAi = (serverUrl: string): boolean => serverUrl === '' || /(?:^|\.)openai\.com$/i.test(URL.parse(serverUrl)?.hostname.replace(/\.$/, '') ?? '');

/** Refuses what would cost more than it may, and at OpenAI what nobody knows the price of; at another server that is only said. */
function checkCost(context: IExecuteFunctions, serverUrl: string, { baseModel, epochs = ESTIMATE.epochs, mostCostUsd }: StartParams, { train, test }: TrainingFiles): void {
	const cost = trainingCostUsd(baseModel, Math.ceil(((train.bytes + (test?.bytes ?? 0)) / ESTIMATE.bytesPerToken) * epochs));
	const hint = (message: string): void => context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
	if (cost === undefined && mostCostUsd > 0 && isOpenAi(serverUrl)) throw new ItemInputError(`The price of training '${baseModel}' is not known, so it cannot be kept below the ${mostCostUsd.toFixed(2)} USD it may cost`, "Choose a base model with a known price, set 'Most Cost' under Options to 0 (no limit) when you have checked the price yourself, or set Backend to Example Memory, which costs nothing.");
	if (cost === undefined) hint(`The price of training '${baseModel}' is not known, so 'Most Cost' cannot be checked and the cost will not be shown.`);
	else if (mostCostUsd > 0 && cost > mostCostUsd) throw new ItemInputError(`This training may cost about ${cost.toFixed(2)} USD, more than the ${mostCostUsd.toFixed(2)} USD it may`, "Raise 'Most Cost' under Options, export fewer days, or set Backend to Example Memory, which costs nothing.");
}

async function startTuning(context: IExecuteFunctions, store: Store, params: StartParams, files: TrainingFiles): Promise<TrainingJob> {
	const { workspace, baseModel, method, epochs } = params;
	const { train } = files;
	if (train.rows < LEAST_ROWS) throw new ItemInputError(`The training file holds ${train.rows} examples, and fine-tuning needs at least ${LEAST_ROWS}`, 'Check Readiness says what is missing.');
	const { canary } = await store.models.serving(workspace);
	if (canary && !params.besideCandidate && (canary.exportId === undefined || canary.exportId !== params.exportId)) {
		throw new ItemInputError(`${canary.version} is still being tried on ${Math.round(canary.share * 100)} % of contacts, so another fine-tuning would be paid for and could not serve`, 'Promote it or roll it back first; Compare does so by itself when the figures allow it. Or switch on Train Beside a Candidate under Options.');
	}
	const provider = await requireProvider(context, store, workspace);
	checkCost(context, provider.serverUrl, params, files);
	const warning = provider.serverUrl === '' ? trainingWarning(baseModel, iso(await store.clock.now()).slice(0, 10)) : undefined;
	if (warning !== undefined) context.addExecutionHints({ message: warning, location: 'outputPane', type: 'warning' });
	// A job belongs to one key's organisation: keys do not take turns here.
	const [key] = provider.keys;
	const request = { ...newJob(params), baseModel, serverUrl: provider.serverUrl, keyFingerprint: key, fileBytes: train.bytes, exportHash: hashOf(train.sha256, files.test?.sha256, baseModel, method, epochs), ...(epochs === undefined ? {} : { epochs }) };
	const { job, created, lease } = await store.trainingJobs.start(request, TRAINING_JOB_POLICY.startLeaseMs);
	if (lease === undefined) return job;
	const { held } = await withVersion(store, { job, lease }, { status: 'training', baseModel, sentence: `In training on ${baseModel} with ${train.rows} examples.` });
	return await handOver(store, provider.open(held.job.keyFingerprint ?? key, baseModel), held, { fresh: created, files });
}

async function begin(context: IExecuteFunctions, store: Store, params: StartParams): Promise<TrainingJob> {
	if (params.backend === 'example_memory') return await startMemory(store, params);
	const train = await binaryFile(context, params.index, params.trainField);
	if (params.backend === 'export_only') return await startExport(store, params, train);
	const test = params.testField === '' ? undefined : await binaryFile(context, params.index, params.testField);
	return await startTuning(context, store, params, { train, ...(test === undefined || test.rows === 0 ? {} : { test }) });
}

interface Started {
	output: number;
	json: object;
}

/** Start Training: begins a training, or shows the one that was begun with the same export; returns without waiting for it. */
export async function startTraining(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<StartParams, Started>(context, {
		outputs: TRAINING_OUTPUTS.length,
		failedOutput: FAILED,
		read: (index) => readStart(context, index),
		decide: async (items) =>
			await withStore(context, async (store) => {
				const results: Settled<Started>[] = [];
				for (const { params } of items) {
					try {
						const job = await begin(context, store, params);
						const [model] = job.version === '' ? [] : await store.models.find(job.workspace, [job.version]);
						results.push(settled.ok({ output: outputOf(job, model), json: await trainingItem(store, job, model ? { model } : {}) }));
					} catch (error) {
						results.push(settled.failed(error));
					}
				}
				return results;
			}),
		write: ({ output, json }) => ({ output, json }),
	});
}
