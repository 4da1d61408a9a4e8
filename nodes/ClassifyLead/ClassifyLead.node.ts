import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { epochMs } from '../../engine/time';
import { executeBatch } from '../shared/batch';
import { embeddingsInput, modelInput, vectorStoreInput } from '../shared/modelParameters';
import { isToolRun } from '../shared/modelSource';
import { withStoreIfReachable } from '../shared/openNodeStore';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { decideLeads, type LeadResult } from './decideLeads';
import { CLASSIFY_OUTPUTS, classifyLeadProperties } from './description';
import { readLead, type LeadParameters } from './readLead';

export class ClassifyLead implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Classify Lead',
		name: 'classifyLead',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: "={{ $parameter.what === 'summary' ? 'Summary' : 'Score, status and summary' }}",
		description: 'Reads a conversation and tells how close the lead is to buying: score, status, reasons and summary',
		defaults: { name: 'Classify Lead' },
		inputs: [NodeConnectionTypes.Main, modelInput, embeddingsInput, vectorStoreInput],
		outputs: `={{ $parameter.what === 'summary' || $parameter.split === false ? [{ type: 'main' }] : ${JSON.stringify(CLASSIFY_OUTPUTS)}.map((displayName) => ({ type: 'main', displayName })) }}`,
		usableAsTool: true,
		credentials: [
			{ name: 'leadAutopilotModelApi', displayName: 'Model Credential (Optional)', required: false },
			{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' },
		],
		hints: [
			{
				message: 'Without a model, leads are scored by rules. Connect a chat model or choose a model credential for better reasons and summaries.',
				displayCondition: "={{ $parameter.model === 'none' }}",
				whenToDisplay: 'beforeExecution',
				location: 'ndv',
				type: 'info',
			},
		],
		properties: classifyLeadProperties,
	};

	methods = storeCredentialMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const now = epochMs(Date.now());
		// An agent's tool has one output, whatever the node's settings say.
		const splits = !isToolRun(this) && this.getNodeParameter('what', 0, 'full') === 'full' && this.getNodeParameter('split', 0, true) !== false;
		return await executeBatch<LeadParameters, LeadResult>(this, {
			outputs: splits ? CLASSIFY_OUTPUTS.length : 1,
			failedOutput: splits ? CLASSIFY_OUTPUTS.indexOf('Unsure') : 0,
			read: (index, item) => readLead(this, index, item, now),
			decide: async (items) =>
				await withStoreIfReachable(this, async (store, reason) => {
					if (!store) {
						this.addExecutionHints({
							message: `The store could not be reached (${reason ?? 'no reason given'}). Leads were classified from the item alone and nothing was kept.`,
							location: 'outputPane',
							type: 'warning',
						});
					}
					return await decideLeads(this, store, items);
				}),
			write: ({ output, json }) => ({ output: splits ? output : 0, json }),
		});
	}
}
