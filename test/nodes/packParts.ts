import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NodeHelpers, Workflow, type ICredentialType, type INode, type INodeParameters, type INodeProperties, type INodePropertyCollection, type INodePropertyOptions, type INodeType } from 'n8n-workflow';

export const REPOSITORY = join(__dirname, '../..');

export interface PackNode {
	/** Folder and class name, e.g. BestSendTime. */
	name: string;
	folder: string;
	node: INodeType;
}

export interface PackCredential {
	/** Class name and start of the file name, e.g. LeadAutopilotStoreApi. */
	name: string;
	credential: ICredentialType;
}

/** Every node of the pack, found by its folder. */
export function packNodes(): PackNode[] {
	const folders = readdirSync(join(REPOSITORY, 'nodes')).filter((name) => /^[A-Z]/.test(name));
	return folders.map((name) => {
		const folder = join(REPOSITORY, 'nodes', name);
		const file = jest.requireActual<Record<string, new () => INodeType>>(join(folder, `${name}.node`));
		return { name, folder, node: new file[name]() };
	});
}

/** Every credential of the pack, found by its file. */
export function packCredentials(): PackCredential[] {
	const files = readdirSync(join(REPOSITORY, 'credentials')).filter((file) => file.endsWith('.credentials.ts'));
	return files.map((file) => {
		const name = file.replace('.credentials.ts', '');
		const module = jest.requireActual<Record<string, new () => ICredentialType>>(join(REPOSITORY, 'credentials', `${name}.credentials`));
		return { name, credential: new module[name]() };
	});
}

export interface PlacedProperty {
	/** Where a user finds it, e.g. `Options > Not Before`. */
	path: string;
	property: INodeProperties;
}

/** A property and all below it: fields of collections and of fixed collections. */
export function withNested(property: INodeProperties, above = ''): PlacedProperty[] {
	const path = `${above}${property.displayName}`;
	const below = (property.options ?? []).flatMap((option) => {
		if (isField(option)) return withNested(option, `${path} > `);
		return isGroup(option) ? option.values.flatMap((field) => withNested(field, `${path} > ${option.displayName} > `)) : [];
	});
	return [{ path, property }, ...below];
}

/** What a dropdown offers; empty for other properties. */
export function choicesOf({ options = [] }: INodeProperties): INodePropertyOptions[] {
	return options.filter((option): option is INodePropertyOptions => 'value' in option);
}

type Option = NonNullable<INodeProperties['options']>[number];
const isField = (option: Option): option is INodeProperties => 'type' in option && 'displayName' in option;
const isGroup = (option: Option): option is INodePropertyCollection => 'values' in option;

/** A workflow that holds the node with these parameters, the rest at their defaults, as the editor would make it. */
export function placed({ node, name }: PackNode, parameters: INodeParameters): { workflow: Workflow; inWorkflow: INode } {
	const { description } = node;
	const inWorkflow: INode = { id: 'node', name, type: description.name, typeVersion: 1, position: [0, 0], parameters: {} };
	inWorkflow.parameters = NodeHelpers.getNodeParameters(description.properties, parameters, true, false, inWorkflow, description) ?? {};
	const nodeTypes = { getByName: () => node, getByNameAndVersion: () => node, getKnownTypes: () => ({}) };
	return { workflow: new Workflow({ nodes: [inWorkflow], connections: {}, active: false, nodeTypes }), inWorkflow };
}

/** Every combination of the choices that decide which fields and outputs a user sees. */
export function shapesOf({ node }: PackNode): INodeParameters[] {
	const { properties, outputs } = node.description;
	const deciding = properties.filter(({ name, noDataExpression, type }) => (type === 'options' || type === 'boolean') && (noDataExpression === true || String(outputs).includes(`$parameter.${name}`)));
	return deciding.reduce<INodeParameters[]>(
		(shapes, property) => {
			const values = property.type === 'boolean' ? [true, false] : choicesOf(property).map(({ value }) => value);
			return shapes.flatMap((shape) => (isShown(property, shape) ? values.map((value) => ({ ...shape, [property.name]: value })) : [shape]));
		},
		[{}],
	);
}

function isShown({ displayOptions }: INodeProperties, shape: INodeParameters): boolean {
	return Object.entries(displayOptions?.show ?? {}).every(([name, values]) => (values ?? []).some((value) => value === shape[name]));
}
