import type { INodeProperties } from 'n8n-workflow';
import { outcomeEventOptions } from '../shared/outcomeEventOptions';
import { workspaceField } from '../shared/parameters';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { operation } });

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
		options: outcomeEventOptions,
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
			{ displayName: 'Event ID', name: 'eventId', type: 'string', default: '', description: 'What makes this report unique: the same ID again changes nothing. Without one, and without Occurred At, the same event of the same message or contact counts once a day.' },
			{ displayName: 'Occurred At', name: 'occurredAt', type: 'dateTime', default: '', description: 'When it happened. Empty means now.' },
			{ displayName: 'Provider ID', name: 'providerId', type: 'string', default: '', description: "The provider's ID of the message" },
			{ displayName: 'Text', name: 'text', type: 'string', typeOptions: { rows: 3 }, default: "={{ $json.draft?.text ?? $json.text ?? '' }}", description: 'What was sent, for Record Sent of a message the autopilot did not plan' },
			{ displayName: 'Thread ID', name: 'threadId', type: 'string', default: "={{ $json.message?.threadId ?? '' }}", description: 'The conversation it belongs to' },
			{ displayName: 'Value', name: 'value', type: 'number', default: 0, description: 'Worth of the deal' },
		],
	},
];
