import type { INodeProperties } from 'n8n-workflow';
import { instructionsField, modelField, redactField } from '../shared/modelParameters';
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
	redactField,
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
	{
		displayName: 'Use Knowledge and Past Leads',
		name: 'useKnowledge',
		type: 'boolean',
		default: true,
		noDataExpression: true,
		displayOptions: { show: { what: ['full'] } },
		description: 'Whether up to four snippets are looked up and shown as evidence: of the knowledge added with Lead Autopilot → Knowledge, and of past leads that ended or that a person corrected. Needs the store.',
	},
	{
		displayName: 'Embeddings Model',
		name: 'embeddingsModel',
		type: 'string',
		default: '',
		noDataExpression: true,
		placeholder: 'e.g. text-embedding-3-small',
		displayOptions: { show: { what: ['full'], useKnowledge: [true] } },
		description: 'Model of the credential that compares meanings, besides the words. Left empty, words alone decide, unless an Embeddings node is connected.',
	},
	{
		displayName: 'Model Calls at Once',
		name: 'callsAtOnce',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 50 },
		default: 5,
		description: "How many leads the model is asked about at the same time. Raise it for bulk work within your provider's own limits: with answers of 1.5 seconds, 5 make 200 leads a minute and 20 make 800.",
	},
	{
		displayName: 'Blend Learned Score',
		name: 'blendLearned',
		type: 'boolean',
		default: true,
		noDataExpression: true,
		displayOptions: { show: { what: ['full'] } },
		description: 'Whether the score learnt from what became of your own leads has a share in the score. It begins at 120 conversions (meetings, opportunities, deals); until then nothing changes. Needs the store.',
	},
];
