import type { INodeProperties } from 'n8n-workflow';

const shown: INodeProperties['displayOptions'] = { show: { resource: ['desk'] } };

export const deskProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: shown,
		options: [{ name: 'Invite', value: 'invite', action: 'Invite a reviewer', description: 'Make the link by which a reviewer of the desk credential chooses a password, once' }],
		default: 'invite',
	},
	{ displayName: 'Reviewer Email', name: 'reviewerEmail', type: 'string', default: '={{ $json.reviewerEmail }}', required: true, placeholder: 'e.g. eva@example.com', displayOptions: shown, description: 'As it stands in the desk credential' },
	{ displayName: 'Desk Address', name: 'deskAddress', type: 'string', default: '={{ $json.deskAddress }}', required: true, placeholder: 'e.g. https://n8n.example.com/webhook/…/desk', displayOptions: shown, description: 'The production URL of the Review Desk Trigger' },
	{ displayName: 'Valid for (Hours)', name: 'validHours', type: 'number', typeOptions: { minValue: 1, maxValue: 336 }, default: 48, displayOptions: shown, description: 'How long the link works. It also ends when it is used, or when the reviewer uses another one.' },
];
