import type { INodeProperties } from 'n8n-workflow';
import { RETENTION, RETENTION_KINDS, type RetentionKind } from '../../engine/privacy/retention';
import { channelOptions } from '../shared/parameters';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { resource: ['settings'], operation } });

const retentionFields: Readonly<Record<RetentionKind, string>> = {
	activities: 'Activities', analyses: 'Analyses', audit: 'Audit', draftTexts: 'Draft Texts', executionTraces: 'Execution Traces', leadKnowledge: 'Lead Knowledge', leadSnapshots: 'Lead Snapshots', messageTexts: 'Message Texts',
	modelCalls: 'Model Calls', outcomes: 'Outcomes', rawPayloads: 'Raw Payloads', reviews: 'Reviews', runItems: 'Run Items', shadowDecisions: 'Shadow Decisions', trainingExports: 'Training Exports',
};
const retentionOptions: INodeProperties[] = RETENTION_KINDS.map((name): INodeProperties => ({
	displayName: retentionFields[name], name, type: 'number', typeOptions: { minValue: 0 }, default: RETENTION[name].days, description: `How long ${RETENTION[name].what} are kept, ${RETENTION[name].least} days at least. 0: until they are erased.`,
})).sort((a, b) => a.displayName.localeCompare(b.displayName));

export const settingsProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['settings'] } },
		options: [
			{ name: 'Get', value: 'get', action: 'Get the settings', description: 'What holds for a workspace, account or contact' },
			{ name: 'Resume Sender', value: 'resumeSender', action: 'Resume a sender', description: 'End what an error of the provider holds back, after the cause was mended' },
			{ name: 'Save Pipeline', value: 'savePipeline', action: 'Save a pipeline', description: 'Save the stages of a pipeline' },
			{ name: 'Set', value: 'set', action: 'Set the settings', description: 'Change mode, kill switch, caps, quiet hours, delays or names' },
			{ name: 'Set Account', value: 'setAccount', action: 'Set a channel account', description: 'Say which workspace a phone number, page or mailbox belongs to' },
		],
		default: 'get',
	},
	{
		displayName: 'Scope',
		name: 'scope',
		type: 'options',
		options: [
			{ name: 'Account', value: 'account', description: 'One channel account' },
			{ name: 'Contact', value: 'contact', description: 'One contact' },
			{ name: 'Workspace', value: 'workspace', description: 'The whole workspace' },
		],
		default: 'workspace',
		displayOptions: show('get', 'set'),
	},
	{ displayName: 'Scope ID', name: 'scopeId', type: 'string', default: '={{ $json.message?.accountId ?? $json.accountId }}', displayOptions: { show: { resource: ['settings'], operation: ['get', 'set'], scope: ['account'] } }, description: 'The account: phone number ID, page ID, mailbox or number' },
	{ displayName: 'Contact', name: 'scopeContact', type: 'string', default: '={{ $json.contact?.id ?? $json.email ?? $json.phone }}', displayOptions: { show: { resource: ['settings'], operation: ['get', 'set'], scope: ['contact'] } }, description: 'A contact ID, an e-mail address or a phone number' },
	{
		displayName: 'Settings',
		name: 'patch',
		type: 'collection',
		placeholder: 'Add Setting',
		default: {},
		displayOptions: show('set'),
		description: 'Only what is added here is changed',
		options: [
			{ displayName: 'Company Name', name: 'companyName', type: 'string', default: '' },
			{ displayName: 'Contact Daily Cap', name: 'contactDailyCap', type: 'number', typeOptions: { minValue: 0 }, default: 50, description: 'Most messages to one contact a day, over all channels' },
			{ displayName: 'Country', name: 'country', type: 'string', default: '', placeholder: 'e.g. DE', description: 'Two letters (ISO 3166-1)' },
			{ displayName: 'Kill Switch', name: 'killSwitch', type: 'boolean', default: true, description: 'Whether every send is stopped at once, whatever the mode' },
			{ displayName: 'Language', name: 'language', type: 'string', default: '', placeholder: 'e.g. en', description: 'Two-letter code, used where the language of a lead is unknown' },
			{ displayName: 'Local Models Only', name: 'localModelsOnly', type: 'boolean', default: true, description: 'Whether only models in your own network may be told anything. Any other is refused, and rules decide. Holds for a whole workspace.' },
			{
				displayName: 'Mode',
				name: 'mode',
				type: 'options',
				options: [
					{ name: 'Assist', value: 'assist', description: 'Every draft goes to a person' },
					{ name: 'Auto', value: 'auto', description: 'What passes every check is sent' },
					{ name: 'Off', value: 'off', description: 'Nothing is decided' },
					{ name: 'Shadow', value: 'shadow', description: 'Everything is decided, nothing is sent' },
				],
				default: 'assist',
			},
			{ displayName: 'Model Spend Cap (USD a Day)', name: 'modelSpendCapUsd', type: 'number', typeOptions: { minValue: 0 }, default: 5, description: 'What models may cost in one UTC day. When it is reached, rules decide.' },
			{ displayName: 'Outreach Delay (Seconds)', name: 'outreachDelaySeconds', type: 'number', typeOptions: { minValue: 0 }, default: 120, description: 'How long an automatic outreach send waits so that it can be stopped' },
			{ displayName: 'Postal Address', name: 'postalAddress', type: 'string', default: '', description: 'Of the sender. A draft may name it.' },
			{ displayName: 'Quiet Hours From', name: 'quietFrom', type: 'string', default: '20:00', description: 'Local time, HH:MM. Needs Quiet Hours To as well.' },
			{ displayName: 'Quiet Hours To', name: 'quietTo', type: 'string', default: '08:00', description: 'Local time, HH:MM' },
			{ displayName: 'Reply Delay (Seconds)', name: 'replyDelaySeconds', type: 'number', typeOptions: { minValue: 0, maxValue: 30 }, default: 5, description: 'How long an automatic reply waits, 0–30' },
			{ displayName: 'Sender Name', name: 'senderName', type: 'string', default: '' },
			{ displayName: 'Time Zone', name: 'timezone', type: 'string', default: '', placeholder: 'e.g. Europe/Berlin', description: 'Used where the time zone of a contact is unknown' },
			{
				displayName: 'Working Days',
				name: 'workingDays',
				type: 'multiOptions',
				options: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'].map((name, index) => ({ name, value: index + 1 })),
				default: [1, 2, 3, 4, 5],
				description: 'Days on which outreach may leave',
			},
			{ displayName: 'Workspace Daily Cap', name: 'workspaceDailyCap', type: 'number', typeOptions: { minValue: 0 }, default: 1000, description: 'Most messages of the workspace a day' },
		],
	},
	{ displayName: 'Retention (Days)', name: 'retention', type: 'collection', placeholder: 'Add Kind of Data', default: {}, displayOptions: show('set'), description: 'How long each kind of data is kept. What is not added keeps its value. Workflow 09-housekeeping deletes.', options: retentionOptions },
	{ displayName: 'Changed By', name: 'changedBy', type: 'string', default: '', placeholder: 'e.g. anna@email.com', displayOptions: show('set'), description: 'Kept in the log' },
	{ displayName: 'Channel', name: 'accountChannel', type: 'options', options: channelOptions, default: 'whatsapp', displayOptions: show('setAccount', 'resumeSender'), description: 'The channel the account belongs to' },
	{ displayName: 'Account ID', name: 'heldAccount', type: 'string', default: '', displayOptions: show('resumeSender'), description: 'The account that is held back. Empty: messages that name no account.' },
	{ displayName: 'Account ID', name: 'externalId', type: 'string', default: '', placeholder: 'e.g. 300000000000001', displayOptions: show('setAccount'), description: "The provider's ID: WhatsApp phone number ID, page ID, mailbox address, Twilio number" },
	{ displayName: 'Name', name: 'accountName', type: 'string', default: '', displayOptions: show('setAccount') },
	{ displayName: 'Enabled', name: 'enabled', type: 'boolean', default: true, displayOptions: show('setAccount'), description: 'Whether messages of this account are taken into the workspace' },
	{ displayName: 'Pipeline ID', name: 'accountPipeline', type: 'string', default: '', displayOptions: show('setAccount'), description: 'Pipeline for contacts of this account. Empty: the default one.' },
	{ displayName: 'Pipeline ID', name: 'pipelineId', type: 'string', default: 'default', displayOptions: show('savePipeline'), description: 'Short and stable: contacts and nodes refer to it. The same ID again replaces the pipeline.' },
	{ displayName: 'Pipeline Name', name: 'pipelineName', type: 'string', default: 'Sales', displayOptions: show('savePipeline') },
	{
		displayName: 'Stages',
		name: 'stages',
		type: 'json',
		typeOptions: { rows: 8 },
		default:
			'[\n  { "id": "new", "name": "New", "type": "LEAD", "order": 1, "min": 0, "max": 30 },\n  { "id": "engaged", "name": "Engaged", "type": "IN_PROGRESS", "order": 2, "min": 31, "max": 80 },\n  { "id": "won", "name": "Won", "type": "WON", "order": 3 },\n  { "id": "lost", "name": "Lost", "type": "LOST", "order": 4 }\n]',
		displayOptions: show('savePipeline'),
		description: 'A list of stages. Type is LEAD, IN_PROGRESS, WON, LOST or ARCHIVED; min and max are the score range, 0–100.',
	},
	{ displayName: 'Instructions', name: 'instructions', type: 'string', typeOptions: { rows: 3 }, default: '', displayOptions: show('savePipeline'), description: 'What the model should know about this pipeline' },
];
