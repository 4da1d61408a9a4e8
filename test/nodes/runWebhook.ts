import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ICredentialDataDecryptedObject, IDataObject, INode, INodeExecutionData, INodeParameters, INodeType, IWebhookFunctions } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';

export interface ListenOptions {
	/** What the user filled in; the rest takes the description's defaults. */
	parameters?: INodeParameters;
	/** Credentials by type name, as decrypted. */
	credentials?: Record<string, ICredentialDataDecryptedObject>;
}

export interface Listening {
	/** The address the provider is told. */
	url: string;
	/** The items of each execution that was started, in order. */
	executions: IDataObject[][];
	logged: { event: string; details: IDataObject }[];
	/** Publishes the workflow: n8n's create hook. */
	publish(): Promise<void>;
	close(): Promise<void>;
}

const READ_BY_N8N = /^(application\/json|text\/plain|application\/x-www-form-urlencoded)/;

/**
 * A trigger node behind a real HTTP server, as n8n puts it: the raw body is read by n8n for the types it parses and by
 * the node for others, a result without `noWebhookResponse` is answered with 200, and a workflow starts when there are items.
 */
export async function listen(nodeType: INodeType, { parameters = {}, credentials = {} }: ListenOptions = {}): Promise<Listening> {
	const { description } = nodeType;
	const node: INode = { id: 'trigger-under-test', name: description.displayName, type: `n8n-nodes-lead-autopilot.${description.name}`, typeVersion: 1, position: [0, 0], parameters: {}, credentials: Object.fromEntries(Object.keys(credentials).map((name) => [name, { id: name, name }])) };
	node.parameters = NodeHelpers.getNodeParameters(description.properties, parameters, true, false, node, description) ?? {};
	const executions: IDataObject[][] = [];
	const logged: Listening['logged'] = [];
	const log = (event: string, details: IDataObject = {}): void => void logged.push({ event, details });
	let url = '';
	const shared = {
		getNode: () => node,
		getCredentials: async (name: string) => {
			if (!credentials[name]) throw new Error(`Node does not have any credentials set for "${name}"`);
			return credentials[name];
		},
		getNodeParameter: (name: string, fallback?: unknown) => name.split('.').reduce<unknown>((value, key) => (value as IDataObject | undefined)?.[key], node.parameters) ?? fallback,
		getNodeWebhookUrl: () => url,
		logger: { info: log, warn: log, error: log, debug: log },
	};

	const server: Server = createServer((incoming, outgoing) => {
		void (async () => {
			const request = Object.assign(incoming, {
				originalUrl: incoming.url,
				contentType: incoming.headers['content-type']?.split(';')[0],
				rawBody: undefined as Buffer | undefined,
				async readRawBody() {
					const chunks: Buffer[] = [];
					for await (const chunk of incoming) chunks.push(chunk as Buffer);
					request.rawBody = Buffer.concat(chunks);
				},
			});
			const query = Object.fromEntries(new URL(incoming.url ?? '', url).searchParams);
			if (READ_BY_N8N.test(request.contentType ?? '')) await request.readRawBody();
			// Forms of several parts are taken off the wire and no bytes are kept.
			else if (request.contentType?.startsWith('multipart/')) incoming.resume();
			const response = Object.assign(outgoing, {
				status(code: number) {
					outgoing.statusCode = code;
					return response;
				},
				type(name: string) {
					outgoing.setHeader('content-type', name);
					return response;
				},
				json: (body: unknown) => outgoing.setHeader('content-type', 'application/json').end(JSON.stringify(body)),
				send: (body: string) => outgoing.end(body),
			});
			const webhook = description.webhooks?.find(({ httpMethod }) => httpMethod === incoming.method);
			if (!webhook || !nodeType.webhook) return response.status(404).send('This webhook is not registered');
			const context = { ...shared, getMode: () => 'webhook', getRequestObject: () => request, getResponseObject: () => response, getQueryData: () => query, getHeaderData: () => incoming.headers, getBodyData: () => ({}), getWebhookName: () => webhook.name };
			const result = await nodeType.webhook.call(context as unknown as IWebhookFunctions);
			if (result.workflowData) executions.push(result.workflowData[0].map(({ json }: INodeExecutionData) => json));
			if (result.noWebhookResponse !== true) response.status(200).json(result.webhookResponse ?? { message: 'Workflow was started' });
			return undefined;
		})().catch((error: unknown) => {
			outgoing.statusCode = 500;
			outgoing.end(error instanceof Error ? error.stack : String(error));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/an-id/webhook`;
	return {
		url,
		executions,
		logged,
		async publish() {
			const hooks = nodeType.webhookMethods?.default;
			const context = shared as unknown as ThisParameterType<NonNullable<typeof hooks>['create']>;
			if (hooks && !(await hooks.checkExists.call(context))) await hooks.create.call(context);
		},
		close: async () => await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
	};
}
