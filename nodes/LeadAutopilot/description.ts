import type { INodeProperties } from 'n8n-workflow';
import { workspaceField } from '../shared/parameters';
import { contactProperties } from './contactDescription';
import { deskProperties } from './deskDescription';
import { knowledgeProperties } from './knowledgeDescription';
import { messageProperties } from './messageDescription';
import { privacyProperties } from './privacyDescription';
import { reportProperties } from './reportDescription';
import { sequenceProperties } from './sequenceDescription';
import { settingsProperties } from './settingDescription';
import { syncProperties } from './syncDescription';

export const leadAutopilotProperties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Contact', value: 'contact' },
			{ name: 'Desk', value: 'desk' },
			{ name: 'Knowledge', value: 'knowledge' },
			{ name: 'Message', value: 'message' },
			{ name: 'Privacy', value: 'privacy' },
			{ name: 'Report', value: 'report' },
			{ name: 'Sequence', value: 'sequence' },
			{ name: 'Setting', value: 'settings' },
			{ name: 'Sync', value: 'sync' },
		],
		default: 'message',
	},
	...contactProperties,
	...deskProperties,
	...knowledgeProperties,
	...messageProperties,
	...privacyProperties,
	...reportProperties,
	...sequenceProperties,
	...settingsProperties,
	...syncProperties,
	{ ...workspaceField, displayOptions: { show: { resource: ['contact', 'knowledge', 'privacy', 'report', 'sequence', 'settings', 'sync'] } } },
];
