import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { z } from 'zod';
import { ClassificationSchema } from '../../engine/classify/classification';
import { ContactSchema, StatusSchema, type Contact, type Status } from '../../engine/message/contact';
import { StageDefinitionSchema, type Pipeline } from '../../engine/pipeline/stage';
import { ItemInputError } from '../shared/errors';
import { isReplay } from '../shared/replay';
import { readJson, readKey, readOptionalText, readParameter, readText } from '../shared/readParameter';

export interface StageParameters {
	workspace: string;
	contactReference: string;
	/** The contact as the item carries it: used when no store is reachable. */
	itemContact?: Contact;
	pipelineId: string;
	/** Stages written into the node; absent when a saved pipeline is used. */
	inline?: Pipeline;
	score?: number;
	confidence: number;
	status?: Status;
	recommendedStage?: string;
	usedFallback: boolean;
	/** Why the score is what it is, for the log. */
	reasoning?: string;
	existing: 'skip' | 'update';
	/** The message is one of the past: the contact is left where it is. */
	replay?: boolean;
}

function readScore(context: IExecuteFunctions, index: number): number | undefined {
	const value: unknown = readParameter(context, 'score', index, '');
	if (value === undefined || value === null || value === '') return undefined;
	const score = Number(value);
	if (!Number.isFinite(score) || score < 0 || score > 100) {
		throw new ItemInputError(`'Score' must be a number from 0 to 100, but is ${JSON.stringify(value)}`, "Put Classify Lead before this node, or point 'Score' at a field that holds a number.");
	}
	return score;
}

function readInlinePipeline(context: IExecuteFunctions, index: number): Pipeline {
	const parsed = z.array(StageDefinitionSchema).min(1).safeParse(readJson(context, 'stages', index, 'Stages'));
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw new ItemInputError(`'Stages' does not fit: ${issue.path.join('.')} ${issue.message}`, 'Every stage needs id, name, order and a type: LEAD, IN_PROGRESS, WON, LOST or ARCHIVED.');
	}
	return { id: 'inline', name: 'Own stages', stages: parsed.data };
}

export function readStageParameters(context: IExecuteFunctions, index: number, item: INodeExecutionData): StageParameters {
	const classification = readKey(item, 'classification', ClassificationSchema);
	const inline = context.getNodeParameter('pipelineSource', index) === 'inline';
	const confidence = Number(readParameter(context, 'options.confidence', index, classification?.confidence ?? 1));
	if (!Number.isFinite(confidence) || confidence < 0 || confidence > 1) {
		throw new ItemInputError(`'Confidence' must be a number from 0 to 1, but is ${confidence}`);
	}
	const status = readOptionalText(context, 'options.status', index) ?? classification?.status;
	return {
		workspace: readText(context, 'workspace', index, 'Workspace'),
		contactReference: readText(context, 'contact', index, 'Contact'),
		itemContact: readKey(item, 'contact', ContactSchema),
		pipelineId: inline ? 'inline' : (readOptionalText(context, 'pipeline', index) ?? 'default'),
		inline: inline ? readInlinePipeline(context, index) : undefined,
		score: readScore(context, index),
		confidence,
		status: StatusSchema.safeParse(status?.toUpperCase()).data,
		recommendedStage: readOptionalText(context, 'options.recommendedStage', index) ?? classification?.recommendedStage,
		usedFallback: classification?.usedFallback ?? false,
		reasoning: classification && classification.reasons.length > 0 ? classification.reasons.join('; ') : classification?.summary,
		existing: context.getNodeParameter('existing', index) === 'skip' ? 'skip' : 'update',
		...(isReplay(item.json.message) ? { replay: true } : {}),
	};
}
