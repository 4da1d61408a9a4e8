import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { outcomeTrackDescription } from './description';
import { recordEvents } from './recordEvents';
import { recordPayloads } from './recordPayloads';
import { recordSent } from './recordSent';

const OPERATIONS = { recordEvent: recordEvents, recordPayload: recordPayloads, recordSent };

export class OutcomeTrack implements INodeType {
	description = outcomeTrackDescription;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = this.getNodeParameter('operation', 0) as keyof typeof OPERATIONS;
		return await OPERATIONS[operation](this);
	}
}
