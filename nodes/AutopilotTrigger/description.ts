import type { INodeProperties } from 'n8n-workflow';

export const triggerProperties: INodeProperties[] = [
	{
		displayName: 'Event',
		name: 'event',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Conversation Ready', value: 'conversationReady', description: 'A lead has written, and the pause after the last message is over' },
			{ name: 'Follow-Up Due', value: 'followUpDue', description: 'The next step of a follow-up sequence is to be written' },
			{ name: 'Requested', value: 'requested', description: 'Somebody asked for a sync, a re-analysis or a new placement in the pipeline' },
			{ name: 'Send Due', value: 'sendDue', description: 'A planned message is due and every check held again' },
		],
		default: 'conversationReady',
	},
	{
		displayName: "Name this node 'Send Due': the Outbox operations after a channel node look for the message there.",
		name: 'sendDueNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { event: ['sendDue'] } },
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{ displayName: 'Batch Size', name: 'batchSize', type: 'number', typeOptions: { minValue: 1, maxValue: 500 }, default: 20, description: 'Most items one execution gets' },
			{ displayName: 'Executions at Once', name: 'atOnce', type: 'number', typeOptions: { minValue: 1, maxValue: 50 }, default: 4, description: 'No more is claimed while this many executions of this trigger are unfinished' },
			{
				displayName: 'Kinds of Work',
				name: 'kinds',
				type: 'multiOptions',
				options: [
					{ name: 'Conversation Sync', value: 'sync', description: 'Read the conversations of an account' },
					{ name: 'Re-Analysis', value: 'reanalysis', description: 'Classify contacts again' },
					{ name: 'Stage Re-Assignment', value: 'reassignment', description: 'Place contacts in their pipeline again' },
				],
				default: [],
				displayOptions: { show: { '/event': ['requested'] } },
				description: 'Only these. None chosen: all.',
			},
			{ displayName: 'Lease (Minutes)', name: 'leaseMinutes', type: 'number', typeOptions: { minValue: 0.1, maxValue: 60, numberPrecision: 1 }, default: 10, description: 'How long an execution may take before its items are handed out again. Left out: 10, for sends 5.' },
			{ displayName: 'Poll Interval (Seconds)', name: 'pollSeconds', type: 'number', typeOptions: { minValue: 0.2, maxValue: 300, numberPrecision: 1 }, default: 2, description: 'How often to look for work' },
			{ displayName: 'Quiet Seconds', name: 'quietSeconds', type: 'number', typeOptions: { minValue: 0, maxValue: 600 }, default: 20, displayOptions: { show: { '/event': ['conversationReady'] } }, description: 'How long a lead must have paused, so that several messages in a row get one answer' },
			{ displayName: 'Workspaces', name: 'workspaces', type: 'string', default: '', placeholder: 'e.g. default, client-b', description: 'Only these, separated by commas. Empty: all.' },
		],
	},
];
