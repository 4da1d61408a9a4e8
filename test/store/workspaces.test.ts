import type { Classification } from '../../engine/classify/classification';
import type { Reply } from '../../engine/reply/reply';
import { sharedCounters } from '../../engine/report/limitUse';
import { lastDays } from '../../engine/report/period';
import { DAY, iso, later, MINUTE } from '../../engine/time';
import type { KnowledgeInput, StageChange, Store, WeighTerms } from '../../store/store';
import { CLAIM, DIALECTS, inbound, newDraft, openTestStore, PASS, sendNow, START, stopServers, toReview, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

const REPLY: Reply = { intent: 'question', optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true };
const classified = (summary: string): Classification => ({ intent: 'hot', score: 75, status: 'QUALIFIED', confidence: 0.8, summary, reasons: [], evidence: [], usedFallback: false, retryCount: 0, cached: false, abstained: false, sentence: 'Hot.' });
const READY = { quietMs: 0, leaseMs: MINUTE, maxLeases: 3, limit: 50 };

const document = (text: string): KnowledgeInput => ({ kind: 'document', id: 'k', title: 'T', hash: text, characters: text.length, chunks: [{ text, terms: ['word'] }] });
const allTerms: WeighTerms = (terms) => terms.map((term) => ({ term, weight: 1 }));

/** Fills a workspace through every writing method, always with the same ids; only the texts name the workspace. */
async function fill(store: Store, workspace: string): Promise<void> {
	const contact = { id: 'c', phone: '+49 151 1234567', email: 'a@b.de', name: workspace };
	const variant = { experimentId: 'e', variantId: workspace, name: 'V', propensity: 0.5, sticky: false, sentence: '' };
	const draft = (id: string, threadId?: string) => newDraft({ workspace, id, contactId: 'c', threadId, variant, inboundIds: threadId ? ['m'] : [] });
	await store.accounts.upsert([{ channel: 'whatsapp', externalId: `x-${workspace}`, workspace, enabled: true }]);
	await store.contacts.upsert(workspace, [contact]);
	await store.messages.record(workspace, [inbound({ id: 'm', providerId: 'p', text: workspace, contact })]);
	await store.messages.saveReadings(workspace, [{ messageId: 'm', reply: { ...REPLY, language: workspace } }]);
	await store.contacts.saveClassification(workspace, [{ contactId: 'c', classification: classified(workspace) }]);
	await store.analyses.put(workspace, [{ hash: 'h', classification: classified(workspace) }]);
	await store.knowledge.put(workspace, [document(workspace)]);
	await store.knowledge.saveVectors(workspace, 'm', [{ kind: 'document', documentId: 'k', place: 0, text: workspace, vector: Float32Array.from([1]) }]);
	await store.labels.correct(workspace, [{ contactId: 'c', actor: 'a', labels: [{ field: 'score', to: '70' }], score: 70, sentence: 's' }]);
	await store.leadScores.saveSnapshots(workspace, [{ contactId: 'c', features: { n: 1 }, baseScore: 1, score: 1, draw: 0 }], []);
	await store.leadScores.save(workspace, { conversions: 1, examples: 2 });
	await store.pipelines.save(workspace, [{ id: 'p', name: workspace, stages: [{ id: 's', name: 'S', type: 'LEAD', order: 1 }] }]);
	await store.experiments.save([{ workspace, id: 'e', name: workspace, status: 'running', metric: 'replied', variants: [] }]);
	await store.experiments.assign([{ workspace, experimentId: 'e', contactId: 'c', choose: () => ({ variantId: workspace, propensity: 0.5 }) }]);
	await store.limits.reserve([{ workspace, idempotencyKey: 'k', at: START, scopes: [{ key: 's', from: START, to: later(START, DAY) }], decide: () => ({ allowed: true }) }], DAY);
	await store.outbound.plan([{ workspace, draftId: 'd', draft: draft('d', 'thread-1') }], sendNow);
	await store.outbound.plan([{ workspace, draftId: 'r', draft: draft('r') }], toReview);
	await store.outbound.markSent([{ workspace, id: 'sent', providerId: 'out', draft: draft('sent') }]);
	await store.modelCalls.spendLedger().reserve({ workspace, day: '2026-03-02', amountUsd: 0.4, capUsd: 1, expiresAt: later(START, DAY) });
}

/** Everything the reading methods give out of a workspace. */
async function everything(store: Store, workspace: string): Promise<unknown> {
	const { accounts, contacts, messages, outbound, reviews, settings, suppressions, experiments, outcomes, pipelines, analyses, knowledge, labels, leadScores, modelCalls, answerTimes, figures, sendLoad } = store;
	const vectors: unknown[] = [];
	await knowledge.scanVectors(workspace, 'm', (page) => vectors.push(...page));
	const labelled = await labels.list(workspace, { limit: 99 });
	return await Promise.all([
		vectors,
		// Their ids are random.
		labelled.map(({ contactId, field, to }) => ({ contactId, field, to })),
		knowledge.list(workspace, { kind: 'document', limit: 99 }),
		knowledge.counts(workspace),
		knowledge.search(workspace, [{ kind: 'document', terms: ['word'] }], allTerms, 9),
		knowledge.chunks(workspace, [{ kind: 'document', documentId: 'k', place: 0 }]),
		knowledge.withoutVector(workspace, 'other', 9),
		leadScores.examples(workspace, { windowMs: 0, conversions: ['deal_won'], limit: 99 }),
		leadScores.conversionByScore(workspace, { windowMs: 0, conversions: ['deal_won'] }),
		leadScores.current(workspace),
		leadScores.pastLeads(workspace, { events: ['deal_won'], limit: 99 }),
		accounts.list(workspace),
		contacts.find(workspace, ['c', 'a@b.de', '491511234567', 'b-only']),
		contacts.conversations(workspace, ['c', 'b-only']),
		messages.readings(workspace, ['m', 'b-only']),
		messages.lastInboundAt(workspace, [{ contactId: 'c', channel: 'whatsapp' }]),
		outbound.find(workspace, ['d', 'r', 'sent', 'b-only']),
		outbound.list(workspace, { limit: 99 }),
		outbound.transitions(workspace, 'd'),
		reviews.list(workspace, { limit: 99 }),
		reviews.judgedDrafts(workspace, 99),
		figures.health({ workspace, ...lastDays(START, 30) }),
		figures.models({ workspace, ...lastDays(START, 30) }),
		figures.pipelines({ workspace, ...lastDays(START, 30) }),
		figures.outbox({ workspace, ...lastDays(START, 30) }),
		figures.limits(workspace, sharedCounters),
		figures.readiness({ workspace, ...lastDays(START, 30) }),
		figures.sendTimes(workspace, ['whatsapp'], { since: START, sends: 9, contacts: 9, perContact: 9 }),
		settings.effective([{ workspace, accountId: 'acc', contactId: 'c' }]),
		suppressions.check(workspace, [{ contactId: 'c', channel: 'whatsapp' }, { channel: 'email', address: 'a@b.de' }]),
		experiments.find(workspace, ['e', 'b-only']),
		experiments.list(workspace),
		experiments.results(workspace, 'e'),
		outcomes.list(workspace, { limit: 99 }),
		pipelines.find(workspace, ['p']),
		pipelines.list(workspace),
		pipelines.activities(workspace, 'c', 99),
		pipelines.contactsIn(workspace, 'p', 's', { limit: 99 }),
		analyses.get(workspace, ['h'], DAY),
		modelCalls.spendLedger().spentToday(workspace, '2026-03-02'),
		answerTimes.recentContacts([{ workspace, channel: 'whatsapp' }], { since: later(START, -DAY), sends: 99 }),
		answerTimes.events([{ workspace, channel: 'whatsapp', contactId: 'c' }, { workspace, channel: 'whatsapp', contactId: 'b-only' }], { since: later(START, -DAY), perContact: 99 }),
		sendLoad.ofWorkspaces([workspace], []).then((days) => days.map((counts) => [...counts])),
		sendLoad.ofContacts([{ workspace, contactId: 'c' }, { workspace, contactId: 'b-only' }], later(START, -DAY), []),
	]);
}

const change = (workspace: string): StageChange => ({ workspace, contactId: 'c', pipelineId: 'p', stageId: 's', setBy: 'model', log: { rule: 'r', actor: 'a', sentence: 's' } });

/** Every writing method once on workspace b, with ids that a has, too. */
const WRITES: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
	'accounts.upsert': async ({ accounts }) => await accounts.upsert([{ channel: 'email', externalId: 'x-a', workspace: 'b', name: 'B', enabled: true }]),
	'contacts.upsert': async ({ contacts }) => await contacts.upsert('b', [{ id: 'c', name: 'changed' }, { phone: '+49 151 1234567', company: 'changed' }, { id: 'b-only' }]),
	'contacts.setTakeOver': async ({ contacts }) => await contacts.setTakeOver('b', [{ contactId: 'c', until: later(START, DAY), by: 'x' }]),
	'contacts.saveClassification': async ({ contacts }) => await contacts.saveClassification('b', [{ contactId: 'a@b.de', classification: classified('changed') }]),
	'messages.record': async ({ messages }) => await messages.record('b', [inbound({ id: 'b-only', contact: { id: 'c' } })]),
	'messages.recordFromPerson': async ({ messages }) => await messages.recordFromPerson('b', [{ ...inbound({ id: 'person', contact: { id: 'c' } }), takeOverMs: DAY }]),
	'messages.saveReadings': async ({ messages }) => await messages.saveReadings('b', [{ messageId: 'm', reply: REPLY }]),
	'messages.decide': async ({ messages }) => await messages.decide('b', [{ messageId: 'm', reason: 'changed', actor: 'person' }]),
	'messages.release': async ({ messages }) => await messages.release('b', ['m']),
	'messages.claimReady': async ({ messages }) => await messages.claimReady({ ...READY, workspaces: ['b'] }),
	'outbound.saveDrafts': async ({ outbound }) => await outbound.saveDrafts([newDraft({ workspace: 'b', id: 'b-only' })]),
	'outbound.recordGates': async ({ outbound }) => await outbound.recordGates('b', [{ draftId: 'd', gate: PASS }]),
	'outbound.recordSchedules': async ({ outbound }) => await outbound.recordSchedules('b', [{ draftId: 'r', schedule: { sendAt: iso(START), localTime: '2026-03-02 12:00', timezone: 'UTC', purpose: 'reply', source: 'reply', moved: [], lawful: 'off', sentence: 'changed' } }]),
	'outbound.plan': async ({ outbound }) => await outbound.plan([{ workspace: 'b', draftId: 'new', draft: newDraft({ workspace: 'a', id: 'new', contactId: 'c', threadId: 'thread-1', inboundIds: ['m'] }) }], sendNow),
	'outbound.claimDue': async ({ outbound }) => await outbound.claimDue({ ...CLAIM, workspaces: ['b'] }, sendNow),
	'outbound.markSent': async ({ outbound }) => await outbound.markSent([{ workspace: 'b', id: 'd', providerId: 'changed' }]),
	'outbound.cancel': async ({ outbound }) => await outbound.cancel('b', ['r'], 'changed', 'person'),
	'reviews.open': async ({ reviews }) => await reviews.open([{ workspace: 'b', kind: 'stage', contactId: 'c', sentence: 'changed', dueAt: START }]),
	'settings.set': async ({ settings }) => await settings.set('b', { kind: 'contact', id: 'c' }, { mode: 'off', killSwitch: true }, 'x'),
	'suppressions.optOut': async ({ suppressions }) => await suppressions.optOut([{ workspace: 'b', contactId: 'c', address: '+491511234567', channel: 'whatsapp', allChannels: true, reason: 'x', actor: 'person', messageId: 'm' }]),
	'suppressions.optIn': async ({ suppressions }) => await suppressions.optIn('b', [{ contactId: 'c', channel: 'whatsapp', actor: 'x', reason: 'x' }]),
	'experiments.save': async ({ experiments }) => await experiments.save([{ workspace: 'b', id: 'e', name: 'changed', status: 'paused', metric: 'x', variants: [] }]),
	'experiments.assign': async ({ experiments }) => await experiments.assign([{ workspace: 'b', experimentId: 'e', contactId: 'c2', choose: () => ({ variantId: 'changed', propensity: 1 }) }]),
	'experiments.move': async ({ experiments }) => await experiments.move({ workspace: 'b', id: 'e', from: 'running', to: 'completed', winner: 'changed' }),
	'experiments.keepShares': async ({ experiments }) => await experiments.keepShares('b', [{ experimentId: 'e', shares: { changed: 1 } }]),
	'outcomes.record': async ({ outcomes }) => await outcomes.record([{ workspace: 'b', event: 'replied', occurredAt: START, outboundId: 'sent' }, { workspace: 'b', event: 'clicked', occurredAt: START, providerId: 'out' }, { workspace: 'b', event: 'deal_won', occurredAt: START, contactId: 'c' }]),
	'pipelines.save': async ({ pipelines }) => await pipelines.save('b', [{ id: 'p', name: 'changed', stages: [{ id: 's', name: 'S', type: 'LEAD', order: 1 }] }]),
	'pipelines.changeStages': async ({ pipelines }) => await pipelines.changeStages([change('b')]),
	'analyses.put': async ({ analyses }) => await analyses.put('b', [{ hash: 'h', classification: classified('changed') }]),
	'knowledge.put': async ({ knowledge }) => await knowledge.put('b', [document('changed')]),
	'knowledge.remove': async ({ knowledge }) => await knowledge.remove('b', 'document', ['k']),
	'knowledge.saveVectors': async ({ knowledge }) => await knowledge.saveVectors('b', 'm', [{ kind: 'document', documentId: 'k', place: 0, text: 'b', vector: Float32Array.from([9]) }, { kind: 'document', documentId: 'k', place: 0, text: 'a', vector: Float32Array.from([9]) }]),
	'labels.correct': async ({ labels }) => await labels.correct('b', [{ contactId: 'c', actor: 'x', labels: [{ field: 'status', to: 'WON' }], status: 'WON', score: 1, sentence: 'changed' }]),
	'leadScores.saveSnapshots': async ({ leadScores }) => await leadScores.saveSnapshots('b', [{ contactId: 'c', features: { changed: 1 }, baseScore: 99, score: 99, draw: 0 }], []),
	'leadScores.save': async ({ leadScores }) => await leadScores.save('b', { record: { model: { intercept: 9, weights: {}, examples: 1, conversions: 1 }, chances: [], scores: [] }, conversions: 9, examples: 9 }),
	'leadScores.current': async ({ leadScores }) => await leadScores.current('b', 0),
	'modelCalls.callLog': async ({ modelCalls }) => await modelCalls.callLog().record({ workspace: 'b', purpose: 'draft', modelId: 'm', promptVersion: 'v', latencyMs: 1, attempts: 1, outcome: 'ok', at: iso(START) }),
};

describe.each(DIALECTS)('two workspaces with the same ids on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		await fill(test.store, 'a');
		await fill(test.store, 'b');
	});
	afterEach(async () => await test.close());

	it('reading one never shows the other', async () => {
		const a = JSON.stringify(await everything(test.store, 'a'));
		const b = JSON.stringify(await everything(test.store, 'b'));
		expect(a).toContain('"name":"a"');
		expect(a).not.toMatch(/"(name|text|summary|language|workspace|variantId|externalId)":"(x-)?b"/);
		expect(b.replaceAll('"b"', '"a"').replaceAll('x-b', 'x-a').length).toBe(a.length);
	});

	it.each(Object.keys(WRITES))('%s in one changes nothing in the other', async (name) => {
		const before = await everything(test.store, 'a');
		await WRITES[name](test.store);
		expect(await everything(test.store, 'a')).toEqual(before);
	});

	it('what works across workspaces by design keeps each row with its own', async () => {
		const { store } = test;
		await store.messages.record('a', [inbound({ id: 'n', text: 'a', threadId: 'other', contact: { id: 'c' } })]);
		await store.messages.record('b', [inbound({ id: 'n', text: 'b', threadId: 'other', contact: { id: 'c' } })]);
		const ready = await store.messages.claimReady(READY);
		expect(ready.map(({ workspace, message, contact }) => [workspace, message.text, contact.name])).toEqual([['a', 'a', 'a'], ['b', 'b', 'b']]);
		for (const workspace of ['a', 'b']) await store.settings.set(workspace, { kind: 'workspace' }, { contactDailyCap: 9, workspaceDailyCap: 9 }, 'Eva');
		const facts: string[] = [];
		const { claimed } = await store.outbound.claimDue(CLAIM, (fact) => {
			facts.push(`${fact.row.workspace} ${fact.contact?.name} ${fact.sentToContactToday} ${fact.sentByWorkspaceToday}`);
			return sendNow(fact);
		});
		expect(facts.sort()).toEqual(['a a 1 1', 'b b 1 1']);
		expect(claimed.map(({ workspace, contact }) => [workspace, contact?.name]).sort()).toEqual([['a', 'a'], ['b', 'b']]);
		expect(await store.outbound.beginSend('a', ['d'])).toMatchObject([{ ok: true, row: { workspace: 'a' } }]);
		expect(await store.outbound.find('b', ['d'])).toMatchObject([{ status: 'claimed' }]);
		await store.outbound.markFailed([{ workspace: 'a', id: 'd', failure: { kind: 'permanent', message: 'no' } }]);
		expect(await store.outbound.find('b', ['d'])).toMatchObject([{ status: 'claimed' }]);
		await store.limits.release('a', ['k']);
		const scopes = [{ key: 's', from: START, to: later(START, DAY) }];
		const seen: number[] = [];
		const decide = (entries: ReadonlyMap<string, readonly number[]>) => {
			seen.push(entries.get('s')?.length ?? 0);
			return { allowed: true };
		};
		await store.limits.reserve(['a', 'b', 'empty'].map((workspace) => ({ workspace, idempotencyKey: 'k2', at: START, scopes, decide })), DAY);
		expect(seen).toEqual([1, 1, 0]);
		expect(await store.modelCalls.spendLedger().reserve({ workspace: 'b', day: '2026-03-02', amountUsd: 0.6, capUsd: 1, expiresAt: later(START, DAY) })).toMatchObject({ granted: true });
	});
});
