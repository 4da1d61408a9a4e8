import type { INodeProperties } from 'n8n-workflow';
import { contactField } from '../shared/parameters';

export const outreachEmailProperties: INodeProperties[] = [
	{
		displayName: 'Workspace',
		name: 'workspace',
		type: 'string',
		default: "={{ $json.job?.workspace ?? $json.message?.workspace ?? 'default' }}",
		description: 'Whose mail this is. Opt-outs, postal address and threads are read there.',
	},
	contactField,
	{ displayName: 'To', name: 'to', type: 'string', default: "={{ $json.job?.to ?? $json.contact?.email ?? $json.email ?? '' }}", placeholder: 'e.g. anna@client.example', description: 'One e-mail address' },
	{ displayName: 'From', name: 'from', type: 'string', default: "={{ $json.job?.accountId ?? $json.fromEmail ?? '' }}", placeholder: 'e.g. sales@your-domain.example', description: "The mailbox that sends. Its domain ends the Message-ID, so it should be the domain your mail server signs for." },
	{ displayName: 'Subject', name: 'subject', type: 'string', default: "={{ $json.draft?.subject ?? $json.message?.subject ?? $json.subject ?? '' }}", description: 'Empty: the first words of the text' },
	{ displayName: 'Message Text', name: 'text', type: 'string', typeOptions: { rows: 4 }, default: "={{ $json.draft?.text ?? $json.draftText ?? '' }}", description: 'The mail as plain text. The HTML part is made from it unless you give one.' },
	{ displayName: 'Purpose', name: 'purpose', type: 'string', default: "={{ $json.message?.purpose ?? 'outreach' }}", description: "'reply' answers somebody who wrote. 'outreach' is everything else, and carries the unsubscribe link, its headers and the postal address." },
	{ displayName: 'Job ID', name: 'jobId', type: 'string', default: "={{ $json.job?.id ?? $json.draft?.id ?? '' }}", description: 'Becomes the Message-ID, by which receipts and answers find the message. Empty: made from recipient, subject and text.' },
	{ displayName: 'In Reply To', name: 'inReplyTo', type: 'string', default: "={{ $json.message?.answersProviderId ?? '' }}", placeholder: 'e.g. <abc@client.example>', description: 'Message-ID of the mail this one answers. Empty: the last mail exchanged with the contact, if any is on record.' },
	{
		displayName: 'Unsubscribe URL',
		name: 'unsubscribeUrl',
		type: 'string',
		default: "={{ $json.unsubscribeUrl ?? '' }}",
		placeholder: 'e.g. https://n8n.your-domain.example/webhook/…',
		description: 'Production URL of any published Outcome Trigger that uses the same store: it serves the link and its one click. A signed token is added for each mail. Empty: unsubscription by mail alone, which Gmail and Yahoo do not count as one click.',
	},
	{ displayName: 'Country of the Recipient', name: 'toCountry', type: 'string', default: "={{ $json.contact?.country ?? $json.country ?? '' }}", placeholder: 'e.g. DE', description: "Two letters (ISO 3166-1). Decides what the mail has to carry, together with the workspace's own country. Neither known: everything." },
	{ displayName: 'Language', name: 'language', type: 'string', default: "={{ $json.draft?.language ?? $json.contact?.language ?? 'en' }}", placeholder: 'e.g. de', description: 'Of the lines below the text: German, otherwise English' },
	{ displayName: 'Written by Model', name: 'modelId', type: 'string', default: "={{ $json.draft?.modelId ?? '' }}", description: 'The model that wrote the text; empty: a person or a template did, and nothing is disclosed' },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{ displayName: 'AI Disclosure', name: 'aiDisclosure', type: 'string', default: '', placeholder: 'e.g. Written with the help of AI.', description: "Your own words, where a country asks for them and a model wrote the text. Empty: a sentence in the mail's language (English or German)." },
			{ displayName: 'From Name', name: 'fromName', type: 'string', default: '', placeholder: 'e.g. Robin of Acme', description: 'Empty: the sender name and company of the settings' },
			{ displayName: 'HTML', name: 'html', type: 'string', typeOptions: { rows: 4 }, default: '', description: 'Your own HTML part. It is sent as it is: escape what comes from others.' },
			{ displayName: 'Ignore SSL Issues (Insecure)', name: 'allowUnauthorizedCerts', type: 'boolean', default: false, description: 'Whether to connect even if SSL certificate validation is not possible' },
			{ displayName: 'Postal Address', name: 'postalAddress', type: 'string', typeOptions: { rows: 2 }, default: '', placeholder: 'e.g. Acme, 1 Main Street, Springfield', description: 'Stands below outreach. Empty: the one of the settings.' },
			{ displayName: 'Recipient Name', name: 'toName', type: 'string', default: "={{ $json.contact?.name ?? $json.name ?? '' }}", description: 'Shown beside the address' },
			{ displayName: 'References', name: 'references', type: 'string', default: '', placeholder: 'e.g. <a@x.example> <b@x.example>', description: 'Message-IDs of the thread, oldest first, separated by blanks. Empty: the mails on record with the contact.' },
			{ displayName: 'Unsubscribe Mailbox', name: 'unsubscribeMailbox', type: 'string', default: '', placeholder: 'e.g. unsubscribe@your-domain.example', description: 'Takes such wishes by mail; the intake has to read it. Empty: the sender.' },
		],
	},
];
