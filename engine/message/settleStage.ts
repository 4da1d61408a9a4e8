import { DEFAULT_PIPELINE } from '../pipeline/defaultPipeline';
import { personMove } from '../pipeline/personMove';
import type { ReviewFacts, ReviewOutcome } from './reviewFacts';

/** A move that waited for a person: agreed to, or into another stage. */
export function settleStage({ action, by, contact, proposal, pipeline }: ReviewFacts): ReviewOutcome {
	if (!contact) return { result: 'refused', sentence: 'The contact is not known any more.' };
	const agreed = action.action === 'approve';
	if (agreed && !proposal) return { result: 'refused', sentence: 'No stage was proposed. Choose one.' };
	const elsewhere = proposal?.from !== contact.stageId || (contact.pipelineId !== undefined && proposal?.from !== undefined && proposal.pipelineId !== contact.pipelineId);
	if (agreed && elsewhere) return { result: 'refused', sentence: 'Not moved: the contact stands in another stage than when this was proposed. Choose the stage.' };
	const pipelineId = proposal?.pipelineId ?? contact.pipelineId ?? DEFAULT_PIPELINE.id;
	const stages = (pipeline ?? (pipelineId === DEFAULT_PIPELINE.id ? DEFAULT_PIPELINE : undefined))?.stages ?? [];
	const wanted = action.action === 'set_stage' ? action.stageId : proposal?.stageId;
	const stage = stages.find(({ id }) => id === wanted);
	if (!stage) return { result: 'refused', sentence: 'Not moved: the pipeline has no such stage any more.' };
	const { status, sentence } = personMove(stage, contact, by);
	const there = contact.stageId === stage.id && (contact.pipelineId === undefined || contact.pipelineId === pipelineId);
	const change = there ? {} : { stage: { pipelineId, stageId: stage.id, ...(contact.stageId === undefined ? {} : { expectedStageId: contact.stageId }), ...(status === undefined ? {} : { status }) } };
	const same = wanted === proposal?.stageId;
	return { result: 'decided', resolution: agreed ? 'approve' : 'set_stage', decision: same ? 'approved' : 'edited', sentence, changes: change };
}
