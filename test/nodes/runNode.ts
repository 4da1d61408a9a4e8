import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { IDataObject, IExecuteFunctions, INode, INodeExecutionData, INodeParameters, INodeType, ICredentialDataDecryptedObject } from 'n8n-workflow';
import { NodeHelpers, Workflow } from 'n8n-workflow';

export interface RunOptions {
	/** What the user filled in; the rest takes the description's defaults, expressions included. */
	parameters?: INodeParameters;
	continueOnFail?: boolean;
	/** Credentials by type name, as decrypted. */
	credentials?: Record<string, ICredentialDataDecryptedObject>;
	/** Files of each item by field name, in the items' order. */
	binary?: (Record<string, { content: Buffer; mimeType: string; fileName?: string }> | undefined)[];
	executionId?: string;
	/** True where this n8n keeps files inside the execution's data. */
	filesInMemory?: boolean;
	/** Called with each file's name before it is kept. */
	onFile?: (name: string) => Promise<void> | void;
	/** What getInputConnectionData answers, by connection type. */
	connected?: Record<string, unknown>;
	/** Further helpers, e.g. `httpRequestWithAuthentication`. */
	helpers?: Record<string, unknown>;
}

export interface RunResult {
	outputs: INodeExecutionData[][];
	hints: string[];
	/** What was written to n8n's log. */
	logged: { event: string; details: unknown }[];
	/** The files that were handed over, by name. */
	files: Map<string, Buffer>;
}

/** Runs a node's execute over items, with n8n's own defaults and expression evaluation, without an n8n around it. */
export async function runNode(nodeType: INodeType, items: IDataObject[], options: RunOptions = {}): Promise<RunResult> {
	const { description } = nodeType;
	const version = Array.isArray(description.version) ? description.version[description.version.length - 1] : description.version;
	const node: INode = {
		id: 'node-under-test',
		name: description.displayName,
		type: `n8n-nodes-lead-autopilot.${description.name}`,
		typeVersion: version,
		position: [0, 0],
		parameters: {},
		credentials: Object.fromEntries(Object.keys(options.credentials ?? {}).map((name) => [name, { id: name, name }])),
	};
	node.parameters = NodeHelpers.getNodeParameters(description.properties, options.parameters ?? {}, true, false, node, description) ?? {};
	const nodeTypes = { getByName: () => nodeType, getByNameAndVersion: () => nodeType, getKnownTypes: () => ({}) };
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const input: INodeExecutionData[] = items.map((json, index) => {
		const files = Object.entries(options.binary?.[index] ?? {}).map(([field, { mimeType, fileName }]) => [field, { data: 'filesystem-v2', id: `file:${index}:${field}`, mimeType, fileName }]);
		return { json, pairedItem: { item: index }, ...(files.length > 0 ? { binary: Object.fromEntries(files) as INodeExecutionData['binary'] } : {}) };
	});
	const hints: string[] = [];
	const files = new Map<string, Buffer>();
	const logged: RunResult['logged'] = [];
	const log = (event: string, details?: unknown): void => void logged.push({ event, details });

	const lookUp = (path: string): unknown =>
		path.split('.').reduce<unknown>((value, key) => (value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined), node.parameters);

	const context = {
		getInputData: () => input,
		getNode: () => node,
		getWorkflow: () => ({ id: 'workflow-under-test', name: 'Test', active: false }),
		getExecutionId: () => options.executionId ?? 'execution-under-test',
		getInstanceId: () => 'n8n-under-test',
		getMode: () => 'manual',
		continueOnFail: () => options.continueOnFail ?? false,
		getTimezone: () => 'UTC',
		getCredentials: async (name: string) => {
			const credential = options.credentials?.[name];
			if (!credential) throw new Error(`Node does not have any credentials set for "${name}"`);
			return credential;
		},
		getInputConnectionData: async (type: string) => options.connected?.[type],
		addExecutionHints: (...added: { message: string }[]) => hints.push(...added.map((hint) => hint.message)),
		getExecutionCancelSignal: () => undefined,
		onExecutionCancellation: () => undefined,
		logger: { info: log, warn: log, error: log, debug: log },
		helpers: {
			getBinaryDataBuffer: async (index: number, field: string) => options.binary?.[index]?.[field].content, ...options.helpers,
			prepareBinaryData: async (content: Buffer | Readable, fileName: string, mimeType: string) => {
				await options.onFile?.(fileName);
				files.set(fileName, Buffer.isBuffer(content) ? content : await buffer(content));
				return { data: '', mimeType, fileName, ...(options.filesInMemory ? {} : { id: `filesystem-v2:${fileName}` }) };
			},
		},
		getNodeParameter: (name: string, itemIndex: number, fallback?: unknown) => {
			const raw = lookUp(name);
			if (raw === undefined) {
				if (fallback !== undefined) return fallback;
				throw new Error(`Could not get parameter "${name}"`);
			}
			const value = workflow.expression.getParameterValue(raw as INodeParameters, null, 0, itemIndex, node.name, input, 'manual', {}) as unknown;
			return value === undefined ? fallback : value;
		},
	};
	if (!nodeType.execute) throw new Error(`${description.name} has no execute`);
	const outputs = (await nodeType.execute.call(context as unknown as IExecuteFunctions)) as INodeExecutionData[][];
	return { outputs, hints, logged, files };
}
