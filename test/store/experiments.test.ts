import fc from 'fast-check';
import { sql } from 'kysely';
import type { ArmTally } from '../../engine/experiment/armTally';
import type { Metric } from '../../engine/experiment/metrics';
import type { OutcomeEvent } from '../../engine/outcome/outcome';
import type { ReplyIntent } from '../../engine/reply/reply';
import { DAY, iso, later, type EpochMs } from '../../engine/time';
import { Database } from '../../store/database';
import type { TallyRequest } from '../../store/store';
import { DIALECTS, draftOf, inbound, newDraft, openTestStore, START, stopServers, toReview, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

const VARIANTS = [{ id: 'a', name: 'A', weight: 1 }, { id: 'b', name: 'B', weight: 1 }];
const LATER = later(START, 200 * DAY);

describe.each(DIALECTS)('what an experiment counts on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	const variant = (variantId: string, experimentId = 'e', propensity = 0.5) => ({ experimentId, variantId, name: variantId, propensity, sticky: false, sentence: '' });
	/** Assigned, and sent at `at`. */
	async function expose(contactId: string, variantId: string, options: { at?: EpochMs; experimentId?: string; propensity?: number; shares?: Record<string, number> } = {}): Promise<void> {
		const { at = START, experimentId = 'e', propensity = 0.5, shares } = options;
		await test.store.experiments.assign([{ workspace: 'acme', experimentId, contactId, choose: () => ({ variantId, propensity, shares }) }]);
		const id = `${experimentId}-${contactId}-${at}`;
		await test.store.outbound.markSent([{ workspace: 'acme', id, at, draft: newDraft({ id, contactId, variant: variant(variantId, experimentId, propensity) }) }]);
	}
	const happens = async (contactId: string, event: OutcomeEvent, at: EpochMs, eventId?: string) => await test.store.outcomes.record([{ workspace: 'acme', contactId, event, occurredAt: at, eventId }]);
	const tally = async (metric: Metric, more: Partial<TallyRequest> = {}) => {
		const [arms] = await test.store.experiments.tallies([{ workspace: 'acme', experimentId: 'e', metric, variantIds: ['a', 'b'], asOf: LATER, ...more }]);
		return arms;
	};
	const counts = async (metric: Metric, more: Partial<TallyRequest> = {}) => (await tally(metric, more)).map(({ exposures, conversions }) => [exposures, conversions]);
	/** An inbound message, read as `intent`; unread when absent. */
	async function answers(contactId: string, at: EpochMs, intent?: ReplyIntent): Promise<void> {
		const id = `${contactId}-${at}-${intent}`;
		await test.store.messages.record('acme', [inbound({ id, threadId: contactId, timestamp: iso(at), contact: { id: contactId } })]);
		if (intent) await test.store.messages.saveReadings('acme', [{ messageId: id, reply: { intent, optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
	}

	it('counts a contact once, from its first send to the end of the window, whatever comes twice, late or in the wrong order', async () => {
		await happens('early', 'clicked', later(START, -1));
		for (const contact of ['early', 'twice', 'edge', 'late', 'none']) await expose(contact, 'a');
		await expose('other', 'b');
		await expose('twice', 'a', { at: later(START, 2 * DAY) });
		await happens('twice', 'clicked', later(START, 6 * DAY));
		await happens('twice', 'clicked', later(START, DAY));
		await happens('twice', 'clicked', later(START, DAY), 'evt');
		await happens('twice', 'clicked', later(START, DAY), 'evt');
		await happens('edge', 'clicked', later(START, 7 * DAY - 1));
		await happens('late', 'clicked', later(START, 7 * DAY));
		await happens('other', 'machine_opened', later(START, DAY));
		await happens('other', 'clicked', START);
		expect(await counts('click')).toEqual([[5, 2], [1, 1]]);
		// Two sends: the window still begins with the first.
		await happens('twice', 'meeting_booked', later(START, 31 * DAY));
		await happens('edge', 'meeting_held', later(START, 29 * DAY));
		await happens('edge', 'deal_won', later(START, 89 * DAY));
		await happens('late', 'deal_won', later(START, 90 * DAY));
		expect([await counts('meeting'), await counts('conversion'), await counts('open')]).toEqual([[[5, 1], [1, 0]], [[5, 1], [1, 0]], [[5, 0], [1, 0]]]);
	});

	it('keeps workspaces, experiments and contacts that were never sent anything apart', async () => {
		await expose('both', 'a');
		await expose('both', 'b', { experimentId: 'f' });
		await test.store.experiments.assign([{ workspace: 'acme', experimentId: 'e', contactId: 'unsent', choose: () => ({ variantId: 'b', propensity: 0.5 }) }]);
		await happens('both', 'clicked', later(START, 1));
		await happens('unsent', 'clicked', later(START, 1));
		await test.store.outcomes.record([{ workspace: 'other', contactId: 'both', event: 'deal_won', occurredAt: later(START, 1) }]);
		expect(await counts('click')).toEqual([[1, 1], [0, 0]]);
		expect(await counts('click', { experimentId: 'f' })).toEqual([[0, 0], [1, 1]]);
		expect(await counts('conversion')).toEqual([[1, 0], [0, 0]]);
		expect(await counts('click', { workspace: 'other' })).toEqual([[0, 0], [0, 0]]);
		const both = await test.store.experiments.tallies([{ workspace: 'acme', experimentId: 'e', metric: 'click', variantIds: ['b', 'a'], asOf: LATER }, { workspace: 'acme', experimentId: 'f', metric: 'reply', variantIds: ['b'], asOf: LATER }]);
		expect(both.map((arms) => arms.map(({ id, conversions }) => [id, conversions]))).toEqual([[['b', 0], ['a', 1]], [['b', 0]]]);
	});

	it('takes as a positive reply what was read as interest, a meeting or a question, and as a reply what is no absence notice', async () => {
		const intents: (ReplyIntent | undefined)[] = ['interested', 'meeting', 'question', 'objection', 'not_now', 'not_interested', 'complaint', 'opt_out', 'wrong_person', 'other', 'out_of_office', undefined];
		for (const [at, intent] of intents.entries()) {
			await expose(`c${at}`, 'a');
			await answers(`c${at}`, later(START, DAY), intent);
		}
		await expose('event', 'b');
		await happens('event', 'replied', later(START, 13 * DAY));
		await expose('too-late', 'b');
		await answers('too-late', later(START, 14 * DAY), 'interested');
		await expose('before', 'b');
		await answers('before', later(START, -DAY), 'interested');
		expect(await counts('positive_reply')).toEqual([[12, 3], [3, 0]]);
		expect(await counts('reply')).toEqual([[12, 11], [3, 1]]);
	});

	it('hears opt-outs however they came, complaints, and no dead address', async () => {
		for (const contact of ['link', 'text', 'spam', 'bounce', 'fine']) await expose(contact, 'b');
		test.clock.advance(DAY);
		await happens('link', 'unsubscribed', later(START, DAY));
		await test.store.suppressions.optOut([{ workspace: 'acme', contactId: 'text', channel: 'whatsapp', allChannels: false, reason: 'Asked to stop', actor: 'engine' }]);
		await happens('spam', 'complaint', later(START, DAY));
		await happens('bounce', 'bounced_hard', later(START, DAY));
		const [, b] = await tally('reply');
		expect(b).toMatchObject({ exposures: 5, optOuts: 3, complaints: 1, conversions: 0 });
	});

	it('sees at a look what was on record then, whoever asks when', async () => {
		const look = later(START, 7 * DAY);
		await expose('in', 'a');
		await expose('after', 'a', { at: later(look, 1) });
		await expose('heard-late', 'b');
		await happens('in', 'clicked', later(START, DAY));
		const seen = await counts('click', { asOf: look });
		expect(seen).toEqual([[1, 1], [1, 0]]);
		test.clock.advance(8 * DAY);
		await happens('heard-late', 'clicked', later(START, 2 * DAY));
		await happens('in', 'clicked', later(START, 3 * DAY));
		expect(await counts('click', { asOf: look })).toEqual(seen);
		expect(await counts('click', { asOf: later(look, 2 * DAY) })).toEqual([[2, 1], [1, 1]]);
	});

	it('tells matured contacts, those since a moment, and how many there were at each look', async () => {
		for (const [contact, day] of [['d0', 0], ['d1', 1], ['d7', 7], ['d8', 8], ['d15', 15]] as const) await expose(contact, 'a', { at: later(START, day * DAY) });
		await happens('d1', 'clicked', later(START, 2 * DAY));
		const looks = { startedAt: START, everyMs: 7 * DAY, count: 4 };
		const joined = ({ weeks = [] }: ArmTally) => weeks.map(({ exposures }) => exposures);
		const asOf = later(START, 21 * DAY);
		const [a, b] = await tally('click', { asOf, looks });
		// Day 7 belongs to the look at the end of day 7.
		expect([joined(a), joined(b), a.firstAt]).toEqual([[3, 1, 1, 0], [0, 0, 0, 0], START]);
		const [matured] = await tally('click', { asOf, looks, maturedOnly: true });
		// With a window of 7 days each is there a week later; day 15 matures on day 22.
		expect([matured.exposures, joined(matured), matured.weeks?.map(({ conversions }) => conversions)]).toEqual([4, [1, 2, 1, 0], [0, 1, 0, 0]]);
		expect(await counts('click', { asOf, since: later(START, 7 * DAY) })).toEqual([[3, 0], [0, 0]]);
		expect(a).toMatchObject({ exposures: 5, conversions: 1, weeks: [{ conversions: 1 }, {}, {}, {}] });
	});

	it('adds up the chances contacts had, as far as they are known', async () => {
		await expose('1', 'a', { propensity: 0.7, shares: { a: 0.7, b: 0.3 } });
		await expose('2', 'b', { propensity: 0.1, shares: { a: 0.9, b: 0.1 } });
		await expose('3', 'b', { propensity: 0.4 });
		// 0.7 + 0.9 + (1 − 0.4) and 0.3 + 0.1 + 0.4.
		expect((await tally('click')).map(({ expected }) => expected)).toEqual([expect.closeTo(2.2, 9), expect.closeTo(0.8, 9)]);
	});

	it('takes arm and experiment names of any kind', async () => {
		const wild = ['"$.x"', "a'b\\", 'ü\u0000💥', '', '$[0]', 'a"."b'];
		for (const [at, id] of wild.entries()) await expose(`c${at}`, id, { experimentId: "e'\"%", propensity: 1 / 6, shares: Object.fromEntries(wild.map((each) => [each, 1 / 6])) });
		await happens('c1', 'clicked', START);
		const arms = await tally('click', { experimentId: "e'\"%", variantIds: wild });
		expect(arms.map(({ exposures, conversions, expected }) => [exposures, conversions, expected])).toEqual(wild.map((_, at) => [1, Number(at === 1), expect.closeTo(1, 6)]));
	});

	it('counts nobody for a choice that left nothing to chance, nor for another arm than the contact’s', async () => {
		await test.store.experiments.assign([{ workspace: 'acme', experimentId: 'e', contactId: 'held', choose: () => ({ variantId: 'b', propensity: 0.5 }) }]);
		const send = async (id: string, contactId: string, given: ReturnType<typeof variant>) => await test.store.outbound.markSent([{ workspace: 'acme', id, draft: newDraft({ id, contactId, variant: given }) }]);
		await send('paused', 'held', variant('a', 'e', 1));
		await send('winner', 'new', variant('b', 'e', 1));
		await send('mixed up', 'held', variant('a'));
		expect(await counts('click')).toEqual([[0, 0], [0, 0]]);
		await send('right', 'held', variant('b'));
		expect(await counts('click')).toEqual([[0, 0], [1, 0]]);
	});

	it('counts as approved what the first review of a contact passed without an edit', async () => {
		const database = new Database(test.place.config);
		const decide = async (id: string, decision: string | null, at: EpochMs) =>
			await database.write(async (session) => {
				await sql`update ${session.table('reviews')} set decision = ${decision}, decided_at = ${at}, reviewer = 'Eva' where outbound_id = ${id}`.execute(session.q);
			});
		const review = async (id: string, contactId: string, given: ReturnType<typeof variant>, decision: string | null, at = later(START, DAY)) => {
			await test.store.experiments.assign([{ workspace: 'acme', experimentId: given.experimentId, contactId, choose: () => given }]);
			await test.store.outbound.plan([{ workspace: 'acme', draftId: id, draft: newDraft({ id, contactId, threadId: id, draft: draftOf(id), variant: given }) }], toReview);
			await decide(id, decision, at);
		};
		await review('r1', 'yes', variant('a'), 'approved');
		await review('r2', 'edited', variant('a'), 'edited');
		await review('r3', 'no', variant('b'), 'rejected');
		await review('r4', 'no', variant('b'), 'approved', later(START, 2 * DAY));
		await review('r5', 'closed without a decision', variant('b'), null);
		await review('r6', 'elsewhere', variant('a', 'f'), 'approved');
		await database.close();
		expect(await counts('reviewer_approval')).toEqual([[2, 1], [1, 0]]);
		expect(await counts('reviewer_approval', { asOf: START })).toEqual([[0, 0], [0, 0]]);
		expect((await tally('reviewer_approval', { looks: { startedAt: START, everyMs: DAY, count: 2 } })).map(({ weeks }) => weeks)).toEqual([[{ exposures: 2, conversions: 1 }, { exposures: 0, conversions: 0 }], [{ exposures: 1, conversions: 0 }, { exposures: 0, conversions: 0 }]]);
	});

	it('agrees with counting by hand for any history', async () => {
		let run = 0;
		const day = fc.integer({ min: -2, max: 10 });
		await fc.assert(
			fc.asyncProperty(fc.array(fc.record({ arm: fc.constantFrom('a', 'b'), sent: day, clicks: fc.array(day, { maxLength: 3 }) }), { maxLength: 12 }), fc.integer({ min: 0, max: 15 }), fc.boolean(), async (people, asOfDay, maturedOnly) => {
				run += 1;
				const experimentId = `run-${run}`;
				const asOf = later(START, asOfDay * DAY);
				for (const [at, { arm, sent, clicks }] of people.entries()) {
					const contact = `${experimentId}-${at}`;
					await expose(contact, arm, { experimentId, at: later(START, sent * DAY) });
					for (const click of clicks) await happens(contact, 'clicked', later(START, click * DAY));
				}
				const byHand = ['a', 'b'].map((arm) => {
					const mine = people.filter((person) => person.arm === arm && person.sent <= asOfDay && (!maturedOnly || person.sent + 7 <= asOfDay));
					return [mine.length, mine.filter(({ sent, clicks }) => clicks.some((click) => click >= sent && click < sent + 7 && click <= asOfDay)).length];
				});
				expect(await counts('click', { experimentId, asOf, maturedOnly })).toEqual(byHand);
			}),
			{ numRuns: 15 },
		);
	});

	it('lets 32 callers settle on one arm for a contact, and begins with the first message that leaves', async () => {
		const { experiments } = test.store;
		await experiments.save([{ workspace: 'acme', id: 'e', name: 'E', status: 'running', metric: 'reply', variants: VARIANTS }]);
		expect((await experiments.find('acme', ['e']))[0]?.startedAt).toBeUndefined();
		const answers = await Promise.all(
			Array.from({ length: 32 }, async (_, at) => await experiments.assign([{ workspace: 'acme', experimentId: 'e', contactId: 'c', choose: () => ({ variantId: at % 2 ? 'a' : 'b', propensity: 0.5 }) }])),
		);
		expect(new Set(answers.map(([{ variantId }]) => variantId)).size).toBe(1);
		expect((await experiments.find('acme', ['e']))[0]?.startedAt).toBeUndefined();
		await test.store.outbound.markSent([
			{ workspace: 'acme', id: 'left to nothing', draft: newDraft({ id: 'left to nothing', contactId: 'x', variant: variant('a', 'e', 1) }) },
			{ workspace: 'acme', id: 'another arm', draft: newDraft({ id: 'another arm', contactId: 'c', variant: variant(answers[0][0].variantId === 'a' ? 'b' : 'a') }) },
		]);
		expect((await experiments.find('acme', ['e']))[0]?.startedAt).toBeUndefined();
		test.clock.advance(DAY);
		await Promise.all(Array.from({ length: 8 }, async (_, at) => await expose(`d${at}`, 'a')));
		test.clock.advance(DAY);
		await expose('e', 'a');
		const [saved] = await experiments.save([{ workspace: 'acme', id: 'e', name: 'E', status: 'paused', metric: 'reply', method: 'thompson', horizon: 8, guardrails: { optOuts: 0.01 }, variants: VARIANTS, winner: 'a', resumedAt: START }]);
		// What was declared is saved again; where it stands is changed by `move` alone.
		expect(saved).toMatchObject({ startedAt: later(START, DAY), status: 'running', winner: undefined, resumedAt: undefined, method: 'thompson', horizon: 8, guardrails: { optOuts: 0.01 } });
	});

	it('moves an experiment only from where it was seen, one of many at once', async () => {
		const { experiments } = test.store;
		await experiments.save([{ workspace: 'acme', id: 'e', name: 'E', status: 'running', metric: 'reply', variants: VARIANTS }]);
		expect(await experiments.move({ workspace: 'acme', id: 'none', from: 'running', to: 'paused' })).toBeUndefined();
		expect(await experiments.move({ workspace: 'other', id: 'e', from: 'running', to: 'paused' })).toBeUndefined();
		const many = await Promise.all(Array.from({ length: 16 }, async (_, at) => await experiments.move({ workspace: 'acme', id: 'e', from: 'running', ...(at % 2 ? { to: 'paused' } : { to: 'completed', winner: 'b' }) })));
		const [first] = many.filter((one) => one?.moved);
		expect(many.filter((one) => one?.moved)).toHaveLength(1);
		const [now] = await experiments.find('acme', ['e']);
		expect(many.map((one) => one?.experiment)).toEqual(many.map(() => now));
		expect(first?.experiment.winner).toBe(now?.status === 'completed' ? 'b' : undefined);
		const at = now?.status ?? 'running';
		expect(await experiments.move({ workspace: 'acme', id: 'e', from: at, to: 'completed', winner: 'a' })).toMatchObject({ moved: true, experiment: { status: 'completed', winner: 'a' } });
		// What is not named stays.
		expect(await experiments.move({ workspace: 'acme', id: 'e', from: 'completed', to: 'running', resumedAt: START })).toMatchObject({ moved: true, experiment: { status: 'running', winner: 'a', resumedAt: START } });
		expect(await experiments.move({ workspace: 'acme', id: 'e', from: 'running', to: 'paused' })).toMatchObject({ experiment: { resumedAt: START } });
	});

	it('keeps shares with the experiment, of any arm names', async () => {
		const { experiments } = test.store;
		const shares = { '"$.x"': 0.5, "a'b\\": 0.25, 'ü💥': 0.25 };
		for (const id of ['e', 'f']) await experiments.save([{ workspace: 'acme', id, name: id, status: 'running', metric: 'reply', variants: VARIANTS }]);
		await experiments.keepShares('acme', []);
		test.clock.advance(DAY);
		await experiments.keepShares('acme', [{ experimentId: 'e', shares }, { experimentId: 'none', shares }]);
		expect((await experiments.find('acme', ['e', 'f'])).map((row) => row?.allocation)).toEqual([{ at: later(START, DAY), shares }, undefined]);
	});
});

it('asks for nothing when asked about nothing', async () => {
	const test = await openTestStore('sqlite');
	expect(await test.store.experiments.tallies([])).toEqual([]);
	expect(await test.store.experiments.tallies([{ workspace: 'w', experimentId: 'none', metric: 'reply', variantIds: [], asOf: START }])).toEqual([[]]);
	await test.close();
});
