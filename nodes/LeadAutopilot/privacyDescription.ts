import type { INodeProperties } from 'n8n-workflow';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { resource: ['privacy'], operation } });

export const privacyProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['privacy'] } },
		options: [
			{ name: 'Confirm Deleted Executions', value: 'confirmExecutions', action: 'Confirm deleted executions', description: 'Take executions that are gone off the list; the others are tried again' },
			{ name: 'Get Executions to Delete', value: 'getExecutions', action: 'Get executions to delete', description: 'Get the executions of this n8n that still hold data of erased people' },
		],
		default: 'getExecutions',
	},
	{ displayName: 'Limit', name: 'executionLimit', type: 'number', typeOptions: { minValue: 1, maxValue: 1000 }, default: 50, displayOptions: show('getExecutions'), description: 'Max number of results to return' },
	{
		displayName: 'Execution ID',
		name: 'executionId',
		type: 'string',
		default: "={{ $('Executions to Delete').item.json.execution.id }}",
		displayOptions: show('confirmExecutions'),
		description: "The execution that n8n's own node was told to delete. The item is what that node answered.",
	},
];
