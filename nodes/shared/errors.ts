import type { INode } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { ZodError } from 'zod';

/** Bad input of one item: what happened, then how to get unstuck. Fails its own item only. */
export class ItemInputError extends Error {
	constructor(
		message: string,
		readonly description?: string,
	) {
		super(message);
		this.name = 'ItemInputError';
	}
}

function zodSentence(error: ZodError): string {
	const [issue] = error.issues;
	const path = issue.path.join('.');
	return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/** n8n swaps a message that contains a system error code for a general one of its own; ours names the host and what to do. */
function keepingMessage(error: NodeOperationError, message: string): NodeOperationError {
	error.message = message;
	return error;
}

/** Any thrown value as n8n's own error, with the item it belongs to. */
export function toNodeError(node: INode, thrown: unknown, itemIndex: number): NodeOperationError {
	if (thrown instanceof NodeOperationError) {
		thrown.context.itemIndex ??= itemIndex;
		return thrown;
	}
	if (thrown instanceof ItemInputError) {
		return keepingMessage(new NodeOperationError(node, thrown.message, { itemIndex, description: thrown.description }), thrown.message);
	}
	if (thrown instanceof ZodError) {
		return new NodeOperationError(node, `The input of item ${itemIndex} does not fit: ${zodSentence(thrown)}`, { itemIndex });
	}
	const message = thrown instanceof Error ? thrown.message : String(thrown);
	return keepingMessage(new NodeOperationError(node, message, { itemIndex }), message);
}
