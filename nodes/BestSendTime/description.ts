import type { INodeProperties } from 'n8n-workflow';
import { channelField, contactField, workspaceField } from '../shared/parameters';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	description: "Quiet hours and working days left out here are those of the workspace's settings",
	options: [
		{
			displayName: 'Holidays',
			name: 'holidays',
			type: 'string',
			default: '',
			placeholder: 'e.g. 2026-12-25, 2027-01-01',
			description: "Local dates on which no outreach leaves, separated by commas. Only these dates are known: public holidays are not looked up.",
		},
		{
			displayName: 'Keep Statutory Quiet Hours',
			name: 'statutory',
			type: 'boolean',
			default: true,
			description: 'Whether to keep the statutory quiet hours of the contact’s country and state (United States: text and WhatsApp messages). Not legal advice.',
		},
		{
			displayName: 'Lawful Hours Instead',
			name: 'lawfulHours',
			type: 'string',
			default: '',
			placeholder: 'e.g. 09:00-20:00',
			description: 'Replaces the shipped statutory hours by these, in every zone the contact may be in',
		},
		{
			displayName: 'Longest Reply Pause (Seconds)',
			name: 'replyPauseMax',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 30,
			description: 'A reply waits a random time between the shortest and the longest pause, as a person would',
		},
		{
			displayName: 'Minimum Delay (Minutes)',
			name: 'minimumDelay',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 0,
			description: 'How long outreach waits at least',
		},
		{ displayName: 'Not Before', name: 'notBefore', type: 'dateTime', default: '', description: 'The message does not leave before this moment' },
		{ displayName: 'Quiet Hours From', name: 'quietFrom', type: 'string', default: '20:00', placeholder: 'e.g. 20:00', description: 'Local time from which no outreach leaves. May wrap midnight.' },
		{ displayName: 'Quiet Hours To', name: 'quietTo', type: 'string', default: '08:00', placeholder: 'e.g. 08:00', description: 'Local time from which outreach may leave again' },
		{
			displayName: 'Shortest Reply Pause (Seconds)',
			name: 'replyPauseMin',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 5,
			description: 'A reply waits at least this long',
		},
		{
			displayName: 'Working Days',
			name: 'workingDays',
			type: 'multiOptions',
			options: WEEKDAYS.map((name, index) => ({ name, value: index + 1 })),
			default: [1, 2, 3, 4, 5],
			description: 'Local weekdays on which outreach may leave',
		},
	],
};

export const bestSendTimeProperties: INodeProperties[] = [
	{
		displayName: 'Purpose',
		name: 'purpose',
		type: 'options',
		options: [
			{ name: 'Auto', value: 'auto', description: 'Reply when the contact’s message is unanswered and under 24 hours old, else outreach' },
			{ name: 'Outreach', value: 'outreach', description: 'The contact’s preferred time, else the usual hour of the channel' },
			{ name: 'Reply', value: 'reply', description: 'Now, unless statutory quiet hours or a person who has the conversation forbid it' },
		],
		default: 'auto',
	},
	channelField,
	contactField,
	{
		displayName: 'Preferred Time',
		name: 'preferredTime',
		type: 'string',
		default: "={{ $json.contact?.bestContactTime ?? $json.bestContactTime ?? '' }}",
		placeholder: 'e.g. 14:30',
		description: 'Local time of day at which the contact likes to be written to',
	},
	{
		displayName: 'Time Zone',
		name: 'timezone',
		type: 'string',
		default: "={{ $json.contact?.timezone ?? $json.timezone ?? '' }}",
		placeholder: 'e.g. Europe/Berlin',
		description: 'The contact’s time zone. When empty it is guessed from the phone number, the country or the workspace, with a warning.',
	},
	{
		displayName: 'Phone',
		name: 'phone',
		type: 'string',
		default: "={{ $json.contact?.phone ?? $json.phone ?? '' }}",
		placeholder: 'e.g. +49 170 1234567',
		description: 'The contact’s phone number, to guess the time zone and the state from',
	},
	{
		displayName: 'Country',
		name: 'country',
		type: 'string',
		default: "={{ $json.contact?.country ?? $json.country ?? '' }}",
		placeholder: 'e.g. DE',
		description: 'The contact’s country, as a two-letter code or an English or German name',
	},
	workspaceField,
	options,
];
