import { TRAINING_FILES, type TrainingFileName, type TrainingManifest } from '../../engine/training/manifest';
import { TrainingSet, type ReadyExample, type TrainingSetPlan } from '../../engine/training/trainingSet';
import type { Store, Training, TrainingPage } from '../../store/store';
import { TrainingFile } from './trainingFile';

export type TrainingFiles = Readonly<Record<TrainingFileName, TrainingFile>>;

/** Messages read at a time: with their conversations they are what an export holds in memory. */
const PAGE = 250;

export const openTrainingFiles = (): TrainingFiles => ({ sftTrain: new TrainingFile(), sftTest: new TrainingFile(), pairsTrain: new TrainingFile(), pairsTest: new TrainingFile() });

/**
 * Reads a workspace's examples page by page and writes them to the files, oldest first, then what was rejected. Who was
 * erased, or objected, since their page was read is left out.
 * @param mostBytes of all files together
 */
export async function writeTrainingSet(store: Pick<Store, 'training'>, plan: TrainingSetPlan, files: TrainingFiles, mostBytes = Infinity): Promise<TrainingManifest> {
	const set = new TrainingSet(plan);
	const { since, until } = plan;
	const sources: readonly ((after?: string) => Promise<TrainingPage>)[] = [
		async (after) => await store.training.examples(plan.workspace, { since, until, limit: PAGE, ...(after === undefined ? {} : { after }) }),
		async (after) => await store.training.rejections(plan.workspace, { since, until, limit: PAGE, ...(after === undefined ? {} : { after }) }),
	];
	for (const read of sources) {
		let after: string | undefined;
		do {
			const page = await read(after);
			const ready = page.candidates.flatMap(({ example, person }) => set.take(example, person) ?? []);
			await writePage(store.training, plan, set, files, ready);
			const bytes = TRAINING_FILES.reduce((sum, name) => sum + files[name].bytes, 0);
			if (bytes > mostBytes) throw new TrainingSetTooLargeError(mostBytes);
			after = page.next;
		} while (after !== undefined);
	}
	return set.manifest({ sftTrain: files.sftTrain.end(), sftTest: files.sftTest.end(), pairsTrain: files.pairsTrain.end(), pairsTest: files.pairsTest.end() });
}

async function writePage(training: Training, { workspace, id }: TrainingSetPlan, set: TrainingSet, files: TrainingFiles, ready: readonly ReadyExample[]): Promise<void> {
	const allowed = await training.noteExported(workspace, id, ready.map(({ outboundId, contactId }) => ({ outboundId, contactId })));
	const kept = ready.filter((example) => {
		if (allowed.has(example.outboundId)) set.wrote(example);
		else set.withdrew();
		return allowed.has(example.outboundId);
	});
	const lines = kept.flatMap((example) => example.lines);
	for (const name of TRAINING_FILES) await files[name].write(lines.filter(({ file }) => file === name).map(({ line }) => line));
}

/** The files would not fit where they are kept. */
export class TrainingSetTooLargeError extends Error {
	constructor(readonly mostBytes: number) {
		super(`The files of the training set would be larger than ${Math.round(mostBytes / 1_000_000)} MB`);
		this.name = 'TrainingSetTooLargeError';
	}
}
