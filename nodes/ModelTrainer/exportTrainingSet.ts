import type { IBinaryData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { QUALITY_POLICY } from '../../engine/training/exampleQuality';
import { TRAINING_FILES, type TrainingFileName, type TrainingManifest } from '../../engine/training/manifest';
import { CONSENT_RULES } from '../../engine/training/trainingPerson';
import { TRAINING_POLICY } from '../../engine/training/trainingPolicy';
import { epochMs, later } from '../../engine/time';
import type { Store } from '../../store/store';
import { settled, type Settled } from '../shared/batch';
import { ItemInputError, toNodeError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { packVersion } from '../shared/packVersion';
import { readText } from '../shared/readParameter';
import { readWindow } from './readWindow';
import { openTrainingFiles, TrainingSetTooLargeError, writeTrainingSet, type TrainingFiles } from './writeTrainingSet';

/** Where n8n keeps files inside the execution's data, all of them are in memory at once, a third larger. */
const MOST_BYTES_IN_MEMORY = 50_000_000;
const FILE_NAMES: Readonly<Record<TrainingFileName, string>> = { sftTrain: 'sft-train.jsonl', sftTest: 'sft-test.jsonl', pairsTrain: 'pairs-train.jsonl', pairsTest: 'pairs-test.jsonl' };
const MIME_TYPE = 'application/jsonl';

type Kept = Record<TrainingFileName, IBinaryData>;

/** Export Training Set: four files and what is in them. Runs once, for the first item. */
export async function exportTrainingSet(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	try {
		const { manifest, binary } = await withStore(context, async (store) => await exportFrom(context, store));
		const json: IDataObject = { trainingExport: { ...manifest } };
		return [[{ json, binary, pairedItem: { item: 0 } }]];
	} catch (error) {
		const failure = toNodeError(context.getNode(), explained(error), 0);
		if (!context.continueOnFail()) throw failure;
		return [[{ json: { error: failure.message }, pairedItem: { item: 0 } }]];
	}
}

function explained(error: unknown): unknown {
	if (!(error instanceof TrainingSetTooLargeError)) return error;
	return new ItemInputError(error.message, "This n8n keeps files in memory. Set N8N_DEFAULT_BINARY_DATA_MODE to filesystem (or s3), or look at fewer 'Days'.");
}

async function exportFrom(context: IExecuteFunctions, store: Store): Promise<{ manifest: TrainingManifest; binary: Kept }> {
	const workspace = readText(context, 'workspace', 0, 'Workspace');
	const window = await readWindow(context, store);
	const leastQuality: unknown = context.getNodeParameter('options.leastQuality', 0, QUALITY_POLICY.least);
	if (typeof leastQuality !== 'number' || leastQuality < 0 || leastQuality > 1) throw new ItemInputError(`'Least Quality' must be from 0 to 1, but is ${JSON.stringify(leastQuality)}`);
	const asked: unknown = context.getNodeParameter('options.consent', 0, 'not_objected');
	const consent = CONSENT_RULES.find((rule) => rule === asked);
	if (!consent) throw new ItemInputError(`'Consent' is not known: ${JSON.stringify(asked)}`, `Use one of: ${CONSENT_RULES.join(', ')}.`);
	const mostBytes = await keepsFilesInMemory(context) ? MOST_BYTES_IN_MEMORY : Infinity;
	const { id, createdAt } = await store.training.beginExport(workspace);
	const mature = later(await store.clock.now(), -TRAINING_POLICY.maturityMs);
	const plan = { id, createdAt, workspace, salt: store.training.salt(workspace), since: window.since, until: epochMs(Math.min(window.until, mature)), leastQuality, consent, packVersion: packVersion() };
	const files = openTrainingFiles();
	const outcome = await writtenAndKept(files, writeTrainingSet(store, plan, files, mostBytes), keep(context, files));
	if (!outcome.ok) {
		const failure = toNodeError(context.getNode(), explained(outcome.error), 0);
		await store.training.finishExport(workspace, id, { state: 'failed', sentence: `The export failed: ${failure.message}` });
		throw failure;
	}
	const { manifest, binary } = outcome.value;
	const ids = TRAINING_FILES.flatMap((name) => (binary[name].id === undefined ? [] : [[name, binary[name].id] as const]));
	await store.training.finishExport(workspace, id, { state: 'ready', manifest, storage: { executionId: context.getExecutionId(), ...Object.fromEntries(ids) } });
	return { manifest, binary };
}

/** A file by itself tells: one that is kept elsewhere has an id. */
async function keepsFilesInMemory(context: IExecuteFunctions): Promise<boolean> {
	const { id } = await context.helpers.prepareBinaryData(Buffer.from('{}'), 'where.json', 'application/json');
	return id === undefined;
}

/** Hands each file to n8n while it is written. */
async function keep(context: IExecuteFunctions, files: TrainingFiles): Promise<Kept> {
	const [sftTrain, sftTest, pairsTrain, pairsTest] = await Promise.all(TRAINING_FILES.map(async (name) => await context.helpers.prepareBinaryData(files[name].stream, FILE_NAMES[name], MIME_TYPE)));
	return { sftTrain, sftTest, pairsTrain, pairsTest };
}

/** Both, or why not: whoever writes and whoever keeps must not wait for the other for ever. */
async function writtenAndKept(files: TrainingFiles, writing: Promise<TrainingManifest>, keeping: Promise<Kept>): Promise<Settled<{ manifest: TrainingManifest; binary: Kept }>> {
	const stop = (error: unknown): void => {
		for (const name of TRAINING_FILES) files[name].fail(error instanceof Error ? error : new Error(String(error)));
	};
	writing.catch(stop);
	keeping.catch(stop);
	const [written, kept] = await Promise.allSettled([writing, keeping]);
	if (written.status === 'rejected') return settled.failed(written.reason);
	if (kept.status === 'rejected') return settled.failed(kept.reason);
	return settled.ok({ manifest: written.value, binary: kept.value });
}
