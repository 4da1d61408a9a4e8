import { randomUUID } from 'node:crypto';
import type { NodeJson, WorkflowJson } from '../../sandbox/n8n/importing';

const PACK = 'n8n-nodes-lead-autopilot.';
/** A workspace of its own, so that the published workflows leave the examples alone. */
export const EXAMPLE_WORKSPACE = 'examples';

const LEAD = {
	name: 'Lena Brandt',
	email: 'lena@example.com',
	phone: '+49 151 23456789',
	company: 'Hotel Brandt',
	channel: 'email',
	text: 'Hi, we need twelve kitchens for our hotel and want to order this month. How much would that be, and when is delivery?',
};

function node(name: string, type: string, at: readonly [number, number], parameters: Record<string, unknown> = {}, typeVersion = 1): NodeJson {
	return { id: randomUUID(), name, type, typeVersion, position: at, parameters };
}

const start = (): NodeJson[] => [
	node('Start', 'n8n-nodes-base.manualTrigger', [0, 0]),
	node('A Lead', 'n8n-nodes-base.set', [200, 0], { mode: 'raw', jsonOutput: JSON.stringify(LEAD, null, 2), options: {} }, 3.4),
];

/** Every output of the first leads to the second. */
function chained(nodes: readonly NodeJson[], outputs: Readonly<Record<string, number>>): Record<string, unknown> {
	const pairs = nodes.slice(0, -1).map((one, at) => [one.name, { main: Array.from({ length: outputs[one.name] ?? 1 }, () => [{ node: nodes[at + 1].name, type: 'main', index: 0 }]) }] as const);
	return Object.fromEntries(pairs);
}

/** The eight decisions one after another on one lead, as they follow each other in the shipped workflow. */
export function decisionsWorkflow(): WorkflowJson {
	const own = { workspace: EXAMPLE_WORKSPACE };
	const steps: [string, string, Record<string, unknown>, number][] = [
		['Record Lead', 'leadAutopilot', { messageWorkspace: EXAMPLE_WORKSPACE }, 2],
		['Classify Lead', 'classifyLead', {}, 4],
		['Stage Assign', 'stageAssign', {}, 3],
		['A/B Variant', 'abVariant', {}, 1],
		['Generate With Confidence', 'generateWithConfidence', { facts: 'Delivery takes 10 working days.', auditShare: 0 }, 2],
		['Quality Gate', 'qualityGate', {}, 3],
		['Best Send Time', 'bestSendTime', { purpose: 'outreach' }, 1],
		['Rate Limit', 'rateLimit', {}, 2],
		['Outcome Track', 'outcomeTrack', { ...own, event: 'meeting_booked' }, 1],
	];
	const nodes = [...start(), ...steps.map(([name, type, parameters], at) => node(name, `${PACK}${type}`, [440 + at * 340, 0], parameters))];
	return workflow('examplesDecisions', 'Examples · Decisions', nodes, chained(nodes, Object.fromEntries(steps.map(([name, , , outputs]) => [name, outputs]))));
}

/** One node for each operation worth seeing, each after the same spreadsheet row. */
export function operationsWorkflow(): WorkflowJson {
	const operations: [string, string, Record<string, unknown>][] = [
		['Record Message', 'leadAutopilot', {}],
		['Record Provider Payload', 'leadAutopilot', { operation: 'recordPayload' }],
		['Create or Update Contact', 'leadAutopilot', { resource: 'contact' }],
		['Opt Out', 'leadAutopilot', { resource: 'contact', operation: 'optOut' }],
		['Take Over', 'leadAutopilot', { resource: 'contact', operation: 'takeOver' }],
		['Correct', 'leadAutopilot', { resource: 'contact', operation: 'correct', by: 'eva@example.com', corrections: { score: 80 } }],
		['Add Knowledge', 'leadAutopilot', { resource: 'knowledge', operation: 'add', workspace: EXAMPLE_WORKSPACE, title: 'Delivery', content: 'Delivery takes 10 working days. Assembly is included from four kitchens on.' }],
		['Search Knowledge', 'leadAutopilot', { resource: 'knowledge', operation: 'search', workspace: EXAMPLE_WORKSPACE, query: 'How long does delivery take?' }],
		['List Knowledge', 'leadAutopilot', { resource: 'knowledge', operation: 'list', workspace: EXAMPLE_WORKSPACE }],
		['Conversion by Band', 'leadAutopilot', { resource: 'report', operation: 'conversionByBand', workspace: EXAMPLE_WORKSPACE }],
		['Shadow Mode', 'leadAutopilot', { resource: 'report', operation: 'shadowMode', workspace: EXAMPLE_WORKSPACE }],
		['Past Conversations', 'leadAutopilot', { resource: 'report', operation: 'pastConversations', workspace: EXAMPLE_WORKSPACE }],
		['Certified Draft', 'generateWithConfidence', { workspace: EXAMPLE_WORKSPACE, thresholdMode: 'certified', redact: true, facts: 'Delivery takes 10 working days.' }],
		['Learnt Time', 'bestSendTime', { workspace: EXAMPLE_WORKSPACE, purpose: 'outreach', options: { learn: true, explorePercent: 10, avoidHolidays: true } }],
		['Outreach Email', 'outreachEmail', { workspace: EXAMPLE_WORKSPACE }],
		['Deliverability', 'leadAutopilot', { resource: 'report', operation: 'deliverability', workspace: EXAMPLE_WORKSPACE }],
		['Set Settings', 'leadAutopilot', { resource: 'settings', operation: 'set', patch: { mode: 'auto', killSwitch: false, quietFrom: '20:00', quietTo: '08:00' } }],
		['Save Pipeline', 'leadAutopilot', { resource: 'settings', operation: 'savePipeline' }],
		['Schedule', 'outbox', {}],
		['Send to Review', 'outbox', { operation: 'sendToReview', own: { text: 'Hello!', channel: '={{ $json.channel }}' } }],
		['No Reply', 'outbox', { operation: 'noReply' }],
		['Claim Due', 'outbox', { operation: 'claimDue' }],
		['List', 'outbox', { operation: 'list' }],
		['Cancel', 'outbox', { operation: 'cancel' }],
		['Create Experiment', 'abVariant', { operation: 'create', experiment: 'opening', variants: { variant: [{ id: 'a', name: 'As usual', weight: 1, control: true }, { id: 'b', name: 'Ends with a question', weight: 1, template: 'Hi {name|there}, …' }] } }],
		['Report', 'abVariant', { operation: 'report', experiment: 'greeting' }],
		['Check Inbound', 'qualityGate', { check: 'inbound' }],
		['Own Rules', 'rateLimit', { ruleSets: ['standard', 'gmail'], standardLimits: { email: 10 }, ownRules: { rule: [{ name: '100 a day from one mailbox', messages: 100, scope: 'sender', window: 'day', channels: ['email'] }] } }],
		['Stages Here', 'stageAssign', { pipelineSource: 'inline' }],
		['Record Status', 'outcomeTrack', { operation: 'recordPayload' }],
		['Record Sent', 'outcomeTrack', { operation: 'recordSent' }],
	];
	const first = start();
	const nodes = operations.map(([name, type, parameters], at) => node(name, `${PACK}${type}`, [480 + (at % 5) * 260, Math.floor(at / 5) * 220], parameters));
	const connections = { ...chained(first, {}), 'A Lead': { main: [nodes.map(({ name }) => ({ node: name, type: 'main', index: 0 }))] } };
	return workflow('examplesOperations', 'Examples · Operations', [...first, ...nodes], connections);
}

function workflow(id: string, name: string, nodes: NodeJson[], connections: Record<string, unknown>): WorkflowJson {
	return { id, name, nodes, connections, settings: { executionOrder: 'v1' }, active: false };
}
