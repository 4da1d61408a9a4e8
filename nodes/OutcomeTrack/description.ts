import type { INodeProperties } from 'n8n-workflow';
import { OUTCOME_EVENTS } from '../../engine/outcome/outcome';
import { workspaceField } from '../shared/parameters';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { operation } });

const EVENT_NAMES: Readonly<Record<(typeof OUTCOME_EVENTS)[number], string>> = {
	sent: 'Sent',
	delivered: 'Delivered',
	read: 'Read',
	failed: 'Failed',
	bounced_hard: 'Bounced (Hard)',
	bounced_soft: 'Bounced (Soft)',
	dropped: 'Dropped',
	opened: 'Opened',
	machine_opened: 'Opened by a Machine',
	clicked: 'Clicked',
	complaint: 'Complaint',
	unsubscribed: 'Unsubscribed',
	replied: 'Replied',
	meeting_booked: 'Meeting Booked',
	meeting_held: 'Meeting Held',
	meeting_no_show: 'Meeting No-Show',
	opportunity: 'Opportunity',
	deal_won: 'Deal Won',
	deal_lost: 'Deal Lost',
};

export const outcomeTrackProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Record Event', value: 'recordEvent', description: 'Record that something happened, e.g. a meeting was booked', action: 'Record an event' },
			{ name: 'Record Provider Payload', value: 'recordPayload', description: 'Read a status report of WhatsApp, Meta, Twilio or SendGrid, or a bounce', action: 'Record a provider payload' },
			{ name: 'Record Sent', value: 'recordSent', description: 'Record that a message left. Outbox → Mark Sent does the same; both together change nothing.', action: 'Record a sent message' },
		],
		default: 'recordEvent',
	},
	{
		...workspaceField,
		description: "Whose data this is. For 'Record Provider Payload' the workspace of the channel account is used where the account is saved.",
	},
	{
		displayName: 'Event',
		name: 'event',
		type: 'options',
		options: OUTCOME_EVENTS.map((value) => ({ name: EVENT_NAMES[value], value })).sort((a, b) => a.name.localeCompare(b.name)),
		default: 'replied',
		description: 'What happened',
		displayOptions: show('recordEvent'),
	},
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		options: [
			{ name: 'Detect From the Payload', value: 'detect' },
			{ name: 'Messenger or Instagram', value: 'meta_page' },
			{ name: 'SendGrid', value: 'sendgrid' },
			{ name: 'Twilio', value: 'twilio' },
			{ name: 'WhatsApp', value: 'whatsapp' },
		],
		default: 'detect',
		description: 'Who sent the report',
		displayOptions: show('recordPayload'),
	},
	{
		displayName: 'Payload',
		name: 'payload',
		type: 'json',
		default: '={{ $json.body ?? $json }}',
		displayOptions: show('recordPayload'),
		description: 'The report as the provider sent it',
	},
	{
		displayName: 'Draft ID',
		name: 'draftId',
		type: 'string',
		default: "={{ $json.draft?.id ?? $json.job?.id ?? $json.draftId ?? '' }}",
		displayOptions: show('recordEvent', 'recordSent'),
		description: 'The message it is about. Left empty, the message is found by the provider ID, the thread, or as the last one to the contact.',
	},
	{
		displayName: 'Contact',
		name: 'contact',
		type: 'string',
		default: '={{ $json.contact?.id ?? $json.email ?? $json.phone }}',
		displayOptions: show('recordEvent', 'recordSent'),
		description: 'What the person is known by: a contact ID, an e-mail address or a phone number',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: show('recordEvent', 'recordSent'),
		options: [
			{ displayName: 'Channel', name: 'channel', type: 'string', default: "={{ $json.message?.channel ?? $json.channel ?? '' }}", description: 'The channel it happened on' },
			{ displayName: 'Currency', name: 'currency', type: 'string', default: '', placeholder: 'e.g. EUR', description: 'ISO 4217 code of the value' },
			{ displayName: 'Event ID', name: 'eventId', type: 'string', default: '', description: 'What makes this report unique: the same ID again changes nothing' },
			{ displayName: 'Occurred At', name: 'occurredAt', type: 'dateTime', default: '', description: 'When it happened. Empty means now.' },
			{ displayName: 'Provider ID', name: 'providerId', type: 'string', default: '', description: "The provider's ID of the message" },
			{ displayName: 'Text', name: 'text', type: 'string', typeOptions: { rows: 3 }, default: "={{ $json.draft?.text ?? $json.text ?? '' }}", description: 'What was sent, for Record Sent of a message the autopilot did not plan' },
			{ displayName: 'Thread ID', name: 'threadId', type: 'string', default: "={{ $json.message?.threadId ?? '' }}", description: 'The conversation it belongs to' },
			{ displayName: 'Value', name: 'value', type: 'number', default: 0, description: 'Worth of the deal' },
		],
	},
];
