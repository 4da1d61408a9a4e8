import type { INodeProperties } from 'n8n-workflow';
import { SALESFORCE_HEADER } from '../../engine/outcome/signatures/salesforce';
import { outcomeEventOptions } from '../shared/outcomeEventOptions';
import { BODY_LIMIT_MB } from './readSettings';

const showFor = (...provider: string[]): INodeProperties['displayOptions'] => ({ show: { '/provider': provider } });

export const outcomeTriggerProperties: INodeProperties[] = [
	{
		displayName: 'Provider',
		name: 'provider',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Any Sender (HMAC)', value: 'hmac', description: 'Events in JSON, signed with a secret both sides know' },
			{ name: 'Calendly', value: 'calendly', description: 'A meeting was booked, cancelled or missed' },
			{ name: 'HubSpot', value: 'hubspot', description: 'A deal, meeting or opt-out, by the subscriptions of a HubSpot app (signature v3)' },
			{ name: 'Meta', value: 'meta', description: 'Message statuses of WhatsApp, Messenger and Instagram, where no other workflow listens to the Meta app' },
			{ name: 'Pipedrive', value: 'pipedrive', description: 'A deal was added, won or lost (HTTP Basic user and password)' },
			{ name: 'Salesforce', value: 'salesforce', description: 'An opportunity, sent as JSON by a Flow or Apex callout with a secret header' },
			{ name: 'SendGrid', value: 'sendgrid', description: 'What became of e-mails, by the signed event webhook' },
			{ name: 'Twilio', value: 'twilio', description: 'Message statuses, by status callback or event streams' },
		],
		default: 'sendgrid',
		description: 'Who reports here. Each provider has an address of its own: one Outcome Trigger each.',
	},
	{
		displayName: 'Workspace',
		name: 'workspace',
		type: 'string',
		default: 'default',
		description: 'Whose data this is. A channel account (WhatsApp number, page, Twilio number) that is saved under another workspace counts more.',
	},
	{
		displayName: 'Signature Header',
		name: 'signatureHeader',
		type: 'string',
		default: 'X-Signature',
		displayOptions: { show: { provider: ['hmac'] } },
		description: 'The header that holds the signature',
	},
	{
		displayName: 'Timestamp Header',
		name: 'timestampHeader',
		type: 'string',
		default: '',
		placeholder: 'e.g. X-Timestamp',
		displayOptions: { show: { provider: ['hmac'] } },
		description: 'The header with the Unix time of signing. When given, time, a dot and the body are what is signed, and an old request is refused.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Algorithm',
				name: 'algorithm',
				type: 'options',
				options: [
					{ name: 'SHA-1', value: 'sha1', description: 'Only for senders that know no other' },
					{ name: 'SHA-256', value: 'sha256', description: 'What most senders use' },
					{ name: 'SHA-512', value: 'sha512', description: 'The longest' },
				],
				default: 'sha256',
				displayOptions: showFor('hmac'),
				description: 'The hash of the HMAC',
			},
			{ displayName: 'Draft ID Field', name: 'draftField', type: 'string', default: '', placeholder: 'e.g. custom_fields.abc123.value', displayOptions: showFor('hmac', 'pipedrive', 'salesforce'), description: 'Where the ID of the message stands in the deal or event, with dots' },
			{
				displayName: 'Encoding',
				name: 'encoding',
				type: 'options',
				options: [
					{ name: 'Base64', value: 'base64', description: 'Letters of both cases, digits, plus and slash' },
					{ name: 'Hex', value: 'hex', description: 'Digits and the letters a to f' },
				],
				default: 'hex',
				displayOptions: showFor('hmac'),
				description: 'How the signature is written',
			},
			{
				displayName: 'Event Names',
				name: 'eventNames',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add Event Name',
				default: {},
				displayOptions: showFor('hmac'),
				description: "The sender's own words for events",
				options: [
					{
						displayName: 'Name',
						name: 'names',
						values: [
							{ displayName: 'Sender Says', name: 'name', type: 'string', default: '', placeholder: 'e.g. order.paid', description: 'What stands in the event field' },
							{ displayName: 'Event', name: 'event', type: 'options', options: outcomeEventOptions, default: 'deal_won', description: 'What it means' },
						],
					},
				],
			},
			{ displayName: 'Lost Stages', name: 'lostStages', type: 'string', default: '', placeholder: 'e.g. closedlost, 98765', displayOptions: showFor('hubspot', 'salesforce'), description: "Stages of a lost deal as the provider writes them, separated by commas. Empty: the provider's own." },
			{ displayName: 'Person Field', name: 'personField', type: 'string', default: '', placeholder: 'e.g. custom_fields.def456.value', displayOptions: showFor('hmac', 'pipedrive', 'salesforce'), description: "Where the person's e-mail address stands in the deal or event, with dots" },
			{ displayName: 'Prefix', name: 'prefix', type: 'string', default: '', placeholder: 'e.g. sha256=', displayOptions: showFor('hmac'), description: 'What stands before the signature in its header' },
			{ displayName: 'Public URL', name: 'publicUrl', type: 'string', default: '', placeholder: 'e.g. https://hooks.example.com/webhook/…', displayOptions: showFor('hubspot', 'twilio'), description: "The address the provider calls, when a proxy gives it another one than n8n's: it is part of the signature" },
			{ displayName: 'Replay Window (Minutes)', name: 'replayMinutes', type: 'number', typeOptions: { minValue: 0.5, maxValue: 2880, numberPrecision: 1 }, default: 5, displayOptions: showFor('calendly', 'hmac', 'hubspot', 'sendgrid'), description: 'How old a signed request may be. Left out: 3 for Calendly, 5 for the others.' },
			{ displayName: 'Secret Header', name: 'authHeader', type: 'string', default: SALESFORCE_HEADER, displayOptions: showFor('salesforce'), description: 'The header that holds the secret' },
			{ displayName: 'Size Limit (MB)', name: 'limitMb', type: 'number', typeOptions: { minValue: 0.01, maxValue: 64, numberPrecision: 2 }, default: BODY_LIMIT_MB, description: "The largest body that is looked at. n8n's own limit (N8N_PAYLOAD_SIZE_MAX, 16 MB) holds as well." },
			{ displayName: 'Won Stages', name: 'wonStages', type: 'string', default: '', placeholder: 'e.g. closedwon, 12345', displayOptions: showFor('hubspot', 'salesforce'), description: "Stages of a won deal as the provider writes them, separated by commas. Empty: the provider's own." },
		],
	},
];
