import type { INodeProperties } from 'n8n-workflow';
import { checkReadiness } from './checkReadiness';
import { consentField, daysField } from './exampleFields';
import { exportTrainingSet } from './exportTrainingSet';
import { listExports } from './listExports';
import type { OperationGroup } from './operationGroup';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { operation } });
const until: INodeProperties = { displayName: 'Until', name: 'until', type: 'dateTime', default: '', description: 'Only messages sent before this moment. Empty means now; messages of the last 14 days never count, since their answer may still come.' };

/** Check Readiness, Export Training Set and List Exports. */
export const trainingSetGroup: OperationGroup = {
	operations: [
		{ name: 'Check Readiness', value: 'checkReadiness', description: 'Say whether there is enough to train on, and what is missing', action: 'Check readiness for training' },
		{ name: 'Export Training Set', value: 'exportTrainingSet', description: 'Write what was sent and what came of it to files. Known names and addresses are replaced; the files stay personal data.', action: 'Export a training set' },
		{ name: 'List Exports', value: 'listExports', description: 'Say which exports were written, and whose files hold people who were erased since', action: 'List training exports' },
	],
	properties: [
		daysField(show('checkReadiness', 'exportTrainingSet')),
		{
			displayName: 'Minimum Examples',
			name: 'minimumExamples',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 50,
			displayOptions: show('checkReadiness'),
			description: 'With fewer examples of quality 0.6 or more there is not enough to train on',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			displayOptions: show('checkReadiness'),
			options: [until],
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			displayOptions: show('exportTrainingSet'),
			options: [
				consentField,
				{
					displayName: 'Least Quality',
					name: 'leastQuality',
					type: 'number',
					typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
					default: 0.6,
					description: 'Examples below are left out, from 0 to 1',
				},
				until,
			],
		},
	],
	run: { checkReadiness, exportTrainingSet, listExports },
};
