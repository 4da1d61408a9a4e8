import type { INodeProperties } from 'n8n-workflow';
import { cancelTraining, checkTraining } from './checkTraining';
import { consentField, daysField } from './exampleFields';
import type { OperationGroup } from './operationGroup';
import { startTraining } from './startTraining';
import { TRAINING_OUTPUTS } from './trainingItem';

const show = (operation: string, ...backend: string[]): INodeProperties['displayOptions'] => ({ show: { operation: [operation], ...(backend.length > 0 ? { backend } : {}) } });

/** Operations that use the model credential, where a provider trains. */
export const TRAINING_OPERATIONS = ['startTraining', 'checkTraining', 'cancelTraining'];

/** Start, Check and Cancel Training. */
export const trainingJobGroup: OperationGroup = {
	operations: [
		{ name: 'Cancel Training', value: 'cancelTraining', description: 'Stop a training that is under way, at its provider too', action: 'Cancel a training' },
		{ name: 'Check Training', value: 'checkTraining', description: 'Look once at the trainings that are under way, and return at once', action: 'Check trainings' },
		{ name: 'Start Training', value: 'startTraining', description: 'Make a new model version: freeze an example memory, start a fine-tuning, or note an export', action: 'Start a training' },
	],
	properties: [
		{
			displayName: 'Backend',
			name: 'backend',
			type: 'options',
			options: [
				{ name: 'Example Memory', value: 'example_memory', description: 'The best approved replies are shown to the model as examples. Costs nothing, works with any model, ready at once.' },
				{ name: 'Export Only', value: 'export_only', description: 'You train the exported files yourself and name the model afterwards' },
				{ name: 'OpenAI-Compatible Fine-Tuning', value: 'fine_tuning', description: 'The files are uploaded and a model is trained on them, which costs money' },
			],
			default: 'example_memory',
			displayOptions: show('startTraining'),
			description: 'How the new version learns',
		},
		daysField(show('startTraining', 'example_memory')),
		{ displayName: 'Base Model', name: 'baseModel', type: 'string', default: 'gpt-4.1-mini-2025-04-14', placeholder: 'e.g. gpt-4.1-mini-2025-04-14', displayOptions: show('startTraining', 'fine_tuning'), description: 'The model that is trained, as its provider writes it. A model trained before can be trained on.' },
		{
			displayName: 'Method',
			name: 'method',
			type: 'options',
			options: [
				{ name: 'Preference Pairs', value: 'dpo', description: 'Learn from what reviewers changed: the edited text over the one the model wrote' },
				{ name: 'Supervised', value: 'supervised', description: 'Learn to write as the good examples do' },
			],
			default: 'supervised',
			displayOptions: show('startTraining', 'fine_tuning', 'export_only'),
			description: 'What the model learns from',
		},
		{ displayName: 'Training File', name: 'trainingField', type: 'string', default: "={{ $parameter.method === 'dpo' ? 'pairsTrain' : 'sftTrain' }}", placeholder: 'e.g. sftTrain', displayOptions: show('startTraining', 'fine_tuning', 'export_only'), hint: 'The name of the input binary field that holds the file', description: 'What is trained on, as Export Training Set wrote it' },
		{ displayName: 'Validation File', name: 'validationField', type: 'string', default: "={{ $parameter.method === 'dpo' ? 'pairsTest' : 'sftTest' }}", placeholder: 'e.g. sftTest', displayOptions: show('startTraining', 'fine_tuning'), hint: 'The name of the input binary field that holds the file', description: 'What the provider measures the training on. An empty file is left out.' },
		{ displayName: 'Model Name', name: 'modelName', type: 'string', default: '', placeholder: 'e.g. our-sales-llama-7', displayOptions: show('startTraining', 'export_only'), description: 'The name of the model you trained, as your server knows it. Empty until there is one.' },
		{
			displayName: 'Options',
			name: 'trainingOptions',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			displayOptions: show('startTraining'),
			options: [
				consentField,
				{ displayName: 'Epochs', name: 'epochs', type: 'number', typeOptions: { minValue: 0, maxValue: 50 }, default: 0, description: 'How often a fine-tuning goes through the file. 0 leaves it to the provider.' },
				{ displayName: 'Longest Training (Hours)', name: 'longestHours', type: 'number', typeOptions: { minValue: 0.01 }, default: 24, description: 'A training that takes longer is stopped at the provider and has failed' },
				{ displayName: 'Memory Size', name: 'memorySize', type: 'number', typeOptions: { minValue: 1, maxValue: 2_000 }, default: 200, description: 'How many examples a memory holds at most' },
				{ displayName: 'Most Cost (USD)', name: 'mostCostUsd', type: 'number', typeOptions: { minValue: 0, numberPrecision: 2 }, default: 25, description: 'A fine-tuning that may cost more by the list price is not started, nor one at OpenAI whose price is not known. 0 means no limit. Prices of other servers are not known and not limited.' },
				{ displayName: 'Requested By', name: 'requestedBy', type: 'string', default: '', placeholder: 'e.g. mia@agency.example', description: 'Who asked for it, for the record' },
				{ displayName: 'Train Beside a Candidate', name: 'besideCandidate', type: 'boolean', default: false, description: 'Whether a fine-tuning is started while another version is still being tried. It is paid for, and serves nobody until that one is promoted or taken out.' },
			],
		},
		{ displayName: 'Look Now', name: 'lookNow', type: 'boolean', default: false, displayOptions: show('checkTraining'), description: 'Whether to look also at trainings whose next look is not due yet. How often they are looked at is then up to the workflow.' },
		{ displayName: 'Training Job ID', name: 'trainingJobId', type: 'string', default: "={{ $json.trainingJob?.id ?? '' }}", placeholder: 'e.g. 6f1c2b1e-52c0-4a43-9c9d-2f1b8f7f6a10', displayOptions: show('cancelTraining'), description: 'The training to stop, as Start Training gave it' },
		{ displayName: 'Cancelled By', name: 'cancelledBy', type: 'string', default: '', placeholder: 'e.g. mia@agency.example', displayOptions: show('cancelTraining'), description: 'Who stops it, for the record' },
	],
	run: { cancelTraining, checkTraining, startTraining },
	outputs: { checkTraining: TRAINING_OUTPUTS, startTraining: TRAINING_OUTPUTS },
};
