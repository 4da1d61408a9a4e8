import type { INodeProperties } from 'n8n-workflow';
import { channelOptions } from '../shared/parameters';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { resource: ['sync'], operation } });

export const syncProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['sync'] } },
		options: [
			{ name: 'Finish', value: 'finish', action: 'Finish a sync', description: 'Say that a run is over, or why it failed' },
			{ name: 'Get Contacts', value: 'getContacts', action: 'Get the next contacts of a run', description: 'Get contacts a run has not noted yet, with their conversations; asks again where it stopped' },
			{ name: 'Is Cancelled', value: 'isCancelled', action: 'Ask whether a sync is cancelled', description: 'Find out before the next contact whether somebody asked to stop' },
			{ name: 'Progress', value: 'progress', action: 'Note the progress of a sync', description: 'Note what became of a contact or conversation, with its error if it failed' },
			{ name: 'Read Conversations', value: 'readConversations', action: 'Read the conversations of an account', description: 'Read Messenger or Instagram conversations into the store and get the next contacts with news; asks again where it stopped' },
			{ name: 'Request', value: 'request', action: 'Request a run', description: 'Ask for a run as the desk does, for a workflow that waits with Autopilot Trigger' },
			{ name: 'Start', value: 'start', action: 'Start a sync', description: 'Begin a run, or go on with the one that is open already' },
		],
		default: 'start',
	},
	{
		displayName: 'Run ID',
		name: 'runId',
		type: 'string',
		default: "={{ $json.run?.id ?? '' }}",
		displayOptions: show('finish', 'getContacts', 'isCancelled', 'progress', 'readConversations', 'start'),
		description: 'The run this is about, as Autopilot Trigger and Start give it. Left empty, Start makes a new one.',
	},
	{
		displayName: 'Work',
		name: 'work',
		type: 'options',
		options: [
			{ name: 'Conversation Sync', value: 'sync', description: 'Read the conversations of an account' },
			{ name: 'Re-Analysis', value: 'reanalysis', description: 'Classify contacts again' },
			{ name: 'Stage Re-Assignment', value: 'reassignment', description: 'Place contacts in their pipeline again' },
		],
		default: 'sync',
		displayOptions: show('request', 'start'),
	},
	{ displayName: 'Account ID', name: 'accountId', type: 'string', default: "={{ $json.run?.accountId ?? $json.accountId ?? '' }}", placeholder: 'e.g. 102938475610', displayOptions: show('request', 'start'), description: "The provider's ID of the account. One run an account and kind of work is open at a time. Left empty: the whole workspace; a conversation sync is then requested of every Messenger and Instagram account in use." },
	{ displayName: 'Batch Size', name: 'batchSize', type: 'number', typeOptions: { minValue: 1, maxValue: 500 }, default: 25, displayOptions: show('getContacts', 'readConversations'), description: 'How many to get at once. Once somebody cancels, no further batch begins.' },
	{ displayName: 'Calls an Hour', name: 'callsAnHour', type: 'number', typeOptions: { minValue: 1, maxValue: 200 }, default: 180, displayOptions: show('readConversations'), description: 'How many calls to Meta the token may make in an hour for this. Meta allows 200 for all that uses the token; when they are used up, the run waits and goes on by itself.' },
	{
		displayName: 'Item ID',
		name: 'itemId',
		type: 'string',
		default: '={{ $json.contact?.id ?? $json.id }}',
		displayOptions: show('progress'),
		description: 'The contact or conversation. The same again replaces what was said of it.',
	},
	{
		displayName: 'Result',
		name: 'result',
		type: 'options',
		options: [
			{ name: 'By the Error', value: 'byError', description: 'Failed when Error says something, done otherwise' },
			{ name: 'Done', value: 'done', description: 'Read and saved' },
			{ name: 'Failed', value: 'failed', description: 'Went wrong; the run goes on' },
			{ name: 'Skipped', value: 'skipped', description: 'Nothing new, or not wanted' },
		],
		default: 'byError',
		displayOptions: show('progress'),
	},
	{ displayName: 'Error', name: 'error', type: 'string', default: "={{ $json.error?.message ?? $json.error ?? '' }}", displayOptions: show('progress', 'finish'), description: 'What went wrong, if something did. A run that is finished with an error has failed.' },
	{
		displayName: 'Options',
		name: 'syncOptions',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: show('request', 'start'),
		options: [
			{ displayName: 'Channel', name: 'channel', type: 'options', options: channelOptions, default: 'messenger', description: 'Only this channel' },
			{ displayName: 'Limit', name: 'limit', type: 'number', typeOptions: { minValue: 1 }, default: 50, description: 'Max number of results to return' },
			{ displayName: 'Requested By', name: 'requestedBy', type: 'string', default: 'workflow', description: 'Who asked for it, as the desk shows it' },
			{ displayName: 'Skip', name: 'skip', type: 'number', typeOptions: { minValue: 0 }, default: 0, description: 'How many to leave out from the beginning' },
		],
	},
	{
		displayName: 'Options',
		name: 'progressOptions',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: show('progress'),
		options: [
			{ displayName: 'Code', name: 'code', type: 'string', default: '', description: "The provider's error code" },
			{ displayName: 'Cursor', name: 'cursor', type: 'string', default: '', description: 'Where to go on when the run is begun again' },
			{ displayName: 'Platform', name: 'platform', type: 'string', default: '', placeholder: 'e.g. instagram', description: 'Where the contact or conversation is from' },
			{ displayName: 'Total', name: 'total', type: 'number', typeOptions: { minValue: 0 }, default: 0, description: 'How many there are in all, once it is known' },
		],
	},
];
