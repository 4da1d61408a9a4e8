import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import { contractItem } from './contractItem';
import { packNodes, placed, shapesOf, withNested, type PackNode } from './packParts';

/** Every default that is an expression, by where a user finds it. */
function expressionDefaults({ node }: PackNode): [string, string][] {
	return node.description.properties
		.flatMap((property) => withNested(property))
		.flatMap(({ path, property }) => (typeof property.default === 'string' && property.default.startsWith('=') ? [[path, property.default] as [string, string]] : []));
}

const FULL_ITEM: IDataObject = contractItem('How much is it?', {
	reply: { intent: 'question', optOut: { wanted: false, certainty: 1 }, sentiment: 0, language: 'en', needsAnswer: true },
	classification: { intent: 'warm', score: 55, status: 'CONTACTED', confidence: 0.8, summary: 'Asks for the price.', reasons: [], evidence: [], recommendedStage: 'Engaged', usedFallback: false, abstained: false },
	stage: { pipelineId: 'default', stageId: 'engaged', changed: true, sentence: 'Moved to Engaged.' },
	variant: { experimentId: 'greeting', variantId: 'a', name: 'As usual', template: 'Hi {name}', propensity: 0.5, sticky: false },
	draft: { id: '2b4a1f0e-0000-5000-8000-000000000001', text: 'It is 10 €.', subject: 'Price', language: 'en', facts: [], confidence: 0.9 },
	gate: { verdict: 'pass', issues: [], skipped: [], sentence: 'Nothing stands against it.' },
	schedule: { sendAt: '2026-03-02T09:00:00.000Z', localTime: '10:00', timezone: 'Europe/Madrid', source: 'channel', purpose: 'reply', moved: [] },
	allowance: { allowed: true, reservationId: 'r-1', remaining: {}, degraded: false, sentence: 'Allowed.' },
	job: { id: '2b4a1f0e-0000-5000-8000-000000000001', workspace: 'acme', status: 'scheduled', attempts: 0, channel: 'whatsapp', to: '+34600111222' },
	facts: 'The starter plan costs 10 €.',
});
const SHEET_ROW: IDataObject = { name: 'Ana', email: 'ana@example.com', phone: 34600111222, company: 'Acme', message: 'How much is it?', channel: 'email' };

function evaluate(part: PackNode, expression: string, json: IDataObject): unknown {
	const { workflow, inWorkflow } = placed(part, {});
	const input: INodeExecutionData[] = [{ json, pairedItem: { item: 0 } }];
	const value: INodeParameters = { value: expression };
	return (workflow.expression.getParameterValue(value, null, 0, 0, inWorkflow.name, input, 'manual', {}) as { value: unknown }).value;
}

describe.each(packNodes())('$name', (part) => {
	const defaults = expressionDefaults(part);

	it.each([
		['an empty item', {}],
		['a row of a spreadsheet', SHEET_ROW],
		['an item every other node has worked on', FULL_ITEM],
	])('has defaults that hold on %s', (_what, json) => {
		const failed = defaults.flatMap(([path, expression]) => {
			try {
				const value = evaluate(part, expression, json);
				return typeof value === 'string' && /\bundefined\b|\[object/.test(value) ? [`${path}: ${value}`] : [];
			} catch (error) {
				const message = error instanceof Error ? error.message : String(error);
				// Outbox and Privacy look at nodes of the workflow they are shipped in, which this one has not got; their own tests cover that.
				return /\$\('(?:Send Due|Begin Send|Executions to Delete)'\)/.test(expression) && /doesn't exist/.test(message) ? [] : [`${path}: ${message}`];
			}
		});
		expect(failed).toEqual([]);
	});

	it('finds the contact and the text on a row of a spreadsheet', () => {
		const found = (path: string): unknown[] => defaults.filter(([one]) => one === path).map(([, expression]) => evaluate(part, expression, SHEET_ROW));
		expect(found('Contact').filter((value) => value !== 'ana@example.com')).toEqual([]);
		expect(found('Text').filter((value) => value !== 'How much is it?')).toEqual([]);
	});

	it('can be placed with every combination of its choices', () => {
		for (const shape of shapesOf(part)) expect(() => placed(part, shape)).not.toThrow();
	});
});
