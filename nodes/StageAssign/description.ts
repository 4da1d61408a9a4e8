import type { INodeProperties } from 'n8n-workflow';
import { contactField, workspaceField } from '../shared/parameters';

export const stageAssignProperties: INodeProperties[] = [
	workspaceField,
	contactField,
	{
		displayName: 'Pipeline From',
		name: 'pipelineSource',
		type: 'options',
		options: [
			{ name: 'Saved Pipeline', value: 'stored', description: 'A pipeline saved with Lead Autopilot → Setting → Save Pipeline' },
			{ name: 'Stages Below', value: 'inline', description: 'Stages written into this node' },
		],
		default: 'stored',
	},
	{
		displayName: 'Pipeline ID',
		name: 'pipeline',
		type: 'string',
		default: "={{ $json.contact?.pipelineId ?? 'default' }}",
		displayOptions: { show: { pipelineSource: ['stored'] } },
		description: "Which saved pipeline. 'default' is New → Engaged → Qualified → Won / Lost until you save one of that name.",
	},
	{
		displayName: 'Stages',
		name: 'stages',
		type: 'json',
		typeOptions: { rows: 8 },
		default:
			'[\n  { "id": "new", "name": "New", "type": "LEAD", "order": 1, "min": 0, "max": 30 },\n  { "id": "engaged", "name": "Engaged", "type": "IN_PROGRESS", "order": 2, "min": 31, "max": 80 },\n  { "id": "won", "name": "Won", "type": "WON", "order": 3 },\n  { "id": "lost", "name": "Lost", "type": "LOST", "order": 4 }\n]',
		displayOptions: { show: { pipelineSource: ['inline'] } },
		description: 'A list of stages. Type is LEAD, IN_PROGRESS, WON, LOST or ARCHIVED; min and max are the score range, 0–100, and may be left out.',
	},
	{
		displayName: 'Score',
		name: 'score',
		type: 'string',
		default: '={{ $json.classification?.score ?? $json.contact?.score ?? $json.score }}',
		description: 'The lead score, 0–100. Without one the item leaves on Needs Review.',
	},
	{
		displayName: 'Contacts That Have a Stage',
		name: 'existing',
		type: 'options',
		options: [
			{ name: 'Skip', value: 'skip', description: 'Leave them where they are' },
			{ name: 'Update', value: 'update', description: 'Move them when the rules say so' },
		],
		default: 'update',
	},
	{
		displayName: 'Split by Result',
		name: 'split',
		type: 'boolean',
		default: true,
		noDataExpression: true,
		description: 'Whether contacts leave on Assigned, Unchanged or Needs Review instead of one output for all',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Confidence',
				name: 'confidence',
				type: 'string',
				default: '={{ $json.classification?.confidence ?? 1 }}',
				description: 'How sure the score is, 0–1. Under 0.7 a contact that has a stage waits for a person.',
			},
			{
				displayName: 'Recommended Stage',
				name: 'recommendedStage',
				type: 'string',
				default: "={{ $json.classification?.recommendedStage ?? '' }}",
				description: 'Name of the stage a model recommends. Used where no score range fits.',
			},
			{
				displayName: 'Status',
				name: 'status',
				type: 'string',
				default: "={{ $json.classification?.status ?? $json.contact?.status ?? '' }}",
				description: 'WON and LOST place the contact at once, whatever the score',
			},
		],
	},
];
