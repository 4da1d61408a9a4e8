import type { INodeProperties } from 'n8n-workflow';
import { workspaceField } from '../shared/parameters';
import type { OperationGroup } from './operationGroup';
import { rolloutGroup } from './rolloutGroup';
import { trainingJobGroup } from './trainingJobGroup';
import { trainingSetGroup } from './trainingSetGroup';

/** Every group of operations; a group brings its own fields and its own code. */
export const OPERATION_GROUPS: readonly OperationGroup[] = [
	trainingSetGroup,
	rolloutGroup,
	trainingJobGroup,
];

export const modelTrainerProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: OPERATION_GROUPS.flatMap(({ operations }) => operations).sort((a, b) => a.name.localeCompare(b.name)),
		default: 'checkReadiness',
	},
	workspaceField,
	...OPERATION_GROUPS.flatMap(({ properties }) => properties),
];
