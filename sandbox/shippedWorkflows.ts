import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SANDBOX_FOLDER } from './n8n/environment';
import type { NodeJson, WorkflowJson } from './n8n/importing';

export const WORKFLOWS_FOLDER = join(SANDBOX_FOLDER, '..', 'workflows');

/**
 * Changes to shipped workflows, by the workflow's number ('03'), node name and path into the node
 * (`parameters.quietSeconds`, `disabled`). The workflow number '*' stands for every workflow that has a node of the name.
 * A path into a Set node's assignments is `assignments.<field name>`.
 */
export type Replacements = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** The two digits a shipped workflow's file name begins with. */
export type WorkflowNumber = string;

/** The shipped workflows as they lie in `workflows/`, by number, in the order data flows. */
export async function shippedWorkflows(wanted?: readonly WorkflowNumber[]): Promise<Map<WorkflowNumber, WorkflowJson>> {
	const names = (await readdir(WORKFLOWS_FOLDER)).filter((name) => /^\d\d-.*\.json$/.test(name)).sort();
	const found = new Map<WorkflowNumber, WorkflowJson>();
	for (const name of names) {
		const number = name.slice(0, 2);
		if (wanted && !wanted.includes(number)) continue;
		found.set(number, JSON.parse(await readFile(join(WORKFLOWS_FOLDER, name), 'utf8')) as WorkflowJson);
	}
	const missing = wanted?.find((number) => !found.has(number));
	if (missing !== undefined) throw new Error(`There is no shipped workflow ${missing}; there are ${names.join(', ')}`);
	return found;
}

/**
 * The workflow with the replacements of its number made.
 * @throws Error when a replacement names a node the workflow does not have: a test must not change nothing unseen.
 */
export function withReplacements(number: WorkflowNumber, workflow: WorkflowJson, replacements: Replacements): WorkflowJson {
	const own = replacements[number] ?? {};
	const missing = Object.keys(own).find((name) => !workflow.nodes.some((node) => node.name === name));
	if (missing !== undefined) throw new Error(`Workflow ${number} has no node '${missing}' to replace something in`);
	const everywhere = replacements['*'] ?? {};
	const nodes = workflow.nodes.map((node) => {
		const changes = Object.entries({ ...everywhere[node.name], ...own[node.name] });
		if (changes.length === 0) return node;
		const changed: NodeJson = structuredClone(node);
		for (const [path, value] of changes) change(changed, path, value);
		return changed;
	});
	return { ...workflow, nodes };
}

function change(node: NodeJson, path: string, value: unknown): void {
	const [head, ...rest] = path.split('.');
	if (head === 'assignments') {
		const fields: unknown = Reflect.get(Reflect.get(node.parameters, 'assignments') ?? {}, 'assignments');
		const field: unknown = Array.isArray(fields) ? fields.find((one: unknown) => isObject(one) && one.name === rest.join('.')) : undefined;
		if (!isObject(field)) throw new Error(`The node '${node.name}' has no field '${rest.join('.')}'`);
		field.value = value;
		return;
	}
	let place: Record<string, unknown> = node;
	for (const key of [head, ...rest].slice(0, -1)) {
		const next = place[key] ?? {};
		if (!isObject(next)) throw new Error(`'${path}' leads nowhere in the node '${node.name}'`);
		place[key] = next;
		place = next;
	}
	place[rest.at(-1) ?? head] = value;
}

/**
 * A second client's copy: own ids, own webhook addresses, own workspace in every Settings node, as when somebody imports
 * the file again and edits the Settings.
 */
export function copyForClient(workflow: WorkflowJson, client: { id: string; name: string; workspace: string }): WorkflowJson {
	const nodes = workflow.nodes.map((node) => {
		const copy: NodeJson = structuredClone(node);
		copy.id = `${node.id}-${client.id}`;
		if (node.webhookId !== undefined) {
			copy.webhookId = `${node.webhookId}-${client.id}`;
			if (node.parameters.path === node.webhookId) change(copy, 'parameters.path', copy.webhookId);
		}
		if (node.name === 'Settings' && namesWorkspace(node)) change(copy, 'assignments.workspace', client.workspace);
		if (/autopilotTrigger$/.test(node.type)) change(copy, 'parameters.options.workspaces', client.workspace);
		if (/outcomeTrigger$/.test(node.type)) change(copy, 'parameters.workspace', client.workspace);
		return copy;
	});
	return { ...workflow, id: `${workflow.id}-${client.id}`, name: `${workflow.name} (${client.name})`, nodes };
}

/** The quick start keeps nothing, so its Settings name no workspace. */
function namesWorkspace(node: NodeJson): boolean {
	const fields: unknown = Reflect.get(Reflect.get(node.parameters, 'assignments') ?? {}, 'assignments');
	return Array.isArray(fields) && fields.some((field: unknown) => isObject(field) && field.name === 'workspace');
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
