import type { INodeProperties } from 'n8n-workflow';
import { contactField } from '../shared/parameters';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { resource: ['sequence'], operation } });

/** What each step of a sequence is asked for. */
const stepFields: INodeProperties[] = [
	{
		displayName: 'Channel',
		name: 'channel',
		type: 'options',
		options: [
			{ name: 'Email', value: 'email' },
			{ name: 'SMS', value: 'sms' },
			{ name: 'WhatsApp', value: 'whatsapp' },
		],
		default: 'email',
		description: 'Where the message goes. A channel without address or consent is passed over.',
	},
	{ displayName: 'Instructions', name: 'instructions', type: 'string', typeOptions: { rows: 2 }, default: '', description: 'What a model should heed in this step' },
	{ displayName: 'Step ID', name: 'id', type: 'string', default: '', placeholder: 'e.g. email-1', description: 'Small letters, digits and hyphens. The same ID is the same message, which each contact gets once.' },
	{ displayName: 'Subject', name: 'subject', type: 'string', default: '', displayOptions: { show: { channel: ['email'] } } },
	{ displayName: 'Template', name: 'template', type: 'string', typeOptions: { rows: 3 }, default: '', placeholder: 'e.g. Hi {firstName|there}, …', description: 'What the message follows, with {field|fallback}. On WhatsApp the very words of the approved template.' },
	{ displayName: 'Template Language', name: 'waLanguage', type: 'string', default: 'en', displayOptions: { show: { channel: ['whatsapp'] } }, description: "The approved template's language, e.g. en or de" },
	{ displayName: 'Template Name', name: 'waName', type: 'string', default: '', placeholder: 'e.g. follow_up', displayOptions: { show: { channel: ['whatsapp'] } }, description: 'Of the template that Meta approved: outside the 24-hour window WhatsApp takes nothing else' },
	{ displayName: 'Template Parameters', name: 'waParameters', type: 'string', typeOptions: { rows: 2 }, default: '', placeholder: 'e.g. {firstName|there}', displayOptions: { show: { channel: ['whatsapp'] } }, description: 'What stands for {{1}}, {{2}} and so on, one a line, with {field|fallback}' },
	{ displayName: 'Wait', name: 'waitAmount', type: 'number', typeOptions: { minValue: 0, maxValue: 365, numberPrecision: 2 }, default: 2, description: 'How long after the step before was sent, or after the enrolment' },
	{
		displayName: 'Wait Unit',
		name: 'waitUnit',
		type: 'options',
		options: [
			{ name: 'Days', value: 'days', description: 'Days of the calendar' },
			{ name: 'Hours', value: 'hours', description: 'Hours by the clock' },
			{ name: 'Minutes', value: 'minutes', description: 'For trying things out' },
			{ name: 'Working Days', value: 'workingDays', description: "The workspace's working days" },
		],
		default: 'days',
	},
];

export const sequenceProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['sequence'] } },
		options: [
			{ name: 'Enrol', value: 'enrol', action: 'Enrol a contact in a sequence', description: 'Let a contact get the messages of a sequence until they answer' },
			{ name: 'Get', value: 'get', action: 'Get the sequences', description: 'What is saved, with how many contacts stand where' },
			{ name: 'List Enrolments', value: 'listEnrolments', action: 'List enrolments', description: 'Who goes through a sequence, what they got, and why they left it' },
			{ name: 'Save', value: 'save', action: 'Save a sequence', description: 'Define the steps; the same again changes nothing' },
			{ name: 'Stop', value: 'stop', action: 'Stop a contact', description: 'End what a contact is enrolled in, and cancel what is planned of it' },
		],
		default: 'enrol',
	},
	{ displayName: 'Sequence ID', name: 'sequenceId', type: 'string', default: "={{ $json.sequenceId ?? $json.sequence?.id ?? '' }}", placeholder: 'e.g. follow-up', displayOptions: show('enrol', 'get', 'listEnrolments', 'save', 'stop'), description: 'Small letters, digits and hyphens. Getting, listing and stopping without one means all.' },
	{ displayName: 'Sequence Name', name: 'sequenceName', type: 'string', default: '', placeholder: 'e.g. After the first offer', displayOptions: show('save'), description: 'What the sequence is called. Left empty: its ID.' },
	{ ...contactField, displayOptions: show('enrol', 'listEnrolments', 'stop') },
	{
		displayName: 'Steps',
		name: 'steps',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true, sortable: true },
		placeholder: 'Add Step',
		default: {},
		displayOptions: show('save'),
		description: 'In their order',
		options: [{ displayName: 'Step', name: 'step', values: stepFields }],
	},
	{
		displayName: 'Contacts Under Way',
		name: 'underWay',
		type: 'options',
		options: [
			{ name: 'Go On in the New Version', value: 'move', description: 'Behind the last step they had' },
			{ name: 'Keep Their Version', value: 'keep', description: 'They get the steps they were enrolled for' },
		],
		default: 'keep',
		displayOptions: show('save'),
		description: 'What a change means for those who are enrolled already',
	},
	{ displayName: 'Enrol Again', name: 'again', type: 'boolean', default: false, displayOptions: show('enrol'), description: 'Whether a contact who went through the sequence before goes through it once more' },
	{ displayName: 'Reason', name: 'stopReason', type: 'string', default: '', placeholder: 'e.g. called us', displayOptions: show('stop'), description: 'Kept with the enrolment' },
	{
		displayName: 'State',
		name: 'enrolmentState',
		type: 'options',
		options: [
			{ name: 'Active', value: 'active', description: 'Under way' },
			{ name: 'All', value: 'all', description: 'Whatever became of them' },
			{ name: 'Finished', value: 'finished', description: 'Had all steps' },
			{ name: 'Stopped', value: 'stopped', description: 'Answered, opted out, or were stopped otherwise' },
		],
		default: 'all',
		displayOptions: show('listEnrolments'),
	},
	{ displayName: 'Limit', name: 'limit', type: 'number', typeOptions: { minValue: 1 }, default: 50, displayOptions: show('listEnrolments'), description: 'Max number of results to return' },
	{ displayName: 'By', name: 'sequenceBy', type: 'string', default: '', placeholder: 'e.g. anna@email.com', displayOptions: show('enrol', 'save', 'stop'), description: 'Who wants it. Left empty: the workflow.' },
];
