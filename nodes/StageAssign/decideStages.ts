import { assignStage, type StageAssignment } from '../../engine/pipeline/assignStage';
import { DEFAULT_PIPELINE } from '../../engine/pipeline/defaultPipeline';
import type { Contact } from '../../engine/message/contact';
import type { Pipeline, Stage } from '../../engine/pipeline/stage';
import { DAY, epochMs, later, type EpochMs } from '../../engine/time';
import type { StageChange, Store } from '../../store/store';
import { settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import type { StageParameters } from './readStageParameters';

/** Somebody else may move the contact between our reading and our writing: then it is read and decided again. */
const TRIES = 3;
/** How long a person has to agree to a stage. */
const STAGE_REVIEW_MS = DAY;

interface Decided {
	params: StageParameters;
	contact?: Contact;
	/** The stage the decision saw. Another execution may have placed a new contact since. */
	stageSeen?: string;
	pipeline: Pipeline;
	assignment: StageAssignment;
}

/** Decides and commits the stages of a batch. Without a store the decision rests on the item alone and nothing is saved. */
export async function decideStages(store: Store | undefined, items: ReadItem<StageParameters>[]): Promise<Settled<Stage>[]> {
	const results = new Map<number, Settled<Stage>>();
	let open = items;
	for (let attempt = 1; open.length > 0 && attempt <= TRIES; attempt += 1) {
		const now = store ? await store.clock.now() : epochMs(Date.now());
		const again: ReadItem<StageParameters>[] = [];
		for (const [workspace, group] of byWorkspace(open)) {
			const decided = await decideGroup(store, workspace, group, now, results);
			const applied = store ? await commit(store, workspace, decided, now) : new Map<number, { applied: boolean; activityId?: string }>();
			for (const [index, entry] of decided) {
				const change = applied.get(index);
				if (change && !change.applied) again.push(...group.filter((item) => item.index === index));
				else results.set(index, settled.ok(toStage(entry, change?.activityId)));
			}
		}
		open = again;
	}
	for (const item of open) results.set(item.index, settled.failed(new ItemInputError('The stage was changed by others three times while it was being decided', 'Run the item again.')));
	return items.map((item) => results.get(item.index) ?? settled.failed(new ItemInputError('The item was not decided')));
}

function byWorkspace(items: ReadItem<StageParameters>[]): Map<string, ReadItem<StageParameters>[]> {
	return Map.groupBy(items, (item) => item.params.workspace);
}

async function decideGroup(
	store: Store | undefined,
	workspace: string,
	group: ReadItem<StageParameters>[],
	now: EpochMs,
	results: Map<number, Settled<Stage>>,
): Promise<Map<number, Decided>> {
	const references = group.map((item) => item.params.contactReference);
	const contacts = store ? await store.contacts.find(workspace, references) : group.map((item) => item.params.itemContact);
	const pipelineIds = [...new Set(group.map((item) => item.params.pipelineId))];
	const stored = store ? await store.pipelines.find(workspace, pipelineIds) : [];
	const pipelines = new Map(pipelineIds.map((id, place) => [id, stored[place] ?? (id === DEFAULT_PIPELINE.id ? DEFAULT_PIPELINE : undefined)]));

	const decided = new Map<number, Decided>();
	group.forEach(({ index, params }, place) => {
		const pipeline = params.inline ?? pipelines.get(params.pipelineId);
		if (!pipeline) {
			results.set(index, settled.failed(new ItemInputError(`There is no pipeline '${params.pipelineId}' in workspace '${workspace}'`, 'Save it with Lead Autopilot → Setting → Save Pipeline, or choose Stages Below.')));
			return;
		}
		const contact = contacts[place] ?? params.itemContact;
		decided.set(index, { params, contact, stageSeen: contact?.stageId, pipeline, assignment: decideOne(params, contact, pipeline, now) });
	});
	return decided;
}

function decideOne(params: StageParameters, contact: Contact | undefined, pipeline: Pipeline, now: EpochMs): StageAssignment {
	const score = params.score ?? contact?.score;
	if (score === undefined) {
		const current = contact?.stageId ?? '';
		return { stageId: current, changed: false, rule: 'no_stage', protected: false, needsReview: true, sentence: 'There is no score to place the contact by.' };
	}
	return assignStage({
		stages: pipeline.stages,
		current: contact?.stageId,
		score,
		// The item's contact is from before this classification was saved; the stored one may carry the new score already.
		currentScore: params.itemContact?.score ?? contact?.score,
		status: params.status,
		recommendedStage: params.recommendedStage,
		confidence: params.confidence,
		usedFallback: params.usedFallback,
		mode: params.existing,
		now,
		setBy: contact?.stageSetBy,
		setAt: contact?.stageEnteredAt,
	});
}

async function commit(store: Store, workspace: string, decided: Map<number, Decided>, now: EpochMs): Promise<Map<number, { applied: boolean; activityId?: string }>> {
	// Where a message of the past would have placed a contact is told, not done.
	const moving = [...decided].filter(([, { assignment, params }]) => assignment.changed && !params.replay);
	// A contact nobody recorded yet (a spreadsheet row) becomes known by being placed.
	const unknown = moving.filter(([, entry]) => entry.contact === undefined);
	const created = await store.contacts.upsert(workspace, unknown.map(([, entry]) => contactFrom(entry.params.contactReference)));
	unknown.forEach(([, entry], place) => (entry.contact = created[place]));
	const changes = moving.map(([, entry]) => toChange(workspace, entry));
	const applied = changes.length > 0 ? await store.pipelines.changeStages(changes) : [];
	const held = [...decided.values()].flatMap((entry) => (entry.assignment.needsReview && !entry.assignment.changed && !entry.params.replay && entry.contact ? [toChange(workspace, entry)] : []));
	if (held.length > 0) await store.pipelines.recordHeld(held.map(({ contactId, pipelineId, stageId, score, log }) => ({ workspace, contactId, pipelineId, stageId, score, log })));
	const result = new Map(moving.map(([index], place) => [index, applied[place]]));
	await askPeople(store, workspace, [...decided].filter(([index]) => result.get(index)?.applied !== false).map(([, entry]) => entry), now);
	return result;
}

/** What a person should agree to waits for one; only where there is a stage to agree to. */
async function askPeople(store: Store, workspace: string, decided: Decided[], now: EpochMs): Promise<void> {
	await store.reviews.open(
		decided.flatMap(({ params, contact, pipeline, assignment: { needsReview, suggestedStageId, stageId, sentence } }) => {
			if (!needsReview || suggestedStageId === undefined || !contact || params.replay) return [];
			return [{ workspace, kind: 'stage' as const, contactId: contact.id, sentence, proposal: { pipelineId: pipeline.id, stageId: suggestedStageId, from: stageId }, dueAt: later(now, STAGE_REVIEW_MS) }];
		}),
	);
}

function contactFrom(reference: string): { id?: string; email?: string; phone?: string } {
	if (reference.includes('@')) return { email: reference };
	return /^\+?[\d\s().-]{6,}$/.test(reference) ? { phone: reference } : { id: reference };
}

function toChange(workspace: string, { params, contact, stageSeen, pipeline, assignment }: Decided): StageChange {
	return {
		workspace,
		contactId: contact?.id ?? params.contactReference,
		pipelineId: pipeline.id,
		expectedStageId: stageSeen,
		stageId: assignment.stageId,
		setBy: assignment.rule === 'status' ? 'status' : 'model',
		score: params.score,
		status: params.status,
		log: { rule: assignment.rule, confidence: params.confidence, reasoning: params.reasoning, usedFallback: params.usedFallback, actor: 'engine', sentence: assignment.sentence },
	};
}

function toStage({ stageSeen, pipeline, assignment }: Decided, activityId?: string): Stage {
	const { stageId, changed, rule, protected: held, needsReview, sentence } = assignment;
	return { pipelineId: pipeline.id, previousStageId: stageSeen, stageId, changed, rule, protected: held, needsReview, sentence, activityId };
}
