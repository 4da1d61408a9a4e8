import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { executeBatch } from '../shared/batch';
import { withStoreIfReachable } from '../shared/openNodeStore';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { chosenName } from '../shared/subtitle';
import { decideSendTimes } from './decideSendTimes';
import { bestSendTimeProperties } from './description';
import { readSendTimeParameters } from './readSendTimeParameters';

export class BestSendTime implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Best Send Time',
		name: 'bestSendTime',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: `={{ ${chosenName(bestSendTimeProperties, 'purpose')} }}`,
		description: 'Chooses when a message should leave: when the contact answers, within quiet hours, working days, holidays, caps and channel windows',
		defaults: { name: 'Best Send Time' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		credentials: [{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' }],
		properties: bestSendTimeProperties,
	};

	methods = storeCredentialMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await executeBatch(this, {
			outputs: 1,
			failedOutput: 0,
			read: (index, item) => readSendTimeParameters(this, index, item),
			decide: async (items) =>
				await withStoreIfReachable(this, async (store, reason) => {
					if (!store) {
						const message = `Chosen without the store (${reason}): history, daily caps, the workspace's quiet hours and working days, and takeovers that are only stored, were not seen.`;
						this.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
					}
					return await decideSendTimes(store, items, Math.random);
				}),
			write: (schedule) => ({ output: 0, json: { schedule } }),
		});
	}
}
