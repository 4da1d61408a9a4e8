import { DAY, later, MINUTE } from '../../engine/time';
import { Session } from '../../store/session';
import { CLAIM, DIALECTS, draftOf, inbound, newDraft, openTestStore, PASS, sendNow, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(180_000);

describe.each(DIALECTS)('hostile input on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	it('empty batches answer with nothing', async () => {
		const { accounts, contacts, messages, outbound, reviews, settings, suppressions, limits, experiments, outcomes, pipelines, analyses, knowledge, labels, leadScores } = test.store;
		const answers = await Promise.all([
			accounts.byExternalId([]), contacts.upsert('acme', []), contacts.find('acme', []), contacts.conversations('acme', []), messages.record('acme', []), messages.recordFromPerson('acme', []), messages.readings('acme', []),
			messages.lastInboundAt('acme', []), outbound.saveDrafts([]), outbound.find('acme', []), outbound.plan([], sendNow), outbound.beginSend('acme', []), outbound.markSent([]), outbound.markFailed([]), outbound.cancel('acme', [], '', 'person'),
			reviews.open([]), settings.effective([]), suppressions.optOut([]), suppressions.check('acme', []), limits.reserve([], 1), experiments.save([]), experiments.find('acme', []), experiments.assign([]), outcomes.record([]),
			pipelines.find('acme', []), pipelines.changeStages([]), analyses.get('acme', [], 1), knowledge.put('acme', []), knowledge.remove('acme', 'document', []), knowledge.search('acme', [], () => [], 1), knowledge.chunks('acme', []),
			labels.list('acme', { contactIds: [], limit: 1 }), leadScores.pastLeads('acme', { events: [], contactIds: [], limit: 1 }),
		]);
		for (const answer of answers) expect(answer).toEqual([]);
		await Promise.all([
			accounts.upsert([]), contacts.setTakeOver('acme', []), contacts.saveClassification('acme', []), messages.release('acme', []), messages.saveReadings('acme', []), messages.decide('acme', []), outbound.recordGates('acme', []),
			suppressions.optIn('acme', []), limits.commit('acme', []), limits.release('acme', []), pipelines.save('acme', []), analyses.put('acme', []), knowledge.saveVectors('acme', 'm', []), labels.correct('acme', []), leadScores.saveSnapshots('acme', [], []),
		]);
		expect(await outbound.claimDue(CLAIM, sendNow)).toEqual({ claimed: [], moved: [] });
		expect(await messages.claimReady({ workspaces: [], quietMs: 0, leaseMs: 1, maxLeases: 1, limit: 5 })).toEqual([]);
	});

	const TEXTS: Readonly<Record<string, [given: string, kept: string]>> = {
		'emoji and right-to-left text': ['👩‍👩‍👧‍👦 ‏שלום‎ Ünïcödé 漢字', '👩‍👩‍👧‍👦 ‏שלום‎ Ünïcödé 漢字'],
		'NUL': ['a\0b', 'a\uFFFDb'],
		'a lone surrogate': ['a\ud83db', 'a\uFFFDb'],
		'SQL': ["'; drop table contacts; -- $1 ? \\", "'; drop table contacts; -- $1 ? \\"],
		'20,000 characters': ['x'.repeat(20_000), 'x'.repeat(20_000)],
		'JSON': ['{"a":[1,null]}', '{"a":[1,null]}'],
		'a number': ['0123', '0123'],
	};
	it.each(Object.entries(TEXTS))('%s comes back as text, in every place it can be', async (_name, [given, kept]) => {
		const { contacts, messages, outbound, pipelines } = test.store;
		const [recorded] = await messages.record('acme', [inbound({ id: given, threadId: given, providerId: given, text: given, subject: given, raw: { [given]: given, nested: given }, contact: { id: given, name: given, attributes: { text: given } } })]);
		expect(recorded.message).toMatchObject({ id: kept, text: kept, subject: kept, raw: { nested: kept } });
		expect(recorded.contact).toMatchObject({ id: kept, name: kept, attributes: { text: kept } });
		expect(recorded.conversation).toMatchObject([{ text: kept }]);
		expect((await messages.record('acme', [inbound({ id: given })]))[0].repeat).toBe('open');
		const draft = newDraft({ id: given, contactId: given, threadId: given, inboundIds: [given], draft: draftOf(given, given) });
		await outbound.plan([{ workspace: 'acme', draftId: given, draft, gate: PASS, reason: given }], (facts) => ({ ...sendNow(facts), sentence: given }));
		expect(await outbound.find('acme', [given])).toMatchObject([{ id: kept, sentence: kept, draft: { text: kept }, inboundIds: [kept] }]);
		expect((await messages.record('acme', [inbound({ id: given })]))[0].repeat).toBe('decided');
		expect(await outbound.list('acme', { contactId: given, limit: 5 })).toHaveLength(1);
		await pipelines.changeStages([{ workspace: 'acme', contactId: given, pipelineId: given, stageId: given, setBy: 'person', log: { rule: given, actor: given, sentence: given } }]);
		expect(await contacts.find('acme', [given])).toMatchObject([{ stageId: kept, name: kept }]);
	});

	it('10,000 items at once take a constant number of steps and all arrive', async () => {
		const { messages, outbound, limits, contacts } = test.store;
		const count = 10_000;
		const numbers = Array.from({ length: count }, (_, at) => at);
		const recorded = await messages.record('acme', numbers.map((at) => inbound({ providerId: `p${at}`, threadId: `t${at}`, contact: { email: `lead${at}@example.com` } })));
		expect(recorded).toHaveLength(count);
		const scopes = (at: number) => [{ key: `c${at % 100}`, from: START, to: later(START, DAY) }];
		const reserved = await limits.reserve(numbers.map((at) => ({ workspace: 'acme', idempotencyKey: `k${at}`, at: START, scopes: scopes(at), decide: (entries) => ({ allowed: (entries.get(`c${at % 100}`) ?? []).length < 60 }) })), 15 * MINUTE);
		expect(reserved.filter(({ decision }) => decision.allowed)).toHaveLength(6_000);
		const drafts = recorded.map(({ message, contact }, at) => newDraft({ contactId: contact.id, threadId: message.threadId, inboundIds: [message.id], score: at % 100 }));
		const planned = await outbound.plan(drafts.map((draft, at) => ({ workspace: 'acme', draftId: draft.id, draft, reservationId: reserved[at].reservationId })), sendNow);
		expect(planned.filter(({ changed }) => changed)).toHaveLength(count);
		const { claimed } = await outbound.claimDue({ limit: count, leaseMs: MINUTE }, sendNow);
		expect(claimed).toHaveLength(count);
		const ids = claimed.map(({ id }) => id);
		expect((await outbound.beginSend('acme', ids)).every(({ ok }) => ok)).toBe(true);
		expect((await outbound.markSent(ids.map((id) => ({ workspace: 'acme', id })))).every(({ changed }) => changed)).toBe(true);
		expect((await contacts.conversations('acme', drafts.map(({ contactId }) => contactId))).every((turns) => turns.length === 2)).toBe(true);
	});

	it('200 items take as many statements as 2', async () => {
		const { store } = test;
		const statements = async (count: number): Promise<number[]> => {
			const counts: number[] = [];
			const counted = async <R>(work: () => Promise<R>): Promise<R> => {
				const spy = jest.spyOn(Session.prototype, 'values');
				const rows = jest.spyOn(Session.prototype, 'rows');
				const insert = jest.spyOn(Session.prototype, 'insert');
				const update = jest.spyOn(Session.prototype, 'update');
				const result = await work();
				counts.push([spy, rows, insert, update].reduce((sum, each) => sum + each.mock.calls.length, 0));
				jest.restoreAllMocks();
				return result;
			};
			const numbers = Array.from({ length: count }, (_, at) => `${count}-${at}`);
			const recorded = await counted(async () => await store.messages.record('acme', numbers.map((at) => inbound({ providerId: at, threadId: at, contact: { email: `${at}@x.de` } }))));
			const drafts = recorded.map(({ message, contact }) => newDraft({ contactId: contact.id, threadId: message.threadId, inboundIds: [message.id] }));
			await counted(async () => await store.outbound.plan(drafts.map((draft) => ({ workspace: 'acme', draftId: draft.id, draft })), sendNow));
			const { claimed } = await counted(async () => await store.outbound.claimDue({ limit: count, leaseMs: MINUTE }, sendNow));
			await counted(async () => await store.outbound.beginSend('acme', claimed.map(({ id }) => id)));
			await counted(async () => await store.outbound.markSent(claimed.map(({ id }) => ({ workspace: 'acme', id }))));
			await counted(async () => await store.outcomes.record(claimed.map(({ id }) => ({ workspace: 'acme', event: 'delivered', occurredAt: START, outboundId: id }))));
			await counted(async () => await store.suppressions.optOut(claimed.map(({ contactId }) => ({ workspace: 'acme', contactId, channel: 'whatsapp', allChannels: true, reason: 'r', actor: 'person' }))));
			await counted(async () => await store.suppressions.optIn('acme', claimed.map(({ contactId }) => ({ contactId, channel: 'whatsapp', reason: 'r', actor: 'me' }))));
			return counts;
		};
		expect(await statements(200)).toEqual(await statements(2));
	});

	it('duplicates within one batch are one thing', async () => {
		const { outbound, outcomes, contacts, suppressions } = test.store;
		const draft = newDraft({ id: 'd' });
		expect(await outbound.saveDrafts([draft, { ...draft, score: 5 }])).toMatchObject([{ id: 'd', score: undefined }, { id: 'd', score: undefined }]);
		const event = { workspace: 'acme', event: 'delivered' as const, occurredAt: START, outboundId: 'd' };
		expect((await outcomes.record([event, event])).map(({ recorded }) => recorded)).toEqual([true, false]);
		await contacts.setTakeOver('acme', [{ contactId: 'c', until: START, by: 'a' }, { contactId: 'c', until: null, by: 'b' }]);
		expect((await contacts.find('acme', ['c']))[0]?.takenOverUntil).toBeUndefined();
		const optOut = { workspace: 'acme', contactId: 'anna', channel: 'whatsapp' as const, allChannels: false, reason: 'r', actor: 'person' as const };
		expect(await suppressions.optOut([optOut, optOut])).toEqual([{ cancelled: ['d'] }, { cancelled: [] }]);
	});

	it('a decision that throws leaves nothing behind', async () => {
		const draft = newDraft({ id: 'd' });
		const plan = test.store.outbound.plan([{ workspace: 'acme', draftId: 'd', draft }], () => {
			throw new RangeError('No zone of that name.');
		});
		await expect(plan).rejects.toThrow('No zone of that name.');
		expect(await test.store.outbound.find('acme', ['d'])).toEqual([undefined]);
	});
});
