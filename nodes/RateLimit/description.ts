import type { INodeProperties } from 'n8n-workflow';
import { CHANNELS } from '../../engine/channels/channel';
import { channelField, channelOptions, contactField, workspaceField } from '../shared/parameters';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { operation } });

const standardLimits: INodeProperties = {
	displayName: 'Standard Limits',
	name: 'standardLimits',
	type: 'collection',
	placeholder: 'Change Limit',
	default: {},
	displayOptions: { show: { operation: ['reserve'], ruleSets: ['standard'] } },
	description: 'What is not changed here is as shown when you add it',
	options: [
		{ displayName: 'All Channels a Day', name: 'allChannels', type: 'number', typeOptions: { minValue: 0 }, default: 50, description: 'Messages a local day to one contact, all channels together' },
		{ displayName: 'Email a Day', name: 'email', type: 'number', typeOptions: { minValue: 0 }, default: 10, description: 'Messages a local day to one contact on this channel' },
		{ displayName: 'Gap (Minutes)', name: 'gapMinutes', type: 'number', typeOptions: { minValue: 0 }, default: 5, description: 'Time between two messages to one contact. 0 for none.' },
		{ displayName: 'Instagram a Day', name: 'instagram', type: 'number', typeOptions: { minValue: 0 }, default: 3, description: 'Messages a local day to one contact on this channel' },
		{ displayName: 'LinkedIn a Day', name: 'linkedin', type: 'number', typeOptions: { minValue: 0 }, default: 3, description: 'Messages a local day to one contact on this channel' },
		{ displayName: 'Messenger a Day', name: 'messenger', type: 'number', typeOptions: { minValue: 0 }, default: 3, description: 'Messages a local day to one contact on this channel' },
		{
			displayName: 'Share Kept for Replies (Percent)',
			name: 'replyPercent',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 100 },
			default: 20,
			description: 'Part of every daily limit that outreach may not use, so that answers still get through',
		},
		{ displayName: 'SMS a Day', name: 'sms', type: 'number', typeOptions: { minValue: 0 }, default: 3, description: 'Messages a local day to one contact on this channel' },
		{ displayName: 'WhatsApp a Day', name: 'whatsapp', type: 'number', typeOptions: { minValue: 0 }, default: 5, description: 'Messages a local day to one contact on this channel' },
	],
};

const ownRules: INodeProperties = {
	displayName: 'Own Rules',
	name: 'ownRules',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Rule',
	default: {},
	displayOptions: show('reserve'),
	options: [
		{
			displayName: 'Rule',
			name: 'rule',
			values: [
				{
					displayName: 'Channels',
					name: 'channels',
					type: 'multiOptions',
					options: channelOptions,
					default: [],
					description: 'Channels on which the rule holds, each counted by itself. Empty: all channels, counted together.',
				},
				{ displayName: 'Messages per Window', name: 'messages', type: 'number', typeOptions: { minValue: 0 }, default: 100, description: 'How many may leave in a window. 0 lets nothing through.' },
				{ displayName: 'Name', name: 'name', type: 'string', default: '', placeholder: 'e.g. 100 a day from one mailbox', description: 'What the decision’s sentence calls the rule' },
				{ displayName: 'Rolling Window (Minutes)', name: 'minutes', type: 'number', typeOptions: { minValue: 0 }, default: 60, displayOptions: { show: { window: ['rolling'] } }, description: 'Any stretch of this length may hold no more than the limit' },
				{
					displayName: 'Scope',
					name: 'scope',
					type: 'options',
					options: [
						{ name: 'Channel', value: 'channel', description: 'All messages on the channel' },
						{ name: 'Contact', value: 'contact', description: 'All messages to the contact' },
						{ name: 'Contact and Channel', value: 'contact_channel', description: 'Messages to the contact on the channel' },
						{ name: 'Recipient Domain', value: 'recipient_domain', description: 'All messages to addresses of the domain' },
						{ name: 'Sender', value: 'sender', description: 'All messages from the account or mailbox' },
						{ name: 'Workspace', value: 'workspace', description: 'All messages of the workspace' },
					],
					default: 'sender',
					description: 'Which messages are counted together',
				},
				{ displayName: 'Share Kept for Replies (Percent)', name: 'replyPercent', type: 'number', typeOptions: { minValue: 0, maxValue: 100 }, default: 0, description: 'Part of the limit that outreach may not use' },
				{
					displayName: 'Window',
					name: 'window',
					type: 'options',
					options: [
						{ name: 'Calendar Day', value: 'day', description: 'The local day: the contact’s for contact scopes, the workspace’s for the others' },
						{ name: 'Rolling', value: 'rolling', description: 'Any stretch of a length' },
					],
					default: 'day',
				},
			],
		},
	],
};

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	displayOptions: show('reserve'),
	options: [
		{
			displayName: 'Idempotency Key',
			name: 'idempotencyKey',
			type: 'string',
			default: '',
			description:
				'The same key again takes nothing. Without one it is the draft ID; without a draft it is made of contact, channel, local day and text (or, without text, the rest of the item), so that a row tried again is counted once.',
		},
		{ displayName: 'Recipient Address', name: 'recipient', type: 'string', default: '', placeholder: 'e.g. anna@example.com', description: 'E-mail address for rules by recipient domain. When empty: the contact’s address.' },
		{
			displayName: 'When the Store Is Away',
			name: 'storeAway',
			type: 'options',
			options: [
				{ name: 'Count in This Process', value: 'bounded', description: 'The same limits, counted by this n8n process alone until the store is back' },
				{ name: 'Let Nothing Through', value: 'closed', description: 'The item fails' },
			],
			default: 'bounded',
		},
	],
};

export const rateLimitProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Commit', value: 'commit', action: 'Keep a reservation for good', description: 'The message was sent: the reservation counts for good' },
			{ name: 'Release', value: 'release', action: 'Give a reservation back', description: 'The message was not sent: the reservation is given back' },
			{ name: 'Reserve', value: 'reserve', action: 'Ask whether a message may leave', description: 'Ask whether a message may leave, and count it. The reservation lapses after 15 minutes unless a job or Commit keeps it.' },
		],
		default: 'reserve',
	},
	{
		displayName: 'Reservation ID',
		name: 'reservationId',
		type: 'string',
		default: '={{ $json.allowance?.reservationId }}',
		displayOptions: show('commit', 'release'),
		description: 'What Reserve answered as reservation ID',
	},
	{ ...contactField, displayOptions: show('reserve') },
	{ ...channelField, displayOptions: show('reserve'), description: `One of: ${CHANNELS.join(', ')}` },
	{
		displayName: 'At',
		name: 'at',
		type: 'string',
		default: "={{ $json.schedule?.sendAt ?? '' }}",
		placeholder: 'e.g. 2026-03-01T09:00:00Z',
		displayOptions: show('reserve'),
		description: 'When the message would leave. When empty: now.',
	},
	{
		displayName: 'Rule Sets',
		name: 'ruleSets',
		type: 'multiOptions',
		options: [
			{ name: 'Email Warm-Up', value: 'warmUp', description: 'A new sender: 5 a day at first, 40 after three months, 5 minutes apart' },
			{ name: 'Gmail', value: 'gmail', description: '4,500 in 24 hours to personal Gmail addresses' },
			{ name: 'Instagram', value: 'instagram', description: '300 a second and 750 an hour from one account' },
			{ name: 'Standard', value: 'standard', description: 'A day to one contact: by channel, and all channels together; and a gap between two messages' },
			{ name: 'WhatsApp Pair', value: 'whatsappPair', description: 'To one contact: 1 in 6 seconds, 10 a minute, 600 an hour' },
		],
		default: ['standard'],
		displayOptions: show('reserve'),
		description: 'All rules of all sets must allow a message',
	},
	{
		displayName: 'Sender Started',
		name: 'senderStarted',
		type: 'dateTime',
		default: '',
		displayOptions: { show: { operation: ['reserve'], ruleSets: ['warmUp'] } },
		description: 'When the sender first sent e-mail',
	},
	standardLimits,
	ownRules,
	{
		displayName: 'Purpose',
		name: 'purpose',
		type: 'string',
		default: "={{ $json.schedule?.purpose ?? 'outreach' }}",
		displayOptions: show('reserve'),
		description: 'One of: outreach, reply. Replies may use the share kept for them.',
	},
	{
		displayName: 'Time Zone',
		name: 'timezone',
		type: 'string',
		default: "={{ $json.schedule?.timezone ?? $json.contact?.timezone ?? $json.timezone ?? '' }}",
		placeholder: 'e.g. Europe/Berlin',
		displayOptions: show('reserve'),
		description: 'The contact’s time zone, in which days are counted. When empty: guessed from phone and country, else the workspace’s.',
	},
	{
		displayName: 'Sender',
		name: 'sender',
		type: 'string',
		default: "={{ $json.message?.accountId ?? $json.sender ?? '' }}",
		displayOptions: show('reserve'),
		description: 'The account or mailbox the message leaves from, for rules by sender',
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		default: "={{ $json.draft?.text ?? $json.text ?? $json.message?.text ?? $json.message ?? '' }}",
		displayOptions: show('reserve'),
		description: 'The message. Only used to tell one message to a contact from another when there is no draft.',
	},
	workspaceField,
	options,
];
