/** A call of n8n's internal interface as the owner; gives the `data` of the answer. */
export type Rest = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** As `n8n export:credentials --decrypted` writes it. */
export interface CredentialJson {
	/** The id workflows may refer to it by; n8n gives one of its own. */
	id?: string;
	name: string;
	type: string;
	data: Readonly<Record<string, unknown>>;
}

export interface NodeJson {
	name: string;
	type: string;
	typeVersion: number;
	position: readonly [number, number];
	parameters: Readonly<Record<string, unknown>>;
	id?: string;
	webhookId?: string;
	credentials?: Readonly<Record<string, { id?: string | null; name: string }>>;
	[key: string]: unknown;
}

/** A workflow as the editor downloads it. */
export interface WorkflowJson {
	id: string;
	name: string;
	nodes: readonly NodeJson[];
	connections: Readonly<Record<string, unknown>>;
	settings?: Readonly<Record<string, unknown>>;
	[key: string]: unknown;
}

interface Known {
	id: string;
	name: string;
	type: string;
}

export async function importCredentials(rest: Rest, credentials: readonly CredentialJson[]): Promise<Map<string, string>> {
	const known = await knownCredentials(rest);
	const ids = new Map<string, string>();
	for (const { id, name, type, data } of credentials) {
		const existing = known.find((one) => one.name === name && one.type === type);
		const answer = await rest(existing ? 'PATCH' : 'POST', existing ? `/credentials/${existing.id}` : '/credentials', { name, type, data });
		if (id !== undefined) ids.set(id, (answer as Known).id);
	}
	return ids;
}

export async function importWorkflows(rest: Rest, workflows: readonly WorkflowJson[]): Promise<void> {
	const known = await knownCredentials(rest);
	const listed = (await rest('GET', '/workflows')) as Array<{ id: string }>;
	const existing = new Set(listed.map(({ id }) => id));
	for (const { id, name, nodes, connections, settings } of workflows) {
		// Without pinData the editor's second Execute step fails inside n8n.
		const body = { name, nodes: nodes.map((node) => withCredentials(node, known)), connections, settings: settings ?? { executionOrder: 'v1' }, pinData: {} };
		if (existing.has(id)) {
			await rest('PATCH', `/workflows/${id}?forceSave=true`, body);
			await rest('POST', `/workflows/${id}/deactivate`, {});
		} else {
			await rest('POST', '/workflows', { id, ...body });
		}
	}
}

async function knownCredentials(rest: Rest): Promise<Known[]> {
	return (await rest('GET', '/credentials')) as Known[];
}

/** n8n refuses a reference without an id, and shipped workflows carry none: the name and type decide. */
function withCredentials(node: NodeJson, known: readonly Known[]): NodeJson {
	if (node.credentials === undefined) return node;
	const credentials = Object.entries(node.credentials).map(([type, reference]) => {
		const found = known.find((one) => one.type === type && one.name === reference.name);
		return [type, found ? { id: found.id, name: found.name } : reference] as const;
	});
	return { ...node, credentials: Object.fromEntries(credentials) };
}
