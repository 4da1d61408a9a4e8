import type { INodeProperties } from 'n8n-workflow';
import { METRICS, type Metric } from '../../engine/experiment/metrics';
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

const METRIC_OPTIONS: Readonly<Record<Metric, { name: string; description: string }>> = {
	positive_reply: { name: 'Positive Reply', description: 'An answer read as interested, a meeting or a question, within 14 days' },
	reply: { name: 'Reply', description: 'Any answer that is no absence notice, within 14 days. Angry ones count too.' },
	open: { name: 'Open', description: 'Opened or read by a person, within 7 days' },
	click: { name: 'Click', description: 'A link followed by a person, within 7 days' },
	meeting: { name: 'Meeting', description: 'A meeting booked or held, within 30 days' },
	conversion: { name: 'Conversion', description: 'A deal won, within 90 days' },
	reviewer_approval: { name: 'Reviewer Approval', description: 'The first draft for a contact approved without an edit' },
};

/** What is declared before the first contact and stays. */
const planFields: INodeProperties[] = [
	{
		displayName: 'Metric',
		name: 'metric',
		type: 'options',
		options: METRICS.map((value) => ({ value, ...METRIC_OPTIONS[value] })).sort((a, b) => a.name.localeCompare(b.name)),
		default: 'positive_reply',
		displayOptions: show('create'),
		description: 'What decides. The more often it happens, the fewer contacts are needed; it stays once there are contacts.',
	},
	{
		displayName: 'Method',
		name: 'method',
		type: 'options',
		options: [
			{ name: 'Thompson', value: 'thompson', description: 'Better variants get more contacts as results come in, none under 5 %' },
			{ name: 'Weighted', value: 'weighted', description: 'Fixed shares by weight' },
		],
		default: 'weighted',
		displayOptions: show('create'),
		description: 'How contacts are split. Weighted tells a difference soonest; Thompson loses fewer conversions on the way.',
	},
	{
		displayName: 'Horizon (Weekly Looks)',
		name: 'horizon',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 104 },
		default: 26,
		displayOptions: show('create'),
		description: 'How many weeks the experiment may take at most. Declared before the start, it is what keeps weekly looks honest.',
	},
	{
		displayName: 'Opt-Outs at Most (%)',
		name: 'maxOptOuts',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 100, numberPrecision: 2 },
		default: 2,
		displayOptions: show('create'),
		description: 'Guardrail: the share of a variant’s contacts that may opt out within 14 days',
	},
	{
		displayName: 'Complaints at Most (%)',
		name: 'maxComplaints',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 100, numberPrecision: 2 },
		default: 0.3,
		displayOptions: show('create'),
		description: 'Guardrail: the share of a variant’s contacts that may mark a message as spam. Mail providers stop senders at 0.3 %.',
	},
];

export const abVariantProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Complete', value: 'complete', description: 'End an experiment and settle on a winner', action: 'Complete an experiment' },
			{ name: 'Create', value: 'create', description: 'Create an experiment, or change its weights, names and guardrails', action: 'Create an experiment' },
			{ name: 'Pause', value: 'pause', description: 'Give everybody the control for now', action: 'Pause an experiment' },
			{ name: 'Report', value: 'report', description: 'Say whether there is a winner, and what is missing', action: 'Report on an experiment' },
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
		description: 'ID or name. Left empty, the running experiment whose context is the intent of the reply is used, else one without a context. When none is running, the newest paused or completed one gives its control or winner; without any the item passes unchanged.',
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
	...planFields,
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
		displayName: 'Pause on Guardrail',
		name: 'pauseOnGuardrail',
		type: 'boolean',
		default: true,
		displayOptions: show('report'),
		description: 'Whether a running experiment that breaks a guardrail is paused. After a Resume, guardrails count afresh.',
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
