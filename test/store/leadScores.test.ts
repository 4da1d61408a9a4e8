import { LEARNING_POLICY } from '../../engine/classify/learnedScore';
import { DAY, later } from '../../engine/time';
import type { SnapshotInput } from '../../store/store';
import { DIALECTS, openTestStore, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);

const { conversions } = LEARNING_POLICY;
const windowMs = 30 * DAY;
const snapshot = (contactId: string, changes: Partial<SnapshotInput> = {}): SnapshotInput => ({ contactId, features: { asked: 1 }, baseScore: 40, score: 50, draw: 0.99, ...changes });

describe.each(DIALECTS)('what a score is learnt from on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());
	const examples = async (workspace = 'acme') => await test.store.leadScores.examples(workspace, { windowMs, conversions, limit: 100 });
	const happened = async (contactId: string, event: 'deal_won' | 'meeting_booked' | 'clicked', at = START) =>
		await test.store.outcomes.record([{ workspace: 'acme', event, contactId, occurredAt: at }]);

	it('counts contacts whose window is over, with what came inside it', async () => {
		const { leadScores, contacts } = test.store;
		await contacts.upsert('acme', ['early', 'late', 'none', 'clicked', 'private'].map((id) => ({ id })));
		await leadScores.saveSnapshots('acme', ['early', 'late', 'none', 'clicked', 'private'].map((id) => snapshot(id, { score: id === 'early' ? 80.4 : 50 })), conversions);
		await happened('early', 'meeting_booked', later(START, 5 * DAY));
		await happened('late', 'deal_won', later(START, 31 * DAY));
		await happened('clicked', 'clicked', later(START, DAY));
		expect(await examples()).toEqual([]);
		expect(await leadScores.conversionByScore('acme', { windowMs, conversions })).toEqual({ scores: [], tooRecent: 5 });
		test.clock.advance(windowMs);
		await contacts.upsert('acme', [{ id: 'private', profiling: false }]);
		expect((await examples()).map(({ converted }) => converted)).toEqual([false, true, false, false]);
		expect(await leadScores.conversionByScore('acme', { windowMs, conversions })).toEqual({ scores: [{ score: 50, contacts: 4, conversions: 0 }, { score: 80, contacts: 1, conversions: 1 }], tooRecent: 0 });
		expect(await examples('other')).toEqual([]);
	});

	it('keeps each of n snapshots of a contact with chance 1/n', async () => {
		const { leadScores } = test.store;
		const save = async (draw: number, n: number) => await leadScores.saveSnapshots('acme', [snapshot('a', { draw, features: { n } })], conversions);
		// 0.49 · 2 < 1 takes the second; 0.34 · 3 ≥ 1 keeps it; 0.24 · 4 < 1 takes the fourth.
		for (const [draw, n] of [[0.9, 1], [0.49, 2], [0.34, 3]]) await save(draw, n);
		test.clock.advance(windowMs);
		expect(await examples()).toMatchObject([{ features: { n: 2 } }]);
		await save(0.24, 4);
		test.clock.advance(windowMs);
		expect(await examples()).toMatchObject([{ features: { n: 4 } }]);
	});

	it('takes none once the contact has converted, and finds a contact by its address', async () => {
		const { leadScores, contacts } = test.store;
		const [anna] = await contacts.upsert('acme', [{ email: 'anna@example.com' }]);
		await leadScores.saveSnapshots('acme', [snapshot('anna@example.com', { features: { before: 1 } })], conversions);
		await happened(anna.id, 'deal_won', later(START, DAY));
		await leadScores.saveSnapshots('acme', [snapshot(anna.id, { features: { after: 1 }, draw: 0 })], conversions);
		test.clock.advance(windowMs);
		expect(await examples()).toEqual([{ features: { before: 1 }, baseScore: 40, converted: true }]);
	});

	it('lets one caller a day fit it anew', async () => {
		const { leadScores } = test.store;
		const asked = await Promise.all(Array.from({ length: 8 }, async () => await leadScores.current('acme', DAY)));
		expect(asked.filter(({ due }) => due)).toHaveLength(1);
		await leadScores.save('acme', { conversions: 7, examples: 90 });
		expect(await leadScores.current('acme', DAY)).toEqual({ conversions: 7, due: false });
		test.clock.advance(DAY);
		const record = { model: { intercept: 0, weights: {}, examples: 9, conversions: 8 }, chances: [0, 1], scores: [0, 100] };
		expect((await leadScores.current('acme', DAY)).due).toBe(true);
		await leadScores.save('acme', { record, conversions: 8, examples: 9 });
		expect(await leadScores.current('acme', DAY)).toEqual({ record, conversions: 8, due: false });
		expect(await leadScores.current('other', DAY)).toEqual({ conversions: 0, due: true });
	});

	it('names past leads by outcome or correction, the latest first, but for those who object', async () => {
		const { leadScores, labels, contacts } = test.store;
		await contacts.upsert('acme', [
			{ id: 'won', summary: 'Bought chairs.' },
			{ id: 'fixed', summary: 'Wanted tables.', status: 'QUALIFIED' },
			{ id: 'empty' },
			{ id: 'private', summary: 'Secret.', profiling: false },
			{ id: 'open', summary: 'Still talking.' },
		]);
		for (const id of ['won', 'empty', 'private']) await happened(id, 'deal_won', later(START, -DAY));
		await happened('open', 'clicked');
		await labels.correct('acme', [{ contactId: 'fixed', actor: 'Eva', labels: [{ field: 'score', from: '20', to: '70' }, { field: 'intent', from: 'cold', to: 'hot' }], score: 70, sentence: 'Corrected.' }]);
		const events = ['deal_won', 'deal_lost'] as const;
		expect(await leadScores.pastLeads('acme', { events, limit: 10 })).toEqual([
			{ contactId: 'fixed', summary: 'Wanted tables.', status: 'QUALIFIED', events: [], corrections: { score: '70', intent: 'hot' } },
			{ contactId: 'won', summary: 'Bought chairs.', events: ['deal_won'], corrections: {} },
		]);
		expect(await leadScores.pastLeads('acme', { events, contactIds: ['won'], limit: 10 })).toHaveLength(1);
		expect(await leadScores.pastLeads('acme', { events, contactIds: [], limit: 10 })).toEqual([]);
		expect(await leadScores.pastLeads('other', { events, limit: 10 })).toEqual([]);
	});

	it('keeps corrections with what was before, writes them on the contact and into its timeline', async () => {
		const { labels, contacts, pipelines } = test.store;
		await contacts.upsert('acme', [{ id: 'a' }]);
		await labels.correct('acme', [{ contactId: 'a', messageId: 'm', actor: 'Eva', labels: [{ field: 'status', to: 'WON' }], status: 'WON', sentence: 'Corrected by Eva.' }]);
		test.clock.advance(1_000);
		await labels.correct('acme', [
			{ contactId: 'a', actor: 'Max', labels: [{ field: 'score', from: '10', to: '20' }], score: 20, sentence: 'x' },
			{ contactId: 'a', actor: 'Max', labels: [{ field: 'score', from: '20', to: '90' }], score: 90, sentence: 'y' },
			{ contactId: 'new@example.com', actor: 'Max', labels: [{ field: 'intent', to: 'cold' }], score: 15, sentence: 'z' },
		]);
		expect(await contacts.find('acme', ['a', 'new@example.com'])).toMatchObject([{ score: 90, status: 'WON' }, { score: 15 }]);
		expect((await labels.list('acme', { contactIds: ['a'], limit: 9 })).map(({ field, from, to, actor, messageId, at }) => [field, from, to, actor, messageId, at])).toEqual([
			['score', '20', '90', 'Max', undefined, later(START, 1_000)],
			['score', '10', '20', 'Max', undefined, later(START, 1_000)],
			['status', undefined, 'WON', 'Eva', 'm', START],
		]);
		expect(await labels.list('acme', { field: 'intent', limit: 9 })).toMatchObject([{ to: 'cold' }]);
		expect(await labels.list('acme', { since: later(START, 1), limit: 9 })).toHaveLength(3);
		expect(await labels.list('acme', { contactIds: [], limit: 9 })).toEqual([]);
		expect(await labels.list('other', { limit: 9 })).toEqual([]);
		expect((await pipelines.activities('acme', 'a', 9)).map(({ kind }) => kind)).toEqual(['correction', 'correction', 'correction']);
	});
});
