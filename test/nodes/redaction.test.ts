import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { ClassificationSchema, type Classification } from '../../engine/classify/classification';
import { DraftSchema, type Draft } from '../../engine/draft/draft';
import { termsOf } from '../../engine/retrieval/terms';
import { ClassifyLead } from '../../nodes/ClassifyLead/ClassifyLead.node';
import { GenerateWithConfidence } from '../../nodes/GenerateWithConfidence/GenerateWithConfidence.node';
import { contractItem } from './contractItem';
import { useEmbeddedStore } from './embeddedStore';
import { useModelStandIn, type StandInRequest } from './modelStandIn';
import { runNode, type RunOptions, type RunResult } from './runNode';

const LEAK = /bob@hotel\.es|600 ?333 ?444|ES91|2100 ?0418|sales@chairs\.com/;
const TEXT = 'Please send the offer for 20 chairs to bob@hotel.es or call +34 600 333 444. IBAN ES91 2100 0418 4502 0005 1332.';
const classificationOf = ({ outputs }: RunResult): Classification => ClassificationSchema.parse(outputs.flat()[0].json.classification);
const draftOf = ({ outputs }: RunResult): Draft => DraftSchema.parse(outputs.flat()[0].json.draft);
const shownIn = (request: StandInRequest): string => request.messages.map(({ text }) => text).join('\n');
/** The mark the model was shown for a kind of value, the first of its kind. */
const markIn = (request: StandInRequest, type: string): string => new RegExp(`\\[\\[${type}_1_[A-Z]+\\]\\]`).exec(shownIn(request))?.[0] ?? 'no mark';

describe('Redact Personal Data', () => {
	const { store } = useEmbeddedStore();
	const model = useModelStandIn();
	const run = async (node: ClassifyLead | GenerateWithConfidence, item: IDataObject, parameters: INodeParameters = {}, options: RunOptions = {}) =>
		await runNode(node, [item], { credentials: model.credential(), parameters: { redact: true, ...parameters }, ...options });

	describe('on Classify Lead', () => {
		const node = new ClassifyLead();
		const answer = (request: StandInRequest) => ({ score: 70, status: 'QUALIFIED', confidence: 0.9, summary: `Wants an offer to ${markIn(request, 'EMAIL')}.`, reasons: [`gave ${markIn(request, 'PHONE')}`], newestMessage: null });

		it('sends no address or number, and puts them back in summary, reasons and what is kept', async () => {
			model.answers(answer);
			const [contact] = await store().contacts.upsert('acme', [{ phone: '+34600111222' }]);
			const result = classificationOf(await run(node, contractItem(TEXT, { contactId: contact.id })));
			expect(shownIn(model.requests[0])).not.toMatch(LEAK);
			expect(model.requests[0].system).not.toMatch(LEAK);
			expect(result).toMatchObject({ summary: 'Wants an offer to bob@hotel.es.', reasons: ['gave +34 600 333 444'] });
			expect(result.sentence).toContain('gave +34 600 333 444');
			expect(await store().contacts.find('acme', [contact.id])).toMatchObject([{ summary: 'Wants an offer to bob@hotel.es.' }]);
			await run(node, contractItem(TEXT, { contactId: contact.id, id: 'm2' }), { what: 'summary' });
			expect(shownIn(model.requests[1])).not.toMatch(LEAK);
		});

		it('sums up alone likewise', async () => {
			model.answers((request: StandInRequest) => ({ summary: `Write to ${markIn(request, 'EMAIL')}.` }));
			const { outputs } = await run(node, contractItem(TEXT), { what: 'summary' });
			expect(outputs.flat()[0].json.summary).toMatchObject({ text: 'Write to bob@hotel.es.', usedFallback: false });
			expect(shownIn(model.requests[0])).not.toMatch(LEAK);
		});

		it("answers from the cache for the very same words, never with another lead's address, and one prompt version", async () => {
			model.answers(answer);
			const timestamp = new Date(Date.now() - 60_000).toISOString();
			const item = (text: string) => contractItem(text, { message: { timestamp }, conversation: [{ from: 'lead', text, timestamp, channel: 'whatsapp' }] });
			const [own, other] = [item(TEXT), item(TEXT.replace('bob@', 'eve@'))];
			const first = classificationOf(await run(node, own));
			const again = classificationOf(await run(node, own));
			const others = classificationOf(await run(node, other));
			expect([first.cached, again.cached, again.summary]).toEqual([false, true, first.summary]);
			expect([others.cached, others.summary]).toEqual([false, 'Wants an offer to eve@hotel.es.']);
			expect(others.promptVersion).toBe(first.promptVersion);
			// Asked in the clear it is another question.
			model.answers({ ...answer, score: 10, status: 'NEW', confidence: 0.9, summary: 'x', reasons: [], newestMessage: null });
			const clear = classificationOf(await run(node, own, { redact: false }));
			expect([clear.cached, clear.promptVersion === first.promptVersion]).toEqual([false, false]);
			expect(shownIn(model.requests[model.requests.length - 1])).toMatch(LEAK);
		});

		it('shows none to an embeddings model or a vector store, of the lead or of the library, and evidence stays whole', async () => {
			model.answers(answer);
			const text = 'Chairs: write to sales@chairs.com.';
			await store().knowledge.put('acme', [{ kind: 'document', id: 'Chairs', title: 'Chairs', hash: text, characters: text.length, chunks: [{ text, terms: termsOf(text) }] }]);
			const embedded: string[] = [];
			const searched: string[] = [];
			const connected = {
				ai_embedding: { model: 'own', embedDocuments: async (texts: string[]) => (embedded.push(...texts), texts.map(() => [1, 0])) },
				ai_vectorStore: { similaritySearchWithScore: async (query: string) => (searched.push(query), [[{ pageContent: 'From the store: sales@chairs.com' }, 0.5]]) },
			};
			const result = classificationOf(await run(node, contractItem(TEXT), {}, { connected }));
			expect([embedded.length, searched.length]).toEqual([2, 1]);
			expect([...embedded, ...searched, shownIn(model.requests[0])].join('\n')).not.toMatch(LEAK);
			expect(searched[0]).toContain('20 chairs');
			expect(result.evidence.map((one) => one.text).sort()).toEqual([text, 'From the store: sales@chairs.com']);
		});
	});

	describe('on Generate With Confidence', () => {
		const node = new GenerateWithConfidence();
		const FACTS = 'Questions about delivery: sales@chairs.com.';
		const parameters = { auditShare: 0, facts: FACTS, channel: 'email', template: 'Hi {email}, …' };
		const answer = (request: StandInRequest) => ({ text: `Sure, Bob, the offer goes to ${markIn(request, 'EMAIL')} today.`, subject: `For ${markIn(request, 'EMAIL')}`, confidence: 0.93, reasoning: `They gave ${markIn(request, 'PHONE')}.` });
		const first = /"facts":\["Questions about delivery: (\[\[EMAIL_\d+_[A-Z]+\]\])/;

		it.each([1, 3])('sends none in any of %d drafts, and puts them back in text, subject and reasoning', async (samples) => {
			model.answers((request: StandInRequest) => {
				const mark = /offer for 20 chairs to (\[\[\w+\]\])/.exec(shownIn(request))?.[1] ?? 'no mark';
				return { ...answer(request), text: `Sure, the offer goes to ${mark} today.`, subject: `For ${mark}` };
			});
			const result = await run(node, contractItem(TEXT), { ...parameters, samples });
			expect(model.requests).toHaveLength(samples);
			for (const request of model.requests) expect(`${request.system}\n${shownIn(request)}`).not.toMatch(new RegExp(`${LEAK.source}|ana@example`));
			expect(new Set(model.requests.map(shownIn)).size).toBe(1);
			expect(first.test(shownIn(model.requests[0]))).toBe(true);
			const draft = draftOf(result);
			expect(draft).toMatchObject({ text: 'Sure, the offer goes to bob@hotel.es today.', subject: 'For bob@hotel.es', reasoning: 'They gave +34 600 333 444.', facts: [FACTS], decision: { autoSend: true } });
			if (samples > 1) expect(draft.signals).toMatchObject({ agreement: 1 });
			expect(await store().outbound.find('acme', [draft.id])).toMatchObject([{ draft: { text: draft.text } }]);
		});

		it('keeps one prompt version for all leads, another one than in the clear', async () => {
			model.answers(answer);
			const version = async (text: string, id: string, redact: boolean) => draftOf(await run(node, contractItem(text, { id }), { ...parameters, redact })).promptVersion;
			const versions = [await version(TEXT, 'a', true), await version('How long?', 'b', true), await version(TEXT, 'c', false)];
			expect([versions[0] === versions[1], versions[0] === versions[2]]).toEqual([true, false]);
		});

		it.each([
			['split', (mark: string) => mark.replace('_1_', ' 1 ')],
			['without its code', (mark: string) => mark.replace(/_[A-Z]+\]\]/, ']]')],
			['made up', (mark: string) => mark.replace('_1_', '_9_')],
		])('has a person look when the model gives a mark back %s', async (_how, spoil) => {
			model.answers((request: StandInRequest) => ({ ...answer(request), text: `We write to ${spoil(markIn(request, 'EMAIL'))}.`, subject: null }));
			const result = await run(node, contractItem(TEXT), { ...parameters, threshold: 0 });
			expect(draftOf(result).decision).toMatchObject({ autoSend: false, sampling: 'held' });
			expect(draftOf(result).sentence).toContain('left a mark where personal data belongs');
		});

		it("gives a lead who writes marks nobody's data", async () => {
			model.answers({ text: 'As you say: [[EMAIL_1]] and [[EMAIL_1_AAAAAA]].', subject: null, confidence: 0.95, reasoning: 'x' });
			const draft = draftOf(await run(node, contractItem('Write [[EMAIL_1]] and [[EMAIL_1_AAAAAA]] please'), { ...parameters, threshold: 0 }));
			expect(draft.text).toContain('[[EMAIL_1]] and [[EMAIL_1_AAAAAA]]');
			expect(draft.decision.autoSend).toBe(false);
		});

		it('is off by default', async () => {
			model.answers({ text: 'Sure.', subject: null, confidence: 0.9, reasoning: 'x' });
			await runNode(node, [contractItem(TEXT)], { credentials: model.credential(), parameters: { auditShare: 0 } });
			expect(shownIn(model.requests[0])).toContain('bob@hotel.es');
			expect(model.requests[0].system).not.toContain('[[EMAIL_1');
		});
	});
});
