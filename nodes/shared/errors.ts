import type { INode } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
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

/** What a server answered to a node that sends: becomes n8n's error for calls to the outside. Its text holds no secret and no address. */
export class ServerAnswerError extends Error {
	constructor(
		message: string,
		readonly description: string,
		/** The server's own code, or the connection's, e.g. 550 or ECONNREFUSED. */
		readonly code: string,
	) {
		super(message);
		this.name = 'ServerAnswerError';
	}
}

function zodSentence(error: ZodError): string {
	const [issue] = error.issues;
	const path = issue.path.join('.');
	return path === '' ? issue.message : `${path}: ${issue.message}`;
}

/** n8n swaps a message that contains a system error code for a general one of its own; ours names the host and what to do. */
function keepingMessage<E extends NodeOperationError | NodeApiError>(error: E, message: string): E {
	error.message = message;
	return error;
}

/** Any thrown value as n8n's own error, with the item it belongs to. */
export function toNodeError(node: INode, thrown: unknown, itemIndex: number): NodeOperationError | NodeApiError {
	if (thrown instanceof NodeOperationError || thrown instanceof NodeApiError) {
		thrown.context.itemIndex ??= itemIndex;
		return thrown;
	}
	if (thrown instanceof ItemInputError) {
		return keepingMessage(new NodeOperationError(node, thrown.message, { itemIndex, description: thrown.description }), thrown.message);
	}
	if (thrown instanceof ServerAnswerError) {
		const { message, description, code } = thrown;
		return keepingMessage(new NodeApiError(node, { message, code }, { message, description, itemIndex }), message);
	}
	if (thrown instanceof ZodError) {
		return new NodeOperationError(node, `The input of item ${itemIndex} does not fit: ${zodSentence(thrown)}`, { itemIndex });
	}
	const message = thrown instanceof Error ? thrown.message : String(thrown);
	return keepingMessage(new NodeOperationError(node, message, { itemIndex }), message);
}
