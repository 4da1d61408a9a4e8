import { z } from 'zod';
import { personMove } from '../../../engine/pipeline/personMove';
import { defineAction } from '../tab';
import type { PipelineWords } from './en';
import { PlaceValueSchema, placesOf } from './places';

const MoveSchema = z.object({
	contact: z.string().min(1).max(320),
	/** Where the contact stood when the page was shown. */
	from: PlaceValueSchema,
	to: PlaceValueSchema,
});

/** A person moves a contact. What others did since the page was shown stands: the second one is told. */
export const move = defineAction<PipelineWords, z.infer<typeof MoveSchema>>({
	role: 'reviewer',
	schema: MoveSchema,
	invalid: (words, field) => (field === 'contact' ? words.gone : words.chooseStage),
	async run({ store, workspace, reviewer }, { contact: id, from, to }, words) {
		const [[contact], saved] = await Promise.all([store.contacts.find(workspace, [id]), store.pipelines.list(workspace)]);
		if (contact?.id !== id) return { refused: words.gone };
		const places = placesOf(saved);
		const target = places.find(({ pipeline, stage }) => pipeline.id === to[0] && stage.id === to[1]);
		if (!target) return { refused: words.chooseStage, fields: { to: words.chooseStage } };
		const called = contact.name ?? contact.email ?? contact.id;
		const { pipeline, stage } = target;
		if (contact.pipelineId === pipeline.id && contact.stageId === stage.id) return { notice: words.already(called, stage.name) };
		const meanwhile = (pipelineId?: string, stageId?: string) => ({ refused: words.movedMeanwhile(called, places.find((place) => place.pipeline.id === pipelineId && place.stage.id === stageId)?.stage.name ?? stageId ?? words.noStage) });
		if (contact.pipelineId !== from[0] || contact.stageId !== from[1]) return meanwhile(contact.pipelineId, contact.stageId);
		const { status, sentence } = personMove(stage, contact, reviewer.email);
		const [{ applied, activityId }] = await store.pipelines.changeStages([{ workspace, contactId: contact.id, pipelineId: pipeline.id, expectedStageId: contact.stageId, stageId: stage.id, setBy: 'person', ...(status === undefined ? {} : { status }), log: { rule: 'person', actor: reviewer.email, sentence } }]);
		if (!applied) {
			const [now] = await store.contacts.find(workspace, [id]);
			return now ? meanwhile(now.pipelineId, now.stageId) : { refused: words.gone };
		}
		const facts = { contactId: contact.id, pipelineId: pipeline.id, stageId: stage.id, previousStageId: contact.stageId, activityId };
		return { notice: words.moved(called, stage.name), decided: [{ kind: 'stage_moved', workspace, facts, sentence }] };
	},
});
