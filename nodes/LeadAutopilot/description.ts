import type { INodeProperties } from 'n8n-workflow';
import { workspaceField } from '../shared/parameters';
import { contactProperties } from './contactDescription';
import { messageProperties } from './messageDescription';
import { settingsProperties } from './settingDescription';

export const leadAutopilotProperties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Contact', value: 'contact' },
			{ name: 'Message', value: 'message' },
			{ name: 'Setting', value: 'settings' },
		],
		default: 'message',
	},
	...contactProperties,
	...messageProperties,
	...settingsProperties,
	{ ...workspaceField, displayOptions: { show: { resource: ['contact', 'settings'] } } },
];
