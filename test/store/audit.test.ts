import type { Classification } from '../../engine/classify/classification';
import type { AuditEntry } from '../../engine/privacy/auditTrail';
import { DAY, iso, later, MINUTE } from '../../engine/time';
import { CLAIM, DIALECTS, draftOf, inbound, newDraft, openTestStore, PASS, sendNow, START, stopServers, toReview, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

const ANNA = { email: 'anna@mail.example', phone: '+49 171 5550199' };
const BERTA = { email: 'berta@mail.example', phone: '+49 171 5550200' };
const CLASSIFIED: Classification = { intent: 'hot', score: 75, status: 'QUALIFIED', confidence: 0.8, summary: 's', reasons: [], evidence: [], usedFallback: false, retryCount: 0, cached: false, abstained: false, modelId: 'gpt', promptVersion: 'p1', sentence: 'Hot: asks for a price.' };

describe.each(DIALECTS)('the audit trail on %s', (dialect) => {
	let test: TestStore;
	let id: string;
	let messageId: string;
	let sent: string;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		const { store } = test;
		const [{ message, contact }] = await store.messages.record('acme', [inbound({ providerId: 'm1', contact: ANNA }), inbound({ providerId: 'm2', threadId: 't2', contact: BERTA })]);
		[id, messageId] = [contact.id, message.id];
		test.clock.advance(1000);
		await store.messages.saveReadings('acme', [{ messageId, reply: { intent: 'question', optOut: { wanted: true, certainty: 0.55 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
		await store.contacts.saveClassification('acme', [{ contactId: id, messageId, classification: CLASSIFIED }]);
		await store.pipelines.save('acme', [{ id: 'p', name: 'P', stages: [{ id: 's', name: 'S', type: 'LEAD', order: 1 }] }]);
		await store.pipelines.changeStages([{ workspace: 'acme', contactId: id, pipelineId: 'p', stageId: 's', setBy: 'model', log: { rule: 'score', actor: 'model', sentence: 'Score 75 lies in S.' } }]);
		await store.experiments.save([{ workspace: 'acme', id: 'e', name: 'E', status: 'running', metric: 'replied', variants: [] }]);
		await store.experiments.assign([{ workspace: 'acme', experimentId: 'e', contactId: id, choose: () => ({ variantId: 'a', propensity: 0.5 }) }]);
		const schedule = { sendAt: iso(START), localTime: '2026-03-02 12:00', timezone: 'UTC', purpose: 'reply' as const, source: 'reply' as const, moved: [], sentence: 'At once: it is an answer.' };
		const draft = newDraft({ workspace: 'acme', contactId: id, to: ANNA.phone, inboundIds: [messageId], draft: { ...draftOf('', 'Hello'), modelId: 'gpt', promptVersion: 'p2', confidence: 0.9, modelVersion: 'v1.1.0', rollout: { candidate: 'v1.1.0', arm: 'candidate', propensity: 0.1 }, sentence: 'Drafted with confidence 0.90.' } });
		draft.draft = { ...draft.draft, id: draft.id };
		sent = draft.id;
		await store.outbound.saveDrafts([draft]);
		await store.outbound.recordSchedules('acme', [{ draftId: sent, schedule }]);
		await store.outbound.plan([{ workspace: 'acme', draftId: sent, draft, gate: PASS }], sendNow);
		const { claimed } = await store.outbound.claimDue({ ...CLAIM, workspaces: ['acme'] }, sendNow);
		await store.outbound.beginSend('acme', claimed.map((job) => job.id));
		await store.outbound.markSent([{ workspace: 'acme', id: sent, providerId: 'out' }]);
		test.clock.advance(MINUTE);
		const review = newDraft({ workspace: 'acme', contactId: id, to: ANNA.phone });
		await store.outbound.plan([{ workspace: 'acme', draftId: review.id, draft: review }], toReview);
		await store.audit.note([1, 2].map(() => ({ workspace: 'acme', id: 'limit-1', contactId: ANNA.email, kind: 'rate_limit' as const, at: START, actor: 'engine', sentence: '5 of 5 used.', detail: { rule: 'day' } })));
		test.clock.advance(MINUTE);
		await store.suppressions.optOut([{ workspace: 'acme', contactId: id, channel: 'sms', allChannels: false, reason: 'said stop', actor: 'engine' }]);
		await store.labels.correct('acme', [{ contactId: id, messageId, actor: 'mia', labels: [{ field: 'score', to: '70' }], score: 70, sentence: 'Put right by mia.' }]);
	});
	afterEach(async () => await test.close());

	const trail = async (options: { since?: typeof START; until?: typeof START; before?: string; limit?: number } = {}, reference = ANNA.email) => await test.store.audit.trail('acme', reference, { limit: 500, ...options });
	const of = (entries: readonly AuditEntry[], kind: string) => entries.filter((entry) => entry.kind === kind);

	it('holds each decision once, with who made it, by what, and how sure', async () => {
		const { entries, next } = await trail();
		expect(next).toBeUndefined();
		expect(new Set(entries.map((entry) => entry.id)).size).toBe(entries.length);
		expect(of(entries, 'reading')).toMatchObject([{ automated: true, confidence: 0.55, messageId, sentence: "The message was read as 'question'. It asks not to be written to again (certainty 55 %)." }]);
		expect(of(entries, 'classification')).toMatchObject([{ automated: true, actor: 'model', modelId: 'gpt', promptVersion: 'p1', confidence: 0.8, messageId, sentence: 'Hot: asks for a price.', at: iso(later(START, 1000)) }]);
		expect(of(entries, 'stage')).toMatchObject([{ automated: true, actor: 'model', rule: 'score', sentence: 'Score 75 lies in S.' }]);
		expect(of(entries, 'experiment')).toMatchObject([{ rule: 'a', sentence: expect.stringContaining('a chance of 50 %') }]);
		expect(of(entries, 'draft')).toHaveLength(2);
		expect(of(entries, 'draft').find(({ outboundId }) => outboundId === sent)).toMatchObject({ actor: 'model', modelId: 'gpt', promptVersion: 'p2', confidence: 0.9, sentence: 'Drafted with confidence 0.90.' });
		expect(of(entries, 'rollout')).toMatchObject([{ outboundId: sent, automated: true, sentence: 'Drawn by lot to be written to by the version being tried, v1.1.0; the chance was 10 %.' }]);
		expect(of(entries, 'gate')).toMatchObject([{ outboundId: sent, sentence: PASS.sentence }]);
		expect(of(entries, 'send_time')).toMatchObject([{ outboundId: sent, rule: 'reply', sentence: 'At once: it is an answer.' }]);
		const routes = of(entries, 'route').filter(({ outboundId }) => outboundId === sent).map(({ rule }) => rule).toReversed();
		expect(routes).toEqual((await test.store.outbound.transitions('acme', sent)).map(({ from, to }) => `${from ?? 'new'} → ${to}`));
		expect(routes.at(-1)).toBe('sending → sent');
		expect(of(entries, 'rate_limit')).toMatchObject([{ automated: true, rule: 'day', sentence: '5 of 5 used.' }]);
		expect(of(entries, 'opt_out')).toMatchObject([{ automated: true, sentence: 'Nothing is sent any more by sms: said stop.' }]);
		expect(of(entries, 'correction')).toMatchObject([{ automated: false, actor: 'mia', sentence: 'Put right by mia.' }]);
		expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted().toReversed());
	});

	it('holds what follow-up sequences did', async () => {
		await test.store.sequences.save('acme', [{ id: 'follow-up', name: 'F', steps: [{ id: 'mail', channel: 'email', wait: { amount: 0, unit: 'days' }, template: 'Hello' }] }], { by: 'mia' });
		await test.store.sequences.enrol([{ workspace: 'acme', sequenceId: 'follow-up', contactId: id, by: 'workflow' }]);
		await test.store.sequences.claimDue({ workspaces: ['acme'], leaseMs: 1, limit: 9 }, () => ({ do: 'pass', step: { id: 'mail', channel: 'email', wait: { amount: 0, unit: 'days' }, template: 'Hello' }, result: 'skipped', sentence: 'Skipped step 1.' }));
		test.clock.advance(MINUTE);
		await test.store.sequences.stop([{ workspace: 'acme', contactId: id, reason: 'Stopped by mia.', actor: 'person' }]);
		const found = of((await trail()).entries, 'sequence');
		expect(found.map(({ sentence }) => sentence)).toEqual(expect.arrayContaining(["Enrolled in the follow-up sequence 'follow-up'.", 'Skipped step 1.', 'Stopped by mia.']));
		expect(found).toHaveLength(3);
		expect(found.find(({ sentence }) => sentence === 'Stopped by mia.')).toMatchObject({ automated: false, actor: 'person' });
		expect(found.find(({ sentence }) => sentence.startsWith('Enrolled'))).toMatchObject({ automated: true, actor: 'workflow' });
		expect(of((await trail({}, BERTA.email)).entries, 'sequence')).toEqual([]);
	});

	it('comes in pages that neither repeat nor miss a decision, and for a period', async () => {
		const { entries } = await trail();
		const pages: string[] = [];
		let before: string | undefined;
		do {
			const page = await trail({ limit: 2, ...(before === undefined ? {} : { before }) });
			expect(page.entries.length).toBeLessThanOrEqual(2);
			pages.push(...page.entries.map((entry) => entry.id));
			before = page.next;
		} while (before !== undefined);
		expect(pages).toEqual(entries.map((entry) => entry.id));
		const [first, second] = [later(START, 1000), later(START, 1000 + MINUTE)];
		expect((await trail({ since: first, until: second })).entries).toEqual(entries.filter(({ at }) => at === iso(first)));
		expect((await trail({ since: later(START, DAY) })).entries).toEqual([]);
		await expect(trail({ before: 'nowhere' })).rejects.toThrow('no place in the list');
	});

	it('holds nothing of anybody else, and of an erased person only the proof under another name', async () => {
		expect((await trail({}, BERTA.email)).entries).toEqual([]);
		expect((await test.store.audit.trail('other', ANNA.email, { limit: 9 })).entries).toEqual([]);
		const [{ pseudonym = '' }] = await test.store.personalData.erase('acme', [{ reference: ANNA.email, scope: 'everything', suppress: false, by: 'mia', actor: 'person' }]);
		expect((await trail()).entries).toEqual([]);
		expect((await trail({}, pseudonym)).entries.map(({ kind }) => kind).sort()).toEqual(['erasure', 'experiment', 'opt_out']);
	});
});
