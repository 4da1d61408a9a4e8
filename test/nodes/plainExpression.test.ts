import type { IDataObject, INode } from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';
import { AbVariant } from '../../nodes/AbVariant/AbVariant.node';
import { BestSendTime } from '../../nodes/BestSendTime/BestSendTime.node';
import { ClassifyLead } from '../../nodes/ClassifyLead/ClassifyLead.node';
import { GenerateWithConfidence } from '../../nodes/GenerateWithConfidence/GenerateWithConfidence.node';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { Outbox } from '../../nodes/Outbox/Outbox.node';
import { OutcomeTrack } from '../../nodes/OutcomeTrack/OutcomeTrack.node';
import { QualityGate } from '../../nodes/QualityGate/QualityGate.node';
import { RateLimit } from '../../nodes/RateLimit/RateLimit.node';
import { lookUp } from '../../nodes/shared/plainExpression';
import { StageAssign } from '../../nodes/StageAssign/StageAssign.node';

const NODES = [AbVariant, BestSendTime, ClassifyLead, GenerateWithConfidence, LeadAutopilot, Outbox, OutcomeTrack, QualityGate, RateLimit, StageAssign];

const ITEMS: readonly IDataObject[] = [
	{},
	{ name: 'Ada', email: 'ada@engines.example', phone: 441632960001, channel: 'email', text: 'Hello', score: 0 },
	{ message: 'only text', body: 'a body', email: '' },
	{ message: { id: 'm1', workspace: 'acme', channel: 'whatsapp', text: '', language: 'de', threadId: 't', accountId: null }, contact: { id: 'c1', email: null, score: 12 }, conversation: [{ from: 'lead', text: 'Hi' }], draft: { id: 'd1', text: 'Answer' }, schedule: { sendAt: '2026-03-02T12:00:00Z' }, gate: { sentence: 'Fine.' }, facts: ['a'], job: { id: 'j1', workspace: 'b' } },
	{ message: null, contact: 0, classification: { score: 71, confidence: 0, status: 'QUALIFIED' }, stage: 'won', variant: false },
];

function expressionsOf(properties: readonly unknown[]): string[] {
	return properties.flatMap((property): string[] => {
		if (typeof property === 'string') return property.startsWith('={{') && property.includes('$json') ? [property] : [];
		if (property === null || typeof property !== 'object') return [];
		return expressionsOf(Array.isArray(property) ? property : Object.values(property));
	});
}

const nodeType = new BestSendTime();
const node: INode = { id: 'n', name: 'Node', type: 'n8n-nodes-lead-autopilot.bestSendTime', typeVersion: 1, position: [0, 0], parameters: {} };
const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes: { getByName: () => nodeType, getByNameAndVersion: () => nodeType, getKnownTypes: () => ({}) } });

/** As n8n itself evaluates a parameter. */
function asN8nDoes(expression: string, json: IDataObject): unknown {
	return workflow.expression.getParameterValue(expression, null, 0, 0, 'Node', [{ json }], 'manual', {});
}

describe('a plain expression looked up in the item', () => {
	const defaults = [...new Set(expressionsOf(NODES.flatMap((Type) => new Type().description.properties)))];

	it.each(defaults)('is what n8n makes of %s', (expression) => {
		for (const json of ITEMS) {
			const found = lookUp(expression, json);
			if (found) expect(found.value).toEqual(asN8nDoes(expression, json));
		}
	});

	it('covers most of the defaults, for items of every kind', () => {
		const covered = defaults.filter((expression) => lookUp(expression, ITEMS[3]) !== undefined);
		expect(covered.length / defaults.length).toBeGreaterThan(0.9);
	});

	it.each([
		["={{ $json.a ?? $json.b ? 'x' : 'y' }}"],
		['={{ $json.a ?? 1 + 1 }}'],
		['={{ $json.a }} and {{ $json.b }}'],
		['={{ $json.a.toUpperCase() }}'],
		["={{ $json['a'] }}"],
		['={{ $json.a, $json.b }}'],
		["={{ $json.a ?? ($json.b) + (1) }}"],
		['={{ $json.a?.length }}'],
		['={{ $json.constructor }}'],
		['={{ $json.a = 1 }}'],
		['={{ $env.HOME }}'],
		['=hello'],
	])('leaves %s to n8n', (expression) => {
		expect(lookUp(expression, { a: 'text', b: 'other' })).toBeUndefined();
	});

	it('answers with what comes first even where only n8n could evaluate the rest, and leaves that to n8n when it is needed', () => {
		const expression = "={{ $json.job?.id ?? $json.draft?.id ?? $('Send Due').item.json.job.id }}";
		expect(lookUp(expression, { draft: { id: 'd' } })).toEqual({ value: 'd' });
		expect(lookUp(expression, {})).toBeUndefined();
	});
});
