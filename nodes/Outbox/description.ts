import type { INodeProperties } from 'n8n-workflow';
import { CHANNELS } from '../../engine/channels/channel';
import { OUTBOUND_STATUSES } from '../../engine/message/outbound';
import { channelOptions } from '../shared/parameters';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { operation } });
const PLANNING = ['schedule', 'sendToReview'];
const SENDING = ['beginSend', 'markSent', 'markFailed'];

export const outboxProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Begin Send', value: 'beginSend', action: 'Begin a send', description: 'The last check before the channel: only what leaves on Send may be sent' },
			{ name: 'Cancel', value: 'cancel', action: 'Cancel a message', description: 'Stop a message that is not sent yet' },
			{ name: 'Claim Due', value: 'claimDue', action: 'Claim due messages', description: 'Take the messages that are due, each for one worker only' },
			{ name: 'List', value: 'list', action: 'List messages', description: 'Messages of the workspace, the newest first' },
			{ name: 'Mark Failed', value: 'markFailed', action: 'Mark a message failed', description: "Read the channel's error: try again later, give up, or ask a person" },
			{ name: 'Mark Sent', value: 'markSent', action: 'Mark a message sent', description: "Keep the channel's message ID; an answer that says no counts as failed" },
			{ name: 'No Reply', value: 'noReply', action: 'Settle a message without a reply', description: 'The message needs no answer' },
			{ name: 'Schedule', value: 'schedule', action: 'Schedule a message', description: 'Send the draft by itself where everything allows it, else ask a person' },
			{ name: 'Send to Review', value: 'sendToReview', action: 'Send a message to review', description: 'Let a person read the draft before it leaves' },
			{ name: 'Tidy Up', value: 'tidyUp', action: 'Tidy up', description: 'Free what stopped workers hold, and report what needs a person' },
		],
		default: 'schedule',
	},
	{
		displayName: 'Workspace',
		name: 'workspace',
		type: 'string',
		default: "={{ $json.message?.workspace ?? 'default' }}",
		displayOptions: show(...PLANNING, 'noReply', 'list', 'tidyUp'),
		description: 'Whose data this is. Contacts, limits and experiments of different workspaces never mix.',
	},
	{
		displayName: 'Workspace',
		name: 'jobWorkspace',
		type: 'string',
		default: "={{ $json.job?.workspace ?? $json.message?.workspace ?? $('Send Due').item.json.job.workspace }}",
		displayOptions: show(...SENDING),
		description: "Whose message this is. Channel nodes replace the item, so it is read from the node 'Send Due'; without that node it is 'default'.",
	},
	{
		displayName: 'Draft ID',
		name: 'draftId',
		type: 'string',
		default: "={{ $json.draft?.id ?? '' }}",
		displayOptions: show(...PLANNING),
		description: 'The draft of Generate With Confidence. Empty for a text of your own: then it always goes to review.',
	},
	{
		displayName: 'Job ID',
		name: 'jobId',
		type: 'string',
		default: "={{ $json.job?.id ?? $json.draft?.id ?? $('Send Due').item.json.job.id }}",
		displayOptions: show(...SENDING),
		description: "The message to act on. Channel nodes replace the item, so it is read from the node 'Send Due' of this workflow.",
	},
	// Cancelling happens in any workflow, where there is no node 'Send Due' to look at.
	{ displayName: 'Workspace', name: 'jobWorkspace', type: 'string', default: "={{ $json.job?.workspace ?? $json.message?.workspace ?? 'default' }}", displayOptions: show('cancel'), description: 'Whose message this is' },
	{ displayName: 'Job ID', name: 'jobId', type: 'string', default: "={{ $json.job?.id ?? $json.draft?.id ?? '' }}", displayOptions: show('cancel'), description: 'The message to stop. It is the ID of its draft.' },
	{ displayName: 'Send At', name: 'sendAt', type: 'string', default: "={{ $json.schedule?.sendAt ?? '' }}", placeholder: 'e.g. 2026-03-01T09:00:00Z', displayOptions: show('schedule'), description: 'When it should leave. Empty: as soon as the delay for stopping it is over.' },
	{ displayName: 'Reservation ID', name: 'reservationId', type: 'string', default: "={{ $json.allowance?.reservationId ?? '' }}", displayOptions: show('schedule'), description: 'Of Rate Limit: bound to the message, and freed when it does not leave' },
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: "={{ $json.gate?.sentence ?? $json.allowance?.sentence ?? $json.stage?.sentence ?? '' }}",
		displayOptions: show('sendToReview'),
		description: 'Why a person should look, as the reviewer will read it',
	},
	{
		displayName: 'Text of Your Own',
		name: 'own',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: show(...PLANNING),
		description: 'For a message no Generate With Confidence has written. It always goes to review.',
		options: [
			{ displayName: 'Channel', name: 'channel', type: 'string', default: "={{ $json.message?.channel ?? $json.channel ?? 'email' }}", description: `One of: ${CHANNELS.join(', ')}` },
			{ displayName: 'Contact', name: 'contact', type: 'string', default: '={{ $json.contact?.id ?? $json.email ?? $json.phone }}', description: 'A contact ID, an e-mail address or a phone number' },
			{ displayName: 'Step', name: 'step', type: 'string', default: '', placeholder: 'e.g. spring-campaign-1', description: 'Name of the campaign step: each contact gets it once' },
			{ displayName: 'Subject', name: 'subject', type: 'string', default: '' },
			{ displayName: 'Text', name: 'text', type: 'string', typeOptions: { rows: 3 }, default: '', description: 'What is sent once a person has approved it' },
		],
	},
	{ displayName: 'Message ID', name: 'messageId', type: 'string', default: '={{ $json.message?.id }}', displayOptions: show('noReply'), description: 'The message that needs no answer. Earlier ones of the same burst are settled with it.' },
	{ displayName: 'Reason', name: 'noReplyReason', type: 'string', default: "={{ $json.reply ? 'No answer needed: the message reads as ' + $json.reply.intent.replaceAll('_', ' ') + '.' : 'No answer needed.' }}", displayOptions: show('noReply'), description: 'Why no answer is needed; kept with the message' },
	{
		displayName: 'Provider ID',
		name: 'providerId',
		type: 'string',
		default:
			"={{ $json.body?.messages?.[0]?.id ?? $json.body?.message_id ?? $json.body?.sid ?? $json.messages?.[0]?.id ?? $json.message_id ?? $json.sid ?? $json.messageId ?? $json.headers?.['x-message-id'] }}",
		displayOptions: show('markSent'),
		description: "The channel's own ID of the message, by which receipts find it. Read from the answers of WhatsApp, Messenger, Instagram, Twilio, SendGrid and Send Email.",
	},
	{ displayName: 'Error', name: 'error', type: 'string', default: '', displayOptions: show('markFailed'), description: 'What the channel said. Empty: read from the item (status code and body, or its error).' },
	{ displayName: 'Reason', name: 'cancelReason', type: 'string', default: 'Stopped by a person.', displayOptions: show('cancel'), description: 'Why it does not leave; kept with the message' },
	{ displayName: 'Channels', name: 'channels', type: 'multiOptions', options: channelOptions, default: [], displayOptions: show('claimDue'), description: 'Only these. None chosen: all.' },
	{ displayName: 'Workspaces', name: 'workspaces', type: 'string', default: '', placeholder: 'e.g. default, client-b', displayOptions: show('claimDue'), description: 'Only these, separated by commas. Empty: all.' },
	{
		displayName: 'Statuses',
		name: 'statuses',
		type: 'multiOptions',
		options: OUTBOUND_STATUSES.map((value) => ({ name: titleCase(value), value })).sort((a, b) => a.name.localeCompare(b.name)),
		default: [],
		displayOptions: show('list'),
		description: 'Only messages that stand there. None chosen: all.',
	},
	{ displayName: 'Contact', name: 'contact', type: 'string', default: '', displayOptions: show('list'), description: 'Only messages to this contact: ID, e-mail address or phone number' },
	{ displayName: 'Limit', name: 'limit', type: 'number', typeOptions: { minValue: 1 }, default: 50, displayOptions: show('list', 'claimDue'), description: 'Max number of results to return' },
	{ displayName: 'Lease (Minutes)', name: 'leaseMinutes', type: 'number', typeOptions: { minValue: 1, maxValue: 60 }, default: 5, displayOptions: show('claimDue'), description: 'How long the messages are yours. What is not begun by then becomes due again.' },
];

function titleCase(status: string): string {
	return status.replace('_', ' ').replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
