import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeHelpers, type INodeProperties } from 'n8n-workflow';
import { choicesOf, packCredentials, packNodes, placed, REPOSITORY, shapesOf, withNested, type PlacedProperty } from './packParts';

const PACK = 'n8n-nodes-lead-autopilot';
const NODES = packNodes();
const CREDENTIALS = packCredentials();
const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { name: string; n8n: { nodes: string[]; credentials: string[] } };

/** Words a title keeps in lower case unless they come first. */
const SMALL = /^(a|an|and|as|at|but|by|for|from|if|in|into|nor|of|on|or|over|per|so|than|that|the|to|up|via|when|with)$/;
/** What a label or hint would promise although it is not built. */
const NOT_BUILT = /bandit|fine-?tun|coming soon|not yet|todo/i;
/** Credentials of n8n itself, which tests them. */
const BUILT_IN_CREDENTIALS = new Set(['facebookGraphApi', 'smtp']);
/** Fields whose label says all there is to say. */
const PLAIN = new Set(['Company', 'Company Name', 'Database', 'Email', 'Host', 'Name', 'Operation', 'Options', 'Password', 'Phone', 'Pipeline Name', 'Port', 'Resource', 'Sender Name', 'Stage', 'Subject', 'User']);
/** Dropdowns whose choices need no explanation. */
const PLAIN_CHOICES = new Set(['Channel', 'Channels', 'Event', 'Events', 'Intent', 'Provider', 'Reply Intent', 'Resource', 'Status', 'Statuses', 'Working Days']);
const PLAIN_CHOICE = new Set(['Block', 'Off', 'Pass', 'Review']);

/** Products that are written in two cases, unlike a code of ours that slipped through. */
const PROPER_NAMES = /\b(?:HubSpot|SendGrid)\b/g;

const isTitle = (text: string): boolean =>
	text.split(/[\s–]+/).every((word, at) => {
		const letters = word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
		return letters === '' || /^[\p{Lu}\p{N}]/u.test(letters) || (at > 0 && SMALL.test(letters));
	});
const iconFiles = (icon: unknown): string[] => {
	const { light = '', dark = '' } = (icon ?? {}) as { light?: string; dark?: string };
	return [light, dark].map((file) => file.replace('file:', ''));
};
const isList = ({ type }: INodeProperties): boolean => type === 'collection' || type === 'fixedCollection';

/** A dropdown whose choices say what they do needs no sentence of its own. */
const explained = (property: INodeProperties): boolean => choicesOf(property).length > 0 && choicesOf(property).every(({ description }) => description !== undefined);

/** What a user would stumble over in a list of fields, one line each. */
function flaws(properties: readonly PlacedProperty[]): string[] {
	return properties.flatMap(({ path, property }) => {
		const { displayName, description, placeholder, type, typeOptions } = property;
		const says = (description ?? '').replace(/<[^>]+>/g, '');
		const found: string[] = [];
		if (type === 'notice') return NOT_BUILT.test(displayName) ? [`${path}: promises what is not built`] : [];
		if (!isTitle(displayName)) found.push('label is not in Title Case');
		if (says === '' && !PLAIN.has(displayName) && !isList(property) && !explained(property)) found.push('no description');
		if (says !== '' && !/^[\p{Lu}\p{N}'{]/u.test(says)) found.push('description does not begin like a sentence');
		if (type === 'boolean' && !says.startsWith('Whether')) found.push("description does not begin with 'Whether'");
		if (placeholder !== undefined && !isList(property) && !placeholder.startsWith('e.g.')) found.push("placeholder does not begin with 'e.g.'");
		if (isList(property) && typeOptions?.multipleValues !== false && !/^(Add|Change) /.test(placeholder ?? '')) found.push('no placeholder that says what is added');
		if (NOT_BUILT.test([displayName, says, placeholder].join(' '))) found.push('promises what is not built');
		return found.map((flaw) => `${path}: ${flaw}`);
	});
}

function choiceFlaws(properties: readonly PlacedProperty[]): string[] {
	return properties.flatMap(({ path, property }) =>
		choicesOf(property).flatMap(({ name, description }) => {
			const found: string[] = [];
			if (!isTitle(name)) found.push('is not in Title Case');
			if (description === undefined && !PLAIN_CHOICES.has(property.displayName) && !PLAIN_CHOICE.has(name)) found.push('has no description');
			if (NOT_BUILT.test(`${name} ${description ?? ''}`)) found.push('promises what is not built');
			return found.map((flaw) => `${path} = ${name}: ${flaw}`);
		}),
	);
}

describe('package.json', () => {
	it('lists exactly the nodes and credentials of the folders', () => {
		expect(manifest.name).toBe(PACK);
		expect([...manifest.n8n.nodes].sort()).toEqual(NODES.map(({ name }) => `dist/nodes/${name}/${name}.node.js`).sort());
		expect([...manifest.n8n.credentials].sort()).toEqual(CREDENTIALS.map(({ name }) => `dist/credentials/${name}.credentials.js`).sort());
	});
});

describe.each(NODES)('$name', (part) => {
	const { name, folder, node } = part;
	const { description } = node;
	const properties = description.properties.flatMap((property) => withNested(property));

	it('is called the same in folder, class, type and name on the canvas', () => {
		expect(description.name).toBe(`${name.charAt(0).toLowerCase()}${name.slice(1)}`);
		expect(description.defaults.name).toBe(description.displayName);
		expect(isTitle(description.displayName)).toBe(true);
		expect(description.description).toMatch(/^\p{Lu}.{20,160}[^.]$/u);
		expect(description.description).not.toMatch(NOT_BUILT);
	});

	it('has a light and a dark icon', () => {
		const files = iconFiles(description.icon);
		expect(files).toHaveLength(new Set(files).size);
		expect(files.filter((file) => !readFileSync(join(folder, file), 'utf8').startsWith('<svg'))).toEqual([]);
	});

	it('has a codex that names it', () => {
		const codex = JSON.parse(readFileSync(join(folder, `${name}.node.json`), 'utf8')) as Record<string, unknown>;
		expect(codex).toMatchObject({ node: `${PACK}.${description.name}`, nodeVersion: '1.0', codexVersion: '1.0' });
		expect(codex.categories).not.toEqual([]);
		expect(codex.alias).not.toEqual([]);
		expect(codex.resources).toMatchObject({ primaryDocumentation: [{ url: expect.stringMatching(/^https:\/\//) }] });
	});

	it('says whether agents may use it, and a trigger has no input', () => {
		expect('usableAsTool' in description).toBe(true);
		const isTrigger = description.group.includes('trigger');
		expect(/Trigger$/.test(name)).toBe(isTrigger);
		expect(isTrigger).toBe((description.inputs as unknown[]).length === 0);
	});

	it('has a subtitle in words, whatever is chosen', () => {
		for (const shape of shapesOf(part)) {
			const { workflow, inWorkflow } = placed(part, shape);
			const subtitle: unknown = workflow.expression.getSimpleParameterValue(inWorkflow, description.subtitle, 'manual', {});
			expect({ shape, subtitle: String(subtitle).replace(PROPER_NAMES, 'Name') }).toEqual({ shape, subtitle: expect.stringMatching(/^(?!.*(undefined|null|\[object|[a-z][A-Z])).{3,}$/) });
		}
	});

	it('names its outputs wherever there are several', () => {
		for (const shape of shapesOf(part)) {
			const { workflow, inWorkflow } = placed(part, shape);
			const outputs = NodeHelpers.getNodeOutputs(workflow, inWorkflow, description);
			const names = outputs.map((output, at) => (typeof output === 'string' ? description.outputNames?.[at] : output.displayName));
			if (outputs.length > 1) expect({ shape, named: names.map((one) => one !== undefined && isTitle(one)) }).toEqual({ shape, named: outputs.map(() => true) });
			expect(new Set(names).size).toBe(outputs.length);
		}
	});

	it('has fields a user understands', () => {
		expect(flaws(properties)).toEqual([]);
	});

	it('has choices a user understands', () => {
		expect(choiceFlaws(properties)).toEqual([]);
	});

	it('lists each operation as an action in the node picker', () => {
		const operations = description.properties.filter((property) => property.name === 'operation').flatMap(choicesOf);
		expect(operations.filter(({ action }) => action === undefined).map((one) => one.name)).toEqual([]);
	});

	it('shows no field twice under the same choices', () => {
		for (const shape of shapesOf(part)) {
			const { inWorkflow } = placed(part, shape);
			const shown = description.properties.filter((property) => NodeHelpers.displayParameter(inWorkflow.parameters, property, inWorkflow, description));
			const labels = shown.map(({ displayName }) => displayName);
			expect({ shape, twice: labels.filter((label, at) => labels.indexOf(label) !== at) }).toEqual({ shape, twice: [] });
		}
	});

	it('asks only for credentials of the pack, each of which can be tested, or those of n8n itself', () => {
		for (const { name: type, testedBy } of description.credentials ?? []) {
			if (BUILT_IN_CREDENTIALS.has(type)) continue;
			const credential = CREDENTIALS.find((one) => one.credential.name === type)?.credential;
			expect(credential).toBeDefined();
			if (typeof testedBy === 'string') expect(Object.keys(node.methods?.credentialTest ?? {})).toContain(testedBy);
			else expect(credential?.test).toBeDefined();
		}
	});
});

describe.each(CREDENTIALS)('$name', ({ name, credential }) => {
	it('has a type name no other pack has, and a title', () => {
		expect(credential.name).toBe(`${name.charAt(0).toLowerCase()}${name.slice(1)}`);
		expect(credential.name).toMatch(/^leadAutopilot[A-Z][A-Za-z]*Api$/);
		expect(isTitle(credential.displayName)).toBe(true);
		expect(credential.documentationUrl).toMatch(/^https:\/\//);
	});

	it('has a light and a dark icon', () => {
		expect(iconFiles(credential.icon).filter((file) => !existsSync(join(REPOSITORY, 'credentials', file)))).toEqual([]);
	});

	it('can be tested', () => {
		const testedByNode = NODES.some(({ node }) => (node.description.credentials ?? []).some((one) => one.name === credential.name && one.testedBy !== undefined));
		expect(credential.test !== undefined || testedByNode).toBe(true);
	});

	it('hides what is secret', () => {
		const secrets = credential.properties.filter((property) => /password|key(?!.*budget)|secret|token/i.test(property.name) && property.type === 'string');
		expect(secrets.filter(({ typeOptions }) => typeOptions?.password !== true).map((property) => property.name)).toEqual([]);
	});

	it('has fields a user understands', () => {
		const properties = credential.properties.flatMap((property) => withNested(property));
		expect([...flaws(properties), ...choiceFlaws(properties)]).toEqual([]);
	});
});
