import type { INodeProperties } from 'n8n-workflow';
import { figureOperations, figureReportFields } from './figureReportDescription';
import { shadowReportFields } from './shadowReportDescription';

export const reportProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['report'] } },
		options: [
			{
				name: 'Conversion by Band',
				value: 'conversionByBand',
				action: 'Report conversion by score band',
				description: 'What share of cold, warm, hot and ready leads booked a meeting or bought within 30 days, with its 95 % interval; one item a band',
			},
			{ name: 'Deliverability', value: 'deliverability', action: 'Report on deliverability', description: 'Spam complaints and hard bounces of each sending mailbox in the last 7 days, and whether it may go on; one item a sender' },
			{ name: 'Past Conversations', value: 'pastConversations', action: 'Replay past conversations', description: 'Messages of leads from the past, as they stood then, to run through a workflow; nothing of it is sent' },
			{ name: 'Shadow Mode', value: 'shadowMode', action: 'Report on shadow mode', description: 'How many would have been sent, reviewed or blocked, why, and how often that agreed with what people did' },
			...figureOperations,
		].sort((a, b) => a.name.localeCompare(b.name)),
		default: 'shadowMode',
	},
	{
		displayName: 'Pause Sender',
		name: 'pauseSender',
		type: 'boolean',
		default: false,
		displayOptions: { show: { resource: ['report'], operation: ['deliverability'] } },
		description: 'Whether to switch on the kill switch of a mailbox that should stop: its mails then wait for a person',
	},
	...figureReportFields,
	...shadowReportFields,
];
