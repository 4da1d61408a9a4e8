import type { INodeProperties } from 'n8n-workflow';

export const reviewDeskProperties: INodeProperties[] = [
	{
		displayName: 'Open the production URL of this node in a browser. Reviewers come in by invitation: Lead Autopilot → Desk → Invite makes the link.',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Language',
		name: 'language',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'English', value: 'en', description: 'For browsers that ask for neither English nor German' },
			{ name: 'German', value: 'de', description: 'For browsers that ask for neither English nor German' },
		],
		default: 'en',
		description: 'Language of the desk where the browser asks for none it speaks. Each reviewer can switch.',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{ displayName: 'Default Workspace', name: 'defaultWorkspace', type: 'string', default: '', placeholder: 'e.g. acme', description: 'Shown first to reviewers who see it among others. Left out: the first of each.' },
		],
	},
];
