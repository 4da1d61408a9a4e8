import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { DEFAULT_PIPELINE } from '../../engine/pipeline/defaultPipeline';
import { personMove } from '../../engine/pipeline/personMove';
import type { Pipeline, Stage, StageDefinition } from '../../engine/pipeline/stage';
import type { Contact } from '../../engine/message/contact';
import type { StageChange, Store } from '../../store/store';
import { executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readOptionalText, readText } from '../shared/readParameter';

interface StageParameters {
	workspace: string;
	reference: string;
	pipeline: string;
	stage: string;
	by: string;
}
interface Wanted {
	contact: Contact;
	pipeline: Pipeline;
	stage: StageDefinition;
	by: string;
}
type Result = { contact: Contact; stage: Stage };

/** Somebody else may move the contact between reading and writing; a person's word is then applied to the new state. */
const TRIES = 3;

/** Set Stage: a person's decision, which outranks the model for 14 days. */
export async function setStage(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<StageParameters, Result>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({
			workspace: readText(context, 'workspace', index, 'Workspace'),
			reference: readText(context, 'contact', index, 'Contact'),
			pipeline: readText(context, 'pipeline', index, 'Pipeline ID'),
			stage: readText(context, 'stage', index, 'Stage'),
			by: readOptionalText(context, 'by', index) ?? 'workflow',
		}),
		decide: async (items) => await withStore(context, async (store) => await decide(store, items)),
		write: (result) => ({ output: 0, json: result }),
	});
}

async function decide(store: Store, items: ReadItem<StageParameters>[]): Promise<Settled<Result>[]> {
	return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) => {
		const results = new Array<Settled<Result>>(own.length);
		let open = own.map((_, place) => place);
		for (let attempt = 0; attempt < TRIES && open.length > 0; attempt++) open = await attemptAll(store, workspace, own, open, results);
		for (const place of open) results[place] = settled.failed(new ItemInputError('The stage was changed by others three times meanwhile', 'Run the item again.'));
		return results;
	});
}

/** @returns the places that somebody else was quicker for. */
async function attemptAll(store: Store, workspace: string, own: StageParameters[], places: number[], results: Settled<Result>[]): Promise<number[]> {
	const contacts = await store.contacts.find(workspace, places.map((place) => own[place].reference));
	const pipelines = await store.pipelines.find(workspace, places.map((place) => own[place].pipeline));
	const wanted = places.flatMap((place, at) => {
		try {
			return [{ place, ...want(own[place], workspace, contacts[at], pipelines[at]) }];
		} catch (error) {
			results[place] = settled.failed(error);
			return [];
		}
	});
	const moving = wanted.filter(({ contact, pipeline, stage }) => contact.stageId !== stage.id || contact.pipelineId !== pipeline.id);
	const changes = moving.length > 0 ? await store.pipelines.changeStages(moving.map((move) => changeOf(workspace, move))) : [];
	for (const { place, ...unmoved } of wanted.filter((entry) => !moving.includes(entry))) results[place] = settled.ok(resultOf(unmoved, false));
	moving.forEach(({ place, ...move }, at) => {
		if (changes[at].applied) results[place] = settled.ok(resultOf(move, true, changes[at].activityId));
	});
	return moving.filter((_, at) => !changes[at].applied).map(({ place }) => place);
}

function want({ reference, pipeline: pipelineId, stage: name, by }: StageParameters, workspace: string, contact?: Contact, stored?: Pipeline): Wanted {
	if (!contact) throw new ItemInputError(`Nobody is known as '${reference.slice(0, 80)}' in workspace '${workspace}'`, 'Create the contact with Contact → Create or Update first.');
	const pipeline = stored ?? (pipelineId === DEFAULT_PIPELINE.id ? DEFAULT_PIPELINE : undefined);
	if (!pipeline) throw new ItemInputError(`There is no pipeline '${pipelineId}' in workspace '${workspace}'`, 'Save it with Setting → Save Pipeline.');
	const stage = pipeline.stages.find(({ id }) => id === name) ?? pipeline.stages.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
	if (!stage) throw new ItemInputError(`Pipeline '${pipeline.name}' has no stage '${name.slice(0, 80)}'`, `Use one of: ${pipeline.stages.map((candidate) => candidate.name).join(', ')}.`);
	return { contact, pipeline, stage, by };
}

function changeOf(workspace: string, { contact, pipeline, stage, by }: Wanted): StageChange {
	const { status, sentence } = personMove(stage, contact, by);
	return { workspace, contactId: contact.id, pipelineId: pipeline.id, expectedStageId: contact.stageId, stageId: stage.id, setBy: 'person', ...(status === undefined ? {} : { status }), log: { rule: 'person', actor: by, sentence } };
}

function resultOf({ contact, pipeline, stage, by }: Wanted, changed: boolean, activityId?: string): Result {
	const { status, sentence: moved } = personMove(stage, contact, by);
	const sentence = changed ? moved : `The contact is in stage ${stage.name} already.`;
	return {
		contact: { ...contact, pipelineId: pipeline.id, stageId: stage.id, ...(changed && status !== undefined ? { status } : {}) },
		stage: { pipelineId: pipeline.id, stageId: stage.id, ...(contact.stageId === undefined ? {} : { previousStageId: contact.stageId }), changed, rule: 'person', protected: false, needsReview: false, ...(activityId === undefined ? {} : { activityId }), sentence },
	};
}
