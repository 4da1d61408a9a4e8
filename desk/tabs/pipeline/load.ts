import { STAGE_TYPES } from '../../../engine/pipeline/stage';
import { whyThisStage } from '../../../engine/pipeline/whyThisStage';
import { PERIODS, type PeriodName } from '../../../engine/report/period';
import { pipelineFigures, type PipelineFigures } from '../../../engine/report/pipelines';
import { epochMs, type EpochMs } from '../../../engine/time';
import { StoreInputError } from '../../../store/errors';
import type { StageContact } from '../../../store/store';
import type { DeskContext } from '../tab';
import { placesOf, type Place } from './places';

/** Contacts of a stage on one page. */
export const CONTACTS_SHOWN = 25;

export interface StageColumn {
	figure: PipelineFigures['stages'][number];
	type?: (typeof STAGE_TYPES)[number];
}

/** A pipeline with its stages in their order. */
export interface Board {
	/** Undefined: those who stand in none. */
	id?: string;
	name: string;
	stages: readonly StageColumn[];
}

export interface StandingContact extends Omit<StageContact, 'stageEnteredAt'> {
	/** What people call them. */
	called: string;
	since?: EpochMs;
	why: string;
}

/** The stage whose contacts are shown. */
export interface OpenStage {
	pipelineId: string;
	stageId: string;
	pipeline: string;
	stage: string;
	contacts: readonly StandingContact[];
	/** Where this page and the next one begin. */
	after?: string;
	next?: string;
}

export interface PipelineModel {
	figures: PipelineFigures;
	boards: readonly Board[];
	/** Where a contact may be moved to. */
	places: readonly Place[];
	period: PeriodName;
	opened?: OpenStage;
}

const isPeriod = (name: string | null): name is PeriodName => name !== null && Object.hasOwn(PERIODS, name);

/** A page of contacts; the first one when the address names one that does not exist. */
async function pageOf({ store, workspace }: DeskContext, pipelineId: string, stageId: string, after: string | null): Promise<{ contacts: StageContact[]; next?: string; after?: string }> {
	const first = async () => await store.pipelines.contactsIn(workspace, pipelineId, stageId, { limit: CONTACTS_SHOWN });
	if (after === null) return await first();
	try {
		return { ...(await store.pipelines.contactsIn(workspace, pipelineId, stageId, { limit: CONTACTS_SHOWN, after })), after };
	} catch (error) {
		if (error instanceof StoreInputError) return await first();
		throw error;
	}
}

async function openStage(context: DeskContext, query: URLSearchParams, stages: PipelineFigures['stages']): Promise<OpenStage | undefined> {
	const [pipelineId, stageId] = [query.get('pipeline'), query.get('stage')];
	const figure = stages.find((stage) => stage.pipelineId === pipelineId && stage.stageId === stageId);
	if (pipelineId === null || stageId === null || !figure) return undefined;
	const { contacts, next, after } = await pageOf(context, pipelineId, stageId, query.get('after'));
	const moves = await context.store.pipelines.lastMoves(context.workspace, contacts.map(({ id }) => id));
	const rows = contacts.map(({ stageEnteredAt, ...contact }, at): StandingContact => ({
		...contact,
		called: contact.name ?? contact.email ?? contact.id,
		...(stageEnteredAt === undefined ? {} : { since: epochMs(stageEnteredAt) }),
		why: whyThisStage({ stageId, stageEnteredAt }, moves[at], figure.stage),
	}));
	return { pipelineId, stageId, pipeline: figure.pipeline, stage: figure.stage, contacts: rows, after, next };
}

export async function loadPipeline(context: DeskContext, query: URLSearchParams): Promise<PipelineModel> {
	const { store, workspace, now, timezone } = context;
	const asked = query.get('period');
	const period: PeriodName = isPeriod(asked) ? asked : 'last30Days';
	const rows = await store.figures.pipelines({ workspace, ...PERIODS[period](now, timezone) });
	const figures = pipelineFigures(rows);
	const places = placesOf(rows.pipelines);
	const boards = new Map<string | undefined, Board & { stages: StageColumn[] }>();
	for (const figure of figures.stages) {
		const board = boards.get(figure.pipelineId) ?? { ...(figure.pipelineId === undefined ? {} : { id: figure.pipelineId }), name: figure.pipeline, stages: [] };
		boards.set(figure.pipelineId, board);
		const type = places.find(({ pipeline, stage }) => pipeline.id === figure.pipelineId && stage.id === figure.stageId)?.stage.type;
		board.stages.push({ figure, ...(type ? { type } : {}) });
	}
	return { figures, boards: [...boards.values()], places, period, opened: await openStage(context, query, figures.stages) };
}
