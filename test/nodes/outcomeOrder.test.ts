import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { OutboundStatus } from '../../engine/message/outbound';
import type { OutcomeEvent } from '../../engine/outcome/outcome';
import { readProviderEvents, type ProviderEvent } from '../../engine/outcome/providerEvents';
import { DAY, later, MINUTE } from '../../engine/time';
import { recordReports } from '../../nodes/OutcomeTrigger/recordReports';
import { CLAIM, DIALECTS, dueJob, newDraft, openTestStore, START, stopServers, type TestStore } from '../store/fixtures';

afterAll(stopServers);
jest.setTimeout(120_000);

const MESSAGES = ['m0', 'm1', 'm2', 'm3'];
const EVENTS: readonly OutcomeEvent[] = ['delivered', 'opened', 'clicked', 'bounced_hard', 'bounced_soft', 'dropped', 'complaint', 'unsubscribed', 'meeting_booked', 'deal_won'];

/** What a provider may say of a message that was sent (m0, m1), whose fate is unknown (m2), or that is taken for failed (m3). */
const eventArbitrary: fc.Arbitrary<ProviderEvent> = fc
	.record({ id: fc.nat(30), message: fc.constantFrom(...MESSAGES), event: fc.constantFrom(...EVENTS), minute: fc.integer({ min: 1, max: 300 }), named: fc.boolean() })
	.map(({ id, message, event, minute, named }) => ({
		event,
		occurredAt: later(START, minute * MINUTE),
		// The id decides everything else, as with a provider.
		eventId: `e:${id}:${message}:${event}:${minute}:${named}`,
		channel: 'email' as const,
		...(named ? { providerId: `p-${message}` } : { person: `${message}@mail.example` }),
		...(event === 'bounced_hard' && minute % 2 === 0 ? { errorCode: minute % 4 === 0 ? '5.7.515' : '5.7.8' } : {}),
		...(event === 'clicked' ? { link: `l${minute % 3}` } : {}),
		...(event === 'deal_won' ? { value: minute, currency: 'EUR' } : {}),
	}));

describe.each(DIALECTS)('what providers report, on %s', (dialect) => {
	let test: TestStore;
	beforeAll(async () => (test = await openTestStore(dialect)));
	afterAll(async () => await test.close());

	/** A workspace of its own with the four messages; their contacts are known by their addresses. */
	async function world(): Promise<string> {
		const workspace = `w-${randomUUID()}`;
		const { store } = test;
		await store.contacts.upsert(workspace, MESSAGES.map((id) => ({ id: `c-${id}`, email: `${id}@mail.example` })));
		const draft = (id: string) => ({ workspace, id, contactId: `c-${id}`, channel: 'email' as const, to: `${id}@mail.example`, threadId: `t-${id}`, purpose: 'outreach' as const });
		await store.outbound.markSent(['m0', 'm1'].map((id) => ({ workspace, id, providerId: `p-${id}`, at: START, draft: newDraft({ ...draft(id), variant: { experimentId: 'e', variantId: id === 'm0' ? 'a' : 'b', name: id, propensity: 0.5, sticky: false, sentence: '' } }) })));
		for (const id of ['m2', 'm3']) await dueJob(store, draft(id));
		await store.outbound.claimDue({ ...CLAIM, workspaces: [workspace] }, ({ row, now }) => ({ status: 'scheduled', sentence: 'Now.', sendAt: row.sendAt ?? now }));
		await store.outbound.beginSend(workspace, ['m2', 'm3']);
		await store.outbound.markFailed([
			{ workspace, id: 'm2', attempt: 1, failure: { kind: 'unknown', message: 'No answer.' } },
			{ workspace, id: 'm3', attempt: 1, failure: { kind: 'permanent', message: 'Refused.' } },
		]);
		expect((await store.outbound.find(workspace, MESSAGES)).map((row) => row?.status)).toEqual(['sent', 'sent', 'uncertain', 'failed']);
		return workspace;
	}
	// The unsettled two have no provider id: their reports name the draft.
	const report = (workspace: string, event: ProviderEvent) => ({ workspace, event: event.providerId === 'p-m2' || event.providerId === 'p-m3' ? { ...event, providerId: undefined, outboundId: event.providerId.slice(2) } : event });

	async function state(workspace: string): Promise<object> {
		const { store } = test;
		const rows = await store.outbound.find(workspace, MESSAGES);
		const outcomes = await store.outcomes.list(workspace, { limit: 1000 });
		const silent = await store.suppressions.check(workspace, MESSAGES.map((id) => ({ channel: 'email' as const, address: `${id}@mail.example` })));
		const counted = await store.experiments.tallies((['click', 'open', 'meeting', 'conversion'] as const).map((metric) => ({ workspace, experimentId: 'e', metric, variantIds: ['a', 'b'], asOf: later(START, 400 * DAY) })));
		return {
			holds: (await store.senderHolds.list(workspace)).map((hold) => ({ ...hold, workspace: '' })),
			counted: counted.map((arms) => arms.map(({ exposures, conversions, optOuts, complaints }) => ({ exposures, conversions, optOuts, complaints }))),
			statuses: rows.map((row) => row?.status),
			// When it left is told by whoever says so first; that it left is not.
			outcomes: outcomes.filter(({ event }) => event !== 'sent').map(({ event, eventId = '', occurredAt, value, outboundId, attributed }) => {
				// A report that names a person only cannot be tied to a message before it is known that it left.
				const about = /:m[23]:.*:false$/.test(eventId) ? '' : `${outboundId} ${attributed}`;
				return `${event} ${eventId} ${occurredAt} ${value} ${about}`;
			}).sort(),
			silent: silent.map((reason) => reason !== undefined),
		};
	}

	it('ends the same in any order, in any batches, however often each comes', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(eventArbitrary, { maxLength: 12 }), fc.infiniteStream(fc.nat(1000)), async (events, dice) => {
				const roll = (): number => dice.next().value ?? 0;
				const [once, again] = [await world(), await world()];
				await recordReports(test.store, events.map((event) => report(once, event)));
				const many = [...events, ...events, ...events].map((event) => ({ event, place: roll() })).sort((a, b) => a.place - b.place);
				for (let from = 0; from < many.length; ) {
					const size = 1 + (roll() % 5);
					await recordReports(test.store, many.slice(from, from + size).map(({ event }) => report(again, event)));
					from += size;
				}
				expect(await state(again)).toEqual(await state(once));
			}),
			{ numRuns: dialect === 'sqlite' ? 40 : 15 },
		);
	});

	it.each<[string, OutcomeEvent[], OutboundStatus]>([
		['uncertain, bounced after it was delivered', ['delivered', 'bounced_hard'], 'sent'],
		['uncertain, the delivery told last', ['bounced_hard', 'delivered'], 'sent'],
		['uncertain, dropped', ['dropped'], 'failed'],
	])('%s', async (_name, events, status) => {
		const workspace = await world();
		for (const [at, event] of events.entries()) await recordReports(test.store, [{ workspace, event: { event, occurredAt: later(START, (at + 1) * MINUTE), eventId: `${at}`, outboundId: 'm2', channel: 'email' } }]);
		expect(await test.store.outbound.find(workspace, ['m2'])).toMatchObject([{ status }]);
	});

	it('takes whatever a signed body may hold: one bad event never keeps the others away', async () => {
		const workspace = await world();
		const wild = fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.constantFrom('\0', '\uD800', 'x'.repeat(10_000), '👋'.repeat(250), '', null, -1, 1e308, 0.5, Number.MAX_SAFE_INTEGER, {}, []));
		const entry = fc.record({ event: fc.constantFrom(...EVENTS), id: wild, email: wild, time: wild, draftId: wild, providerId: wild, value: wild, currency: wild, channel: wild }, { requiredKeys: ['event'] });
		await fc.assert(
			fc.asyncProperty(fc.array(entry, { maxLength: 8 }), async (entries) => {
				const events = readProviderEvents('generic', [...entries, { event: 'deal_lost', id: 'good', email: 'm0@mail.example' }], START);
				const outcomes = await recordReports(test.store, events.map((event) => ({ workspace, event })));
				expect(outcomes.at(-1)).toMatchObject({ event: 'deal_lost', outboundId: 'm0' });
			}),
			{ numRuns: dialect === 'sqlite' ? 200 : 60 },
		);
	});

	it('takes 10,000 events on one message', async () => {
		const workspace = await world();
		const events = Array.from({ length: 10_000 }, (_, at) => report(workspace, { event: 'clicked', occurredAt: later(START, MINUTE), eventId: `many-${at}`, providerId: 'p-m0', channel: 'email' }));
		expect((await recordReports(test.store, events)).filter(({ recorded, outboundId }) => recorded && outboundId === 'm0')).toHaveLength(10_000);
		expect((await recordReports(test.store, events)).filter(({ recorded }) => recorded)).toEqual([]);
	});

	it('counts once what several requests report at once', async () => {
		const workspace = await world();
		const reports = Array.from({ length: 50 }, (_, at) => report(workspace, { event: 'clicked', occurredAt: later(START, MINUTE), eventId: `same-${at % 10}`, providerId: 'p-m0', channel: 'email' }));
		const results = (await Promise.all(Array.from({ length: 6 }, async () => await recordReports(test.store, reports)))).flat();
		expect(results.filter(({ recorded }) => recorded)).toHaveLength(10);
	});
});
