import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';
import { abVariantDescription } from './description';
import { manageExperiments } from './manageExperiments';
import { selectVariants } from './selectVariants';

export class AbVariant implements INodeType {
	description = abVariantDescription;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return this.getNodeParameter('operation', 0) === 'select' ? await selectVariants(this) : await manageExperiments(this);
	}
}
