import { NodeConnectionTypes, type INodeInputConfiguration, type INodeProperties } from 'n8n-workflow';

/** The optional input for any chat model the user already has on the canvas. */
export const modelInput: INodeInputConfiguration = { type: NodeConnectionTypes.AiLanguageModel, displayName: 'Model', maxConnections: 1, required: false };

/** The optional input for any Embeddings node. */
export const embeddingsInput: INodeInputConfiguration = { type: NodeConnectionTypes.AiEmbedding, displayName: 'Embeddings', maxConnections: 1, required: false };

/** The optional input for any Vector Store node. */
export const vectorStoreInput: INodeInputConfiguration = { type: NodeConnectionTypes.AiVectorStore, displayName: 'Vector Store', maxConnections: 1, required: false };

export const modelField: INodeProperties = {
	displayName: 'Model',
	name: 'model',
	type: 'options',
	options: [
		{ name: 'Automatic', value: 'automatic', description: 'The connected chat model; without one the model credential; without both rules only' },
		{ name: 'Connected Chat Model', value: 'connected', description: 'The chat model connected below the node' },
		{ name: 'Model Credential', value: 'credential', description: 'The model of the credential Lead Autopilot Model API' },
		{ name: 'None (Rules Only)', value: 'none', description: 'No model is called' },
	],
	default: 'automatic',
	description: 'Who answers. When no model can answer, rules do, and the item says so.',
};

/** The same for all items of a run: what leaves the house is no matter of an item's data. */
export const redactField: INodeProperties = {
	displayName: 'Redact Personal Data',
	name: 'redact',
	type: 'boolean',
	default: false,
	noDataExpression: true,
	description: 'Whether e-mail addresses, phone numbers, cards and IBANs are hidden from the model and put back in its answer',
};

export const instructionsField: INodeProperties = {
	displayName: 'Instructions',
	name: 'instructions',
	type: 'string',
	typeOptions: { rows: 4 },
	default: '',
	placeholder: 'e.g. We sell to hotels. Fewer than 20 rooms is a poor fit.',
	description: 'What the model should know or heed besides. Never put data of a lead here.',
};
