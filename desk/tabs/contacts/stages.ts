import type { Contact } from '../../../engine/message/contact';
import { DEFAULT_PIPELINE } from '../../../engine/pipeline/defaultPipeline';
import type { Pipeline, StageDefinition } from '../../../engine/pipeline/stage';
import type { DeskContext } from '../tab';

/** The workspace's pipelines; the shipped one while there is none of its own under that name. */
export async function pipelinesOf({ store, workspace }: DeskContext): Promise<Pipeline[]> {
	const own = await store.pipelines.list(workspace);
	return own.some(({ id }) => id === DEFAULT_PIPELINE.id) ? own : [...own, DEFAULT_PIPELINE];
}

export function stageOf(pipelines: readonly Pipeline[], { pipelineId, stageId }: Pick<Contact, 'pipelineId' | 'stageId'>): StageDefinition | undefined {
	return pipelines.find(({ id }) => id === pipelineId)?.stages.find(({ id }) => id === stageId);
}

/** A stage as one value of a form. */
export const stageKey = (pipelineId: string, stageId: string): string => JSON.stringify([pipelineId, stageId]);

/** The stage a form or an address names, if there is one. */
export function findStage(pipelines: readonly Pipeline[], key: string | null): { pipeline: Pipeline; stage: StageDefinition } | undefined {
	const found = pipelines.flatMap((pipeline) => pipeline.stages.map((stage) => ({ pipeline, stage })));
	return found.find(({ pipeline, stage }) => stageKey(pipeline.id, stage.id) === key);
}

export function stageOptions(pipelines: readonly Pipeline[]): { value: string; label: string }[] {
	return pipelines.flatMap(({ id, name, stages }) => stages.toSorted((a, b) => a.order - b.order).map((stage) => ({ value: stageKey(id, stage.id), label: pipelines.length > 1 ? `${name} · ${stage.name}` : stage.name })));
}
