import type { INodeProperties } from 'n8n-workflow';
import { CHANNELS } from '../../engine/channels/channel';

/** Fields that several nodes share. Defaults are expressions over the item contract with fallbacks, so a node works after a spreadsheet too. */

export const workspaceField: INodeProperties = {
	displayName: 'Workspace',
	name: 'workspace',
	type: 'string',
	default: "={{ $json.message?.workspace ?? 'default' }}",
	description: 'Whose data this is. Contacts, limits and experiments of different workspaces never mix.',
};

export const contactField: INodeProperties = {
	displayName: 'Contact',
	name: 'contact',
	type: 'string',
	default: '={{ $json.contact?.id ?? $json.email ?? $json.phone }}',
	description: 'What the person is known by: a contact ID, an e-mail address or a phone number',
};

export const textField: INodeProperties = {
	displayName: 'Text',
	name: 'text',
	type: 'string',
	typeOptions: { rows: 3 },
	default: '={{ $json.message?.text ?? $json.text ?? $json.body }}',
	description: 'The message to look at',
};

const CHANNEL_NAMES: Readonly<Record<(typeof CHANNELS)[number], string>> = {
	whatsapp: 'WhatsApp',
	email: 'Email',
	instagram: 'Instagram',
	messenger: 'Messenger',
	linkedin: 'LinkedIn',
	sms: 'SMS',
};

export const channelOptions = CHANNELS.map((value) => ({ name: CHANNEL_NAMES[value], value })).sort((a, b) => a.name.localeCompare(b.name));

export const channelField: INodeProperties = {
	displayName: 'Channel',
	name: 'channel',
	type: 'string',
	default: "={{ $json.message?.channel ?? $json.channel ?? 'email' }}",
	description: `One of: ${CHANNELS.join(', ')}`,
};

export const conversationField: INodeProperties = {
	displayName: 'Conversation',
	name: 'conversation',
	type: 'string',
	default: '={{ $json.conversation ?? [] }}',
	description: 'What was written so far: a list of { from: lead, us or person, text, timestamp }, oldest first. When the item has none, what the store holds about the contact is used.',
};
