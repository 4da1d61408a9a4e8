import { callN8n } from './call';
import { importCredentials, importWorkflows, type CredentialJson, type WorkflowJson } from './importing';
import { untilPublished } from './publication';

/** The one user of a sandbox n8n; the same on every sandbox so that a visitor can sign in. */
export const OWNER = { email: 'owner@sandbox.example', firstName: 'Sandbox', lastName: 'Owner', password: 'Sandbox-autopilot-1' };

export type ExecutionStatus = 'canceled' | 'crashed' | 'error' | 'new' | 'running' | 'success' | 'unknown' | 'waiting';

export interface ExecutionItem {
	json: Record<string, unknown>;
	error?: unknown;
	pairedItem?: unknown;
}

export interface NodeRun {
	executionStatus?: string;
	executionTime: number;
	/** Milliseconds since 1970. */
	startTime: number;
	error?: { message: string; [key: string]: unknown };
	/** One array of items an output; `null` for an output nothing came out of. */
	data?: { main: Array<ExecutionItem[] | null> };
}

export interface Execution {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	mode: string;
	startedAt: string;
	stoppedAt: string | null;
	/** Only with `includeData`: node name → its runs, in order. */
	data?: { resultData: { runData: Record<string, NodeRun[]>; error?: { message: string; [key: string]: unknown }; lastNodeExecuted?: string } };
}

export interface ExecutionFilter {
	workflowId?: string;
	status?: ExecutionStatus;
	includeData?: boolean;
}

/** What the sandbox and the tests do with a running n8n, over its own HTTP interfaces. */
export interface N8nApi {
	readonly url: string;
	/** Session cookie of the owner, for a browser (`n8n-auth=…`). */
	readonly cookie: string;
	/** Key of the public API (`X-N8N-API-KEY`). */
	readonly apiKey: string;
	/** All executions that match, newest first. Running ones are listed too. */
	executions(filter?: ExecutionFilter): Promise<Execution[]>;
	execution(id: string): Promise<Execution>;
	/** Creates the credentials, or updates those whose name and type exist. Gives wanted id → n8n's id. */
	importCredentials(credentials: readonly CredentialJson[]): Promise<Map<string, string>>;
	/**
	 * Creates the workflows under their own ids, or replaces those that exist, unpublished.
	 * Credential references are found by type and name.
	 */
	importWorkflows(workflows: readonly WorkflowJson[]): Promise<void>;
	/**
	 * Publishes a workflow; its triggers are registered when this resolves.
	 * @throws Error naming the trigger node and its message when n8n could not register one.
	 */
	publishWorkflow(id: string): Promise<void>;
	/** Resolves when the triggers of a published workflow are registered; after a start n8n needs a moment for that. */
	untilPublished(id: string): Promise<void>;
	unpublishWorkflow(id: string): Promise<void>;
	/** Runs a workflow as the editor's button does, from the named trigger node. Gives the execution id. */
	runWorkflow(id: string, triggerName: string): Promise<string>;
	/** Any other call of n8n's internal interface, e.g. `rest('GET', '/settings')`. */
	rest(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** Signs in at a running n8n (making its owner on the first visit) and creates an API key. */
export async function connectN8n(url: string): Promise<N8nApi> {
	const cookie = await signIn(url);
	const rest = async (method: string, path: string, body?: unknown): Promise<unknown> => {
		const { json } = await callN8n(url, { method, path: `/rest${path}`, headers: { cookie }, body });
		return isRecord(json) && 'data' in json ? json.data : json;
	};
	const key = await rest('POST', '/api-keys', { label: `sandbox ${Date.now()} ${process.pid}`, expiresAt: null, scopes: ['execution:list', 'execution:read', 'execution:delete', 'workflow:list', 'workflow:read'] });
	if (!isRecord(key) || typeof key.rawApiKey !== 'string') throw new Error('n8n gave no API key');
	const apiKey = key.rawApiKey;
	const getPublic = async (path: string): Promise<unknown> => (await callN8n(url, { method: 'GET', path: `/api/v1${path}`, headers: { 'x-n8n-api-key': apiKey } })).json;
	return {
		url,
		cookie,
		apiKey,
		rest,
		executions: async (filter) => await listExecutions(getPublic, filter),
		execution: async (id) => (await getPublic(`/executions/${id}?includeData=true`)) as Execution,
		importCredentials: async (credentials) => await importCredentials(rest, credentials),
		importWorkflows: async (workflows) => await importWorkflows(rest, workflows),
		publishWorkflow: async (id) => {
			const workflow = await rest('GET', `/workflows/${id}`);
			if (!isRecord(workflow)) throw new Error(`n8n has no workflow ${id}`);
			await rest('POST', `/workflows/${id}/activate`, { versionId: workflow.versionId });
			await untilPublished(rest, id);
		},
		untilPublished: async (id) => await untilPublished(rest, id),
		unpublishWorkflow: async (id) => {
			await rest('POST', `/workflows/${id}/deactivate`, {});
		},
		runWorkflow: async (id, triggerName) => {
			const answer = await rest('POST', `/workflows/${id}/run`, { workflowData: await rest('GET', `/workflows/${id}`), triggerToStartFrom: { name: triggerName } });
			if (!isRecord(answer) || answer.executionId === undefined) throw new Error(`n8n did not run workflow ${id}: ${JSON.stringify(answer)}`);
			return String(answer.executionId);
		},
	};
}

async function signIn(url: string): Promise<string> {
	const login = { method: 'POST', path: '/rest/login', body: { emailOrLdapLoginId: OWNER.email, password: OWNER.password } };
	const { json } = await callN8n(url, { method: 'GET', path: '/rest/settings' });
	const settings = isRecord(json) && isRecord(json.data) ? json.data : {};
	const needsOwner = isRecord(settings.userManagement) && settings.userManagement.showSetupOnFirstLoad === true;
	if (needsOwner) await callN8n(url, { method: 'POST', path: '/rest/owner/setup', body: OWNER });
	const { headers } = await callN8n(url, login);
	const cookie = headers.getSetCookie().map((line) => line.split(';')[0]).find((pair) => pair.startsWith('n8n-auth='));
	if (cookie === undefined) throw new Error('n8n gave no session cookie at sign-in');
	return cookie;
}

async function listExecutions(getPublic: (path: string) => Promise<unknown>, filter: ExecutionFilter = {}): Promise<Execution[]> {
	const found: Execution[] = [];
	let cursor: string | undefined;
	do {
		const query = new URLSearchParams({ limit: '250' });
		if (filter.workflowId !== undefined) query.set('workflowId', filter.workflowId);
		if (filter.status !== undefined) query.set('status', filter.status);
		if (filter.includeData === true) query.set('includeData', 'true');
		if (cursor !== undefined) query.set('cursor', cursor);
		const page = (await getPublic(`/executions?${query}`)) as { data: Execution[]; nextCursor: string | null };
		found.push(...page.data);
		cursor = page.nextCursor ?? undefined;
	} while (cursor !== undefined);
	return found;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}
