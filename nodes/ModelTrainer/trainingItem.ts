import { iso } from '../../engine/time';
import type { ModelVersion } from '../../engine/training/modelVersion';
import { isOpen, trainingJobSentence, type TrainingJob } from '../../engine/training/trainingJob';
import type { Store } from '../../store/store';
import { modelItem } from './moveOperations';

/** Outputs of the operations that start and watch trainings. */
export const TRAINING_OUTPUTS = ['Ready', 'Under Way', 'Failed'] as const;
const READY = 0;
const UNDER_WAY = 1;
export const FAILED = 2;

const TIMES = ['createdAt', 'submittedAt', 'finishedAt', 'deadlineAt', 'nextPollAt', 'estimatedFinish'] as const;
const SHOWN = ['id', 'workspace', 'version', 'backend', 'state', 'exportId', 'baseModel', 'method', 'epochs', 'providerJobId', 'providerState', 'modelId', 'trainedTokens', 'costUsd', 'errorCode', 'error', 'stop', 'stoppedBy', 'requestedBy', 'polls', 'failedPolls'] as const;

/** A job as an item carries it: without what only the provider's account needs. */
export async function trainingItem(store: Store, job: TrainingJob, more: { model?: ModelVersion; sentence?: string } = {}): Promise<{ trainingJob: object; model?: object }> {
	const times = TIMES.flatMap((name) => (job[name] === undefined ? [] : [[name, iso(job[name])]]));
	const plain = SHOWN.flatMap((name) => (job[name] === undefined ? [] : [[name, job[name]]]));
	const model = more.model ?? (job.version === '' ? undefined : (await store.models.find(job.workspace, [job.version]))[0]);
	const fileIds = isOpen(job) ? [] : [job.fileId, job.validationFileId].filter((id) => id !== undefined);
	const left = fileIds.length === 0 ? '' : ` ${fileIds.length === 1 ? '1 training file is' : `${fileIds.length} training files are`} still at the provider; Check Training tries again to delete them.`;
	return {
		trainingJob: { ...Object.fromEntries([...plain, ...times]), ...(fileIds.length === 0 ? {} : { fileIdsLeft: fileIds }), sentence: `${more.sentence ?? trainingJobSentence(job, await store.clock.now())}${left}` },
		...(model ? { model: modelItem(model) } : {}),
	};
}

/** The output a job leaves by: ready means its version may be deployed now, not that it once could. */
export function outputOf(job: TrainingJob, model: ModelVersion | undefined): number {
	if (job.state === 'failed' || job.state === 'cancelled') return FAILED;
	if (isOpen(job)) return UNDER_WAY;
	return model?.status === 'candidate' ? READY : UNDER_WAY;
}
