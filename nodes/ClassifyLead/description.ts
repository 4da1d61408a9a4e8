import type { INodeProperties } from 'n8n-workflow';
import { instructionsField, modelField } from '../shared/modelParameters';
import { contactField, conversationField, textField, workspaceField } from '../shared/parameters';

/** Names of the outputs when leads are split; their order is the index an item leaves on. */
export const CLASSIFY_OUTPUTS = ['Hot', 'Warm', 'Cold', 'Unsure'] as const;

export const classifyLeadProperties: INodeProperties[] = [
	{
		displayName: 'What',
		name: 'what',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Full', value: 'full', description: 'Score, status, confidence, reasons and summary' },
			{ name: 'Summary', value: 'summary', description: 'Only what the conversation is about, in a few sentences' },
		],
		default: 'full',
	},
	modelField,
	workspaceField,
	contactField,
	textField,
	conversationField,
	{
		displayName: 'Pipeline',
		name: 'pipeline',
		type: 'string',
		default: "={{ $json.contact?.pipelineId ?? '' }}",
		placeholder: 'e.g. default',
		displayOptions: { show: { what: ['full'] } },
		description: 'ID of the pipeline whose stages the model is shown so that it recommends one. Left empty, no stage is recommended.',
	},
	instructionsField,
	{
		displayName: 'Split by Intent',
		name: 'split',
		type: 'boolean',
		default: true,
		noDataExpression: true,
		displayOptions: { show: { what: ['full'] } },
		description: 'Whether leads leave on Hot, Warm, Cold or Unsure instead of one output for all',
	},
	{
		displayName: 'Reuse Earlier Answers',
		name: 'cache',
		type: 'boolean',
		default: true,
		displayOptions: { show: { what: ['full'] } },
		description: 'Whether the answer of the last 30 days is used again when nothing at all has changed. Needs the store.',
	},
];
