import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import type { Draft } from '../../engine/draft/draft';
import { epochMs } from '../../engine/time';
import { executeBatch } from '../shared/batch';
import { modelInput } from '../shared/modelParameters';
import { withStoreIfReachable } from '../shared/openNodeStore';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { generateDrafts } from './generateDrafts';
import { GENERATE_OUTPUTS, generateWithConfidenceProperties } from './description';
import { readDraftRequest, type DraftRequest } from './readDraftRequest';

const AUTO_SEND = GENERATE_OUTPUTS.indexOf('Auto-Send');
const NEEDS_REVIEW = GENERATE_OUTPUTS.indexOf('Needs Review');

export class GenerateWithConfidence implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Generate With Confidence',
		name: 'generateWithConfidence',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: "={{ $parameter.thresholdMode === 'certified' ? 'Auto-send where certified' : 'Auto-send from ' + $parameter.threshold }}",
		description: 'Drafts a message in the language of the lead and says how far it can be trusted',
		defaults: { name: 'Generate With Confidence' },
		inputs: [NodeConnectionTypes.Main, modelInput],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: [...GENERATE_OUTPUTS],
		// Not for agents: a draft is stored, and belongs to a message.
		usableAsTool: undefined,
		credentials: [
			{ name: 'leadAutopilotModelApi', displayName: 'Model Credential (Optional)', required: false },
			{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' },
		],
		hints: [
			{
				message: 'Without a model, drafts come from templates and always need review.',
				displayCondition: "={{ $parameter.model === 'none' }}",
				whenToDisplay: 'beforeExecution',
				location: 'ndv',
				type: 'info',
			},
			{
				message: 'Each message is written as many times as Drafts per Message says, and every time is paid for.',
				displayCondition: '={{ $parameter.samples > 1 }}',
				whenToDisplay: 'beforeExecution',
				location: 'ndv',
				type: 'info',
			},
		],
		properties: generateWithConfidenceProperties,
	};

	methods = storeCredentialMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const now = epochMs(Date.now());
		return await executeBatch<DraftRequest, Draft>(this, {
			outputs: GENERATE_OUTPUTS.length,
			failedOutput: NEEDS_REVIEW,
			read: (index, item) => readDraftRequest(this, index, item, now),
			decide: async (items) =>
				await withStoreIfReachable(this, async (store, reason) => {
					if (!store) {
						this.addExecutionHints({
							message: `The store could not be reached (${reason ?? 'no reason given'}). Drafts were written from the item alone and are not kept: a repeat writes and pays for them again.`,
							location: 'outputPane',
							type: 'warning',
						});
					}
					return await generateDrafts(this, store, items);
				}),
			write: (draft) => ({ output: draft.decision.autoSend ? AUTO_SEND : NEEDS_REVIEW, json: { draft } }),
		});
	}
}
