import { sql } from 'kysely';
import type { Gate } from '../../engine/gate/gate';
import { Database } from '../../store/database';
import { cpuMs } from '../cpuTime';
import { DIALECTS, openTestStore, PASS, START, stopServers, type TestStore } from './fixtures';
import { judge } from './judgedReviews';

afterAll(stopServers);

const MADE = { rawConfidence: 0.9, modelId: 'm', promptVersion: 'p', scoring: '1/k1' } as const;
const DECISION = { autoSend: false, threshold: 0.85, source: 'fixed', audited: true, rawThreshold: 0.86, sampling: 'audit' } as const;

describe.each(DIALECTS)('judged drafts on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	it('come with what draft and gate said, newest first', async () => {
		const gate: Gate = { ...PASS, verdict: 'review', issues: [{ check: 'mode', severity: 'review', reason: 'The mode is assist.', span: { start: 0, end: 1 } }], sentence: 'Needs review.' };
		await judge(test.store, test.place.config, 'acme', [
			{ id: 'a', draft: { ...MADE, decision: DECISION }, decision: 'edited', editDistance: 0.25, gate },
			{ id: 'b', draft: { rawConfidence: 0.4 }, decision: 'rejected' },
		]);
		expect(await test.store.reviews.judgedDrafts('acme', 10)).toEqual([
			{ draftId: 'b', raw: 0.4, decision: 'rejected', gateIssues: [], decidedAt: START + 1_000 },
			{ draftId: 'a', raw: 0.9, decision: 'edited', editDistance: 0.25, modelId: 'm', promptVersion: 'p', scoring: '1/k1', sampling: 'audit', rawThreshold: 0.86, gateIssues: [{ check: 'mode', severity: 'review' }], decidedAt: START },
		]);
		expect((await test.store.reviews.judgedDrafts('acme', 1)).map(({ draftId }) => draftId)).toEqual(['b']);
	});

	it('leave out other workspaces, templates, other kinds, and reviews that are open or closed without a word', async () => {
		const { reviews } = test.store;
		await judge(test.store, test.place.config, 'other', [{ id: 'a', draft: MADE }]);
		await judge(test.store, test.place.config, 'acme', [{ id: 'a', draft: MADE, decision: null }, { id: 'template' }]);
		await reviews.open([{ workspace: 'acme', kind: 'draft', outboundId: 'template', sentence: 'Look.', dueAt: START }]);
		expect(await reviews.judgedDrafts('acme', 10)).toEqual([]);
		expect(await reviews.judgedDrafts('nobody', 10)).toEqual([]);
	});

	it('survive texts that are hard to keep', async () => {
		const text = 'a\0b \ud83d "quoted" \\ 漢字 👩‍👩‍👧';
		await judge(test.store, test.place.config, 'acme', [{ id: 'odd', draft: { ...MADE, text, modelId: 'ollama/"x"\\y' } }]);
		expect(await test.store.reviews.judgedDrafts('acme', 10)).toMatchObject([{ draftId: 'odd', modelId: 'ollama/"x"\\y', raw: 0.9 }]);
	});

	it('are read by their index, two thousand in well under a second', async () => {
		await judge(test.store, test.place.config, 'acme', Array.from({ length: 3_000 }, () => ({ draft: { ...MADE, text: 'x'.repeat(1_500), decision: DECISION } })));
		const began = cpuMs();
		const judged = await test.store.reviews.judgedDrafts('acme', 2_000);
		expect(judged).toHaveLength(2_000);
		expect(judged[0].decidedAt).toBe(START + 2_999_000);
		expect(cpuMs() - began).toBeLessThan(1_000);
		if (dialect !== 'sqlite') return;
		const database = new Database(test.place.config);
		const plan = await database.read(async (session) => await session.rows(sql<{ detail: string }>`explain query plan select id from reviews where workspace = 'acme' and kind = 'draft' and decision is not null order by decided_at desc limit 9`));
		await database.close();
		expect(plan.map(({ detail }) => detail).join()).toContain('reviews_decided');
	});
});
