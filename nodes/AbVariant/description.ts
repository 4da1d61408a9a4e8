import type { INodeProperties } from 'n8n-workflow';
import { contactField, workspaceField } from '../shared/parameters';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { operation } });

const variantFields: INodeProperties[] = [
	{ displayName: 'Control', name: 'control', type: 'boolean', default: false, description: 'Whether this is what people get today, and what a paused experiment falls back to' },
	{ displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. Short and direct' },
	{
		displayName: 'Template',
		name: 'template',
		type: 'string',
		typeOptions: { rows: 3 },
		default: '',
		placeholder: 'e.g. Hi {name|there}, …',
		description: 'What the draft should follow. {field|fallback} is filled in from the contact.',
	},
	{ displayName: 'Variant ID', name: 'id', type: 'string', default: '', placeholder: 'e.g. b', description: 'Short and stable: results are kept under it' },
	{ displayName: 'Weight', name: 'weight', type: 'number', typeOptions: { minValue: 0 }, default: 1, description: 'Share of contacts relative to the other variants' },
];

const variantsField: INodeProperties = {
	displayName: 'Variants',
	name: 'variants',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true, sortable: true },
	placeholder: 'Add Variant',
	default: {},
	options: [{ displayName: 'Variant', name: 'variant', values: variantFields }],
};

export const abVariantProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Complete', value: 'complete', description: 'End an experiment and settle on a winner', action: 'Complete an experiment' },
			{ name: 'Create', value: 'create', description: 'Create an experiment or change its variants', action: 'Create an experiment' },
			{ name: 'Pause', value: 'pause', description: 'Give everybody the control for now', action: 'Pause an experiment' },
			{ name: 'Report', value: 'report', description: 'Count contacts and outcomes per variant', action: 'Report on an experiment' },
			{ name: 'Resume', value: 'resume', description: 'Go on with a paused experiment', action: 'Resume an experiment' },
			{ name: 'Select', value: 'select', description: 'Choose a variant for a contact', action: 'Select a variant for a contact' },
		],
		default: 'select',
	},
	// Experiments are created and steered by whoever edits the workflow: the workspace is the node's, not the item's.
	{ ...workspaceField, displayOptions: show('select') },
	{ ...workspaceField, default: 'default', displayOptions: show('complete', 'create', 'pause', 'report', 'resume') },
	{ ...contactField, displayOptions: show('select') },
	{
		displayName: 'Experiment From',
		name: 'source',
		type: 'options',
		options: [
			{ name: 'Saved Experiment', value: 'stored', description: 'One made with the operation Create' },
			{ name: 'Variants Below', value: 'inline', description: 'Variants written into this node' },
		],
		default: 'stored',
		displayOptions: show('select'),
	},
	{
		displayName: 'Experiment',
		name: 'experiment',
		type: 'string',
		default: '',
		placeholder: 'e.g. greeting',
		displayOptions: show('select'),
		description: 'ID or name. Left empty, the running experiment whose context is the intent of the reply is used, else one without a context; when none is running the item passes unchanged.',
	},
	{
		displayName: 'Experiment',
		name: 'experiment',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. greeting',
		displayOptions: show('complete', 'create', 'pause', 'report', 'resume'),
		description: 'ID or name of the experiment',
	},
	{ ...variantsField, displayOptions: show('create') },
	{ ...variantsField, displayOptions: { show: { operation: ['select'], source: ['inline'] } } },
	{
		displayName: 'Context',
		name: 'context',
		type: 'string',
		default: '',
		placeholder: 'e.g. objection',
		displayOptions: show('create'),
		description: 'Intent of the reply the experiment is for. Empty means any.',
	},
	{
		displayName: 'Winner',
		name: 'winner',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. b',
		displayOptions: show('complete'),
		description: 'ID of the variant everybody gets from now on',
	},
	{
		displayName: 'One Output a Variant',
		name: 'split',
		type: 'boolean',
		default: false,
		displayOptions: show('select'),
		description: 'Whether contacts leave on an output of their variant instead of one for all',
	},
	{
		displayName: 'Variant IDs',
		name: 'outputIds',
		type: 'string',
		default: '',
		placeholder: 'e.g. a, b',
		displayOptions: { show: { operation: ['select'], split: [true] } },
		description: 'The variants to make outputs for, by comma. What is not named leaves on Other.',
	},
];
