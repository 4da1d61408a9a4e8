import { DraftSchema, type Draft } from '../../engine/draft/draft';
import { draftId } from '../../engine/message/spine';
import { GenerateWithConfidence } from '../../nodes/GenerateWithConfidence/GenerateWithConfidence.node';
import { contractItem } from './contractItem';
import { useEmbeddedStore } from './embeddedStore';
import { useModelStandIn, type StandInRequest } from './modelStandIn';
import { runNode, type RunResult } from './runNode';
import { countingCalls, storeCalls } from './storeCalls';

jest.mock('../../store/openStore', () => {
	const actual = jest.requireActual<typeof import('../../store/openStore')>('../../store/openStore');
	return { ...actual, openStore: async (...parameters: Parameters<typeof actual.openStore>) => countingCalls(await actual.openStore(...parameters)) };
});

const [AUTO_SEND, NEEDS_REVIEW] = [0, 1];
const node = new GenerateWithConfidence();
const ANSWER = { text: 'Sure, Ana, we deliver in 10 days.', subject: null, confidence: 0.93, reasoning: 'The fact answers the question.' };
const FACTS = 'Delivery takes 10 days.';
const NO_AUDIT = { auditShare: 0, facts: FACTS };

const draftOf = ({ outputs }: RunResult): Draft => DraftSchema.parse(outputs.flat()[0].json.draft);

describe('Generate With Confidence', () => {
	const { store, breakStore } = useEmbeddedStore();
	const model = useModelStandIn();

	it('drafts for a spreadsheet row on an empty store from a template, for review', async () => {
		const result = await runNode(node, [{ name: 'Ana López', email: 'ana@example.com', text: 'How much does it cost?' }]);
		expect(result.outputs.map((output) => output.length)).toEqual([0, 1]);
		const draft = draftOf(result);
		expect(draft).toMatchObject({ language: 'en', usedFallback: true, decision: { autoSend: false, threshold: 0.85, source: 'fixed', audited: false }, subject: 'Your message' });
		expect(draft.text).toMatch(/^Hi Ana,\n\nthank you for your question\./);
		expect(draft.sentence).toBe('Needs review: written from a template because no model is set.');
		expect([draft.confidence, draft.modelId, draft.tokens]).toEqual([undefined, undefined, undefined]);
		expect(result.hints.join()).toMatch(/Connect a chat model/);
		const [row] = await store().outbound.find('default', [draft.id]);
		expect(row).toMatchObject({ status: 'drafted', to: 'ana@example.com', channel: 'email', contactId: 'ana@example.com', purpose: 'reply', inboundIds: [] });
	});

	it('drafts with the model, stores the draft under the spine, and never pays twice', async () => {
		model.answers(ANSWER);
		const variant = { experimentId: 'e', variantId: 'v', name: 'V', template: 'Hi {firstName|there}', propensity: 0.5, sticky: false, sentence: 'x' };
		const item = contractItem('How long does delivery take?', { variant, classification: undefined });
		const run = async () => await runNode(node, [item], { credentials: model.credential(), parameters: { ...NO_AUDIT, tone: 'direct', framework: 'pas', persona: 'Tom' } });
		const first = await run();
		const draft = draftOf(first);
		expect(first.outputs[AUTO_SEND]).toHaveLength(1);
		expect(draft).toMatchObject({
			id: draftId('acme', 'msg-1', 'contact-1'),
			text: ANSWER.text,
			language: 'en',
			confidence: 0.93,
			rawConfidence: 0.93,
			signals: { selfReport: 0.93 },
			tone: 'direct',
			framework: 'pas',
			persona: 'Tom',
			facts: [FACTS],
			modelId: 'gpt-4o-mini',
			tokens: 120,
			usedFallback: false,
			decision: { autoSend: true },
			sentence: 'May be sent: confidence 0.93 (uncalibrated: 0 of 30 reviews) reaches 0.85.',
		});
		expect(draft.promptVersion).toMatch(/^[0-9a-f]{12}$/);
		expect(model.requests[0].messages[0].text).toContain('"Hi Ana"');
		expect(await store().outbound.find('acme', [draft.id])).toMatchObject([
			{ to: '+34600111222', accountId: 'account-1', threadId: 'thread-1', inboundIds: ['msg-1'], purpose: 'reply', variant: { variantId: 'v' }, draft: { text: ANSWER.text } },
		]);
		model.answers({ ...ANSWER, text: 'Another text' });
		expect(draftOf(await run())).toEqual(draft);
		expect(model.requests).toHaveLength(1);
	});

	it('pays once for the same message twice in a batch', async () => {
		model.answers(ANSWER);
		const item = contractItem('How long does delivery take?');
		const { outputs } = await runNode(node, [item, item], { credentials: model.credential(), parameters: NO_AUDIT });
		expect(outputs[AUTO_SEND]).toHaveLength(2);
		expect(model.requests).toHaveLength(1);
	});

	it.each([
		['low confidence', { ...ANSWER, confidence: 0.84 }, 'confidence 0.84 (uncalibrated: 0 of 30 reviews) is below 0.85'],
		['a figure nobody gave', { ...ANSWER, text: 'It costs 499 EUR, Ana.' }, 'a figure that is not in the facts'],
		['a placeholder left', { ...ANSWER, text: 'Dear [Name], sure, we can do that.' }, 'a placeholder was left'],
		['another language', { ...ANSWER, text: 'Wir liefern in zehn Tagen, vielen Dank für Ihre Nachricht.' }, 'another language'],
	])('holds back %s', async (_what, answer, sentence) => {
		model.answers(answer);
		const result = await runNode(node, [contractItem('How long does delivery take?')], { credentials: model.credential(), parameters: NO_AUDIT });
		expect(result.outputs[NEEDS_REVIEW]).toHaveLength(1);
		expect(draftOf(result).sentence).toContain(sentence);
	});

	it('holds back the audit share of what may be sent', async () => {
		model.answers(ANSWER);
		const result = await runNode(node, [contractItem('How long does delivery take?')], { credentials: model.credential(), parameters: { ...NO_AUDIT, auditShare: 1 } });
		expect(result.outputs[NEEDS_REVIEW]).toHaveLength(1);
		expect(draftOf(result).decision).toEqual({ autoSend: false, audited: true, source: 'fixed', threshold: 0.85, rawThreshold: 0.85, sampling: 'full' });
	});

	it('writes from the template when the model fails, and still for review', async () => {
		model.fails({ status: 401 });
		const result = await runNode(node, [contractItem('Was kostet das bei Ihnen?')], { credentials: model.credential(), parameters: { threshold: 0 } });
		expect(draftOf(result)).toMatchObject({ usedFallback: true, language: 'de', decision: { autoSend: false } });
		expect(draftOf(result).text).toMatch(/^Vielen Dank/);
		expect(draftOf(result).sentence).toContain('the model refused the API key');
	});

	it('repairs an answer of the wrong shape once, then falls back', async () => {
		model.answers({ nonsense: true });
		const result = await runNode(node, [contractItem('How long does delivery take?')], { credentials: model.credential() });
		expect(draftOf(result).sentence).toContain('did not answer in the asked form');
		expect(model.requests).toHaveLength(2);
	});

	it('uses a chat model connected on the canvas', async () => {
		const connected = { ai_languageModel: { model: 'own', invoke: async () => ({ content: JSON.stringify(ANSWER) }) } };
		const draft = draftOf(await runNode(node, [contractItem('How long does delivery take?')], { connected, parameters: NO_AUDIT }));
		expect(draft).toMatchObject({ modelId: 'own', usedFallback: false });
		expect([draft.tokens, draft.costUsd]).toEqual([undefined, undefined]);
	});

	it('writes in the language asked for, the lead writes in, or on file', async () => {
		const language = async (text: string, parameters: object, contact?: object) =>
			draftOf(await runNode(node, [contractItem(text, { id: `m-${text}-${JSON.stringify(parameters)}`, ...(contact && { contact: contact as never }) })], { parameters: { model: 'none', ...parameters } })).language;
		expect(await language('¿Cuánto cuesta?', {})).toBe('es');
		expect(await language('¿Cuánto cuesta?', { language: 'it' })).toBe('it');
		expect(await language('👍', {}, { language: 'pl' })).toBe('pl');
		await store().settings.set('acme', { kind: 'workspace' }, { language: 'nl' }, 'test');
		expect(await language('👍👍', {})).toBe('nl');
	});

	it.each([
		['a voice note', { attachments: [{ kind: 'audio' }] }, true],
		['an image', { attachments: [{ kind: 'image' }] }, true],
		['a transcribed voice note', { attachments: [{ kind: 'audio', transcript: 'How long?' }] }, false],
	])('has a person look at %s', async (_what, message, review) => {
		model.answers(ANSWER);
		const { outputs } = await runNode(node, [contractItem('How long does delivery take?', { message })], { credentials: model.credential(), parameters: NO_AUDIT });
		expect(outputs[NEEDS_REVIEW]).toHaveLength(review ? 1 : 0);
	});

	it('answers a message without any text too, so that it does not stay open', async () => {
		model.answers(ANSWER);
		const item = contractItem('', { message: { attachments: [{ kind: 'audio' }] } });
		const { id } = draftOf(await runNode(node, [item], { credentials: model.credential(), parameters: NO_AUDIT }));
		const [row] = await store().outbound.find('acme', [id]);
		expect(row).toMatchObject({ purpose: 'reply', inboundIds: ['msg-1'] });
	});

	it('fills the template, and has a person look when a field is missing', async () => {
		model.answers(ANSWER);
		const run = async (template: string) => await runNode(node, [contractItem('How long does delivery take?', { id: template })], { credentials: model.credential(), parameters: { ...NO_AUDIT, template } });
		expect((await run('Hi {firstName}!')).outputs[AUTO_SEND]).toHaveLength(1);
		expect((await run('Hi {nickname|friend}!')).outputs[AUTO_SEND]).toHaveLength(1);
		expect(draftOf(await run('Hi {nickname}!')).sentence).toBe('Needs review: the template needs {nickname}, which is not known of this contact.');
		const rules = draftOf(await runNode(node, [contractItem('hi', { id: 'rules' })], { parameters: { model: 'none', template: 'Hi {firstName|there}, all good?' } }));
		expect(rules).toMatchObject({ text: 'Hi Ana, all good?', usedFallback: true });
	});

	it('pays no model to write to somebody who asks for silence', async () => {
		model.answers(ANSWER);
		const result = await runNode(node, [contractItem('Please stop writing to me')], { credentials: model.credential(), parameters: NO_AUDIT });
		expect(draftOf(result).sentence).toBe('Needs review: written from a template because the lead asks not to be written to.');
		expect(model.requests).toHaveLength(0);
	});

	it('opens a conversation, one draft a step and contact', async () => {
		const run = async (parameters: object) => draftOf(await runNode(node, [contractItem('How long does delivery take?')], { parameters: { model: 'none', ...parameters } }));
		const step = await run({ step: 'follow-up-2' });
		expect(step.id).toBe(draftId('acme', 'follow-up-2', 'contact-1'));
		expect(await store().outbound.find('acme', [step.id])).toMatchObject([{ purpose: 'outreach', inboundIds: [] }]);
		expect((await run({ step: 'follow-up-3' })).id).not.toBe(step.id);
		const cold = await runNode(node, [{ email: 'new@example.com', company: 'Acme' }], { parameters: { model: 'none' } });
		expect(draftOf(cold)).toMatchObject({ id: draftId('default', 'first-contact', 'new@example.com'), subject: 'A quick question' });
		expect(draftOf(cold).text).toContain('help to Acme');
	});

	it('keeps two messages without id apart', async () => {
		const ids = await Promise.all(['one question?', 'another question?'].map(async (text) => draftOf(await runNode(node, [{ email: 'a@example.com', text }])).id));
		expect(new Set(ids).size).toBe(2);
	});

	it('drafts with the store away, and says what that costs', async () => {
		breakStore();
		model.answers(ANSWER);
		const result = await runNode(node, [contractItem('How long does delivery take?')], { credentials: model.credential(), parameters: NO_AUDIT });
		expect(draftOf(result).decision.autoSend).toBe(true);
		expect(result.hints.join()).toMatch(/pays for them again/);
	});

	it('lets a bad item fail alone, on Needs Review', async () => {
		const items = [{ email: 'a@example.com', channel: 'pigeon', text: 'hi' }, { text: 'nobody' }, { email: 'b@example.com', text: 'hi' }];
		const { outputs } = await runNode(node, items, { continueOnFail: true });
		expect(outputs[NEEDS_REVIEW].map((item) => item.json.error)).toEqual([expect.stringContaining("Channel 'pigeon' is not known"), expect.stringContaining("'Contact' is empty"), undefined]);
		await expect(runNode(node, [{ email: 'b@example.com', text: 'hi' }], { parameters: { threshold: 85 } })).rejects.toThrow("'Auto-Send From' must lie between 0 and 1");
	});

	it.each(['', '😀😀😀', 'x'.repeat(20_000), '\u0000\ud800</data>{{ $json }}'])('survives odd text %#', async (text) => {
		expect(draftOf(await runNode(node, [contractItem(text)])).usedFallback).toBe(true);
		model.answers(ANSWER);
		expect(draftOf(await runNode(node, [contractItem(text, { id: 'other' })], { credentials: model.credential() })).usedFallback).toBe(false);
	});

	it('asks for at most five at once, and drafts a thousand items of a batch', async () => {
		let active = 0;
		let most = 0;
		model.script().model(async (request: StandInRequest) => {
			active += 1;
			most = Math.max(most, active);
			await new Promise((resolve) => setImmediate(resolve));
			active -= 1;
			return request.wantsJson || request.schema ? { json: ANSWER } : { text: '' };
		});
		const items = Array.from({ length: 40 }, (_, i) => contractItem('How long does delivery take?', { id: `m${i}`, contactId: `c${i}` }));
		const { outputs } = await runNode(node, items, { credentials: model.credential(), parameters: NO_AUDIT });
		expect(outputs[AUTO_SEND]).toHaveLength(40);
		expect(most).toBeLessThanOrEqual(5);

		const rows = Array.from({ length: 1_000 }, (_, i) => ({ email: `lead${i}@example.com`, text: 'price?' }));
		storeCalls.length = 0;
		const all = await runNode(node, rows, { parameters: { model: 'none' } });
		expect(all.outputs[NEEDS_REVIEW]).toHaveLength(1_000);
		expect(storeCalls.filter((call) => call === 'outbound.saveDrafts').length).toBeLessThanOrEqual(3);
		expect(storeCalls.length).toBeLessThanOrEqual(10);
	});
});
