import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeHelpers, Workflow, type INode, type INodeParameters, type INodeProperties, type INodePropertyOptions, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { credentialTypesOf } from '../../sandbox/credentials';
import type { NodeJson, WorkflowJson } from '../../sandbox/n8n/importing';
import { shippedWorkflows, WORKFLOWS_FOLDER } from '../../sandbox/shippedWorkflows';
import { packDescriptions } from './packDescriptions';

const FILES = ['00-quick-start', '01-intake-leads', '02-intake-messages', '03-autopilot', '04-dispatch', '05-review-desk', '06-outcomes', '07-weekly-training', '08-conversation-sync', '09-housekeeping', '10-follow-up-sequence', '11-shadow-replay', '12-weekly-report'];
const STICKY = 'n8n-nodes-base.stickyNote';
const PACK = packDescriptions();
/** Nodes that hand a message to a channel. */
const SENDING = ['n8n-nodes-base.httpRequest', 'n8n-nodes-lead-autopilot.outreachEmail'];
/** Nodes with an address of their own. */
const LISTENING = [...['webhook', 'formTrigger', 'form', 'whatsAppTrigger', 'facebookTrigger', 'twilioTrigger'].map((name) => `n8n-nodes-base.${name}`), 'n8n-nodes-lead-autopilot.outcomeTrigger', 'n8n-nodes-lead-autopilot.reviewDeskTrigger'];
const HIGH_VOLUME = ['01', '02', '03', '04', '06', '08', '09', '10'];

const read = (name: string): WorkflowJson => JSON.parse(readFileSync(join(WORKFLOWS_FOLDER, `${name}.json`), 'utf8')) as WorkflowJson;
const plain = ({ nodes }: WorkflowJson): NodeJson[] => nodes.filter(({ type }) => type !== STICKY);
const stickies = ({ nodes }: WorkflowJson): NodeJson[] => nodes.filter(({ type }) => type === STICKY);
const words = (text: string): number => text.split(/\s+/).filter((word) => /\p{L}|\p{N}/u.test(word)).length;

interface Link {
	from: string;
	output: number;
	to: string;
}
function links({ connections }: WorkflowJson): Link[] {
	const main = connections as Record<string, Record<string, { node: string }[][]>>;
	return Object.entries(main).flatMap(([from, byType]) => Object.values(byType).flatMap((outputs) => outputs.flatMap((targets, output) => targets.map(({ node }) => ({ from, output, to: node })))));
}

interface Box {
	name: string;
	left: number;
	top: number;
	right: number;
	bottom: number;
}
/** What the editor draws, in pixels: a node is 96 square and 32 higher for each output beyond two, one with sub-nodes is 256 wide; two lines of name and subtitle take 60 below. */
function boxOf(node: NodeJson): Box {
	const [left, top] = node.position;
	if (node.type === STICKY) return { name: node.name, left, top, right: left + Number(node.parameters.width), bottom: top + Number(node.parameters.height) };
	const wide = /classifyLead$|generateWithConfidence$/.test(node.type) ? 256 : 96;
	return { name: node.name, left, top, right: left + wide, bottom: top + 32 * Math.max(3, outputCount(node) + 1) + 60 };
}
const overlap = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const inside = (inner: Box, outer: Box): boolean => inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;
function overlapping(boxes: readonly Box[]): string[] {
	return boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) => overlap(a, b)).map((b) => `${a.name} × ${b.name}`));
}

/** Outputs by how n8n counts them; the error output comes last. */
function outputCount(node: NodeJson): number {
	const description = PACK.get(node.type);
	const extra = node.onError === 'continueErrorOutput' ? 1 : 0;
	if (description) return packOutputs(node, description);
	if (node.type === 'n8n-nodes-base.switch') {
		const rules = node.parameters.rules as { values: unknown[] };
		const { fallbackOutput } = node.parameters.options as { fallbackOutput?: string };
		return rules.values.length + (fallbackOutput === 'extra' ? 1 : 0) + extra;
	}
	return (['n8n-nodes-base.if', 'n8n-nodes-base.splitInBatches'].includes(node.type) ? 2 : node.type.endsWith('stopAndError') ? 0 : 1) + extra;
}

function asNode(node: NodeJson, description: INodeTypeDescription): INode {
	const bare = { id: node.id ?? '', name: node.name, type: node.type, typeVersion: node.typeVersion, position: [...node.position] as [number, number], onError: node.onError as INode['onError'] };
	const parameters = NodeHelpers.getNodeParameters(description.properties, node.parameters as INodeParameters, true, false, bare, description) ?? {};
	return { ...bare, parameters };
}

function packOutputs(node: NodeJson, description: INodeTypeDescription): number {
	const complete = asNode(node, description);
	const type: INodeType = { description };
	const workflow = new Workflow({ nodes: [complete], connections: {}, active: false, nodeTypes: { getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) } });
	return NodeHelpers.getNodeOutputs(workflow, complete, description).filter((output) => (typeof output === 'string' ? output : output.type) === 'main').length;
}

/** Parameters n8n would not know or not show, as `path: why`. */
function unknownParameters(node: NodeJson, description: INodeTypeDescription): string[] {
	const { parameters } = asNode(node, description);
	return Object.entries(node.parameters).flatMap(([name, value]) => {
		if (!(name in parameters)) return [`${node.name}.${name}: not shown with these parameters`];
		const shown = description.properties.filter((property) => property.name === name && NodeHelpers.displayParameter(parameters, property, asNode(node, description), description));
		return shown.some((property) => problems(property, value).length === 0) ? [] : shown.flatMap((property) => problems(property, value).map((why) => `${node.name}.${name}${why}`));
	});
}

function problems(property: INodeProperties, value: unknown): string[] {
	if (typeof value === 'string' && value.startsWith('=')) return [];
	const choices = (property.options ?? []).filter((option): option is INodePropertyOptions => 'value' in option).map((option) => option.value);
	if (property.type === 'options') return choices.some((choice) => choice === value) ? [] : [`: ${String(value)} is no choice`];
	if (property.type === 'multiOptions') return (value as unknown[]).filter((one) => !choices.some((choice) => choice === one)).map((one) => `: ${String(one)} is no choice`);
	if (property.type !== 'collection') return [];
	return Object.entries(value as Record<string, unknown>).flatMap(([name, inner]) => {
		const option = (property.options ?? []).find((one): one is INodeProperties => 'type' in one && one.name === name);
		return option ? problems(option, inner).map((why) => `.${name}${why}`) : [`.${name}: unknown`];
	});
}

describe('the shipped workflows', () => {
	it('are these', async () => {
		expect([...(await shippedWorkflows()).keys()]).toEqual(FILES.map((name) => name.slice(0, 2)));
	});

	it('share no workflow id, node id or webhook address', () => {
		const all = FILES.map(read);
		const ids = [...all.map(({ id }) => id), ...all.flatMap(({ nodes }) => nodes.map(({ id }) => id))];
		expect(new Set(ids).size).toBe(ids.length);
		const webhooks = all.flatMap(({ nodes }) => nodes.flatMap(({ webhookId }) => (webhookId === undefined ? [] : [webhookId])));
		expect(new Set(webhooks).size).toBe(webhooks.length);
	});
});

describe.each(FILES)('%s', (name) => {
	const workflow = read(name);
	const number = name.slice(0, 2);

	it('is inactive, runs in the current order and has at most 20 nodes', () => {
		expect(workflow.active).toBe(false);
		expect(workflow.settings?.executionOrder).toBe('v1');
		expect(plain(workflow).length).toBeLessThanOrEqual(20);
	});

	it('names each node once, and says what it does instead of what it is', () => {
		const names = workflow.nodes.map((node) => node.name);
		expect(new Set(names).size).toBe(names.length);
		expect(names.filter((one) => /\d$/.test(one) || /^(HTTP Request|Set|Edit Fields|If|Switch|Code)$/.test(one))).toEqual([]);
	});

	it('has one yellow overview of 100 to 300 words at the top left, and white notes over its groups', () => {
		const yellow = stickies(workflow).filter(({ parameters }) => parameters.color === 1);
		expect(yellow).toHaveLength(1);
		const [overview] = yellow;
		expect(words(String(overview.parameters.content))).toBeGreaterThanOrEqual(100);
		expect(words(String(overview.parameters.content))).toBeLessThanOrEqual(300);
		expect(String(overview.parameters.content)).toMatch(/\*\*How it works\*\*[\s\S]*\*\*Set-up\*\*/);
		expect(String(overview.parameters.content)).toMatch(/self-hosted n8n only/);
		const others = workflow.nodes.filter((node) => node !== overview).map(({ position }) => position);
		expect(Math.min(...others.map(([x]) => x))).toBeGreaterThanOrEqual(boxOf(overview).right);
		expect(Math.min(...others.map(([, y]) => y))).toBeGreaterThanOrEqual(overview.position[1]);
		const groups = stickies(workflow).filter((sticky) => sticky !== overview);
		expect(groups.length).toBeGreaterThanOrEqual(2);
		expect(groups.filter(({ parameters }) => parameters.color !== 7)).toEqual([]);
	});

	it('overlaps nowhere, and every node stands in a group', () => {
		expect(overlapping(plain(workflow).map(boxOf))).toEqual([]);
		expect(overlapping(stickies(workflow).map(boxOf))).toEqual([]);
		const groups = stickies(workflow).map(boxOf);
		expect(plain(workflow).map(boxOf).filter((box) => !groups.some((group) => inside(box, group))).map((box) => box.name)).toEqual([]);
	});

	it('keeps what a user edits in one Settings node', () => {
		expect(workflow.nodes.filter((node) => node.name === 'Settings')).toHaveLength(1);
	});

	it('uses nodes and parameters of the pack that exist', () => {
		const own = plain(workflow).filter(({ type }) => type.startsWith('n8n-nodes-lead-autopilot.'));
		expect(
			own.flatMap((node) => {
				const description = PACK.get(node.type);
				return description ? unknownParameters(node, description) : [`${node.name}: the pack has no ${node.type}`];
			}),
		).toEqual([]);
	});

	it('connects outputs that exist with nodes that exist', () => {
		const byName = new Map(workflow.nodes.map((node) => [node.name, node]));
		const wrong = links(workflow).filter(({ from, output, to }) => {
			const source = byName.get(from);
			return source === undefined || !byName.has(to) || output >= outputCount(source);
		});
		expect(wrong).toEqual([]);
	});

	it('leaves no node unconnected, and no error output of a sending node', () => {
		const all = links(workflow);
		expect(plain(workflow).filter((node) => !all.some(({ from, to }) => from === node.name || to === node.name)).map((node) => node.name)).toEqual([]);
		const sending = plain(workflow).filter(({ type }) => SENDING.includes(type));
		expect(sending.filter((node) => !all.some(({ from, output }) => from === node.name && output === outputCount(node) - 1)).map((node) => node.name)).toEqual([]);
	});

	it('never repeats a send by itself', () => {
		const sending = plain(workflow).filter(({ type }) => SENDING.includes(type));
		expect(sending.filter(({ retryOnFail, onError }) => retryOnFail !== false || onError !== 'continueErrorOutput').map((node) => node.name)).toEqual([]);
	});

	it('has webhook addresses of its own, the path being the webhook id', () => {
		const listening = plain(workflow).filter(({ type }) => LISTENING.includes(type));
		expect(listening.filter(({ webhookId }) => webhookId === undefined).map((node) => node.name)).toEqual([]);
		expect(listening.filter(({ parameters, webhookId }) => parameters.path !== undefined && parameters.path !== webhookId).map((node) => node.name)).toEqual([]);
	});

	it('holds no credential and no secret', () => {
		expect(workflow.nodes.filter(({ credentials }) => credentials !== undefined)).toEqual([]);
		expect(JSON.stringify(workflow)).not.toMatch(/\bsk-[a-z0-9]|\bEAA[A-Za-z0-9]|\bAC[0-9a-f]{32}|Bearer |password"|[Ss]andbox/);
		expect(workflow.settings?.errorWorkflow).toBeUndefined();
	});

	it('keeps no data of successful runs where there are many, and says how to change that', () => {
		const expected = HIGH_VOLUME.includes(number) ? 'none' : undefined;
		expect(workflow.settings?.saveDataSuccessExecution).toBe(expected);
		if (expected !== undefined) expect(stickies(workflow).some(({ parameters }) => /Save successful production executions/.test(String(parameters.content)))).toBe(true);
	});

	it('is given only credentials that its nodes take', () => {
		const offered = plain(workflow).flatMap((node) => credentialTypesOf(node).map((type) => ({ node, type })));
		const refused = offered.filter(({ node, type }) => PACK.has(node.type) && !(PACK.get(node.type)?.credentials ?? []).some((credential) => credential.name === type));
		expect(refused.map(({ node, type }) => `${node.name}: ${type}`)).toEqual([]);
	});
});

describe('03-autopilot', () => {
	it('plans nothing without a time that Best Send Time allows, also after a limit', () => {
		const workflow = read('03-autopilot');
		const all = links(workflow);
		const timers = plain(workflow).filter(({ type }) => type.endsWith('.bestSendTime'));
		for (const { name: from, onError } of timers) {
			expect([from, onError]).toEqual([from, 'continueErrorOutput']);
			expect(all.filter((link) => link.from === from && link.output === 1)).toEqual([{ from, output: 1, to: 'Ask a Person' }]);
		}
		const limits = plain(workflow).filter(({ type }) => type.endsWith('.rateLimit')).map(({ name }) => name);
		expect(all.filter(({ to }) => limits.includes(to)).map(({ from }) => from).sort()).toEqual(timers.map(({ name }) => name).sort());
	});
});

describe('the intake', () => {
	it.each(['01-intake-leads', '02-intake-messages'])('%s lets no bad item stop the others, nor lose what is said of it', (name) => {
		const workflow = read(name);
		const all = links(workflow);
		const own = plain(workflow).filter(({ type }) => type.startsWith('n8n-nodes-lead-autopilot.'));
		expect(own.filter(({ onError }) => onError !== 'continueErrorOutput').map((node) => node.name)).toEqual([]);
		expect(own.filter((node) => !all.some(({ from, output }) => from === node.name && output === outputCount(node) - 1)).map((node) => node.name)).toEqual([]);
		const repeatable = own.filter(({ type }) => /qualityGate$|outcomeTrack$/.test(type));
		expect(repeatable.filter(({ retryOnFail }) => retryOnFail !== true).map((node) => node.name)).toEqual([]);
	});
});

describe('10-follow-up-sequence', () => {
	it('lets nobody enrol by its public path until somebody chose a credential, and answers nothing about contacts', () => {
		const nodes = plain(read('10-follow-up-sequence'));
		expect(nodes.find(({ name }) => name === 'Enrol Webhook')).toMatchObject({ disabled: true, parameters: { authentication: 'headerAuth', responseMode: 'lastNode', responseData: 'firstEntryJson' } });
		expect(nodes.find(({ name }) => name === 'Receipt')?.parameters.assignments).toEqual({ assignments: [{ id: 'contacts', name: 'contacts', type: 'number', value: "={{ $('Settings').all().length }}" }] });
	});
});

describe('09-housekeeping', () => {
	it('lets senders be judged and paused, and tells of those that need care', () => {
		const workflow = read('09-housekeeping');
		const health = plain(workflow).find(({ name }) => name === 'Sender Health');
		expect(health?.parameters).toMatchObject({ resource: 'report', operation: 'deliverability', pauseSender: '={{ $json.pauseSenders }}' });
		expect(links(workflow).filter(({ from }) => from === 'Sender Health').map(({ to }) => to)).toEqual(['Alert']);
	});
});

describe('12-weekly-report', () => {
	it('mails what the report wrote, in both parts, once, and says when it could not', () => {
		const workflow = read('12-weekly-report');
		const letter = plain(workflow).find(({ name }) => name === 'Send Letter');
		expect(letter).toMatchObject({ parameters: { emailFormat: 'both', text: '={{ $json.report.text }}', html: '={{ $json.report.html }}', options: { appendAttribution: false } }, retryOnFail: false, onError: 'continueErrorOutput' });
		expect(links(workflow).filter(({ from }) => from === 'Send Letter')).toEqual([{ from: 'Send Letter', output: 1, to: 'Letter Not Sent' }]);
		expect(plain(workflow).find(({ name }) => name === 'Every Monday')?.parameters).toEqual({ rule: { interval: [{ field: 'weeks', weeksInterval: 1, triggerAtDay: [1], triggerAtHour: 8, triggerAtMinute: 0 }] } });
	});
});

describe('08-conversation-sync', () => {
	const workflow = read('08-conversation-sync');
	const byName = (name: string): NodeJson | undefined => workflow.nodes.find((node) => node.name === name);

	it('begins by itself only when somebody activates its schedule', () => {
		expect(byName('Every Night')?.disabled).toBe(true);
		expect(plain(workflow).filter(({ disabled }) => disabled).map(({ name }) => name)).toEqual(['Every Night']);
	});

	it('ends its execution when the run waits, and notes a whole batch before the next', () => {
		expect(links(workflow).filter(({ from }) => from === 'Read Conversations').map(({ output, to }) => [output, to])).toEqual([[0, 'Classify Lead'], [1, 'Finish']]);
		// n8n follows one output to its end before the next: with several the next batch would begin while some are not noted.
		expect(['Classify Lead', 'Stage Assign'].map((name) => byName(name)?.parameters.split)).toEqual([false, false]);
	});

	it('sends nothing', () => {
		expect(plain(workflow).filter(({ type }) => /outbox$|httpRequest$|outreachEmail$|emailSend$/.test(type))).toEqual([]);
	});
});

describe('07-weekly-training', () => {
	it('starts on Monday at 02:00 UTC, and every end of a training or comparison is told', () => {
		const workflow = read('07-weekly-training');
		expect(workflow.settings?.timezone).toBe('UTC');
		expect(plain(workflow).find(({ name }) => name === 'Every Monday')?.parameters).toEqual({ rule: { interval: [{ field: 'weeks', weeksInterval: 1, triggerAtDay: [1], triggerAtHour: 2, triggerAtMinute: 0 }] } });
		const told = links(workflow).filter(({ to }) => to === 'Message').map(({ from, output }) => `${from} ${output}`);
		// Not ready, export failed, training failed or refused, deployed or not, compared.
		expect(told.sort()).toEqual(['Check Training 2', 'Compare 0', 'Deploy to Some 0', 'Deploy to Some 1', 'Export Training Set 1', 'Ready to Train? 1', 'Start Training 2', 'Start Training 3']);
		const deployed = links(workflow).filter(({ to }) => to === 'Deploy to Some').map(({ from, output }) => `${from} ${output}`);
		expect(deployed.sort()).toEqual(['Check Training 0', 'Start Training 0']);
	});
});

describe('04-dispatch', () => {
	it('sends mail by the node that can be unsubscribed from', () => {
		const mail = plain(read('04-dispatch')).find(({ name }) => name === 'Send as Email');
		expect(mail?.type).toBe('n8n-nodes-lead-autopilot.outreachEmail');
	});

	it('sends nothing but what the store has marked as under way', () => {
		const workflow = read('04-dispatch');
		const all = links(workflow);
		const guard = plain(workflow).find((node) => node.name === 'Under Way?');
		expect(JSON.stringify(guard?.parameters)).toContain("$json.job?.status === 'sending'");
		expect(all.filter(({ from, output }) => from === 'Begin Send' && output === 0).map(({ to }) => to)).toEqual(['Under Way?']);
		expect(all.filter(({ to }) => to === 'Which Channel?')).toEqual([{ from: 'Under Way?', output: 0, to: 'Which Channel?' }]);
	});
});
