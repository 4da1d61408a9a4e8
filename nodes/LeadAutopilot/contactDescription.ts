import type { INodeProperties } from 'n8n-workflow';
import { LEAD_INTENTS } from '../../engine/classify/classification';
import { STATUSES } from '../../engine/message/contact';
import { REPLY_INTENTS } from '../../engine/reply/reply';
import { channelField, contactField } from '../shared/parameters';

/** `not_now` → `Not Now`. */
const capital = (word: string): string => word.split('_').map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`).join(' ');

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { resource: ['contact'], operation } });

export const contactProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['contact'] } },
		options: [
			{ name: 'Audit Trail', value: 'auditTrail', action: 'Get the decisions about a contact', description: 'Get every decision about a person: when, what, why, who or what made it, and what they can do about it' },
			{ name: 'Correct', value: 'correct', action: 'Correct what was decided about a contact', description: "Put intent, score, status or the reading of a message right; kept as a person's label to learn from" },
			{ name: 'Create or Update', value: 'upsert', action: 'Create or update a contact', description: 'Create a new record, or update the current one if it already exists (upsert)' },
			{ name: 'Erase', value: 'erase', action: 'Erase a contact', description: 'Forget a person over every table, or only what was concluded about them. Cannot be undone.' },
			{ name: 'Export', value: 'export', action: 'Export a contact', description: 'Get everything that is held about a person' },
			{ name: 'Get', value: 'get', action: 'Get a contact', description: 'Look a contact up, with the conversation' },
			{ name: 'Hand Back', value: 'handBack', action: 'Hand a contact back', description: 'End a takeover: the autopilot answers again' },
			{ name: 'Opt In', value: 'optIn', action: 'Opt a contact in', description: 'Allow writing on a channel again after an opt-out' },
			{ name: 'Opt Out', value: 'optOut', action: 'Opt a contact out', description: 'Never write on a channel again; cancels what is planned' },
			{ name: 'Record Consent', value: 'recordConsent', action: 'Record the consent of a contact', description: 'Keep on what legal basis a person may be written to on a channel, since when, from where, and what shows it' },
			{ name: 'Set Stage', value: 'setStage', action: 'Set the stage of a contact', description: "Put a contact into a pipeline stage as a person's decision" },
			{ name: 'Take Over', value: 'takeOver', action: 'Take a contact over', description: 'A person leads the conversation for a while; the autopilot keeps quiet' },
			{ name: 'Withdraw Consent', value: 'withdrawConsent', action: 'Withdraw the consent of a contact', description: 'Note that consent is taken back: nothing is sent on the channel any more, what is planned is cancelled' },
		],
		default: 'upsert',
	},
	{ ...contactField, displayOptions: show('auditTrail', 'correct', 'erase', 'export', 'get', 'handBack', 'optIn', 'optOut', 'recordConsent', 'setStage', 'takeOver', 'withdrawConsent') },
	{
		displayName: 'What',
		name: 'erase',
		type: 'options',
		options: [
			{ name: 'AI Data Only', value: 'ai', description: 'Scores, summaries, readings and reasoning. Messages stay; profiling is switched off for the person.' },
			{ name: 'Everything', value: 'everything', description: 'As if the person had never written; counts stay, without the person' },
		],
		default: 'everything',
		displayOptions: show('erase'),
	},
	{ displayName: 'Never Write Again', name: 'suppress', type: 'boolean', default: true, displayOptions: { show: { resource: ['contact'], operation: ['erase'], erase: ['everything'] } }, description: 'Whether their addresses stay as keyed hashes, which name nobody, so that nothing is sent to them if they are imported again' },
	{ displayName: 'Name', name: 'name', type: 'string', default: "={{ $json.contact?.name ?? $json.name ?? '' }}", displayOptions: show('upsert') },
	{ displayName: 'Email', name: 'email', type: 'string', placeholder: 'e.g. name@email.com', default: "={{ $json.contact?.email ?? $json.email ?? '' }}", displayOptions: show('upsert') },
	{ displayName: 'Phone', name: 'phone', type: 'string', placeholder: 'e.g. +49 151 23456789', default: "={{ $json.contact?.phone ?? $json.phone ?? '' }}", displayOptions: show('upsert') },
	{
		displayName: 'More Fields',
		name: 'fields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: show('upsert'),
		options: [
			{ displayName: 'Attributes', name: 'attributes', type: 'json', default: '{}', description: 'Facts about the person as JSON, e.g. industry, role' },
			{ displayName: 'Best Contact Time', name: 'bestContactTime', type: 'string', default: '', placeholder: 'e.g. 14:30', description: 'Local time, HH:MM' },
			{ displayName: 'Company', name: 'company', type: 'string', default: '' },
			{ displayName: 'Contact ID', name: 'id', type: 'string', default: '', description: 'Your own ID, when the person is known by one. Never take it from a public form.' },
			{ displayName: 'Country', name: 'country', type: 'string', default: '', placeholder: 'e.g. DE', description: 'Two letters (ISO 3166-1)' },
			{ displayName: 'Instagram ID', name: 'instagram', type: 'string', default: '', placeholder: 'e.g. 17841400000000001', description: 'The ID Instagram gives the person for our account' },
			{ displayName: 'Language', name: 'language', type: 'string', default: '', placeholder: 'e.g. de', description: 'Two-letter code of the language to write in' },
			{ displayName: 'LinkedIn Profile', name: 'linkedin', type: 'string', default: '', placeholder: 'e.g. linkedin.com/in/name', description: 'Address or name of the profile' },
			{ displayName: 'Messenger ID', name: 'messenger', type: 'string', default: '', description: 'The ID Messenger gives the person for our page' },
			{ displayName: 'Owner', name: 'owner', type: 'string', default: '', description: 'Who in the team looks after this contact' },
			{ displayName: 'Pipeline ID', name: 'pipelineId', type: 'string', default: '', placeholder: 'e.g. default', description: 'The pipeline the contact moves through' },
			{ displayName: 'Time Zone', name: 'timezone', type: 'string', default: '', placeholder: 'e.g. Europe/Berlin', description: 'Where the person is, for quiet hours and the best send time' },
		],
	},
	{ ...channelField, default: "={{ $json.message?.channel ?? $json.channel ?? ($json.contact?.email ?? $json.email ? 'email' : 'whatsapp') }}", displayOptions: show('optIn', 'optOut', 'recordConsent', 'withdrawConsent') },
	{ displayName: 'All Channels', name: 'allChannels', type: 'boolean', default: false, displayOptions: show('optOut'), description: 'Whether the person wants no message on any channel' },
	{ displayName: 'Reason', name: 'reason', type: 'string', default: 'Asked for by a person', displayOptions: show('optIn', 'optOut', 'withdrawConsent'), description: 'Kept as proof' },
	{
		displayName: 'Legal Basis',
		name: 'basis',
		type: 'options',
		options: [
			{ name: 'Consent', value: 'opt_in', description: 'The person agreed to be written to' },
			{ name: 'Existing Customer', value: 'existing_customer', description: 'A contract, or a sale of something similar' },
			{ name: 'Legitimate Interest', value: 'legitimate_interest', description: 'Weighed against theirs; enough in some countries only' },
			{ name: 'Their Own Request', value: 'inbound_request', description: 'The person wrote first or asked for an offer' },
		],
		default: 'opt_in',
		displayOptions: show('recordConsent'),
		description: 'Quality Gate knows which country asks for which basis on which channel',
	},
	{ displayName: 'Given At', name: 'consentAt', type: 'dateTime', default: '', displayOptions: show('recordConsent'), description: 'When it was given. Empty: now.' },
	{ displayName: 'Source', name: 'consentSource', type: 'string', default: '', placeholder: 'e.g. newsletter form', displayOptions: show('recordConsent'), description: 'Where it came from' },
	{ displayName: 'Proof', name: 'proof', type: 'string', default: '', placeholder: 'e.g. double opt-in 2026-03-02 12:01, form 7', displayOptions: show('recordConsent'), description: 'What shows it, if somebody asks' },
	{
		displayName: 'Corrections',
		name: 'corrections',
		type: 'collection',
		placeholder: 'Add Correction',
		default: {},
		displayOptions: show('correct'),
		options: [
			{ displayName: 'Intent', name: 'intent', type: 'options', options: LEAD_INTENTS.map((value) => ({ name: capital(value), value })), default: 'hot', description: 'How close the lead is to buying. Moves the score into the band of the intent, unless Score is given.' },
			{ displayName: 'Message ID', name: 'messageId', type: 'string', default: "={{ $json.message?.id ?? '' }}", description: 'The message the correction is about' },
			{ displayName: 'Reply Intent', name: 'replyIntent', type: 'options', options: REPLY_INTENTS.map((value) => ({ name: capital(value), value })).sort((a, b) => a.name.localeCompare(b.name)), default: 'other', description: 'What the message really meant' },
			{ displayName: 'Score', name: 'score', type: 'number', typeOptions: { minValue: 0, maxValue: 100 }, default: 50, description: 'How close the lead is to buying, 0–100. Decides the intent.' },
			{ displayName: 'Status', name: 'status', type: 'options', options: STATUSES.map((value) => ({ name: capital(value.toLowerCase()), value })).sort((a, b) => a.name.localeCompare(b.name)), default: 'QUALIFIED', description: 'Where the lead stands' },
		],
	},
	{ displayName: 'Return All', name: 'returnAll', type: 'boolean', default: false, displayOptions: show('auditTrail'), description: 'Whether to return all results or only up to a given limit' },
	{ displayName: 'Limit', name: 'auditLimit', type: 'number', typeOptions: { minValue: 1 }, default: 50, displayOptions: { show: { resource: ['contact'], operation: ['auditTrail'], returnAll: [false] } }, description: 'Max number of results to return' },
	{
		displayName: 'Options',
		name: 'auditOptions',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: show('auditTrail'),
		options: [
			{ displayName: 'Automated Only', name: 'automatedOnly', type: 'boolean', default: true, description: 'Whether to leave out what people decided' },
			{ displayName: 'Since', name: 'since', type: 'dateTime', default: '', description: 'The first moment of the period' },
			{ displayName: 'Until', name: 'until', type: 'dateTime', default: '', description: 'The first moment after the period' },
		],
	},
	{ displayName: 'Hours', name: 'hours', type: 'number', typeOptions: { minValue: 0.1 }, default: 24, displayOptions: show('takeOver'), description: 'How long the autopilot keeps quiet' },
	{ displayName: 'By', name: 'by', type: 'string', default: '', placeholder: 'e.g. anna@email.com', displayOptions: show('correct', 'erase', 'takeOver', 'handBack', 'setStage', 'optIn', 'recordConsent', 'withdrawConsent'), description: 'Who does it; kept in the log' },
	{ displayName: 'Pipeline ID', name: 'pipeline', type: 'string', default: "={{ $json.contact?.pipelineId ?? 'default' }}", displayOptions: show('setStage'), description: 'The pipeline the stage belongs to' },
	{ displayName: 'Stage', name: 'stage', type: 'string', default: '={{ $json.stage?.stageId ?? $json.stage }}', displayOptions: show('setStage'), description: 'ID or name of a stage of the pipeline' },
];
