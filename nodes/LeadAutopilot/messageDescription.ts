import type { INodeProperties } from 'n8n-workflow';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { resource: ['message'], operation } });
const OWN = ['record', 'recordFromPerson'];

export const messageProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['message'] } },
		options: [
			{ name: 'Record', value: 'record', action: 'Record a message', description: 'Keep a message a lead wrote, once, with contact and conversation' },
			{ name: 'Record From Person', value: 'recordFromPerson', action: 'Record a message from a colleague', description: 'Keep what a colleague wrote by hand; the autopilot then keeps quiet there' },
			{ name: 'Record Provider Payload', value: 'recordPayload', action: 'Record a provider payload', description: 'Keep every message in an item of a WhatsApp, Facebook, Twilio or email trigger' },
		],
		default: 'record',
	},
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		options: [
			{ name: 'Email (IMAP)', value: 'email', description: 'Items of the Email Trigger (IMAP), format Simple or Resolved' },
			{ name: 'Messenger or Instagram', value: 'page', description: 'Items of the Facebook Trigger' },
			{ name: 'Twilio', value: 'twilio', description: 'Items of the Twilio Trigger, or a webhook of Twilio' },
			{ name: 'WhatsApp', value: 'whatsapp', description: 'Items of the WhatsApp Trigger' },
		],
		default: 'whatsapp',
		displayOptions: show('recordPayload'),
	},
	{
		displayName: 'Workspace',
		name: 'messageWorkspace',
		type: 'string',
		default: 'default',
		displayOptions: { show: { resource: ['message'] } },
		description: 'Whose message this is, unless its channel account belongs to another workspace. Write it here: never take it from what a stranger sent.',
	},
	{
		displayName: 'Channel',
		name: 'channel',
		type: 'string',
		default: "={{ $json.channel ?? ($json.email ? 'email' : $json.phone ? 'whatsapp' : 'email') }}",
		displayOptions: show(...OWN),
		description: 'One of: whatsapp, email, instagram, messenger, linkedin, sms',
	},
	{ displayName: 'Text', name: 'text', type: 'string', typeOptions: { rows: 3 }, default: "={{ $json.text ?? $json.message?.text ?? $json.message ?? $json.body ?? '' }}", displayOptions: show(...OWN), description: 'What was written. May be empty, e.g. with a voice note.' },
	{ displayName: 'Name', name: 'name', type: 'string', default: "={{ $json.name ?? '' }}", displayOptions: show(...OWN), description: "The lead's name" },
	{ displayName: 'Email', name: 'email', type: 'string', placeholder: 'e.g. name@email.com', default: "={{ $json.email ?? '' }}", displayOptions: show(...OWN), description: "The lead's e-mail address" },
	{ displayName: 'Phone', name: 'phone', type: 'string', placeholder: 'e.g. +49 151 23456789', default: "={{ $json.phone ?? '' }}", displayOptions: show(...OWN), description: "The lead's phone number, best with the country code" },
	{ displayName: 'Handle', name: 'handle', type: 'string', default: "={{ $json.handle ?? '' }}", displayOptions: show(...OWN), description: "The lead's ID or profile on Instagram, Messenger or LinkedIn" },
	{ displayName: 'Message ID', name: 'providerId', type: 'string', default: "={{ $json.messageId ?? $json.submissionId ?? '' }}", displayOptions: show(...OWN), description: "The channel's own ID of the message: the same one is recorded once. Left empty, the same words of the same person on the same day are." },
	{ displayName: 'Time', name: 'timestamp', type: 'string', default: "={{ $json.timestamp ?? '' }}", displayOptions: show(...OWN), description: 'When it was written: ISO-8601, or epoch in seconds or milliseconds. The future counts as now.' },
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		options: [
			{ name: 'Channel', value: 'channel', description: 'Came in on the channel itself: opens the window for an answer there' },
			{ name: 'Form', value: 'form', description: 'A form on a website or a table' },
			{ name: 'Import', value: 'import', description: 'An earlier message from another system' },
		],
		default: 'form',
		displayOptions: show('record'),
	},
	{ displayName: 'Takeover (Hours)', name: 'takeOverHours', type: 'number', typeOptions: { minValue: 0 }, default: 24, displayOptions: show('recordFromPerson', 'recordPayload'), description: 'How long the autopilot keeps quiet there after a colleague has written' },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: show(...OWN),
		options: [
			{ displayName: 'Account', name: 'account', type: 'string', default: '', description: 'ID of our channel account (phone number ID, page ID, mailbox). Saved with Setting → Set Account it decides the workspace. Never take it from what a stranger sent.' },
			{ displayName: 'Attachments', name: 'attachments', type: 'json', default: '={{ $json.attachments }}', description: 'A list of {kind, mime, URL, transcript}; kind is image, audio, video, document, sticker, location or other' },
			{ displayName: 'Company', name: 'company', type: 'string', default: "={{ $json.company ?? '' }}" },
			{ displayName: 'Country', name: 'country', type: 'string', default: "={{ $json.country ?? '' }}", placeholder: 'e.g. DE', description: 'Two letters; reads phone numbers without a country code' },
			{ displayName: 'Keep Raw', name: 'keepRaw', type: 'boolean', default: true, description: 'Whether to keep the incoming item with the message, up to 16,000 characters' },
			{ displayName: 'Subject', name: 'subject', type: 'string', default: "={{ $json.subject ?? '' }}" },
			{ displayName: 'Thread', name: 'thread', type: 'string', default: '', description: 'ID of the conversation. Left empty: one a person and account.' },
		],
	},
	{
		displayName: 'Options',
		name: 'payloadOptions',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: show('recordPayload'),
		options: [
			{ displayName: 'Account', name: 'account', type: 'string', default: '', description: 'ID of our channel account, when the payload does not name it (a mailbox behind an alias)' },
			{ displayName: 'Keep Raw', name: 'keepRaw', type: 'boolean', default: true, description: 'Whether to keep the payload with each message, up to 16,000 characters' },
			{ displayName: 'Own App IDs', name: 'ownAppIds', type: 'string', default: '', placeholder: 'e.g. 1234567890', description: 'IDs of the Meta apps we send with, separated by commas. What another app sends counts as written by a colleague.' },
		],
	},
];
