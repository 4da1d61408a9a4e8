import { LEARNING_POLICY } from '../../engine/classify/learnedScore';
import { scoreLead } from '../../engine/classify/leadScore';
import { DAY, later } from '../../engine/time';
import { learnFromOutcomes } from '../../nodes/ClassifyLead/learnFromOutcomes';
import { DIALECTS, openTestStore, stopServers, type TestStore } from '../store/fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

describe.each(DIALECTS)('learning from outcomes on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	const leads = async (from: number, count: number, converting: number) => {
		const ids = Array.from({ length: count }, (_, at) => `lead-${from + at}`);
		const now = await test.store.clock.now();
		await test.store.contacts.upsert('acme', ids.map((id) => ({ id, summary: `Wants thing ${id}.` })));
		await test.store.leadScores.saveSnapshots('acme', ids.map((contactId, at) => ({ contactId, features: { asked: at < converting ? 1 : at % 2 }, baseScore: 20 + (at % 60), score: 50, draw: 0 })), LEARNING_POLICY.conversions);
		await test.store.outcomes.record(ids.slice(0, converting).map((contactId) => ({ workspace: 'acme', event: 'meeting_booked', contactId, occurredAt: later(now, 2 * DAY) })));
	};

	it('begins at 120 conversions whose window is over, fits once a day, and keeps past leads findable', async () => {
		const { store, clock } = test;
		await leads(0, 250, 119);
		expect(await learnFromOutcomes(store, 'acme', true)).toEqual({ record: undefined, conversions: 0 });
		clock.advance(LEARNING_POLICY.windowMs);
		expect(await learnFromOutcomes(store, 'acme', true)).toEqual({ record: undefined, conversions: 119 });
		await leads(250, 50, 1);
		clock.advance(LEARNING_POLICY.windowMs);
		expect(await learnFromOutcomes(store, 'acme', false)).toMatchObject({ conversions: 119 });
		const { record, conversions } = await learnFromOutcomes(store, 'acme', true);
		expect(conversions).toBe(120);
		expect(record?.model).toMatchObject({ conversions: 120, examples: 300 });
		// All 120 who converted asked; of the 180 others 90: 120 of 210 against 0 of 90.
		expect(record && scoreLead(record.model, { asked: 1 }).probability).toBeCloseTo(120 / 210, 1);
		expect(record && scoreLead(record.model, { asked: 0 }).probability).toBeLessThan(0.1);
		expect(await store.knowledge.counts('acme')).toEqual({ document: 0, lead: 120 });
		await leads(300, 10, 0);
		clock.advance(DAY / 2);
		expect(await learnFromOutcomes(store, 'acme', true)).toEqual({ record, conversions: 120 });
		expect(await learnFromOutcomes(store, 'other', true)).toEqual({ record: undefined, conversions: 0 });
	});

	it('is done by one of many who ask at once', async () => {
		await leads(0, 20, 5);
		const spy = jest.spyOn(test.store.leadScores, 'examples');
		await Promise.all(Array.from({ length: 6 }, async () => await learnFromOutcomes(test.store, 'acme', true)));
		expect(spy).toHaveBeenCalledTimes(1);
	});
});
