import type { IExecuteFunctions, INodeExecutionData, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Operations of the node that belong together: what a user chooses, the fields they show, and what they do. */
export interface OperationGroup {
	operations: readonly INodePropertyOptions[];
	properties: readonly INodeProperties[];
	/** By the operation's value. */
	run: Readonly<Record<string, (context: IExecuteFunctions) => Promise<INodeExecutionData[][]>>>;
	/** Names of the outputs, by the operation's value; an operation that is not here has one output. */
	outputs?: Readonly<Record<string, readonly string[]>>;
}
