import type { IDataObject } from 'n8n-workflow';
import { DraftSchema } from '../../engine/draft/draft';
import { renderTemplate } from '../../engine/draft/template';
import { GenerateWithConfidence } from '../../nodes/GenerateWithConfidence/GenerateWithConfidence.node';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { useEmbeddedStore } from '../nodes/embeddedStore';
import { useModelStandIn, type StandInRequest } from '../nodes/modelStandIn';
import { runNode } from '../nodes/runNode';
import { NAMED_ATTACKS, polluted } from './hostileTexts';

const TEMPLATE = 'Dear {name|friend}, thank you. {senderName|Your team}';
const plain = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, '');

describe('a template of ours', () => {
	it.each(NAMED_ATTACKS)('takes %s once, as text', (_name, text) => {
		const { text: written } = renderTemplate(TEMPLATE, { name: text, senderName: 'Robin' });
		expect(plain(written)).toBe(plain(`Dear ${text.slice(0, 200)}, thank you. Robin`));
		// A value is one line: it lays out nothing of ours.
		expect(written).not.toMatch(/[\r\n]/);
	});

	it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__', 'constructor.prototype', 'name.length', 'name.constructor'])('knows no field {%s}', (field) => {
		expect(renderTemplate(`a {${field}|b} c {${field}}`, { name: 'Ann' })).toEqual({ text: 'a b c', missing: [field] });
	});

	it('is done soon with what is made to take long', () => {
		for (const text of ['{'.repeat(100_000), '{a|'.repeat(30_000), `{${'a'.repeat(100_000)}}`, `{a|${'b'.repeat(100_000)}`, ' ,'.repeat(50_000)]) expect(renderTemplate(text, {}).text.length).toBeLessThanOrEqual(text.length);
	}, 60_000);
});

describe('Generate With Confidence', () => {
	const { store } = useEmbeddedStore();
	const model = useModelStandIn();
	const recorded = async (text: string): Promise<IDataObject> => (await runNode(new LeadAutopilot(), [{ name: text, email: 'ann@mail.example', message: `How much is it? ${text}`, company: text }], { parameters: { resource: 'message', operation: 'record' } })).outputs[0][0].json;

	it.each(NAMED_ATTACKS)('writes %s into no template as anything but the name, and has a person look', async (_name, text) => {
		await store().settings.set('default', { kind: 'workspace' }, { senderName: 'Robin', companyName: 'Acme' }, 'test');
		const { outputs } = await runNode(new GenerateWithConfidence(), [await recorded(text)], { parameters: { template: TEMPLATE } });
		const draft = DraftSchema.parse(outputs.flat()[0].json.draft);
		expect(draft.decision.autoSend).toBe(false);
		expect(draft.text).not.toContain(process.env.PATH ?? 'no path');
		expect(draft.text).not.toMatch(/49 |Robin.*Robin|ann@mail\.example/s);
		expect(polluted()).toBe(false);
	});

	it.each(NAMED_ATTACKS)('shows the model %s as one value of a JSON text that still reads as one', async (_name, text) => {
		model.answers({ text: 'Sure, we will send it.', subject: null, confidence: 0.9, reasoning: 'x' });
		await runNode(new GenerateWithConfidence(), [await recorded(text)], { credentials: model.credential(), parameters: { auditShare: 0 } });
		const { messages, system }: StandInRequest = model.requests[0];
		// What a lead wrote never becomes part of the instructions, nor a message of its own.
		expect(system).not.toContain(text);
		const asked = messages.map((message) => message.text).join('\n');
		const from = asked.indexOf('{');
		const shown: unknown = JSON.parse(asked.slice(from, asked.lastIndexOf('}') + 1));
		expect(plain(JSON.stringify(shown))).toContain(plain(JSON.stringify(`How much is it? ${text}`)).slice(1, 40));
	});
});
